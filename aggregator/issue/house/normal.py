"""The normal form: what an issue says once it was printed canonically and read back. Printing it again changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aggregator.issue.house.canon import print_issue
from aggregator.issue.house.derive import derive
from aggregator.issue.house.item import print_item, read_item
from aggregator.issue.house.tree import read_tree
from aggregator.issue.match import content, roles_kept
from aggregator.model import Issue, IssueSection, Item, Publication

_ROUNDS = 4


def meaning(issue: Issue) -> tuple[object, ...]:
    """What of an issue is printed: two issues of the same meaning have the same text."""
    sections = tuple((part.name, part.note, tuple(content(item) for item in part.items)) for part in issue.sections)
    head = (issue.name, issue.date, issue.headline, issue.tagline, issue.notes, issue.lead, issue.opener, issue.briefs)
    return (*head, sections, issue.past_issues, issue.footer)


def normal_item(item: Item, publication: Publication) -> Item:
    """The item in the forms in which it would be read back; id, anchor and the like stay."""
    for _ in range(_ROUNDS):
        lines = [f"{line}\n" for line in print_item(item, publication.profile).split("\n")]
        read = _said(item, read_item(lines, publication.profile)[0])
        if content(read) == content(item):
            return read
        item = read
    return item


def _said(item: Item, read: Item) -> Item:
    return replace(
        item,
        title=read.title,
        url=read.url,
        source=read.source,
        tags=read.tags,
        links=roles_kept(item.links, read.links),
        summary=read.summary,
    )


def normal(issue: Issue, publication: Publication) -> Issue:
    """The issue in the forms in which it would be read back; what is not printed stays."""
    for _ in range(_ROUNDS):
        text = print_issue(issue, publication.profile)
        read = derive(read_tree(text, publication), text, publication, "").issue
        found = replace(
            issue,
            name=read.name,
            date=read.date or issue.date,
            headline=read.headline,
            tagline=read.tagline,
            notes=read.notes,
            lead=read.lead,
            opener=read.opener,
            briefs=read.briefs,
            sections=_sections(issue.sections, read.sections),
            past_issues=read.past_issues,
            footer=read.footer,
        )
        if meaning(found) == meaning(issue):
            return found
        issue = found
    return issue


def _sections(old: Sequence[IssueSection], read: Sequence[IssueSection]) -> tuple[IssueSection, ...]:
    """What was read, with the ids of what was printed; both hold the same number of items in the same order."""
    known = iter([item for part in old for item in part.items])
    slugs = [part.slug for part in old] if len(old) == len(read) else [part.slug for part in read]
    return tuple(
        replace(
            part, slug=slug, items=tuple(_said(before, item) if (before := next(known, None)) else item for item in part.items)
        )
        for part, slug in zip(read, slugs, strict=True)
    )
