"""What a poll brings, kept: entries through ingest, states, requests, holds; and the report of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from aggregator.app.workspace import Workspace
from aggregator.model import Outcome, PollState, SourceStatus

if TYPE_CHECKING:
    from aggregator.app.ingest import Ingest
    from aggregator.store.store import Unit

BATCH_ENTRIES = 2000
BATCH_OUTCOMES = 5000
FLOOD_ENTRIES = 2500
FLOOD_WAIT = timedelta(days=1)


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


class Keeper:
    """Stores outcomes in batches. `wanted`: the sources were named by the editor, so that whatever they bring is taken.

    What entries need is prepared when the first of them come: a poll that brings none does without.
    """

    def __init__(self, workspace: Workspace, before: Mapping[str, PollState], now: datetime, *, wanted: bool) -> None:
        self.report = PollReport()
        self._workspace, self._before, self._now, self._wanted = workspace, before, now, wanted
        self._pending: list[Outcome] = []
        self._entries = 0
        self._ingest: Ingest | None = None

    def take(self, outcome: Outcome) -> None:
        """One outcome more."""
        self._pending.append(outcome)
        self._entries += len(outcome.entries)
        if self._entries >= BATCH_ENTRIES or len(self._pending) >= BATCH_OUTCOMES:
            self._store()

    def finish(self, held_before: Mapping[str, datetime], holds: Mapping[str, datetime]) -> None:
        """Store what is left, and until when hosts want quiet."""
        self._store()
        if held_before or holds or self._ingest:
            with self._workspace.store.write() as unit:
                if held_before or holds:
                    unit.sources.keep_holds(holds)
                if self._ingest:
                    self._ingest.finish(unit)

    def _store(self) -> None:
        if not self._pending:
            return
        lines: list[SourceLine] = []
        states: list[PollState] = []
        new = folded = 0
        with self._workspace.store.write() as unit:
            for outcome in self._pending:
                kept = self._without_flood(unit, outcome)
                made, joined = self._prepared(unit).entries(unit, kept.source, kept.entries) if kept.entries else (0, 0)
                new, folded = new + made, folded + joined
                states.append(replace(kept.state, last_new_at=self._now) if made + joined else kept.state)
                lines.append(self._line(kept, made))
            if self._ingest:
                self._ingest.settle(unit)
            unit.sources.save(states)
            unit.sources.record({outcome.source: outcome.requests for outcome in self._pending})
        self._pending, self._entries = [], 0
        self.report.new += new
        self.report.folded += folded
        self.report.sources += lines

    def _prepared(self, unit: Unit) -> Ingest:
        if self._ingest is None:
            from aggregator.app.ingest import Ingest

            self._ingest = Ingest.prepare(self._workspace, unit, self._now)
        return self._ingest

    def _line(self, outcome: Outcome, made: int) -> SourceLine:
        was = self._before.get(outcome.source)
        failing = was is not None and was.failures > 0
        return SourceLine(outcome.source, outcome.outcome, outcome.http_status, made, outcome.error, outcome.notes, failing)

    def _without_flood(self, unit: Unit, outcome: Outcome) -> Outcome:
        """A source that has spoken before and brings thousands at once is held back until the editor asks for it by name. Its
        state forgets what it has read, so that the whole document comes again then."""
        before = self._before.get(outcome.source)
        if self._wanted or before is None or before.last_ok_at is None or len(outcome.entries) <= FLOOD_ENTRIES:
            return outcome
        guids = {entry.guid for entry in outcome.entries}
        fresh = len(guids) - len(unit.entries.known_guids(outcome.source, guids))
        if fresh <= FLOOD_ENTRIES:
            return outcome
        said = f"{fresh} new entries at once: held back"
        fix = f"`aggregator poll {outcome.source}` takes them, `aggregator sources mute {outcome.source}` refuses them"
        state = replace(
            before,
            status=SourceStatus.LIMITED,
            validators={},
            body_hashes={},
            item_hashes={},
            last_polled_at=self._now,
            next_poll_at=max(outcome.state.next_poll_at or self._now, self._now + FLOOD_WAIT),
            next_poll_reason=f"{said}; {fix}",
            last_error=said,
        )
        return replace(outcome, outcome="limited", state=state, entries=(), error=said, notes=(*outcome.notes, fix))
