"""Polls many sources in processes of their own and gives the outcomes as they come.

Hosts are divided among the processes. Each fetches and reads; this one only receives. A process that dies, or that
computes at one source for too long, costs that source its turn and nobody else: the rest goes on in a fresh process.
"""

from __future__ import annotations

import random
import selectors
import signal
import sys
import time
from collections.abc import Generator, Iterable, Iterator, Mapping
from datetime import datetime
from types import TracebackType
from typing import Self

from aggregator.errors import AggregatorError, ParseError
from aggregator.model import Outcome
from aggregator.poll.channel import Frames, Order, Report, write_order
from aggregator.poll.lanes import Job, divide
from aggregator.poll.process import ForkServer, Process, wanted
from aggregator.poll.pulse import NOBODY
from aggregator.poll.settings import PollSettings
from aggregator.poll.state import failure
from aggregator.text import clean_line

_STARTS_WITHOUT_PROGRESS = 3
_LOOK_SECONDS = 0.5
_LAST_WORDS_SECONDS = 2.0
_LAST_WORDS_BYTES = 2_000
_READ_BYTES = 1 << 18


def poll_sources(
    jobs: Iterable[Job],
    settings: PollSettings,
    now: datetime,
    holds: Mapping[str, float] | None = None,
    server: ForkServer | None = None,
) -> PollRun:
    """Starts polling the given sources, whether due or not, each with its state; iterate for the outcomes, one a source,
    in the order in which they are done. The processes start before this returns, so that the caller can do its own slow
    imports meanwhile. Close it, or use it in a `with`, to stop early; what was yielded stays yielded. `holds` are seconds
    for which hosts want quiet, by queue, as an earlier run's `PollRun.holds` told them. A `server` that was started already is
    used, and ended with the run."""
    return PollRun(tuple(jobs), settings, now, holds or {}, server)


class PollRun(Iterator[Outcome]):
    """A poll under way."""

    def __init__(
        self, jobs: tuple[Job, ...], settings: PollSettings, now: datetime, holds: Mapping[str, float], server: ForkServer | None
    ) -> None:
        self._server = server
        self._jobs, self._settings, self._now = jobs, settings, now
        self._started = time.monotonic()
        self._holds = {host: self._started + seconds for host, seconds in holds.items()}
        self._shards: list[_Shard] = []
        self._selector = selectors.DefaultSelector()
        parts = wanted(len(jobs), settings.processes)
        try:
            for indices in divide(jobs, parts, settings.allow_private_networks) if jobs else []:
                self._start(indices, holds, 0)
        except BaseException:
            self._end()
            raise
        self._outcomes = self._receive()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Outcome:
        return next(self._outcomes)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def holds(self) -> dict[str, float]:
        """Seconds for which hosts still want quiet, by queue, as far as the processes have told."""
        now = time.monotonic()
        return {host: until - now for host, until in self._holds.items() if until > now}

    def close(self) -> None:
        """Stops the processes at once. They hold nothing worth waiting for: an outcome is complete or was never there."""
        self._outcomes.close()
        self._end()

    def _end(self) -> None:
        for shard in self._shards:
            shard.end()
        self._shards.clear()
        self._selector.close()
        if self._server is not None:
            self._server.end()

    def _start(self, indices: Iterable[int], holds: Mapping[str, float], barren: int) -> None:
        pending = {index: self._jobs[index] for index in indices}
        order = Order(tuple(pending.items()), self._settings, self._now, self._started, tuple(sys.path), holds)
        shard = _Shard(order, barren, self._process())
        self._shards.append(shard)
        self._selector.register(shard.channel, selectors.EVENT_READ, shard)

    def _process(self) -> Process:
        if self._server is not None:
            try:
                return self._server.process()
            except ConnectionError:  # it has died
                self._server.end()
        self._server = ForkServer()
        return self._server.process()

    def _receive(self) -> Generator[Outcome, None, None]:
        try:
            while self._shards:
                for key, _ in self._selector.select(_LOOK_SECONDS):
                    yield from self._hear(key.data)
                for shard in self._shards:
                    shard.kill_if_stuck(self._settings.parse_wall_seconds)
        finally:
            self._end()

    def _hear(self, shard: _Shard) -> Iterator[Outcome]:
        data = shard.receive()
        if not data:
            yield from self._ended(shard)
            return
        for report in shard.reports(data):
            now = time.monotonic()
            for host, seconds in report.holds.items():
                self._holds[host] = max(self._holds.get(host, 0.0), now + seconds)
            for index, outcome in report.outcomes:
                if shard.pending.pop(index, None) is not None:
                    yield outcome

    def _ended(self, shard: _Shard) -> Iterator[Outcome]:
        self._selector.unregister(shard.channel)
        culprit, error = shard.post_mortem(self._settings.parse_wall_seconds)
        self._shards.remove(shard)
        if culprit is not None:
            yield self._failure(shard.pending.pop(culprit), error)
        if not shard.pending:
            return
        barren = 0 if shard.heard or culprit is not None else shard.barren + 1
        if barren < _STARTS_WITHOUT_PROGRESS:
            self._start(shard.pending, shard.holds, barren)
            return
        for job in shard.pending.values():
            yield self._failure(job, error)

    def _failure(self, job: Job, error: AggregatorError) -> Outcome:
        source, state = job
        return failure(source, state, [(source.url, error)], self._now, random.uniform, self._settings.pause_after)


