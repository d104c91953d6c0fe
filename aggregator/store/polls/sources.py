"""What the polls have taught, and the request log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from aggregator.model import PollState, RequestRecord
from aggregator.store.sourcerows import request_out, state_out
from aggregator.store.way import Way

KEEP_REQUESTS = 20
# Walks down from the newest row of one source; a window over all of them would have to number each.
_FORGET = (
    "DELETE FROM request WHERE source = :source AND id <="
    " (SELECT id FROM request WHERE source = :source ORDER BY id DESC LIMIT 1 OFFSET :keep)"
)


class PollSources:
    """Poll states by the name of their source."""

    def __init__(self, way: Way) -> None:
        self._way = way

    def save(self, states: Sequence[PollState]) -> None:
        """Store states, replacing earlier ones of the same sources."""
        self._way.insert("source_state", (state_out(state, self._way.form) for state in states), "REPLACE")

    def record(self, requests: Mapping[str, Sequence[RequestRecord]]) -> None:
        """Append to the request log and keep the last few of every source."""
        form = self._way.form
        rows = (request_out(source, record, form) for source, records in requests.items() for record in records)
        self._way.insert("request", rows)
        asked = ({"source": source, "keep": KEEP_REQUESTS} for source, records in requests.items() if records)
        self._way.run_each(_FORGET, asked)

    def keep_holds(self, holds: Mapping[str, datetime]) -> None:
        """Store until when hosts want quiet, instead of what was stored before."""
        self._way.run("DELETE FROM host_hold")
        instant = self._way.form.instant
        self._way.insert("host_hold", ({"host": host, "quiet_until": instant(until)} for host, until in holds.items()))

    def entry_counts(self) -> dict[str, int]:
        """How many entries every source has brought."""
        return dict(self._way.run("SELECT source, count(*) FROM entry GROUP BY source"))
