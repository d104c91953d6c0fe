"""Candidates that wait, as copies join them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from aggregator.model import Candidate, Copy, Status
from aggregator.store.forms import instant_in
from aggregator.store.mapping import CANDIDATE_COLUMNS, CANDIDATE_JSON, candidate_read, candidate_value
from aggregator.store.way import ALWAYS, Way, among

# Quoted, for `similar` is a word of PostgreSQL's.
_COLUMNS = ", ".join(f'"{name}"' for name in CANDIDATE_COLUMNS)
_OF = f"SELECT {_COLUMNS} FROM candidate WHERE id IN"  # noqa: S608 - names of our own columns
_COPIES = "SELECT candidate_id, source, guid, url, title, published_at FROM entry WHERE candidate_id IN"
_SCORES = "SELECT score FROM candidate WHERE status = :status AND merged_into IS NULL ORDER BY score DESC LIMIT 1 OFFSET :before"
_STILL_WAITING = f"status IN ('{Status.PENDING.value}', '{Status.DEFERRED.value}')"


class PollCandidates:
    """Candidates by id."""

    def __init__(self, way: Way) -> None:
        self._way = way

    def without_past(self, ids: Iterable[int]) -> list[Candidate]:
        """The candidates of these ids with their copies, in no order; the issues that had them are not looked up."""
        found = [candidate_read(dict(zip(CANDIDATE_COLUMNS, row, strict=True))) for row in among(self._way, _OF, ids)]
        return self.with_copies(found)

    def with_copies(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Candidates with the entries that were folded into them."""
        copies = self.copies(candidate.id for candidate in candidates)
        return [replace(candidate, entries=tuple(copies.get(candidate.id, ()))) for candidate in candidates]

    def copies(self, ids: Iterable[int]) -> dict[int, list[Copy]]:
        """The entries that were folded into these candidates, in the order of their arrival."""
        found: dict[int, list[Copy]] = {}
        for owner, source, guid, url, title, published_at in among(self._way, _COPIES, ids, then="ORDER BY id"):
            found.setdefault(owner, []).append(Copy(source, guid, url, title, instant_in(published_at)))
        return found

    def update(self, candidate_id: int, fields: Mapping[str, Any]) -> None:
        """Change fields of a candidate that are no decision of the editor: values as Candidate holds them."""
        self._change([{"id": candidate_id} | {name: candidate_value(name, value) for name, value in fields.items()}], ALWAYS)

    def score_at(self, place: int) -> float | None:
        """The score of the pending candidate at a place of the queue, counted from 1; None when it is shorter."""
        scores = self._way.run(_SCORES, {"status": Status.PENDING.value, "before": place - 1})
        return next((score for (score,) in scores), None)

    def rescore(self, changes: Sequence[Mapping[str, Any]]) -> None:
        """Give candidates that are still undecided other scores and sections: columns by name, with `id`."""
        by_shape: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
        for change in changes:
            by_shape.setdefault(tuple(change), []).append(change)
        for rows in by_shape.values():
            self._change(rows, _STILL_WAITING)

    def _change(self, rows: Sequence[Mapping[str, Any]], where: str) -> None:
        names = [name for name in rows[0] if name != "id"]
        given = ({name: self._held(name, value) for name, value in row.items()} for row in rows)
        self._way.update("candidate", names, given, where)

    def _held(self, name: str, value: Any) -> Any:
        if name in CANDIDATE_JSON:
            return self._way.form.json(value)
        return self._way.form.instant(value) if isinstance(value, datetime) else value
