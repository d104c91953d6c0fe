"""issues/DATE.md: the house Markdown of every issue, as the issue stage prints it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from aggregator.model import Issue, Publication
from aggregator.publish.content import issue_path
from aggregator.publish.edition import Edition, Format, Planned
from aggregator.publish.inert import inert_markdown

MEDIA_TYPE = "text/markdown"

PrintIssue = Callable[[Issue, Publication], str]


class MarkdownRenderer(Format):
    """Writes what `print_issue` prints; bytes change only where an upstream left something active in it."""

    name = "markdown"

    def __init__(self, print_issue: PrintIssue) -> None:
        self._print_issue = print_issue

    def plan(self, edition: Edition) -> Iterator[Planned]:
        """One document an issue."""
        for issue in edition.issues:
            path = issue_path(issue).rstrip("/") + ".md"
            make = partial(self._bytes, issue, edition.publication)
            yield Planned(path, MEDIA_TYPE, edition.key(self.name, edition.full_key(issue)), make, edition.part(issue))

    def _bytes(self, issue: Issue, publication: Publication) -> bytes:
        # A lone surrogate is no text: it would lose the whole file.
        return inert_markdown(self._print_issue(issue, publication)).encode(errors="replace")
