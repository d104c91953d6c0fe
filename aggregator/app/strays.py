"""Copies that came while a work stood merged into another (or apart from it): when keys go to another candidate, by an undo or a
redo, the entries that polls brought under those keys meanwhile go with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aggregator.model import Entry, Status
from aggregator.queue import identity
from aggregator.store.patches import Patch
from aggregator.store.store import Unit
from aggregator.urls import canonical

_OPEN = frozenset({Status.PENDING, Status.DEFERRED})


def following(unit: Unit, patch: Patch) -> tuple[Patch, Patch]:
    """What has to change besides `patch`, which is about to be applied: before and after."""
    going = {key: int(fields["candidate_id"]) for key, fields in patch.get("candidate_key", {}).items() if fields}
    named = patch.get("entry", {})
    held = unit.entries.owners(going)
    before: dict[str, dict[str, Mapping[str, Any]]] = {}
    after: dict[str, dict[str, Mapping[str, Any]]] = {}
    for holder in sorted(set(held.values())):
        left: list[Entry] = []
        gone: list[Entry] = []
        for number, entry in unit.entries.of(holder):
            keys = identity.entry_keys(entry)
            target = next((going[key] for key in keys if key in going and held.get(key) == holder != going[key]), None)
            if str(number) in named or target is None:
                if str(number) not in named:
                    left.append(entry)
                continue
            gone.append(entry)
            _move(before, after, "entry", str(number), holder, target)
            for key in unit.entries.owners([key for key in keys if key not in going]):
                _move(before, after, "candidate_key", key, holder, target)
        _give_back_the_front(unit, holder, gone, left, before, after)
    return before, after


def _move(before: Any, after: Any, table: str, key: str, holder: int, target: int) -> None:
    before.setdefault(table, {})[key] = {"candidate_id": holder}
    after.setdefault(table, {})[key] = {"candidate_id": target}


def _give_back_the_front(unit: Unit, holder: int, gone: list[Entry], left: list[Entry], before: Any, after: Any) -> None:
    """A candidate that shows what a copy brought which goes now shows its own first copy again, unless it was edited."""
    candidate = unit.candidates.get(holder)
    shown = candidate.title == candidate.title_raw and candidate.status in _OPEN
    if not left or not shown or not any(entry.url and entry.url == candidate.url for entry in gone):
        return
    front = left[0]
    title = front.title or front.url or front.guid
    fields = {"title": title, "title_raw": title, "url": front.url, "canonical_url": canonical(front.url or "")}
    before.setdefault("candidate", {})[str(holder)] = {name: getattr(candidate, name) for name in fields}
    after.setdefault("candidate", {})[str(holder)] = fields
