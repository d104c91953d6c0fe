"""Half-width punctuation in Chinese text, and pictures that say nothing to who cannot see them: hints. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aggregator.issue.house.blocks import Kind
from aggregator.issue.house.lines import bare
from aggregator.issue.page_view import Page, without_code
from aggregator.model import Finding

_HAN = "\u3400-\u9fff"
_HALF = re.compile(rf"(?<=[{_HAN}])([,;!?])(?=\s?[{_HAN}]|\s*$)|(?<=[{_HAN}])(:)(?=\s?[{_HAN}])")
_FULL = {",": "，", ";": "；", "!": "！", "?": "？", ":": "："}
_ADDRESS = re.compile(r"\]\([^()\s]*\)|https?://\S+|`[^`]*`|<[^<>]*>")
_NO_ALT = re.compile(r"!\[\s*\]\(|<img\b(?![^>]*\balt\s*=\s*[\"'][^\"'])[^>]*>", re.IGNORECASE)


def full_width(line: str) -> str:
    """The line with full-width punctuation between Chinese characters; addresses, code and tags stay as they are."""
    done, last = [], 0
    for match in _ADDRESS.finditer(line):
        done += [_widened(line[last : match.start()]), match[0]]
        last = match.end()
    return "".join([*done, _widened(line[last:])])


def _widened(text: str) -> str:
    return _HALF.sub(lambda match: _FULL[match[0]], text)


def punctuation_mistakes(page: Page) -> Iterator[Finding]:
    """One hint for all lines with half-width punctuation, one for each picture without words."""
    kept = {at for block in page.tree.blocks if block.kind in {Kind.FRONT, Kind.FOOTER} for at in range(block.start, block.stop)}
    half: list[int] = []
    for at, raw in enumerate(page.tree.lines):
        line, text = (page.tree.numbers[at] if page.tree.numbers else at) + 1, bare(raw)
        if at not in kept and full_width(text) != text:
            half.append(line)
        if _NO_ALT.search(without_code(text)):
            yield page.hint("C407", line, "![what it shows](…)")
    if half:
        shown = ", ".join(map(str, half[:8])) + (" …" if len(half) > 8 else "")
        yield page.hint("C408", half[0], "issue check --fix", count=len(half), lines=shown)
