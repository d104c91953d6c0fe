"""Entries as they arrived, and how they are stored with the candidates they belong to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from aggregator.model import BLOCKED, Entry, NewCandidate, Status
from aggregator.store.mapping import entry_in
from aggregator.store.polls.entries import PollEntries
from aggregator.store.tables import METADATA
from aggregator.store.through import way_of

_ENTRY = METADATA.tables["entry"]
_CANDIDATE = METADATA.tables["candidate"]


class Entries(PollEntries):
    """What the upstreams said."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(way_of(connection))
        self._connection = connection

    def of(self, candidate_id: int) -> list[tuple[int, Entry]]:
        """The entries of a candidate with their row numbers, in the order of their arrival."""
        statement = sa.select(_ENTRY).where(_ENTRY.c.candidate_id == candidate_id).order_by(_ENTRY.c.id)
        return [(row["id"], entry_in(row)) for row in self._connection.execute(statement).mappings()]

    def park(self, new: NewCandidate, owner: int, now: datetime) -> int:
        """Store a candidate that stands for nothing yet: merged into `owner` until a patch says otherwise; its id."""
        (number,) = self.reserve(1)
        self._insert_candidates([(number, new)], now, merged_into=owner, status=Status.REJECTED.value)
        return number

    def to_be_ruled(self) -> Iterator[tuple[int, Status, list[str], Entry]]:
        """The entries of all candidates that rules may put away or bring back (pending ones, and those that rules put away),
        by candidate: its id, its status, its warnings, and one entry."""
        blocked = sa.cast(_CANDIDATE.c.warnings, sa.String).like(f"%{BLOCKED}%")
        chosen = sa.or_(
            _CANDIDATE.c.status == Status.PENDING.value,
            sa.and_(_CANDIDATE.c.status == Status.REJECTED.value, blocked),
        )
        statement = (
            sa.select(_ENTRY, _CANDIDATE.c.status, _CANDIDATE.c.warnings)
            .join(_CANDIDATE, _CANDIDATE.c.id == _ENTRY.c.candidate_id)
            .where(_CANDIDATE.c.merged_into.is_(None), chosen)
            .order_by(_ENTRY.c.candidate_id, _ENTRY.c.id)
        )
        for row in self._connection.execution_options(yield_per=1000).execute(statement).mappings():
            yield row["candidate_id"], Status(row["status"]), row["warnings"], entry_in(row)

    def find(self, *, source: str | None = None, since: datetime | None = None) -> Iterator[Entry]:
        """Entries in the order of their arrival, oldest first."""
        statement = sa.select(_ENTRY).order_by(_ENTRY.c.id)
        if source is not None:
            statement = statement.where(_ENTRY.c.source == source)
        if since is not None:
            statement = statement.where(_ENTRY.c.arrived_at >= since)
        for row in self._connection.execution_options(yield_per=1000).execute(statement).mappings():
            yield entry_in(row)
