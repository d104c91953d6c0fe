"""What a poll brings, kept: entries through ingest, states, requests, holds; and the report of it."""

from __future__ import annotations

import random
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from aggregator.app.workspace import Workspace
from aggregator.errors import StoreError, is_interrupt
from aggregator.model import Entry, Outcome, PollState, SourceStatus
from aggregator.poll.silence import silence
from aggregator.poll.state import failure
from aggregator.text import clean_line

if TYPE_CHECKING:
    from aggregator.app.ingest import Ingest
    from aggregator.store.polls.store import PollStore
    from aggregator.store.polls.unit import PollUnit

BATCH_ENTRIES = 500
BATCH_OUTCOMES = 5000
BATCH_CHARS = 5_000_000  # of text: of whole articles fewer are held at once
FLOOD_ENTRIES = 2500
FLOOD_WAIT = timedelta(days=1)
# Busy, read-only, full, damaged, unknown: no outcome is to blame, and none could be stored now.
_NOBODY_CAN_WRITE = frozenset({"E301", "E302", "E303", "E304", "E305", "E306", "E307"})


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
    fell_silent: str | None = None


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


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Signals that end the program wait: an import that is broken off leaves modules half made, with which nothing is stored."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Keeper:
    """Stores outcomes in batches, in one thread, until `finish` ends it. `wanted`: the sources were named by the editor, so that
    whatever they bring is taken.

    What entries need is prepared when the first of them come: a poll that brings none does without.
    """

    def __init__(self, workspace: Workspace, before: Mapping[str, PollState], now: datetime, *, wanted: bool) -> None:
        self.report = PollReport()
        self._workspace, self._before, self._now, self._wanted = workspace, before, now, wanted
        self._pending: list[Outcome] = []
        self._entries = self._chars = 0
        self._ingest: Ingest | None = None
        self._open = ExitStack()

    def take(self, outcome: Outcome) -> None:
        """One outcome more."""
        first = bool(outcome.entries) and not self._entries and self._ingest is None
        self._pending.append(outcome)
        self._entries += len(outcome.entries)
        self._chars += sum([len(entry.summary) + len(entry.content) for entry in outcome.entries])
        if first:
            self._import()  # behind the line above: an interrupt in the midst of it must not lose the outcome
        full = self._entries >= BATCH_ENTRIES or self._chars >= BATCH_CHARS
        if full or len(self._pending) >= BATCH_OUTCOMES:
            self._flush()

    def finish(self, held_before: Mapping[str, datetime], holds: Mapping[str, datetime]) -> None:
        """Store what is left, and until when hosts want quiet; give the database back."""
        with self._open:
            self._flush()
            changed = bool(held_before or holds)
            if self._ingest is None and not changed:
                return
            with self._store.write() as unit:
                if changed:
                    unit.sources.keep_holds(holds)
                if self._ingest:
                    self._ingest.finish(unit)

    def _flush(self) -> None:
        """One transaction for all that waits; where the database refuses, halves, until what it refuses is alone: one outcome
        that cannot be stored is a failure of its source and costs nobody else anything. What an interrupt strikes waits again."""
        pending, self._pending, self._entries, self._chars = self._pending, [], 0, 0
        parts: list[Sequence[Outcome]] = [pending] if pending else []
        while parts:
            outcomes = parts.pop()
            try:
                self._keep(outcomes)
            except (KeyboardInterrupt, Exception) as error:
                self._ingest = None  # what it counted was rolled back
                if is_interrupt(error):
                    self._pending = [*outcomes, *(one for part in reversed(parts) for one in part)]
                    raise
                parts += self._smaller(outcomes, error)

    def _smaller(self, outcomes: Sequence[Outcome], error: BaseException) -> list[Sequence[Outcome]]:
        """What to store in the place of outcomes that were refused, the first last."""
        if isinstance(error, StoreError) and error.code in _NOBODY_CAN_WRITE:
            raise error
        if len(outcomes) > 1:
            middle = len(outcomes) // 2
            return [outcomes[middle:], outcomes[:middle]]
        if not outcomes[0].entries:
            raise error
        return [[self._refused(outcomes[0], error)]]

    def _refused(self, outcome: Outcome, error: BaseException) -> Outcome:
        why = str(error) if isinstance(error, StoreError) else f"{type(error).__name__}: {error}"
        source = next(one for one in self._workspace.sources if one.name == outcome.source)
        told = StoreError(
            "what it brought cannot be stored", why=clean_line(why, 300), fix="report the address of the source", code="E310"
        )
        before = self._before.get(outcome.source) or PollState(outcome.source)
        pause_after = self._workspace.config.settings.pause_after
        failed = failure(source, before, [(source.url, told)], self._now, random.uniform, pause_after, outcome.requests)
        wanted, at = outcome.state.next_poll_at, failed.state.next_poll_at
        if at and wanted and at < wanted:
            later = replace(failed.state, next_poll_at=wanted, next_poll_reason=outcome.state.next_poll_reason)
            failed = replace(failed, state=later)
        return replace(failed, http_status=outcome.http_status, seconds=outcome.seconds)

    @cached_property
    def _store(self) -> PollStore:
        return self._open.enter_context(self._workspace.poll_store())

    def _keep(self, outcomes: Sequence[Outcome]) -> None:
        requests = {outcome.source: outcome.requests for outcome in outcomes}
        lines: list[SourceLine] = []
        states: list[PollState] = []
        new = folded = 0
        with self._store.write() as unit:
            kept_outcomes = [self._without_flood(unit, outcome) for outcome in outcomes]
            brought = [(outcome.source, outcome.entries) for outcome in kept_outcomes if outcome.entries]
            counts = iter(self._counted(unit, kept_outcomes, brought) if brought else ())
            for kept in kept_outcomes:
                made, joined = next(counts) if kept.entries else (0, 0)
                new, folded = new + made, folded + joined
                states.append(replace(kept.state, last_new_at=self._now) if made + joined else kept.state)
                lines.append(self._line(kept, made))
            unit.sources.save(states)
            unit.sources.record(requests)
            if brought and self._ingest:
                self._ingest.settling.end(unit)
        self.report.new += new
        self.report.folded += folded
        self.report.sources += lines

    def _counted(
        self, unit: PollUnit, outcomes: Sequence[Outcome], brought: Sequence[tuple[str, Sequence[Entry]]]
    ) -> list[tuple[int, int]]:
        ingest = self._prepared(unit)
        for outcome in outcomes:
            if outcome.blocked:
                ingest.blocked.update({(outcome.source, guid): why for guid, why in outcome.blocked.items()})
        return ingest.entries(unit, brought)

    def _import(self) -> None:
        # What storing entries needs takes a while to import: now, while others are still asked, nobody waits for it.
        with _undisturbed():
            import aggregator.app.ingest  # noqa: F401

            _ = self._store

    def _prepared(self, unit: PollUnit) -> Ingest:
        if self._ingest is None:
            from aggregator.app.ingest import Ingest

            self._ingest = Ingest.prepare(self._workspace, unit, self._now)
        return self._ingest

    def _line(self, outcome: Outcome, made: int) -> SourceLine:
        was = self._before.get(outcome.source)
        failing = was is not None and was.failures > 0
        quiet = None if made else silence(outcome.state)
        silent = str(quiet) if quiet and not (was and silence(was)) else None
        return SourceLine(
            outcome.source, outcome.outcome, outcome.http_status, made, outcome.error, outcome.notes, failing, silent
        )

    def _without_flood(self, unit: PollUnit, outcome: Outcome) -> Outcome:
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
