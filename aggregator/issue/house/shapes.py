"""Issues that came as something else than Markdown: which shape a text has, and its lines brought into the Markdown shape.

Two exist in the wild: a page copied as text (bullets are dots, headings bare lines), and HTML flattened to lines (no
headings, several items glued into one line). Each becomes lines of Markdown, every one with the line it came from; so
the same reader reads them and findings name the right line. The text itself is kept as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from aggregator.issue.house.blocks import Shaped, Tree, finding
from aggregator.issue.house.flat import unflattened
from aggregator.issue.house.lines import cut, heading
from aggregator.issue.house.page import from_page
from aggregator.issue.house.tree import read_lines
from aggregator.model import Publication, Severity

_DOT = re.compile(r"^\s*[•●·]\s+\S")
_GLUED = re.compile(r"\S - \S.* \| \S")
_MARKDOWN_LINK = re.compile(r"\]\([^)]*\)")


def shaped(text: str, publication: Publication, path: str) -> Tree | None:
    """The tree of a text of one of the other shapes, None for Markdown."""
    lines = cut(text)
    shape, found = _shape(lines, publication)
    if found is None:
        return None
    language = publication.language
    note = finding(f"C007.{shape}", language, path, 1, severity=Severity.HINT)
    guessed = tuple(finding("C005.guess", language, path, line + 1, section=name) for line, name in found.guesses)
    return read_lines(found, publication, (note, *guessed))


def _shape(lines: Sequence[str], publication: Publication) -> tuple[str, Shaped | None]:
    if any(heading(line) for line in lines) or any(_MARKDOWN_LINK.search(line) for line in lines):
        return "Markdown", None
    if sum(bool(_DOT.match(line)) for line in lines) > 1:
        return "page", from_page(lines, publication)
    if any(" | " in line and _GLUED.search(line) for line in lines):
        return "flat", unflattened(lines, publication)
    return "Markdown", None
