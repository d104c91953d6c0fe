"""What the checks look at: the issue, its text, and where in it everything stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from aggregator.issue.house.blocks import Kind, Tree
from aggregator.issue.messages import mending, said
from aggregator.model import Finding, Issue, Item, Publication, Severity

_INLINE_URL = re.compile(r"https?://[^\s<>()\[\]\"'\u3000-\u303f\uff00-\uff60\u2018-\u201d]+(?:\([^\s()]*\))?")
_CODE = re.compile(r"(`+).+?\1")


@dataclass(frozen=True, slots=True)
class Page:
    """An issue about to be checked. `issue` is the one of the store, `read` the same as its text says it; the lines of
    `read`'s items count in the text. `days` are those of issues that exist besides the archive's."""

    issue: Issue
    read: Issue
    publication: Publication
    tree: Tree
    path: str
    archive: tuple[Issue, ...]
    days: frozenset[date] = frozenset()

    def error(self, key: str, line: int | None, fix: str | None = None, **values: object) -> Finding:
        """A finding that stops publishing; `values` fill its message."""
        return self._finding(key, Severity.ERROR, line, fix, values)

    def warning(self, key: str, line: int | None, fix: str | None = None, **values: object) -> Finding:
        """A finding for the editor to judge."""
        return self._finding(key, Severity.WARNING, line, fix, values)

    def hint(self, key: str, line: int | None, fix: str | None = None, **values: object) -> Finding:
        """A finding about how some renderers show it."""
        return self._finding(key, Severity.HINT, line, fix, values)

    def _finding(self, key: str, severity: Severity, line: int | None, fix: str | None, values: dict[str, object]) -> Finding:
        language = self.publication.language
        text = said(key, language, **values)
        return Finding(key.partition(".")[0], severity, text, self.path, line, mending(fix, language))

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
