"""The move list of an issue, one item a line, as `git rebase -i` does it. Pure."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches

from aggregator.errors import IssueError, Place
from aggregator.model import Issue, IssueSection, Item, Publication
from aggregator.text import clean_line

_HELP = """\
# One item a line: section, anchor, title. Reorder lines; change a section's name to move an item there;
# delete a line to take the item out. A `*` before the title puts it into the headline. Titles are not read.
"""
_LEAST_CHARS = 4


def outline(issue: Issue) -> str:
    """The move list of an issue, with the sections' names in the comments above it."""
    sections = "  ".join(_name(part) for part in issue.sections)
    lines = [
        f"{_name(part):<10}  {item.anchor:<10}  {'* ' if item.starred else ''}{clean_line(item.title) or item.url or '-'}"
        for part in issue.sections
        for item in part.items
    ]
    return f"{_HELP}# Sections: {sections}\n\n" + "".join(line + "\n" for line in lines)


def _name(part: IssueSection) -> str:
    return part.slug or "_".join(part.name.split()) or "-"


def apply_outline(issue: Issue, text: str, publication: Publication | None = None) -> Issue:
    """The issue as a move list wants it. Raises IssueError, with the line, for a line that names no section or no item of
    this issue or names an item twice, and for a list without items."""
    sections = list(issue.sections)
    for known in publication.sections if publication else ():
        if all(known.slug != part.slug for part in sections):
            sections.append(IssueSection(known.title, known.slug, (), known.note))
    placed: list[tuple[int, Item]] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split(maxsplit=3)
        if not words or words[0].startswith("#"):
            continue
        if len(words) == 1:
            raise _wrong(f"`{line.strip()}` is no item", "a line is: section, anchor, title", number)
        at = _section(words[0], sections, number)
        item = _item(words[1], issue, number)
        if item.anchor in seen:
            raise _wrong(f"{item.anchor} stands here and on line {seen[item.anchor]}", "an item has one place", number)
        seen[item.anchor] = number
        placed.append((at, replace(item, starred=len(words) > 2 and words[2].startswith("*"))))
    if not placed and issue.items:
        raise IssueError("the move list is empty", why="an empty list would take every item out", code="E506")
    parts = [replace(part, items=tuple(item for at, item in placed if at == index)) for index, part in enumerate(sections)]
    known_names = {part.name for part in issue.sections}
    return replace(issue, sections=tuple(part for part in parts if part.items or part.name in known_names))


def _section(name: str, sections: list[IssueSection], line: int) -> int:
    names = [_name(part) for part in sections]
    if name in names:
        return names.index(name)
    titles = ["_".join(part.name.split()) for part in sections]
    if name in titles:
        return titles.index(name)
    near = get_close_matches(name, names, 1)
    hint = f"did you mean `{near[0]}`?" if near else f"sections: {' '.join(names)}"
    raise _wrong(f"there is no section `{name}`", hint, line)


def _item(name: str, issue: Issue, line: int) -> Item:
    exact = [item for item in issue.items if item.anchor == name]
    found = exact or [item for item in issue.items if len(name) >= _LEAST_CHARS and item.anchor.startswith(name)]
    if len(found) == 1:
        return found[0]
    if found:
        raise _wrong(f"`{name}` begins several anchors", "write the whole anchor", line)
    raise _wrong(f"there is no item `{name}` in this issue", "new items are added with `aggregator add` or in `issue edit`", line)


def _wrong(what: str, fix: str, line: int) -> IssueError:
    return IssueError(what, fix=fix, code="E506", place=Place("outline", line))
