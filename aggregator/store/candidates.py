"""The review queue: finding candidates and changing their fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from aggregator.errors import QueueError
from aggregator.model import Candidate, CandidateFilter, Copy, SeenIn, Status
from aggregator.store.hints import hint_keys, with_hints
from aggregator.store.jot import TEXT, sqlite_of, update
from aggregator.store.mapping import candidate_in, candidate_value
from aggregator.store.patches import Patch, apply_patch
from aggregator.store.tables import METADATA

_CANDIDATE = METADATA.tables["candidate"]
_ENTRY = METADATA.tables["entry"]
_KEY = METADATA.tables["candidate_key"]
_ITEM_KEY = METADATA.tables["item_key"]
_ITEM = METADATA.tables["item"]
_ISSUE = METADATA.tables["issue"]
_CHUNK = 500
_STILL_WAITING = f"status IN ('{Status.PENDING.value}', '{Status.DEFERRED.value}')"
_AS_JSON = frozenset(column.name for column in _CANDIDATE.c if isinstance(column.type, sa.JSON))


class Candidates:
    """Candidates by id."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, wanted: CandidateFilter) -> list[Candidate]:
        """The best first: by score, then the newer, what has no date last."""
        statement = _matching(sa.select(_CANDIDATE), wanted)
        return self._complete([candidate_in(row) for row in self._connection.execute(statement).mappings()])

    def ids(self, wanted: CandidateFilter) -> list[int]:
        """The same candidates in the same order, only their ids."""
        return list(self._connection.execute(_matching(sa.select(_CANDIDATE.c.id), wanted)).scalars())

    def get(self, candidate_id: int) -> Candidate:
        """One candidate. Raises QueueError when there is none of that id."""
        statement = sa.select(_CANDIDATE).where(_CANDIDATE.c.id == candidate_id)
        row = self._connection.execute(statement).mappings().one_or_none() if abs(candidate_id) < 2**62 else None
        if row is None:
            raise QueueError(
                f"there is no candidate {candidate_id}",
                fix="`aggregator queue list` shows the ids",
                code="E401",
            )
        return self._complete([candidate_in(row)])[0]

    def of(self, ids: Sequence[int], *, past: bool = True) -> list[Candidate]:
        """The candidates of these ids, in no order; without their `past` the issues that had them are not looked up."""
        found = [
            candidate_in(row)
            for chunk in _chunks(ids)
            for row in self._connection.execute(sa.select(_CANDIDATE).where(_CANDIDATE.c.id.in_(chunk))).mappings()
        ]
        return self._complete(found) if past else self._with_copies(found)

    def counts(self) -> dict[Status, int]:
        """How many candidates stand in each status."""
        statement = (
            sa.select(_CANDIDATE.c.status, sa.func.count())
            .where(_CANDIDATE.c.merged_into.is_(None))
            .group_by(_CANDIDATE.c.status)
        )
        return {Status(status): count for status, count in self._connection.execute(statement)}

    def patch(self, patch: Patch) -> None:
        """Change fields of rows as the patch says."""
        apply_patch(self._connection, patch)

    def update(self, candidate_id: int, fields: Mapping[str, Any]) -> None:
        """Change fields of a candidate that are no decision of the editor: values as Candidate holds them."""
        values = {name: candidate_value(name, value) for name, value in fields.items()}
        self._connection.execute(sa.update(_CANDIDATE).where(_CANDIDATE.c.id == candidate_id).values(values))

    def waiting_with(self, term: str, limit: int) -> list[int]:
        """Undecided candidates whose title holds `term`, the newest first."""
        waiting = [Status.PENDING.value, Status.DEFERRED.value]
        statement = sa.select(_CANDIDATE.c.id).where(
            _CANDIDATE.c.status.in_(waiting),
            _CANDIDATE.c.merged_into.is_(None),
            _CANDIDATE.c.title_raw.icontains(term, autoescape=True),
        )
        return list(self._connection.execute(statement.order_by(_CANDIDATE.c.id.desc()).limit(limit)).scalars())

    def waiting_before(self, moment: datetime) -> list[tuple[int, list[str]]]:
        """Pending candidates that arrived before `moment`, with their warnings."""
        statement = sa.select(_CANDIDATE.c.id, _CANDIDATE.c.warnings).where(
            _CANDIDATE.c.status == Status.PENDING.value, _CANDIDATE.c.merged_into.is_(None), _CANDIDATE.c.arrived_at < moment
        )
        return [(number, list(warnings)) for number, warnings in self._connection.execute(statement.order_by(_CANDIDATE.c.id))]

    def score_reasons(self, candidate_id: int) -> list[Any]:
        """The reasons of a score as they are stored."""
        statement = sa.select(_CANDIDATE.c.score_reasons).where(_CANDIDATE.c.id == candidate_id)
        return list(self._connection.execute(statement).scalar_one())

    def score_at(self, place: int) -> float | None:
        """The score of the pending candidate at a place of the queue, counted from 1; None when it is shorter."""
        statement = (
            sa.select(_CANDIDATE.c.score)
            .where(_CANDIDATE.c.status == Status.PENDING.value, _CANDIDATE.c.merged_into.is_(None))
            .order_by(_CANDIDATE.c.score.desc())
            .offset(place - 1)
            .limit(1)
        )
        return self._connection.execute(statement).scalar_one_or_none()

    def rescore(self, changes: Sequence[Mapping[str, Any]]) -> None:
        """Give candidates that are still undecided other scores and sections: columns by name, with `id`."""
        by_shape: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
        for change in changes:
            by_shape.setdefault(tuple(change), []).append(change)
        for shape, rows in by_shape.items():
            names = [name for name in shape if name != "id"]
            if raw := sqlite_of(self._connection):
                given = [(*(_in_text(name, row[name]) for name in names), row["id"]) for row in rows]
                update(raw, _CANDIDATE.name, names, given, _STILL_WAITING)
            else:
                self._rescore(names, rows)

    def _rescore(self, names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
        values = {name: sa.bindparam(f"new_{name}", type_=_CANDIDATE.c[name].type) for name in names}
        mine = _CANDIDATE.c.id == sa.bindparam("new_id")
        statement = sa.update(_CANDIDATE).where(mine, sa.text(_STILL_WAITING)).values(values)
        self._connection.execute(statement, [{f"new_{name}": value for name, value in row.items()} for row in rows])

    def merge_patches(self, loser: int, winner: int) -> tuple[Patch, Patch]:
        """What moving all entries and keys of one candidate to another changes: before and after."""
        entries = self._connection.execute(sa.select(_ENTRY.c.id).where(_ENTRY.c.candidate_id == loser)).scalars().all()
        keys = self._connection.execute(sa.select(_KEY.c.key).where(_KEY.c.candidate_id == loser)).scalars().all()

        def owned_by(owner: int) -> dict[str, dict[str, Mapping[str, Any]]]:
            return {
                "entry": {str(entry): {"candidate_id": owner} for entry in entries},
                "candidate_key": {key: {"candidate_id": owner} for key in keys},
            }

        return owned_by(loser), owned_by(winner)

    def _with_copies(self, candidates: list[Candidate]) -> list[Candidate]:
        copies = self._copies([candidate.id for candidate in candidates])
        return [replace(candidate, entries=tuple(copies.get(candidate.id, ()))) for candidate in candidates]

    def _complete(self, candidates: list[Candidate]) -> list[Candidate]:
        ids = [candidate.id for candidate in candidates]
        copies = self._copies(ids)
        met = self._met({key for candidate in candidates for key in hint_keys(candidate)})
        seen = with_hints(candidates, self._seen_in(ids), met)
        return [
            replace(candidate, entries=tuple(copies.get(candidate.id, ())), seen_in=tuple(seen.get(candidate.id, ())))
            for candidate in candidates
        ]

    def _copies(self, ids: Sequence[int]) -> dict[int, list[Copy]]:
        found: dict[int, list[Copy]] = {}
        columns = (_ENTRY.c.candidate_id, _ENTRY.c.source, _ENTRY.c.guid, _ENTRY.c.url, _ENTRY.c.title, _ENTRY.c.published_at)
        for chunk in _chunks(ids):
            statement = sa.select(*columns).where(_ENTRY.c.candidate_id.in_(chunk)).order_by(_ENTRY.c.id)
            for owner, *copy in self._connection.execute(statement):
                found.setdefault(owner, []).append(Copy(*copy))
        return found

    def _met(self, keys: Iterable[str]) -> dict[str, list[tuple[str, int]]]:
        found: dict[str, list[tuple[str, int]]] = {}
        listed = sorted(keys)
        for start in range(0, len(listed), _CHUNK):
            statement = (
                sa.select(_ITEM_KEY.c.key, _ISSUE.c.slug, _ITEM.c.id)
                .join(_ITEM, _ITEM.c.id == _ITEM_KEY.c.item_id)
                .join(_ISSUE, _ISSUE.c.id == _ITEM.c.issue_id)
                .where(_ITEM_KEY.c.key.in_(listed[start : start + _CHUNK]))
                .order_by(_ISSUE.c.date.desc(), _ITEM.c.id)
            )
            for key, slug, item in self._connection.execute(statement):
                found.setdefault(key, []).append((slug, item))
        return found

    def _seen_in(self, ids: Sequence[int]) -> dict[int, list[SeenIn]]:
        found: dict[int, list[SeenIn]] = {}
        for chunk in _chunks(ids):
            statement = (
                sa.select(_KEY.c.candidate_id, _ISSUE.c.slug, _ITEM.c.id, _ITEM_KEY.c.relation)
                .join(_ITEM_KEY, _ITEM_KEY.c.key == _KEY.c.key)
                .join(_ITEM, _ITEM.c.id == _ITEM_KEY.c.item_id)
                .join(_ISSUE, _ISSUE.c.id == _ITEM.c.issue_id)
                .where(_KEY.c.candidate_id.in_(chunk))
                .order_by(_ISSUE.c.date.desc(), _ITEM.c.id)
            )
            for owner, *seen in self._connection.execute(statement):
                found.setdefault(owner, []).append(SeenIn(*seen))
        return found


def _in_text(name: str, value: Any) -> Any:
    if name in _AS_JSON:
        return TEXT.json(value)
    return TEXT.instant(value) if isinstance(value, datetime) else value


def _matching(statement: sa.Select[Any], wanted: CandidateFilter) -> sa.Select[Any]:
    statement = statement.where(_CANDIDATE.c.merged_into.is_(None))
    if wanted.statuses:
        statement = statement.where(_CANDIDATE.c.status.in_([status.value for status in wanted.statuses]))
    if wanted.section is not None:
        statement = statement.where(_CANDIDATE.c.section == wanted.section)
    if wanted.source is not None:
        by_entry = sa.select(_ENTRY.c.candidate_id).where(_ENTRY.c.source == wanted.source)
        statement = statement.where(sa.or_(_CANDIDATE.c.source == wanted.source, _CANDIDATE.c.id.in_(by_entry)))
    if wanted.search:
        fields = (_CANDIDATE.c.title, _CANDIDATE.c.summary, _CANDIDATE.c.source, _CANDIDATE.c.url)
        statement = statement.where(sa.or_(*(field.icontains(wanted.search, autoescape=True) for field in fields)))
    newest = _CANDIDATE.c.published_at.desc().nulls_last()
    statement = statement.order_by(_CANDIDATE.c.score.desc(), newest, _CANDIDATE.c.id.desc())
    if wanted.limit is not None:
        statement = statement.limit(wanted.limit)
    return statement


def _chunks(values: Sequence[int]) -> Iterable[Sequence[int]]:
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))
