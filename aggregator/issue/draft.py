"""The draft: items in and out, what can be filled in for the editor, and the stamp that makes it an issue. Pure.

    items       item_from add_item remove_item move_item replace_item named_item
    briefs      add_briefs
    whole       new_draft prefill stamp
    by hand     take_over (an edited text), outline and apply_outline (a move list)

What is stored is in normal form, so that printing it and reading it back changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date as Date  # noqa: N812 - `date` is a parameter here
from datetime import datetime

from aggregator.errors import IssueError
from aggregator.issue.filling import item_from, prefill
from aggregator.issue.house import anchor, imprint, normal, render
from aggregator.issue.outline import apply_outline, outline
from aggregator.issue.takeover import Change, changes, take_over
from aggregator.model import Issue, IssueSection, IssueStatus, Item, PastIssue, Publication
from aggregator.text import clean_line, fold_title

__all__ = [
    "Change",
    "add_briefs",
    "add_item",
    "apply_outline",
    "changes",
    "item_from",
    "move_item",
    "named_item",
    "new_draft",
    "outline",
    "prefill",
    "remove_item",
    "replace_item",
    "stamp",
    "take_over",
    "with_late_items",
    "with_sections",
]

DRAFT_SLUG = "draft"
_LEAST_CHARS = 3
_BULLET = re.compile(r"^(?:[-*+•●·–—]\s+|[•●·–—]|\d{1,2}[.、)）]\s*)+")
PREFILLED = ("headline", "lead", "opener", "tagline", "notes", "footer")


def new_draft(publication: Publication, carried: Sequence[tuple[str, Item]] = ()) -> Issue:
    """An empty draft with all sections in order; `carried` are items that it begins with, each with its section's slug."""
    draft = Issue(
        slug=DRAFT_SLUG,
        name=publication.printed_name,
        tagline=publication.printed_tagline,
        notes=publication.profile.notes,
        sections=tuple(IssueSection(part.title, part.slug, (), part.note) for part in publication.sections),
        footer=imprint(publication.profile),
        untouched=PREFILLED,
    )
    for section, item in carried:
        draft = add_item(draft, replace(item, id=None), section)
    return draft


def with_sections(issue: Issue, publication: Publication) -> Issue:
    """The draft with the publication's sections as they are configured now, in their order. A section that is configured no
    more stays behind them as long as it has items."""
    present = {part.slug or part.name: part for part in issue.sections}
    parts = []
    for section in publication.sections:
        old = present.pop(section.slug, None)
        parts.append(IssueSection(section.title, section.slug, old.items if old else (), section.note))
    parts += [part for part in present.values() if part.items]
    return issue if tuple(parts) == issue.sections else replace(issue, sections=tuple(parts))


def with_late_items(after: Issue, before: Issue, base: Issue | None) -> Issue:
    """`after` with what came into `before` since `base` was handed out: whoever edited that text cannot have meant to take out
    what did not stand in it. Without a base nothing is late."""
    if base is None:
        return after
    known = {item.anchor for item in (*base.items, *after.items)}
    for part in before.sections:
        for item in part.items:
            if item.anchor not in known:
                after = add_item(after, item, part.slug or part.name)
    return after


def add_item(issue: Issue, item: Item, section: str, position: int | None = None) -> Issue:
    """The issue with the item in the section of that slug (or name), at the end or at a position counted from 0.

    The item gets an anchor when it has none, or when another item has the same.
    """
    taken = {other.anchor for other in issue.items}
    if not item.anchor or item.anchor in taken:
        item = replace(item, anchor=anchor(item.url, item.title, taken))
    parts = list(issue.sections)
    at = _section_index(issue, section)
    if at is None:
        parts.append(IssueSection(section, section))
        at = len(parts) - 1
    items = list(parts[at].items)
    items.insert(len(items) if position is None else max(0, min(position, len(items))), item)
    parts[at] = replace(parts[at], items=tuple(items))
    return replace(issue, sections=tuple(parts))


def remove_item(issue: Issue, which: str | int) -> Issue:
    """The issue without the item of that anchor or id. Raises IssueError when there is none."""
    gone = find_item(issue, which)
    parts = tuple(replace(part, items=tuple(item for item in part.items if item is not gone)) for part in issue.sections)
    return replace(issue, sections=parts)


