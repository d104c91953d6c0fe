"""What the polls have taught, and the request log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from aggregator.model import PollState, RequestRecord, Status
from aggregator.store.polls.sources import PollSources
from aggregator.store.sourcerows import request_in, state_in
from aggregator.store.tables import METADATA
from aggregator.store.through import way_of

_STATE = METADATA.tables["source_state"]
_REQUEST = METADATA.tables["request"]
_HOLD = METADATA.tables["host_hold"]
_ENTRY = METADATA.tables["entry"]
_CANDIDATE = METADATA.tables["candidate"]


class Sources(PollSources):
    """Poll states by the name of their source."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(way_of(connection))
        self._connection = connection

    def states(self) -> dict[str, PollState]:
        """All states, by source name."""
        rows = self._connection.execute(sa.select(_STATE)).mappings()
        return {row["source"]: state_in(row) for row in rows}

    def holds(self) -> dict[str, datetime]:
        """Until when hosts have asked for quiet, by queue; some of it may be over."""
        return {row.host: row.quiet_until for row in self._connection.execute(sa.select(_HOLD))}

    def requests(self, source: str) -> list[RequestRecord]:
        """The last requests of a source, newest first."""
        statement = sa.select(_REQUEST).where(_REQUEST.c.source == source).order_by(_REQUEST.c.id.desc())
        return [request_in(row) for row in self._connection.execute(statement).mappings()]

    def requests_of(self, names: Sequence[str]) -> dict[str, list[RequestRecord]]:
        """The last requests of several sources, oldest first."""
        found: dict[str, list[RequestRecord]] = {}
        for start in range(0, len(names), 500):
            statement = sa.select(_REQUEST).where(_REQUEST.c.source.in_(names[start : start + 500])).order_by(_REQUEST.c.id)
            for row in self._connection.execute(statement).mappings():
                found.setdefault(row["source"], []).append(request_in(row))
        return found

    def arrivals(self, since: datetime) -> dict[str, dict[str, int]]:
        """How many entries each source has brought on each day (ISO, UTC) from an instant on."""
        day = sa.func.substr(sa.cast(_ENTRY.c.arrived_at, sa.String), 1, 10)
        statement = (
            sa.select(_ENTRY.c.source, day, sa.func.count()).where(_ENTRY.c.arrived_at >= since).group_by(_ENTRY.c.source, day)
        )
        found: dict[str, dict[str, int]] = {}
        for source, on, count in self._connection.execute(statement):
            found.setdefault(source, {})[on] = count
        return found

    def approved_counts(self) -> dict[str, int]:
        """How many works of every source were approved or published."""
        statement = (
            sa.select(_ENTRY.c.source, sa.func.count(sa.distinct(_ENTRY.c.candidate_id)).label("n"))
            .join(_CANDIDATE, _CANDIDATE.c.id == _ENTRY.c.candidate_id)
            .where(_CANDIDATE.c.status.in_([Status.APPROVED.value, Status.PUBLISHED.value]))
            .group_by(_ENTRY.c.source)
        )
        return {row.source: row.n for row in self._connection.execute(statement)}
