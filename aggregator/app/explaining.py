"""Why a source is asked when it is: everything that has a say in it, in sentences, and its last requests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from aggregator.app import listing
from aggregator.app.listing import SourceReport
from aggregator.app.workspace import Workspace, poll_settings
from aggregator.model import RequestRecord, Rhythm, Source
from aggregator.poll.due import span, why
from aggregator.poll.hostrules import host_key, rule_for

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Explained:
    """A source with its last requests, newest first. `hosts` says how those who serve it are spared, `rhythm` who wishes
    what, `why` what follows."""

    report: SourceReport
    requests: tuple[RequestRecord, ...]
    hosts: tuple[str, ...]
    rhythm: tuple[str, ...]
    why: str


def explain(workspace: Workspace, name: str, now: datetime) -> Explained:
    """All of that for one source. Raises ConfigError for a name that is not configured."""
    report, requests = listing.source(workspace, name)
    with workspace.store.read() as unit:
        holds = unit.sources.holds()
    source, state = report.source, report.state
    return Explained(
        report,
        tuple(requests),
        tuple(_hosts(workspace, report, holds, now)),
        tuple(_rhythm(source, state.rhythm)),
        why(source, state, now),
    )


def _hosts(workspace: Workspace, report: SourceReport, holds: dict[str, datetime], now: datetime) -> Iterator[str]:
    settings = poll_settings(workspace)
    addresses = [report.state.moved.get(url, url) for url in report.source.urls]
    for key in dict.fromkeys(filter(None, (host_key(url, settings.allow_private_networks) for url in addresses))):
        rule = rule_for(key, settings)
        many = "one at a time" if rule.concurrency == 1 else f"{rule.concurrency} at a time"
        said = f"{key}: {many}, {rule.gap_seconds:g} s between requests" if rule.spares else f"{key}: {many}, opened on purpose"
        until = holds.get(key)
        yield f"{said}; it asked to be left alone until {until:%Y-%m-%d %H:%M} UTC" if until and until > now else said


def _rhythm(source: Source, rhythm: Rhythm) -> Iterator[str]:
    if source.interval_minutes is not None:
        yield f"sources.yaml says every {span(source.interval_minutes)}"
    if rhythm.usual_minutes is not None:
        pause = f", after {span(rhythm.longest_minutes)} at the latest" if rhythm.longest_minutes else ""
        yield f"it usually brings something every {span(rhythm.usual_minutes)}{pause}"
    if rhythm.newest_at is not None:
        yield f"its newest entry is of {rhythm.newest_at:%Y-%m-%d %H:%M} UTC"
    if rhythm.ttl_minutes:
        yield f"the feed asks for {span(rhythm.ttl_minutes)} between polls (ttl)"
    if rhythm.skip_hours:
        yield f"the feed asks not to be polled at {', '.join(map(str, rhythm.skip_hours))} o'clock GMT (skipHours)"
    if rhythm.skip_days:
        yield f"the feed asks not to be polled on {', '.join(_DAYS[day] for day in rhythm.skip_days)} (skipDays)"
