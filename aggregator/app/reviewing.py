"""What a face of the review shows at a glance, read in one view of the store. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from aggregator.app.workspace import Workspace
from aggregator.errors import QueueError
from aggregator.model import Candidate, CandidateFilter, Decision, Link, Section, Status
from aggregator.publish import content
from aggregator.publish.markup import block_html, inline_text
from aggregator.queue import review
from aggregator.store.store import Unit
from aggregator.text import html_to_text


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
    draft = unit.issues.draft()
    counts = {part.slug: len(part.items) for part in draft.sections} if draft else {}
    return tuple((section, counts.get(section.slug, 0)) for section in workspace.publication.sections)


@dataclass(frozen=True, slots=True)
class Event:
    """A decision with the candidates it was about, those that still exist."""

    decision: Decision
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class History:
    """Events, newest first; `undone` are the numbers of those that were taken back and not done again; `next_undo` is the
    decision that `undo` would take back, `next_redo` the one that `redo` would bring back, None for none."""

    events: tuple[Event, ...]
    undone: frozenset[int]
    next_undo: Event | None
    next_redo: Event | None


def history(workspace: Workspace, limit: int) -> History:
    """The last events, and what can be taken back."""
    with workspace.store.read() as unit:
        events = tuple(_event(unit, decision) for decision in unit.decisions.find(limit=limit))
        steps = review.steps(unit.decisions.heads())
        undo = _event(unit, unit.decisions.get(steps.done[-1])) if steps.done else None
        redo = _event(unit, _undone_by(unit, unit.decisions.get(steps.undone[-1]))) if steps.undone else None
    again = {event.decision.undoes for event in events if event.decision.action == "redo"}
    undone = frozenset(
        event.decision.undoes
        for event in events
        if event.decision.action == "undo" and event.decision.undoes and event.decision.id not in again
    )
    return History(events, undone, undo, redo)


def event(workspace: Workspace, number: int) -> Event:
    """The decision of that number, which must exist; for an undo, the decision that it took back."""
    with workspace.store.read() as unit:
        return _event(unit, _undone_by(unit, unit.decisions.get(number)))


def _undone_by(unit: Unit, decision: Decision) -> Decision:
    return unit.decisions.get(decision.undoes) if decision.action == "undo" and decision.undoes else decision


def _event(unit: Unit, decision: Decision) -> Event:
    concerned = decision.after.get("candidate") or {}
    ids = [int(key) for key in concerned] if isinstance(concerned, dict) else []
    if decision.action == "add" and decision.subject.isdigit():
        ids = [int(decision.subject)]
    return Event(decision, tuple(one for number in ids[:20] if (one := _candidate(unit, number)) is not None))


def _candidate(unit: Unit, number: int) -> Candidate | None:
    try:
        return unit.candidates.get(number)
    except QueueError:
        return None


def plain_line(markdown: str) -> str:
    """A title or a brief as readers will read it: Markdown resolved, plain text."""
    return inline_text(markdown)


def plain_text(markdown: str) -> str:
    """A summary or a lead as readers will read it, one line a paragraph."""
    return html_to_text(block_html(markdown, "")) if markdown.strip() else ""


def link_label(workspace: Workspace, link: Link) -> str:
    """What is printed for a link that carries no label of its own."""
    return content.link_label(link.role, workspace.publication)


def next_undo(workspace: Workspace) -> int | None:
    """The number of the event that `undo` would take back, None when there is none."""
    with workspace.store.read() as unit:
        done = review.steps(unit.decisions.heads()).done
    return done[-1] if done else None
