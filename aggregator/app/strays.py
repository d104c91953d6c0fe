"""Copies that came while a work stood merged into another (or apart from it): when keys go to another candidate, by an undo or a
redo, the entries that polls brought under those keys meanwhile go with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aggregator.app.copying import copy_of
from aggregator.app.naming import Names
from aggregator.model import Candidate, Entry, NewCandidate, Status
from aggregator.queue import identity
from aggregator.store.mapping import candidate_value
from aggregator.store.patches import Patch
from aggregator.store.store import Unit

_OPEN = frozenset({Status.PENDING, Status.DEFERRED})


def following(unit: Unit, patch: Patch, names: Names) -> tuple[Patch, Patch]:
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
        fields = _given_back(
            unit.candidates.get(holder), [copy_of(names, one) for one in gone], [copy_of(names, one) for one in left]
        )
        _change(before, after, unit.candidates.get(holder), fields, patch.get("candidate", {}).get(str(holder)) or {})
    return before, after


def _move(before: Any, after: Any, table: str, key: str, holder: int, target: int) -> None:
    before.setdefault(table, {})[key] = {"candidate_id": holder}
    after.setdefault(table, {})[key] = {"candidate_id": target}


def _given_back(candidate: Candidate, gone: Sequence[NewCandidate], left: Sequence[NewCandidate]) -> dict[str, Any]:
    """A candidate that shows what a copy brought which goes now shows what its own copies brought, but for what was edited: the
    fields that change."""
    if not left or not gone or candidate.status not in _OPEN:
        return {}
    front = left[0]
    fields: dict[str, Any] = {}
    if candidate.title == candidate.title_raw and any(one.url and one.url == candidate.url for one in gone):
        fields = {"title": front.title, "title_raw": front.title, "url": front.url, "canonical_url": front.canonical_url}
    for name in ("source", "author", "summary", "tags"):
        value, ours = getattr(candidate, name), [getattr(one, name) for one in left]
        if value and value not in ours and any(getattr(one, name) == value for one in gone):
            fields[name] = next((one for one in ours if one), ours[0])
    own = {url for url in (fields.get("url", candidate.url), *_addresses(left)) if url}
    lost = _addresses(gone) - own
    return fields | {"links": tuple(link for link in candidate.links if link.url not in lost)}


def _addresses(copies: Sequence[NewCandidate]) -> set[str]:
    return {url for one in copies for url in (one.url, *(link.url for link in one.links)) if url}


def _change(before: Any, after: Any, candidate: Candidate, fields: Mapping[str, Any], named: Mapping[str, Any]) -> None:
    """Add fields that differ and that the event itself does not bring back."""
    changed = {name: value for name, value in fields.items() if name not in named and value != getattr(candidate, name)}
    if changed:
        row = str(candidate.id)
        before.setdefault("candidate", {})[row] = {name: candidate_value(name, getattr(candidate, name)) for name in changed}
        after.setdefault("candidate", {})[row] = {name: candidate_value(name, value) for name, value in changed.items()}
