"""What the checks look at: the issue, its text, and where in it everything stands."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aggregator.issue.house.blocks import Kind, Tree
from aggregator.model import Finding, Issue, Item, Publication, Severity

_INLINE_URL = re.compile(r"https?://[^\s<>()\[\]\"'\u3000-\u303f\uff00-\uff60\u2018-\u201d]+(?:\([^\s()]*\))?")
_CODE = re.compile(r"(`+).+?\1")


@dataclass(frozen=True, slots=True)
class Page:
    """An issue about to be checked. `issue` is the one of the store, `read` the same as its text says it; the lines of
    `read`'s items count in the text."""

    issue: Issue
    read: Issue
    publication: Publication
    tree: Tree
    path: str
    archive: tuple[Issue, ...]

    def error(self, code: str, text: str, line: int | None, fix: str | None = None) -> Finding:
        """A finding that stops publishing."""
        return Finding(code, Severity.ERROR, text, self.path, line, fix)

    def warning(self, code: str, text: str, line: int | None, fix: str | None = None) -> Finding:
        """A finding for the editor to judge."""
        return Finding(code, Severity.WARNING, text, self.path, line, fix)

    def hint(self, code: str, text: str, line: int | None, fix: str | None = None) -> Finding:
        """A finding about how some renderers show it."""
        return Finding(code, Severity.HINT, text, self.path, line, fix)

    def line_of(self, kind: Kind, number: int = 0) -> int | None:
        """The line of the block of that kind, the `number`-th when there are several; None when there is none."""
        lines = [self.tree.line(block) for block in self.tree.blocks if block.kind is kind]
        return lines[number] if number < len(lines) else None

    def line_holding(self, words: str, start: int | None) -> int | None:
        """The first line from `start` on that holds the words, else `start`."""
        for at in range((start or 1) - 1, len(self.tree.lines)):
            if words in self.tree.lines[at]:
                return at + 1
        return start


def short(text: str, limit: int = 40) -> str:
    """A title for a message."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def inline_urls(markdown: str) -> list[str]:
    """The addresses that stand in running text."""
    return [url.rstrip(".,;:!?") for url in _INLINE_URL.findall(markdown)]


def without_code(line: str) -> str:
    """A line without its code spans."""
    return _CODE.sub("", line)


def addresses(item: Item) -> list[str]:
    """All addresses of an item: its own, its labelled links, and those in its summary."""
    return [url for url in (item.url, *(link.url for link in item.links), *inline_urls(item.summary)) if url]
