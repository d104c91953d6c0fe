"""What the polls have taught, and the request log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from aggregator.model import PollState, RequestRecord, Status
from aggregator.store.jot import KEEP_REQUESTS, put_requests, put_states, sqlite_of
from aggregator.store.sourcerows import request_in, request_out, state_in, state_out
from aggregator.store.tables import METADATA

_STATE = METADATA.tables["source_state"]
_REQUEST = METADATA.tables["request"]
_HOLD = METADATA.tables["host_hold"]
_ENTRY = METADATA.tables["entry"]
_CANDIDATE = METADATA.tables["candidate"]


class Sources:
    """Poll states by the name of their source."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def states(self) -> dict[str, PollState]:
        """All states, by source name."""
        rows = self._connection.execute(sa.select(_STATE)).mappings()
        return {row["source"]: state_in(row) for row in rows}

    def save(self, states: Sequence[PollState]) -> None:
        """Store states, replacing earlier ones of the same sources."""
        if not states:
            return
        if raw := sqlite_of(self._connection):
            put_states(raw, states)
            return
        known = set(self._connection.execute(sa.select(_STATE.c.source)).scalars())
        rows = [state_out(state) for state in states]
        fresh = [row for row in rows if row["source"] not in known]
        stale = [row for row in rows if row["source"] in known]
        if fresh:
            self._connection.execute(sa.insert(_STATE), fresh)
        if stale:
            statement = sa.update(_STATE).where(_STATE.c.source == sa.bindparam("_source"))
            values: dict[str, sa.BindParameter[object]] = {name: sa.bindparam(name) for name in stale[0] if name != "source"}
            self._connection.execute(statement.values(values), [{**row, "_source": row["source"]} for row in stale])

    def holds(self) -> dict[str, datetime]:
        """Until when hosts have asked for quiet, by queue; some of it may be over."""
        return {row.host: row.quiet_until for row in self._connection.execute(sa.select(_HOLD))}

    def keep_holds(self, holds: Mapping[str, datetime]) -> None:
        """Store until when hosts want quiet, instead of what was stored before."""
        self._connection.execute(sa.delete(_HOLD))
        if holds:
            rows = [{"host": host, "quiet_until": until} for host, until in holds.items()]
            self._connection.execute(sa.insert(_HOLD), rows)

    def record(self, requests: Mapping[str, Sequence[RequestRecord]]) -> None:
        """Append to the request log and keep the last few of every source."""
        if raw := sqlite_of(self._connection):
            put_requests(raw, requests)
            return
        rows = [request_out(source, record) for source, records in requests.items() for record in records]
        if not rows:
            return
        self._connection.execute(sa.insert(_REQUEST), rows)
        newest = (
            sa.select(
                _REQUEST.c.id, sa.func.row_number().over(partition_by=_REQUEST.c.source, order_by=_REQUEST.c.id.desc()).label("n")
            )
            .where(_REQUEST.c.source.in_(list(requests)))
            .subquery()
        )
        old = sa.select(newest.c.id).where(newest.c.n > KEEP_REQUESTS)
        self._connection.execute(sa.delete(_REQUEST).where(_REQUEST.c.id.in_(old)))

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

    def entry_counts(self) -> dict[str, int]:
        """How many entries every source has brought."""
        statement = sa.select(_ENTRY.c.source, sa.func.count().label("n")).group_by(_ENTRY.c.source)
        return {row.source: row.n for row in self._connection.execute(statement)}

    def approved_counts(self) -> dict[str, int]:
        """How many works of every source were approved or published."""
        statement = (
            sa.select(_ENTRY.c.source, sa.func.count(sa.distinct(_ENTRY.c.candidate_id)).label("n"))
            .join(_CANDIDATE, _CANDIDATE.c.id == _ENTRY.c.candidate_id)
            .where(_CANDIDATE.c.status.in_([Status.APPROVED.value, Status.PUBLISHED.value]))
            .group_by(_ENTRY.c.source)
        )
        return {row.source: row.n for row in self._connection.execute(statement)}
