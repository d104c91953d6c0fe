"""What a face of the review shows at a glance, read in one view of the store. Nothing here changes anything."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from aggregator.app.workspace import Workspace
from aggregator.model import Candidate, CandidateFilter, Decision, Link, Section, Status
from aggregator.publish import content
from aggregator.publish.markup import block_html, inline_text
from aggregator.queue import review
from aggregator.store.store import Unit
from aggregator.text import html_to_text

TOLD = 20
_IMAGE = re.compile(r'<img(?:\s+[\w-]+="[^"]*")*\s*/?>')
_ALT = re.compile(r'\salt="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Overview:
    """A piece of the queue and where the issue stands. `more` is True when further candidates match; `statuses` counts the
    whole queue; `draft` gives for every section of the publication how many items the draft has in it."""

    candidates: tuple[Candidate, ...]
    more: bool
    statuses: Mapping[Status, int]
    draft: tuple[tuple[Section, int], ...]

    @property
    def items(self) -> int:
        """How many items the draft has in the sections of the publication."""
        return sum(count for _, count in self.draft)


def overview(workspace: Workspace, wanted: CandidateFilter, limit: int) -> Overview:
    """At most `limit` candidates, the best first. Raises QueueError for an unknown section."""
    if wanted.section is not None:
        review.check_section(wanted.section, workspace.publication)
    with workspace.store.read() as unit:
        found = unit.candidates.find(replace(wanted, limit=limit + 1))
        return Overview(tuple(found[:limit]), len(found) > limit, unit.candidates.counts(), _draft(unit, workspace))


def draft_counts(workspace: Workspace) -> tuple[tuple[Section, int], ...]:
    """How many items the draft has in each section of the publication."""
    with workspace.store.read() as unit:
        return _draft(unit, workspace)


def _draft(unit: Unit, workspace: Workspace) -> tuple[tuple[Section, int], ...]:
    counts = unit.issues.draft_counts()
    return tuple((section, counts.get(section.slug, 0)) for section in workspace.publication.sections)


@dataclass(frozen=True, slots=True)
class Event:
    """A decision with the candidates it was about, those that still exist; `items` are the titles (plain text) of items of the
    draft where it was about them alone."""

    decision: Decision
    candidates: tuple[Candidate, ...]
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """Events, newest first; `undone` are the numbers of those that were taken back and not done again; `next_undo` is the
    decision that `undo` would take back, `next_redo` the one that `redo` would bring back, None for none; `standing` are the
    numbers of those that can be taken back, in the order in which `undo` does it."""

    events: tuple[Event, ...]
    undone: frozenset[int]
    standing: tuple[int, ...]
    next_undo: Event | None
    next_redo: Event | None


def history(workspace: Workspace, limit: int) -> History:
    """The last events, and what can be taken back."""
    with workspace.store.read() as unit:
        standing = tuple(islice(review.standing(unit.decisions.latest()), limit))
        undone_by = next(review.taken_back(unit.decisions.latest()), None)
        found = unit.decisions.find(limit=limit)
        found += [unit.decisions.get(standing[0])] if standing else []
        found += [_undone_by(unit, unit.decisions.get(undone_by))] if undone_by is not None else []
        told = _events(unit, found)
    redo = told.pop() if undone_by is not None else None
    undo = told.pop() if standing else None
    events = tuple(told)
    again = {event.decision.undoes for event in events if event.decision.action == "redo"}
    undone = frozenset(
        event.decision.undoes
        for event in events
        if event.decision.action == "undo" and event.decision.undoes and event.decision.id not in again
    )
    return History(events, undone, standing, undo, redo)


def event(workspace: Workspace, number: int) -> Event:
    """The decision of that number, which must exist; for an undo, the decision that it took back."""
    with workspace.store.read() as unit:
        return _events(unit, [_undone_by(unit, unit.decisions.get(number))])[0]


def _undone_by(unit: Unit, decision: Decision) -> Decision:
    return unit.decisions.get(decision.undoes) if decision.action == "undo" and decision.undoes else decision


def _events(unit: Unit, decisions: Sequence[Decision]) -> list[Event]:
    concerned = [_concerned(decision) for decision in decisions]
    known = {one.id: one for one in unit.candidates.of(sorted({number for ids in concerned for number in ids}))}
    alone = [[] if ids else _numbers(decision, "item") for decision, ids in zip(decisions, concerned, strict=True)]
    titles = unit.issues.titles(sorted({number for ids in alone for number in ids}))
    return [
        Event(
            decision,
            tuple(known[number] for number in ids if number in known),
            tuple(plain_line(titles[number]) for number in items if number in titles),
        )
        for decision, ids, items in zip(decisions, concerned, alone, strict=True)
    ]


def _concerned(decision: Decision) -> list[int]:
    if decision.action == "add" and decision.subject.isdigit():
        return [int(decision.subject)]
    return _numbers(decision, "candidate")


def _numbers(decision: Decision, table: str) -> list[int]:
    changed = decision.after.get(table) or {}
    return [int(key) for key in islice(changed, TOLD)] if isinstance(changed, dict) else []


def plain_line(markdown: str) -> str:
    """A title or a brief as readers will read it: Markdown resolved, plain text."""
    return inline_text(markdown)


def plain_text(markdown: str) -> str:
    """A summary or a lead as readers will read it, one line a paragraph."""
    return html_to_text(block_html(markdown, "")) if markdown.strip() else ""


def rendered(markdown: str) -> str:
    """Markdown as sanitised HTML for a page of our own: a picture is named instead of shown, because showing it would tell
    whoever hosts it that the editor looks."""
    return _IMAGE.sub(lambda image: _alternative(image[0]), block_html(markdown, ""))


def _alternative(image: str) -> str:
    found = _ALT.search(image)
    return f"[{found[1]}]" if found and found[1] else "[…]"


def link_label(workspace: Workspace, link: Link) -> str:
    """What is printed for a link that carries no label of its own."""
    return content.link_label(link.role, workspace.publication)


def next_undo(workspace: Workspace) -> int | None:
    """The number of the event that `undo` would take back, None when there is none."""
    with workspace.store.read() as unit:
        return next(review.standing(unit.decisions.latest()), None)