class _Shard:
    """One process and what it still owes. `barren` counts the processes in a row that ended without a word."""

    def __init__(self, order: Order, barren: int, process: Process) -> None:
        self.pending = dict(order.jobs)
        self.holds: Mapping[str, float] = order.holds
        self.heard, self.barren = False, barren
        self._frames = Frames()
        self._stuck = False
        self._late: float | None = None
        self._since = time.monotonic()
        self._process, self.channel = process, process.channel
        process.pulse.write(NOBODY)
        write_order(order, process.file)
        process.begin()

    def receive(self) -> bytes:
        """What came; nothing when the process has closed its end."""
        try:
            return self.channel.recv(_READ_BYTES)
        except ConnectionError:
            return b""

    def reports(self, data: bytes) -> Iterator[Report]:
        """The reports that are complete with `data`."""
        for report in self._frames.feed(data):
            self.heard, self.holds = True, report.holds
            yield report

    def kill_if_stuck(self, limit_seconds: float) -> None:
        """Ends a process that has given no sign of life for too long; its channel then ends, too."""
        _, at = self._process.pulse.read()
        # Twice, or a machine that wakes up would find all of its processes stuck.
        late, self._late = self._late, at if time.monotonic() - at > limit_seconds else None
        if late is not None and late == self._late:
            self._stuck = True
            self._process.kill()

    def post_mortem(self, limit_seconds: float) -> tuple[int | None, AggregatorError]:
        """Which source the process died of, None for no particular one, and the error to tell."""
        index, _ = self._process.pulse.read()
        exit_code = self._process.exit_code(_LAST_WORDS_SECONDS)
        if self._stuck:
            what, why, code = "reading the answer took too long", f"it was not done after {limit_seconds:g} s", "E258"
        else:
            what, why, code = "the process that read the answer died", self._cause(exit_code), "E259"
        self.end()
        return (index if index in self.pending else None), ParseError(what, why=why, fix="report the address", code=code)

    def _cause(self, code: int | None) -> str:
        if code is not None and code < 0:
            return f"of signal {signal.Signals(-code).name}" if -code in set(signal.Signals) else f"of signal {-code}"
        lines = self._process.last_words(_LAST_WORDS_BYTES).splitlines()
        return clean_line(lines[-1], 300) if lines else f"with exit code {code}" if code is not None else "without a word"

    def end(self) -> None:
        """Ends the process, if it has not ended, and gives back what it held."""
        self._process.end()
