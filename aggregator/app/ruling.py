"""Keep and block rules over what is stored: what they would take, and doing it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from aggregator.app.polling import chosen_sources
from aggregator.app.workspace import Workspace
from aggregator.model import BLOCKED, Entry, Status
from aggregator.poll.rules import Judge
from aggregator.queue.identity import entry_keys
from aggregator.store.store import Unit

_Row = tuple[int, Status, list[str], Entry]


@dataclass(frozen=True, slots=True)
class Ruled:
    """A candidate that rules put away, for the reason `why`, or that none of them takes any longer (`why` None)."""

    id: int
    title: str
    source: str
    why: str | None


@dataclass(slots=True)
class Ruling:
    """What rules take of what is stored. `looked_at` counts candidates; `notes` are rules that are out of force."""

    looked_at: int = 0
    put_away: list[Ruled] = field(default_factory=list)
    brought_back: list[Ruled] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Change:
    ruled: Ruled
    status: Status
    warnings: list[str]
    keys: tuple[str, ...]


def rule(workspace: Workspace, names: Iterable[str], *, now: datetime, who: str, dry_run: bool) -> Ruling:
    """Hold the rules of the named sources, or of all, against what waits for a decision and what rules have put away before;
    one event, which `undo` takes back. `dry_run`: only say what would happen. Raises ConfigError for an unknown name.

    A candidate is put away when rules let none of its entries in. What was decided by hand stays as decided.
    """
    asked = {source.name for source in chosen_sources(workspace.sources, names)}
    judges = {source.name: Judge(source.rules, now) for source in workspace.sources}
    found = Ruling()
    if dry_run:
        with workspace.store.read() as unit:
            list(_changes(unit, judges, asked, found))
    else:
        with workspace.store.write() as unit:
            _apply(unit, list(_changes(unit, judges, asked, found)), now=now, who=who)
    found.notes = [f"{name}: {note}" for name, judge in judges.items() for note in judge.notes()]
    return found


def _changes(unit: Unit, judges: dict[str, Judge], asked: set[str], found: Ruling) -> Iterator[_Change]:
    for number, rows in groupby(unit.entries.to_be_ruled(), key=lambda row: row[0]):
        listed = list(rows)
        if not asked & {entry.source for *_, entry in listed}:
            continue
        found.looked_at += 1
        change = _change(number, listed, judges)
        if change is not None:
            (found.put_away if change.ruled.why else found.brought_back).append(change.ruled)
            yield change


def _change(number: int, rows: Sequence[_Row], judges: dict[str, Judge]) -> _Change | None:
    _, status, warnings, first = rows[0]
    reasons = [judges[entry.source].blocked(entry) if entry.source in judges else None for *_, entry in rows]
    why = reasons[0] if all(reasons) else None
    if (why is None) == (status is Status.PENDING):
        return None
    kept = [warning for warning in warnings if not warning.startswith(BLOCKED)]
    ruled = Ruled(number, first.title, first.source, why)
    keys = tuple(dict.fromkeys(key for *_, entry in rows for key in entry_keys(entry)))
    if why is not None:
        return _Change(ruled, Status.REJECTED, [*kept, f"{BLOCKED}{why}"], keys)
    return _Change(ruled, Status.PENDING, kept, keys)


def _apply(unit: Unit, changes: Sequence[_Change], *, now: datetime, who: str) -> None:
    if not changes:
        return
    before: dict[str, dict[str, dict[str, Any] | None]] = {"candidate": {}, "candidate_key": {}}
    after: dict[str, dict[str, dict[str, Any] | None]] = {"candidate": {}, "candidate_key": {}}
    for change in changes:
        number, old = change.ruled.id, unit.candidates.get(change.ruled.id)
        before["candidate"][str(number)] = {"status": old.status.value, "warnings": list(old.warnings)}
        after["candidate"][str(number)] = {"status": change.status.value, "warnings": change.warnings}
        # What is put away stands for nothing: the same work may come from elsewhere. What comes back stands for its work
        # again, where no other candidate does by now.
        owners, owned = unit.entries.owners(change.keys), {"candidate_id": number}
        for key in change.keys:
            if change.ruled.why is not None and owners.get(key) == number:
                before["candidate_key"][key], after["candidate_key"][key] = owned, None
            elif change.ruled.why is None and key not in owners and key not in after["candidate_key"]:
                before["candidate_key"][key], after["candidate_key"][key] = None, owned
    unit.candidates.patch(after)
    away = sum(change.ruled.why is not None for change in changes)
    subject = f"{away} put away, {len(changes) - away} brought back"
    unit.decisions.append(at=now, who=who, action="rules", subject=subject, before=before, after=after)
