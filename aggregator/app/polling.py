"""Upstreams into the queue: poll what is due, fold what is new, remember what was learnt."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from aggregator.app.ingest import Ingest
from aggregator.app.workspace import Workspace, poll_settings
from aggregator.errors import ConfigError
from aggregator.model import Outcome, PollState, Source
from aggregator.poll import due
from aggregator.poll.run import poll_sources

BATCH_ENTRIES = 2000


@dataclass(slots=True)
class SourceLine:
    """What came of one source, for the report."""

    name: str
    outcome: str
    http_status: int | None
    new: int
    error: str | None
    notes: tuple[str, ...] = ()
    was_failing: bool = False


@dataclass(slots=True)
class PollReport:
    """What came of a poll: the numbers of its last line and a line for each source."""

    new: int = 0
    folded: int = 0
    seconds: float = 0.0
    sources: list[SourceLine] = field(default_factory=list)

    @property
    def polled(self) -> int:
        """How many sources were asked."""
        return len(self.sources)

    @property
    def unchanged(self) -> int:
        """How many had nothing to say: a 304 or the same bytes."""
        return sum(line.outcome == "unchanged" for line in self.sources)

    @property
    def failed(self) -> int:
        """How many could not be read."""
        return sum(line.outcome in {"failed", "gone", "paused"} for line in self.sources)

    def last_line(self) -> str:
        """The line that ends every poll."""
        parts = (
            f"{self.polled} polled",
            f"{self.unchanged} unchanged",
            f"{self.new} new",
            f"{self.folded} folded",
            f"{self.failed} failed",
            f"{self.seconds:.1f} s",
        )
        return " · ".join(parts)


def chosen_sources(all_sources: Sequence[Source], names: Iterable[str]) -> list[Source]:
    """The sources of these names; all when there are none. Raises ConfigError for a name that is not configured."""
    wanted = list(names)
    if not wanted:
        return list(all_sources)
    by_name = {source.name: source for source in all_sources}
    missing = [name for name in wanted if name not in by_name]
    if missing:
        from difflib import get_close_matches

        near = get_close_matches(missing[0], by_name, n=1)
        raise ConfigError(
            f"there is no source `{missing[0]}`" + (f" - did you mean `{near[0]}`?" if near else ""),
            fix="`aggregator sources list` shows the names",
            code="E130",
        )
    return [by_name[name] for name in wanted]


def poll(
    workspace: Workspace,
    now: datetime,
    *,
    names: Iterable[str] = (),
    everything: bool = False,
    started: Callable[[int], None] = lambda total: None,
    finished: Callable[[Outcome], None] = lambda outcome: None,
) -> PollReport:
    """Poll the named sources, or those that are due, or (`everything`) all. What was fetched is stored as it comes in, so
    an interrupt loses nothing of it. Raises BusyError while another poll runs."""
    begun = time.monotonic()
    report = PollReport()
    named = list(names)
    chosen = chosen_sources(workspace.sources, named)
    with workspace.lock("poll"):
        with workspace.store.read() as unit:
            states = unit.sources.states()
            ingest = Ingest.prepare(workspace, unit, now)
        jobs = [(source, states.get(source.name, PollState(source.name))) for source in chosen]
        asked = [job for job in jobs if (named or everything or due.is_due(*job, now)) and not job[0].muted]
        started(len(asked))
        pending: list[Outcome] = []
        try:
            with poll_sources(asked, poll_settings(workspace), now) as run:
                for outcome in run:
                    pending.append(outcome)
                    finished(outcome)
                    if sum(len(waiting.entries) for waiting in pending) >= BATCH_ENTRIES:
                        _store(workspace, ingest, report, pending, states, now)
                        pending = []
        finally:
            _store(workspace, ingest, report, pending, states, now)
            with workspace.store.write() as unit:
                ingest.finish(unit)
    report.seconds = time.monotonic() - begun
    return report


def check(workspace: Workspace, now: datetime, *, names: Iterable[str] = ()) -> Iterator[Outcome]:
    """Try the named sources, or all that are not muted, once, as if they had never been polled. Nothing is stored."""
    chosen = [source for source in chosen_sources(workspace.sources, names) if not source.muted]
    with poll_sources([(source, PollState(source.name)) for source in chosen], poll_settings(workspace), now) as run:
        yield from run


def _store(
    workspace: Workspace, ingest: Ingest, report: PollReport, outcomes: list[Outcome], before: dict[str, PollState], now: datetime
) -> None:
    if not outcomes:
        return
    lines: list[SourceLine] = []
    states: list[PollState] = []
    new = folded = 0
    with workspace.store.write() as unit:
        for outcome in outcomes:
            made, joined = ingest.entries(unit, outcome.source, outcome.entries)
            new, folded = new + made, folded + joined
            states.append(replace(outcome.state, last_new_at=now) if made + joined else outcome.state)
            was = before.get(outcome.source)
            failing = was is not None and was.failures > 0
            lines.append(
                SourceLine(outcome.source, outcome.outcome, outcome.http_status, made, outcome.error, outcome.notes, failing)
            )
        unit.sources.save(states)
        unit.sources.record({outcome.source: outcome.requests for outcome in outcomes})
    report.new += new
    report.folded += folded
    report.sources += lines
