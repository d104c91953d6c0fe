"""The event log: what was decided, and taking it back."""

from __future__ import annotations

from datetime import datetime
from itertools import islice

from aggregator.app import strays
from aggregator.app.naming import Names
from aggregator.app.workspace import Workspace
from aggregator.errors import QueueError
from aggregator.model import Decision
from aggregator.queue import review
from aggregator.store.patches import merged
from aggregator.store.store import Unit


def undo(workspace: Workspace, count: int, *, now: datetime, who: str, expected: int | None = None) -> list[Decision]:
    """Take back the last `count` events that stand; the events taken back, newest first. Raises QueueError for none, and when
    the last one is not `expected`: somebody decided something since it was offered."""
    with workspace.store.write() as unit:
        done = list(islice(review.standing(unit.decisions.latest()), count))
        if not done:
            raise QueueError("there is nothing to undo", why="no decision since the last publication stands", code="E409")
        if expected is not None and done[0] != expected:
            raise QueueError("something else was decided since", fix="look at the log, then undo again", code="E411")
        return [_turn(unit, "undo", number, _names(workspace), now=now, who=who) for number in done]


def redo(workspace: Workspace, count: int, *, now: datetime, who: str) -> list[Decision]:
    """Do again the last `count` events that were undone; those events. Raises QueueError for none."""
    with workspace.store.write() as unit:
        undone = list(islice(review.taken_back(unit.decisions.latest()), count))
        if not undone:
            raise QueueError("there is nothing to redo", code="E409")
        return [_turn(unit, "redo", number, _names(workspace), now=now, who=who) for number in undone]


def _names(workspace: Workspace) -> Names:
    return Names({source.name: source for source in workspace.sources})


def _turn(unit: Unit, action: str, number: int, names: Names, *, now: datetime, who: str) -> Decision:
    # An undo is an event that goes the other way, so a redo is nothing but the undo of an undo.
    event = unit.decisions.get(number)
    more_before, more_after = strays.following(unit, event.before, names)
    unit.decisions.apply(merged(event.before, more_after))
    unit.decisions.append(
        at=now,
        who=who,
        action=action,
        subject=_subject(event),
        before=merged(event.after, more_before),
        after=merged(event.before, more_after),
        undoes=number,
    )
    return event


def _subject(event: Decision) -> str:
    """What is turned, with its verb; an undo names the verb already."""
    return event.subject if event.action == "undo" and event.undoes is not None else f"{event.action} {event.subject}".strip()


def log(workspace: Workspace, *, since: datetime | None, limit: int | None) -> list[Decision]:
    """Events, newest first."""
    with workspace.store.read() as unit:
        return unit.decisions.find(since=since, limit=limit)