def move_item(issue: Issue, which: str | int, section: str, position: int | None = None) -> Issue:
    """The issue with the item in that section, at the end or at a position counted from 0 once it is out of its old
    place. An item that is moved to the section where it stands, without a position, stays where it is."""
    item = find_item(issue, which)
    at = _section_index(issue, section)
    if position is None and at is not None and any(item is other for other in issue.sections[at].items):
        return issue
    return add_item(remove_item(issue, which), item, section, position)


def replace_item(issue: Issue, item: Item) -> Issue:
    """The issue with this item in the place of the one of the same anchor. Raises IssueError when there is none."""
    old = find_item(issue, item.anchor)
    parts = tuple(replace(part, items=tuple(item if other is old else other for other in part.items)) for part in issue.sections)
    return replace(issue, sections=parts)


def find_item(issue: Issue, which: str | int) -> Item:
    """The item of that anchor (text) or id (number). Raises IssueError when there is none."""
    for item in issue.items:
        if (item.anchor if isinstance(which, str) else item.id) == which:
            return item
    raise IssueError(f"the issue {issue.slug} has no item {which}", fix="`aggregator issue show --json` lists them", code="E505")


def named_item(issue: Issue, name: str) -> Item:
    """The item that an editor names: by the number of its candidate, by its anchor, or by how one anchor begins.

    Raises IssueError when there is none, or when several anchors begin so.
    """
    if name.isascii() and name.isdigit():
        found = [item for item in issue.items if item.candidate_id == int(name)]
        if found:
            return found[0]
    begun = [item for item in issue.items if item.anchor.startswith(name)] if len(name) >= _LEAST_CHARS else []
    exact = [item for item in begun if item.anchor == name]
    if len(exact or begun) == 1:
        return (exact or begun)[0]
    raise IssueError(
        f"`{name}` begins several anchors" if begun else f"the issue {issue.slug} has no item {name}",
        why=None if begun else "an item is named by the number of its candidate, or by its anchor",
        fix="`aggregator issue items` lists them",
        code="E505",
    )


def add_briefs(issue: Issue, lines: Sequence[str], publication: Publication) -> Issue:
    """The issue with these lines (Markdown) as further briefs, without their bullets; blank lines and repeats left out."""
    known = {fold_title(text) for text in issue.briefs}
    fresh: list[str] = []
    for line in lines:
        text = _BULLET.sub("", clean_line(line, limit=None)).strip()
        if text and fold_title(text) not in known:
            known.add(fold_title(text))
            fresh.append(text)
    if not fresh:
        return issue
    printed = normal(replace(issue, sections=(), briefs=tuple(fresh), verbatim=""), publication)
    return replace(issue, briefs=(*issue.briefs, *printed.briefs))


def _section_index(issue: Issue, section: str) -> int | None:
    wanted = section.strip().casefold()
    for names in ([part.slug.casefold() for part in issue.sections], [part.name.strip().casefold() for part in issue.sections]):
        if wanted in names:
            return names.index(wanted)
    return None


def stamp(
    issue: Issue,
    publication: Publication,
    *,
    date: Date,
    number: int | None,
    past: Sequence[PastIssue],
    now: datetime,
    guid: str,
) -> Issue:
    """The draft as a published issue of that day. `past` are the links to earlier issues, newest first.

    Sections without items are left out. What the editor typed into the draft's text stays as typed.
    """
    profile = publication.profile
    links = () if profile.past_issues == "none" else tuple(past)[: profile.past_limit]
    stamped = replace(
        issue,
        date=date,
        status=IssueStatus.PUBLISHED,
        name=issue.name or publication.printed_name,
        sections=tuple(part for part in issue.sections if part.items),
        past_issues=links,
        # A footer that was deleted by hand stays deleted.
        footer=issue.footer if issue.verbatim else issue.footer or imprint(profile),
    )
    # While the slug is not yet the date, the date is news to the text, so it is written into the heading.
    verbatim = render(stamped, publication) if issue.verbatim else ""
    return replace(
        stamped,
        slug=date.isoformat(),
        number=number,
        guid=guid,
        published_at=now,
        updated_at=None,
        verbatim=verbatim,
        untouched=(),
    )
