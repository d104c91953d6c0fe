"""Source kinds for tests: what a body says is what happens."""

from __future__ import annotations

import asyncio
import ctypes
import os
import re
import signal
from collections.abc import Mapping
from datetime import datetime

from aggregator.errors import ParseError
from aggregator.model import Entry, Source
from aggregator.protocols import Fetcher, Polled, Poller


class Lines:
    """One entry a line. Some lines are orders: how a document can break its reader."""

    kind = "lines"
    options = ()

    def addresses(self, source: Source) -> tuple[str, ...]:
        return source.urls

    async def poll(self, source: Source, url: str, fetch: Fetcher, now: datetime) -> Polled:
        fetched = await fetch.get(url)
        if fetched.not_modified:
            return Polled(not_modified=True)
        lines = fetched.body.decode().splitlines()
        for line in lines:
            _obey(line)
        entries = tuple(Entry(source.name, line, None, line, published_at=now) for line in lines)
        return Polled(entries, feed_title=f"by {os.getpid()}", ttl_minutes=120 if "ttl" in lines else None)


def _obey(line: str) -> None:
    match line:
        case "no feed":
            raise ParseError("this is no feed", code="E253")
        case "bug":
            raise KeyError("a bug\x1b[31m")
        case "die":
            os._exit(7)
        case "orphan":
            os.kill(os.getppid(), signal.SIGKILL)
            os._exit(7)
        case "stuck orphan":
            os.kill(os.getppid(), signal.SIGKILL)
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGPROF})
            ctypes.PyDLL(None).sleep(60)  # no other thread of it runs meanwhile
        case "memory":
            bytearray(1 << 40)
        case "spin":
            while True:
                pass
        case "hang":
            re.match(r"(a+)+$", "a" * 40 + "b")


class Slow(Lines):
    """Waits for ever, without computing."""

    kind = "slow"

    async def poll(self, source: Source, url: str, fetch: Fetcher, now: datetime) -> Polled:
        await asyncio.Event().wait()
        return Polled()


KINDS: Mapping[str, Poller] = {"lines": Lines(), "slow": Slow()}
