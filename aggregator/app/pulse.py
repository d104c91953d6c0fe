"""How the sources have done of late, for charts: their last polls, and what they brought day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.app import listing
from aggregator.app.workspace import Workspace
from aggregator.model import RequestRecord

DAYS = 14


@dataclass(frozen=True, slots=True)
class Pulse:
    """A source and its recent past. `requests` are its last polls, oldest first; `arrived` counts its new entries on each of
    the last 14 days, today last; `failed` and `unchanged` count among the requests."""

    report: listing.SourceReport
    requests: tuple[RequestRecord, ...]
    arrived: tuple[int, ...]

    @property
    def failed(self) -> int:
        """How many of the requests failed."""
        return sum(request.error is not None for request in self.requests)

    @property
    def unchanged(self) -> int:
        """How many of the requests were answered with 304."""
        return sum(request.status == 304 for request in self.requests)


def pulses(workspace: Workspace, now: datetime) -> list[Pulse]:
    """All configured sources in their order."""
    reports = listing.sources(workspace)
    days = [(now - timedelta(days=back)).date().isoformat() for back in range(DAYS - 1, -1, -1)]
    with workspace.store.read() as unit:
        requests = unit.sources.requests_of([report.source.name for report in reports])
        arrivals = unit.sources.arrivals(now - timedelta(days=DAYS))
    return [
        Pulse(
            report,
            tuple(requests.get(report.source.name, ())),
            tuple(arrivals.get(report.source.name, {}).get(day, 0) for day in days),
        )
        for report in reports
    ]
