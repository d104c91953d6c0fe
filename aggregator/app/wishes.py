"""What the editor asks of the queue besides deciding on works: more or less like this, copies apart, the stale put away.

Each is one event with all that it changed, so that undo brings the queue back exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from aggregator.app import ranking
from aggregator.app.making import Maker
from aggregator.app.workspace import Workspace
from aggregator.errors import QueueError
from aggregator.model import EXPIRED, Candidate, Status
from aggregator.queue import identity, rank
from aggregator.store.mapping import reasons_out
from aggregator.store.patches import merged
from aggregator.store.store import Unit
from aggregator.text import contains_term, fold

MOST_TOUCHED = 5000


@dataclass(frozen=True, slots=True)
class Wished:
    """What came of a wish: the term that it acts on, the points it has now, how many waiting candidates moved."""

    term: str
    points: float
    moved: int


def wish(workspace: Workspace, candidate_id: int, *, more: bool, now: datetime, who: str, term: str | None = None) -> Wished:
    """More, or less, like a candidate: 1.5 points for or against the term of its title that lifts it most, or against `term`.
    Asking again adds to it; the opposite takes it back. Raises QueueError for a term that the title does not hold."""
    with workspace.store.write() as unit:
        candidate = unit.candidates.get(candidate_id)
        known = ranking.brain(workspace, unit)
        chosen = fold(term).strip() if term else rank.fired_term(known.ranking, candidate.title_raw)
        if not chosen or not contains_term(fold(candidate.title_raw), chosen):
            raise QueueError(
                f"the title of {candidate_id} does not hold `{term or ''}`" if term else "its title has no term to act on",
                fix="give one with --term; `aggregator queue why ID` shows those that count",
                code="E411",
            )
        old = known.ranking.tastes.get(chosen)
        points = (old or 0.0) + (rank.WISH_POINTS if more else -rank.WISH_POINTS)
        tastes = {**known.ranking.tastes, chosen: points}
        after_brain = replace(
            known, ranking=replace(known.ranking, tastes={one: value for one, value in tastes.items() if value})
        )
        before, after = _moved(unit, chosen, after_brain, now)
        before = merged({"taste": {chosen: None if old is None else {"points": old}}}, before)
        after = merged({"taste": {chosen: {"points": points}}}, after)
        unit.candidates.patch(after)
        action = "more-like" if more else "less-like"
        unit.decisions.append(at=now, who=who, action=action, subject=f"{chosen} ({candidate_id})", before=before, after=after)
        return Wished(chosen, points, len(after.get("candidate", {})))


def _moved(unit: Unit, term: str, known: ranking.Brain, now: datetime) -> tuple[dict[str, Any], dict[str, Any]]:
    before: dict[str, Mapping[str, Any]] = {}
    after: dict[str, Mapping[str, Any]] = {}
    ids = unit.candidates.waiting_with(term, MOST_TOUCHED)
    for start in range(0, len(ids), 500):
        for work in unit.learning.works_of(ids[start : start + 500]):
            if contains_term(fold(work.title), term):
                points = rank.score(known.ranking, ranking.subject_of(work, known), now)
                before[str(work.id)] = {"score": work.score, "score_reasons": unit.candidates.score_reasons(work.id)}
                after[str(work.id)] = {"score": points.value, "score_reasons": reasons_out(points.reasons)}
    return {"candidate": before}, {"candidate": after}


def unfold(workspace: Workspace, candidate_id: int, *, now: datetime, who: str) -> list[Candidate]:
    """Take the copies of a candidate apart: each other address becomes a pending candidate of its own. Those that came of it,
    oldest first. Raises QueueError when there is but one address."""
    with workspace.store.write() as unit:
        holder = unit.candidates.get(candidate_id)
        if holder.merged_into is not None:
            raise QueueError(f"candidate {candidate_id} was merged into {holder.merged_into}", fix="aggregator undo", code="E402")
        copies = unit.entries.of(candidate_id)
        front = next((entry for _, entry in copies if entry.url == holder.url), copies[0][1] if copies else None)
        stay = set(identity.entry_keys(front)) if front else set()
        leaving = [(number, entry) for number, entry in copies if not stay & set(identity.entry_keys(entry))]
        if not leaving:
            raise QueueError(
                f"candidate {candidate_id} has no copies to take apart", why="all of them have one address", code="E412"
            )
        maker = Maker.prepare(workspace, unit, now)
        made: dict[str, int] = {}
        before: dict[str, dict[str, Any]] = {"candidate": {}, "entry": {}, "candidate_key": {}}
        after: dict[str, dict[str, Any]] = {"candidate": {}, "entry": {}, "candidate_key": {}}
        for number, entry in leaving:
            keys = identity.entry_keys(entry)
            if keys[0] not in made:
                made[keys[0]] = new = unit.entries.park(maker.candidate(entry, keys), holder.id, now)
                before["candidate"][str(new)] = {"merged_into": holder.id, "status": Status.REJECTED.value}
                after["candidate"][str(new)] = {"merged_into": None, "status": Status.PENDING.value}
            owner = made[keys[0]]
            before["entry"][str(number)] = {"candidate_id": holder.id}
            after["entry"][str(number)] = {"candidate_id": owner}
            for key in unit.entries.owners(keys):
                before["candidate_key"][key] = {"candidate_id": holder.id}
                after["candidate_key"][key] = {"candidate_id": owner}
        unit.candidates.patch(after)
        unit.decisions.append(at=now, who=who, action="unfold", subject=str(candidate_id), before=before, after=after)
        return [unit.candidates.get(owner) for owner in made.values()]


def expire(workspace: Workspace, older: timedelta, *, now: datetime, who: str) -> int:
    """Put away what has waited longer than `older` without a decision, as one event; how many. They count as passed over, not
    as rejected, when ranking is trained."""
    with workspace.store.write() as unit:
        stale = unit.candidates.waiting_before(now - older)
        if not stale:
            return 0
        before = {
            "candidate": {str(one): {"status": Status.PENDING.value, "warnings": list(warnings)} for one, warnings in stale}
        }
        after = {
            "candidate": {
                str(one): {"status": Status.REJECTED.value, "warnings": [*warnings, EXPIRED]} for one, warnings in stale
            }
        }
        unit.candidates.patch(after)
        subject = f"{len(stale)} older than {older.days} d"
        unit.decisions.append(at=now, who=who, action="expire", subject=subject, before=before, after=after)
        return len(stale)
