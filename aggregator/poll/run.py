"""Polls many sources in processes of their own and gives the outcomes as they come.

Hosts are divided among the processes. Each fetches and reads; this one only receives. A process that dies, or that
computes at one source for too long, costs that source its turn and nobody else: the rest goes on in a fresh process.
"""

from __future__ import annotations

import os
import random
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from aggregator.errors import AggregatorError, ParseError
from aggregator.model import Outcome
from aggregator.poll.channel import NOBODY, Frames, Order, Pulse, Report, write_order
from aggregator.poll.lanes import Job, divide
from aggregator.poll.settings import PollSettings
from aggregator.poll.state import failure
from aggregator.text import clean_line

SOURCES_FOR_ANOTHER_PROCESS = 50
_STARTS_WITHOUT_PROGRESS = 3
_LOOK_SECONDS = 0.5
_LAST_WORDS_SECONDS = 2.0
_READ_BYTES = 1 << 18
_ROOT = str(Path(__file__).resolve().parents[2])
# -P keeps the current folder off the path: a workspace may hold a file that is called like a module.
# Nor is httpx's own command line wanted, which brings a terminal library with it: a fifth of what a process imports.
_BOOT = (
    "import sys; sys.path.append(sys.argv[1]); sys.modules['httpx._main'] = None; from aggregator.poll.worker import main; main()"
)


def poll_sources(jobs: Iterable[Job], settings: PollSettings, now: datetime, holds: Mapping[str, float] | None = None) -> PollRun:
    """Starts polling the given sources, whether due or not, each with its state; iterate for the outcomes, one a source,
    in the order in which they are done. The processes start before this returns, so that the caller can do its own slow
    imports meanwhile. Close it, or use it in a `with`, to stop early; what was yielded stays yielded. `holds` are seconds
    for which hosts want quiet, by queue, as an earlier run's `PollRun.holds` told them."""
    return PollRun(tuple(jobs), settings, now, holds or {})


class PollRun(Iterator[Outcome]):
    """A poll under way."""

    def __init__(self, jobs: tuple[Job, ...], settings: PollSettings, now: datetime, holds: Mapping[str, float]) -> None:
        self._jobs, self._settings, self._now = jobs, settings, now
        self._started = time.monotonic()
        self._holds = {host: self._started + seconds for host, seconds in holds.items()}
        self._shards: list[_Shard] = []
        self._selector = selectors.DefaultSelector()
        wanted = settings.processes or os.cpu_count() or 1
        parts = min(wanted, 1 + (len(jobs) - 1) // SOURCES_FOR_ANOTHER_PROCESS) if jobs else 0
        for indices in divide(jobs, parts, settings.allow_private_networks) if jobs else []:
            self._start(indices, holds, 0)
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
        for shard in self._shards:
            shard.end()
        self._shards.clear()
        self._selector.close()

    def _start(self, indices: Iterable[int], holds: Mapping[str, float], barren: int) -> None:
        pending = {index: self._jobs[index] for index in indices}
        order = Order(tuple(pending.items()), self._settings, self._now, self._started, tuple(sys.path), holds)
        shard = _Shard(order, barren)
        self._shards.append(shard)
        self._selector.register(shard.channel, selectors.EVENT_READ, shard)

    def _receive(self) -> Generator[Outcome, None, None]:
        try:
            while self._shards:
                for key, _ in self._selector.select(_LOOK_SECONDS):
                    yield from self._hear(key.data)
                for shard in self._shards:
                    shard.kill_if_stuck(self._settings.parse_wall_seconds)
        finally:
            for shard in self._shards:
                shard.end()
            self._shards.clear()

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

    def __init__(self, order: Order, barren: int) -> None:
        self.pending = dict(order.jobs)
        self.holds: Mapping[str, float] = order.holds
        self.heard, self.barren = False, barren
        self._frames = Frames()
        self._stuck = False
        self._late: float | None = None
        self._since = time.monotonic()
        file = write_order(order)
        self._pulse = Pulse(file)
        self._pulse.write(NOBODY)
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process
        self.channel, theirs = socket.socketpair()
        with theirs, file:
            handed = (theirs.fileno(), file.fileno())
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-P", "-c", _BOOT, _ROOT, *map(str, handed)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=self._stderr,
                pass_fds=handed,
                env={"MALLOC_ARENA_MAX": "2", **os.environ},  # glibc: threads share heaps, and the memory limit goes further
            )

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
        _, at = self._pulse.read()
        # Twice, or a machine that wakes up would find all of its processes stuck.
        late, self._late = self._late, at if time.monotonic() - at > limit_seconds else None
        if late is not None and late == self._late:
            self._stuck = True
            self._process.kill()

    def post_mortem(self, limit_seconds: float) -> tuple[int | None, AggregatorError]:
        """Which source the process died of, None for no particular one, and the error to tell."""
        index, _ = self._pulse.read()
        self._wait(_LAST_WORDS_SECONDS)
        if self._stuck:
            what, why, code = "reading the answer took too long", f"it was not done after {limit_seconds:g} s", "E258"
        else:
            what, why, code = "the process that read the answer died", self._cause(), "E259"
        self.end()
        return (index if index in self.pending else None), ParseError(what, why=why, fix="report the address", code=code)

    def _cause(self) -> str:
        code = self._process.returncode
        if code < 0:
            return f"of signal {signal.Signals(-code).name}" if -code in set(signal.Signals) else f"of signal {-code}"
        size = self._stderr.seek(0, os.SEEK_END)
        self._stderr.seek(max(0, size - 2000))
        lines = self._stderr.read().decode("utf-8", "replace").strip().splitlines()
        return clean_line(lines[-1], 300) if lines else f"with exit code {code}"

    def end(self) -> None:
        """Ends the process, if it has not ended, and gives back what it held."""
        self._wait(0.0)
        if self._process.stdin is not None:
            self._process.stdin.close()
        self.channel.close()
        self._pulse.close()
        self._stderr.close()

    def _wait(self, grace_seconds: float) -> None:
        try:
            self._process.wait(grace_seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
