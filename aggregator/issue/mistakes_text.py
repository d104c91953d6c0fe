"""Mistakes of the text line by line: hidden characters, Liquid, HTML, lines that say nothing. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

from aggregator.issue.house.blocks import Kind
from aggregator.issue.house.lines import bare, fenced
from aggregator.issue.page_view import Page, short, without_code
from aggregator.model import Finding
from aggregator.text import clean

_LIQUID = re.compile(r"\{\{|\{%")
_ACTIVE = re.compile(
    r"<\s*/?\s*(?:script|style|iframe|object|embed|form|input|button|svg|meta|base|link)\b|\son\w+\s*=\s*[\"']|(?:javascript|vbscript):",
    re.IGNORECASE,
)
_TAG = re.compile(r"(?<!\\)<(/?[A-Za-z][^<>]*)>")
_HARMLESS = re.compile(
    r"^/?(?:font|a|img|br|sub|sup|b|i|em|strong|code|p|div|span|center|hr|table|tr|td|th)\b|^(?:https?|mailto):", re.IGNORECASE
)
_ALONE = re.compile(r"^[\s>]*[，。、；：！？,.;:!?”」】）)]+\s*$")
_PAIRED = re.compile(
    r"(?<!\\)<(/?)(font|a|div|span|center|details|summary|table|tr|td|b|i|em|strong|sub|sup|p|ul|ol|li)\b[^<>]*>",
    re.IGNORECASE,
)
_FENCE = re.compile(r"^ {0,3}(?:`{3,}[^`]*|~{3,}.*)$")
_BAR = re.compile(r"(?<!\\)\|")


def text_mistakes(page: Page) -> Iterator[Finding]:
    """Everything that is wrong with a line, wherever it stands."""
    fronts = [block for block in page.tree.blocks if block.kind is Kind.FRONT]
    skipped = range(fronts[0].start, fronts[0].end) if fronts else range(0)
    for at, raw in enumerate(page.tree.lines):
        line = (page.tree.numbers[at] if page.tree.numbers else at) + 1
        yield from _hidden(page, raw, line)
        if at not in skipped:
            yield from _markup(page, bare(raw), line)
    yield from _tables(page)
    yield from _unclosed(page)


def _hidden(page: Page, raw: str, line: int) -> Iterator[Finding]:
    kept = clean(raw.rstrip("\r\n"))
    if len(kept) == len(raw.rstrip("\r\n")):
        return
    hidden = sorted({char for char in raw.rstrip("\r\n") if not clean(char)})
    names = ", ".join(f"U+{ord(char):04X} {unicodedata.name(char, '')}".strip() for char in hidden)
    dangerous = any(unicodedata.category(char) == "Cc" or unicodedata.bidirectional(char) not in {"BN", "ON"} for char in hidden)
    if dangerous:
        yield page.error("C401", line, "delete them", names=names)
    else:
        yield page.warning("C401.unseen", line, "delete them", names=names)


def _markup(page: Page, line_text: str, line: int) -> Iterator[Finding]:
    if _LIQUID.search(line_text):
        yield page.error("C402", line, "write &#123; for {", words=short(line_text.strip()))
    text = without_code(line_text)
    active = _ACTIVE.search(text)
    if active:
        yield page.error("C403", line, words=active[0].strip())
    for tag in _TAG.findall(text):
        if not active and not _HARMLESS.match(tag):
            yield page.warning("C405", line, f"&lt;{tag}>", tag=short(tag, 24))
    if _ALONE.match(line_text):
        yield page.warning("C404", line, words=line_text.strip())


def _unclosed(page: Page) -> Iterator[Finding]:
    """Markup that reaches past its end: elements, comments, code fences."""
    inside = fenced(page.tree.lines)
    first: dict[str, int] = {}
    counts: Counter[tuple[str, bool]] = Counter()
    comment = 0
    for at, raw in enumerate(page.tree.lines):
        line = (page.tree.numbers[at] if page.tree.numbers else at) + 1
        if inside[at]:
            continue
        if _FENCE.match(raw):
            yield page.error("C410", line)
            return
        text = without_code(raw)
        for closing, tag in _PAIRED.findall(text):
            counts[tag.lower(), bool(closing)] += 1
            first.setdefault(tag.lower(), line)
        if not comment and text.rfind("<!--") > text.rfind("-->"):
            comment = line
        elif comment and "-->" in text:
            comment = 0
    if comment:
        yield page.error("C409.comment", comment)
    for tag, line in first.items():
        opened, closed = counts[tag, False], counts[tag, True]
        if opened != closed:
            yield page.warning("C409", line, tag=tag, opened=opened, closed=closed)


def _tables(page: Page) -> Iterator[Finding]:
    if page.tree.numbers or page.publication.profile.items != "list":
        return
    for block in page.tree.blocks:
        if block.kind is not Kind.ITEM:
            continue
        core = [bare(line) for line in page.tree.core(block)]
        first = core[: core.index("")] if "" in core else core
        if all(_BAR.search(line) for line in first):
            yield page.hint("C406", page.tree.line(block), "write ｜ for |")
