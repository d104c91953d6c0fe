"""issues/DATE.md: the house Markdown of every issue, as the issue stage prints it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from aggregator.model import Document, Issue, Publication
from aggregator.publish.content import issue_path
from aggregator.publish.inert import inert_markdown

MEDIA_TYPE = "text/markdown"

PrintIssue = Callable[[Issue, Publication], str]


class MarkdownRenderer:
    """Writes what `print_issue` prints; bytes change only where an upstream left something active in it."""

    name = "markdown"

    def __init__(self, print_issue: PrintIssue) -> None:
        self._print_issue = print_issue

    def render(self, publication: Publication, issues: Sequence[Issue]) -> Iterator[Document]:
        """One document an issue."""
        for issue in issues:
            text = inert_markdown(self._print_issue(issue, publication))
            # A lone surrogate is no text: it would lose the whole file.
            yield Document(issue_path(issue).rstrip("/") + ".md", MEDIA_TYPE, text.encode(errors="replace"))
