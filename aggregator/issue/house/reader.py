"""Text -> Issue."""

from __future__ import annotations

from dataclasses import dataclass

from aggregator.issue.house.blocks import Tree
from aggregator.issue.house.derive import Derived, derive
from aggregator.issue.house.forms import in_form
from aggregator.issue.house.shapes import shaped
from aggregator.issue.house.tree import read_tree
from aggregator.model import Finding, Issue, Publication


@dataclass(frozen=True, slots=True)
class Parsed:
    """An issue read from a text, and what the reader noticed. The issue is a draft without number, id and guid."""

    issue: Issue
    findings: tuple[Finding, ...]


def parse(text: str, *, publication: Publication, path: str = "") -> Parsed:
    """Read an issue. Never fails: what is not understood stays in `issue.verbatim` and is reported with its line.

    The date and the slug come from the heading, else from the name of `path`.
    """
    derived = read(text, publication, path)[1]
    return Parsed(derived.issue, derived.findings)


def read(text: str, publication: Publication, path: str = "") -> tuple[Tree, Derived]:
    """The concrete tree of a text and the issue it says, in the profile that the text is in."""
    publication = in_form(text, publication)
    tree = shaped(text, publication, path) or read_tree(text, publication)
    return tree, derive(tree, text, publication, path)
