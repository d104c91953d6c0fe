"""Mending what a check found, where only one mending is right. Pure; the caller shows the difference.

C102  the count in the lead            C401  hidden characters        C405  <T> taken for HTML
C302  tracking parameters              C402  Liquid                   C406  a bar that makes a table
C303  http: of a host known to be safe C404  punctuation alone        C408  half-width punctuation
C313  a link that moved for good
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from aggregator.issue.mistakes_punctuation import full_width
from aggregator.issue.numbers import NUMBER
from aggregator.issue.page_view import inline_urls
from aggregator.model import Finding
from aggregator.text import clean
from aggregator.urls import canonical, host

# Hosts that answer under https what they answer under http.
_SECURE = re.compile(
    r"(?:^|\.)(?:weixin\.qq\.com|github\.com|arxiv\.org|zhihu\.com|csdn\.net|jianshu\.com|bilibili\.com|huawei\.com)$"
)
_BAR = re.compile(r"(?<!\\)\|")


def fixable(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that `fixed` mends."""
    return [one for one in findings if one.code in _MENDINGS and one.line]


def fixed(text: str, findings: Iterable[Finding]) -> str:
    """The text with everything mended whose mending is certain; line ends stay as they are."""
    lines = text.splitlines(keepends=True)
    whole_text = any(one.code == "C408" for one in findings)
    for one in fixable(findings):
        at = (one.line or 1) - 1
        if at < len(lines):
            lines[at] = _on_line(lines[at], lambda line, one=one: _MENDINGS[one.code](line, one))  # type: ignore[misc]
    if whole_text:
        front = _front_end(lines)
        lines = lines[:front] + [_on_line(line, full_width) for line in lines[front:]]
    return "".join(lines)


def _front_end(lines: list[str]) -> int:
    if not lines or lines[0].strip() != "---":
        return 0
    return next((at + 1 for at, line in enumerate(lines[1:], 1) if line.strip() == "---"), 0)


def _on_line(line: str, mend: Callable[[str], str]) -> str:
    body = line.rstrip("\r\n")
    mended = mend(body)
    # A line of which nothing is left goes with its end.
    return mended + line[len(body) :] if mended or not body.strip() else ""


def _count(line: str, one: Finding) -> str:
    """The count that stands where the right one is to stand: between what stands around that."""
    right = one.fix or ""
    count = re.search(r"\d+", right)
    if count is None:
        return line
    wrong = re.compile(re.escape(right[: count.start()]) + NUMBER + re.escape(right[count.end() :]))
    return wrong.sub(lambda _: right, line, count=1)


def _address(line: str, one: Finding) -> str:
    """The address on the line that the mending is an address of, exchanged for it."""
    wanted = one.fix or ""
    for url in inline_urls(line):
        if url != wanted and wanted and (canonical(url) == canonical(wanted) or (one.code == "C313" and url[:40] in one.text)):
            return line.replace(url, wanted)
    return line


def _secure(line: str, _: Finding) -> str:
    for url in inline_urls(line):
        if url.startswith("http://") and _SECURE.search(host(url) or ""):
            line = line.replace(url, "https://" + url.removeprefix("http://"))
    return line


_MENDINGS: dict[str, Callable[[str, Finding], str]] = {
    "C102": _count,
    "C302": _address,
    "C303": _secure,
    "C313": _address,
    "C401": lambda line, _: clean(line),
    "C402": lambda line, _: re.sub(r"\{(?=[{%])", "&#123;", line),
    "C404": lambda _line, _one: "",
    "C405": lambda line, one: line.replace((one.fix or "").replace("&lt;", "<", 1), one.fix or "") if one.fix else line,
    "C406": lambda line, _: _BAR.sub("｜", line),
    "C408": lambda line, _: full_width(line),
}
