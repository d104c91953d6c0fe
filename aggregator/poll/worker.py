"""A polling process: fetches and reads the sources it was given, many at once, and reports each as it is done.

What an upstream sends is read here and nowhere else, within limits of memory and processor time: a document made to break
the reader breaks this process, and the parent goes on with a fresh one.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import IO, NoReturn

from aggregator.model import Outcome
from aggregator.poll.ask import ParseTooLong, Tools, poll_source, unexpected
from aggregator.poll.channel import Order, Report, frame, read_order
from aggregator.poll.fetch import HttpFetcher
from aggregator.poll.hosts import HostQueues
from aggregator.poll.lanes import Lanes
from aggregator.poll.pulse import NOBODY, Pulse
from aggregator.poll.state import failure
from aggregator.protocols import Poller

_PULSE_SECONDS = 1.0
_AHEAD_BYTES = 4 << 20  # while the parent stores what it has, others are read
_DOCUMENTS_AT_ONCE = 4  # in a report: their entries stand in memory three times until they are sent
_AT_ONCE = 16  # outcomes in a report: those that stand in none when a process dies are asked for again


def main(reports: int, orders: int) -> NoReturn:
    """The process, from the descriptors of the socket for reports and of the file with the order; does not return."""
    channel, file = socket.socket(fileno=reports), os.fdopen(orders, "r+b")
    pulse = Pulse(file)
    pulse.born(os.getpid())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if not channel.recv(1):
        os._exit(0)  # it is not wanted after all
    order = _read(file)
    _limit_memory(order.settings.memory_bytes)
    pulse.write(NOBODY)
    # What is read leaves no cycles behind; walking over it again and again takes a tenth of the time.
    gc.freeze()
    gc.enable()
    gc.set_threshold(20_000, 20, 20)
    asyncio.run(_Worker(order, pulse).run(channel))
    os._exit(0)  # threads that still look up names are not waited for


def _read(file: IO[bytes]) -> Order:
    order = read_order(file)
    sys.path += [entry for entry in order.path if entry not in sys.path]
    return order


def _end_with_parent() -> None:
    os.read(0, 1)  # standard input is a pipe of the parent: it ends when the parent does
    os._exit(1)


def _limit_memory(limit: int) -> None:
    try:
        import resource
    except ImportError:
        return
    for kind, wanted in ((resource.RLIMIT_AS, limit), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(kind)
        with suppress(ValueError, OSError):  # macOS knows RLIMIT_AS and refuses it
            resource.setrlimit(kind, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def load_kinds(name: str) -> Mapping[str, Poller]:
    """The registry of source kinds under `module:attribute`."""
    module, _, attribute = name.partition(":")
    kinds: Mapping[str, Poller] = getattr(importlib.import_module(module), attribute)
    return kinds


class _Watch:
    """Marks one source as computing: in the pulse, which the parent looks at, and by a timer of processor time."""

    def __init__(self, index: int, pulse: Pulse, cpu_seconds: float) -> None:
        self._index, self._pulse, self._cpu_seconds = index, pulse, cpu_seconds
        self._since: float | None = None

    def busy(self) -> None:
        self._since = time.monotonic()
        self._pulse.write(self._index)
        signal.setitimer(signal.ITIMER_PROF, self._cpu_seconds)

    def idle(self) -> float:
        since, self._since = self._since, None
        if since is None:
            return 0.0
        signal.setitimer(signal.ITIMER_PROF, 0)
        self._pulse.write(NOBODY)
        return time.monotonic() - since


class _Worker:
    """All sources of one order."""

    def __init__(self, order: Order, pulse: Pulse) -> None:
        self._order, self._pulse = order, pulse
        self._jobs = dict(order.jobs)
        self._done: list[tuple[int, Outcome]] = []
        self._documents = 0  # so many of them brought entries
        settings = order.settings
        self._queues = HostQueues.sharing(settings, self._clock)
        self._queues.restore(order.holds)
        self._fetcher = HttpFetcher(settings, self._clock, self._queues)
        self._tools = Tools(self._fetcher, load_kinds(settings.kinds), settings, self._clock)
        self._lanes = Lanes(order.jobs, self._queues)

    async def run(self, channel: socket.socket) -> None:
        """Polls everything, then says so by closing the channel."""
        loop = asyncio.get_running_loop()
        _, writer = await asyncio.open_connection(sock=channel)
        writer.transport.set_write_buffer_limits(_AHEAD_BYTES)
        signal.signal(signal.SIGPROF, self._too_long)
        beat = loop.create_task(self._beat())
        workers = [self._work(writer) for _ in range(min(self._order.settings.workers, len(self._jobs)))]
        await asyncio.gather(*workers)
        beat.cancel()
        self._flush(writer)
        await writer.drain()
        await self._fetcher.aclose()
        writer.close()
        await writer.wait_closed()

    async def _work(self, writer: asyncio.StreamWriter) -> None:
        while (taken := self._lanes.take()) is not None:
            ready_at, lane, index = taken
            await asyncio.sleep(max(ready_at - self._queues.clock(), 0))
            self._report(index, await self._poll(index), writer)
            self._lanes.give_back(lane)
            await writer.drain()  # the parent is behind: it gets time, and nothing else waits

    async def _poll(self, index: int) -> Outcome:
        source, state = self._jobs[index]
        settings = self._order.settings
        watch = _Watch(index, self._pulse, settings.parse_cpu_seconds)
        try:
            return await poll_source(source, state, self._tools, watch, self._order.now)
        except Exception as error:  # whatever it is, it is this source's
            errors = [(source.url, unexpected(error))]
            return failure(source, state, errors, self._order.now, self._tools.chance, settings.pause_after)

    def _report(self, index: int, outcome: Outcome, writer: asyncio.StreamWriter) -> None:
        self._done.append((index, outcome))
        self._documents += bool(outcome.entries)
        if self._documents >= _DOCUMENTS_AT_ONCE or len(self._done) >= _AT_ONCE:
            self._flush(writer)
        elif len(self._done) == 1:
            asyncio.get_running_loop().call_soon(self._flush, writer)

    def _flush(self, writer: asyncio.StreamWriter) -> None:
        if self._done and not writer.is_closing():
            writer.write(frame(Report(tuple(self._done), self._queues.holds())))
            self._done.clear()
            self._documents = 0

    async def _beat(self) -> None:
        while True:
            self._pulse.write(NOBODY)
            await asyncio.sleep(_PULSE_SECONDS)

    def _too_long(self, *_: object) -> None:
        if self._pulse.read()[0] != NOBODY:
            raise ParseTooLong

    def _clock(self) -> datetime:
        return self._order.now + timedelta(seconds=time.monotonic() - self._order.started)
