"""The review queue: finding candidates and changing their fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from aggregator.errors import QueueError
from aggregator.model import Candidate, CandidateFilter, SeenIn, Status
from aggregator.store.hints import hint_keys, with_hints
from aggregator.store.mapping import candidate_in
from aggregator.store.patches import Patch, apply_patch
from aggregator.store.polls.candidates import PollCandidates
from aggregator.store.tables import METADATA
from aggregator.store.through import way_of

_CANDIDATE = METADATA.tables["candidate"]
_ENTRY = METADATA.tables["entry"]
_KEY = METADATA.tables["candidate_key"]
_ITEM_KEY = METADATA.tables["item_key"]
_ITEM = METADATA.tables["item"]
_ISSUE = METADATA.tables["issue"]
_CHUNK = 500


class Candidates(PollCandidates):
    """Candidates by id."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(way_of(connection))
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

    def of(self, ids: Sequence[int]) -> list[Candidate]:
        """The candidates of these ids, in no order."""
        return self._with_past(self.without_past(ids))

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

    def _complete(self, candidates: list[Candidate]) -> list[Candidate]:
        return self._with_past(self.with_copies(candidates))

    def _with_past(self, candidates: list[Candidate]) -> list[Candidate]:
        met = self._met({key for candidate in candidates for key in hint_keys(candidate)})
        seen = with_hints(candidates, self._seen_in([candidate.id for candidate in candidates]), met)
        return [replace(candidate, seen_in=tuple(seen.get(candidate.id, ()))) for candidate in candidates]

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
