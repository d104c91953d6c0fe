"""One queue per host: a gap between requests, few at a time, and none at all while the host has asked for quiet.

Everything that is asked passes here, redirects too; what several processes ask is held together by `sharing`. Clock, sleep
and chance are given, so that tests need no waiting.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from aggregator.poll import failures
from aggregator.poll.guard import Network, is_allowed, literal
from aggregator.poll.settings import PollSettings
from aggregator.poll.sharing import Place, SharedHosts, Wait

GAP_SECONDS = 1.0
ARXIV_GAP_SECONDS = 3.0  # https://info.arxiv.org/help/api/tou.html: one request every three seconds, one at a time
BARE_HOLD_SECONDS = 60.0  # for a 429 or 503 that does not say how long
PATIENCE_SECONDS = 5.0  # a shorter hold is waited for, a longer one is an answer in itself
LEASE_MARGIN_SECONDS = 10.0  # after the deadline of a fetch: then its process has forgotten its place
JITTER = 0.25
_ARXIV = "arxiv.org"


@dataclass(frozen=True, slots=True)
class HostRule:
    """How one host is treated. `holds` False: its 429 and 503 concern the one source only."""

    gap_seconds: float
    concurrency: int
    holds: bool = True

    @property
    def spares(self) -> bool:
        """True when anybody is to be spared here, so that it has to be known what other processes ask."""
        return self.holds or self.gap_seconds > 0


def host_key(url: str, allowed: tuple[Network, ...] = ()) -> str:
    """Which queue a URL stands in: its host in lower case; arXiv's hosts share one; on a private address that was opened
    every port is a host of its own. "" where there is none."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return ""
    if host == _ARXIV or host.endswith("." + _ARXIV):
        return _ARXIV
    return f"{host}:{port or 80}" if _is_private(host, allowed) else host


def rule_for(key: str, settings: PollSettings) -> HostRule:
    """The rule of a queue.

    In general a gap of 1 s and one at a time, or what the settings say; arXiv never less than 3 s and one at a time. A
    URL that names an opened private address has no gap, two at a time and no holds, unless the settings name a gap.
    """
    gap, concurrency = settings.host_gap_seconds, settings.host_concurrency
    if key == _ARXIV:
        return HostRule(max(ARXIV_GAP_SECONDS, gap or 0.0), 1)
    if _is_private(key.rpartition(":")[0], settings.allow_private_networks):
        return HostRule(gap or 0.0, concurrency or 2, holds=bool(gap))
    return HostRule(GAP_SECONDS if gap is None else gap, concurrency or 1)


def _is_private(host: str, allowed: tuple[Network, ...]) -> bool:
    address = literal("127.0.0.1" if host == "localhost" else host)
    return address is not None and is_allowed(address, allowed)


@dataclass(slots=True)
class _Queue:
    key: str
    rule: HostRule
    slots: asyncio.Semaphore
    next_at: float = 0.0
    held_until: float = 0.0


class Turn:
    """One request's place: entering waits for it, and leaving keeps the gap after it if the host was asked. `asked` is set to
    False when nothing reached the host after all: then no gap follows. Entering raises FetchError E212 while the host has asked
    for more quiet than is worth waiting for."""

    __slots__ = ("_queue", "_queues", "asked", "noted_at", "place")

    def __init__(self, queues: HostQueues, queue: _Queue) -> None:
        self._queues, self._queue = queues, queue
        self.asked = True
        self.noted_at = 0.0
        self.place: Place | None = None

    async def __aenter__(self) -> Turn:
        await self._queue.slots.acquire()
        try:
            self.noted_at, self.place = await self._queues.wait(self._queue)
        except BaseException:
            self._queue.slots.release()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            self._queues.leave(self._queue, self)
        finally:
            self._queue.slots.release()


@dataclass(slots=True)
class HostQueues:
    """The queues of one process. `clock` is monotonic seconds, `wall` the time of day in seconds; `chance` is uniform
    between 0 and 1. `shared` is what other processes know of the same hosts, None where there are none."""

    settings: PollSettings
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.random
    wall: Callable[[], float] = time.time
    shared: SharedHosts | None = None
    _queues: dict[str, _Queue] = field(default_factory=dict)
    _keys: dict[str, str] = field(default_factory=dict)
    _held: dict[str, _Queue] = field(default_factory=dict)

    @classmethod
    def sharing(cls, settings: PollSettings, now: Callable[[], datetime]) -> HostQueues:
        """With what the other processes of the workspace ask, where the settings name their file."""
        shared = SharedHosts(settings.hosts_file) if settings.hosts_file else None
        # Some callers' clock stands still for the length of a command; a hold must end all the same.
        begun = now().timestamp() - time.monotonic()
        return cls(settings, wall=lambda: begun + time.monotonic(), shared=shared)

    def close(self) -> None:
        """Gives back what is shared."""
        if self.shared is not None:
            self.shared.close()
            self.shared = None

    def key(self, url: str) -> str:
        """The queue in which a URL stands."""
        key = self._keys.get(url)
        if key is None:
            key = self._keys[url] = host_key(url, self.settings.allow_private_networks)
        return key

    def concurrency(self, key: str) -> int:
        """How many requests may run in that queue at once."""
        return self._queue(key).rule.concurrency

    def ready_at(self, key: str) -> float:
        """When (on `clock`) the next request of that queue may start; in the past when it may now."""
        queue = self._queue(key)
        return queue.next_at if queue.held_until > queue.next_at + PATIENCE_SECONDS else max(queue.next_at, queue.held_until)

    def turn(self, url: str) -> Turn:
        """One request's place in the queue of its host."""
        return Turn(self, self._queue(self.key(url)))

    def leave(self, queue: _Queue, turn: Turn) -> None:
        """The request of a turn is over."""
        now, gap = self.clock(), queue.rule.gap_seconds
        next_at = now + gap * (1.0 + JITTER * self.chance()) if turn.asked else None
        if next_at is not None:
            queue.next_at = max(queue.next_at, next_at)
        elif queue.next_at == turn.noted_at:  # else another request has the last word
            queue.next_at = now
        if turn.place is not None and self.shared is not None:
            self.shared.give_back(queue.key, turn.place, now=now, next_at=next_at)

    async def wait(self, queue: _Queue) -> tuple[float, Place | None]:
        """Waits for a place; gives the instant noted for the next request, and the place among all processes."""
        while True:
            now = self.clock()
            if queue.held_until - now > PATIENCE_SECONDS:
                raise failures.held(queue.key, queue.held_until - now)
            wait = max(queue.next_at, queue.held_until) - now
            taken = self._taken(queue, now) if wait <= 0 else None
            if isinstance(taken, Wait) and taken.held:
                self._hold(queue, now + taken.seconds)  # looked at again above: waited for, or too long for that
                continue
            if isinstance(taken, Wait):
                wait = taken.seconds
            elif wait <= 0:
                # Two that wait in one queue must not start together.
                queue.next_at = max(queue.next_at, now + queue.rule.gap_seconds)
                return queue.next_at, taken
            await self.sleep(wait)

    def _taken(self, queue: _Queue, now: float) -> Place | Wait | None:
        """A place among all processes, or how long to wait for it; None where there is nobody to ask."""
        if self.shared is None or not queue.rule.spares:
            return None
        return self.shared.take(
            queue.key,
            now=now,
            wall=self.wall(),
            gap_seconds=queue.rule.gap_seconds,
            concurrency=queue.rule.concurrency,
            lease_seconds=self.settings.deadline_seconds + LEASE_MARGIN_SECONDS,
        )

    def hold(self, url: str, seconds: float | None) -> None:
        """The host of `url` answered 429 or 503: nobody asks it for `seconds` (a minute where it did not say)."""
        queue = self._queue(self.key(url))
        if queue.rule.holds:
            wait = BARE_HOLD_SECONDS if seconds is None else seconds
            now = self.clock()
            self._hold(queue, max(queue.held_until, now + wait))
            if self.shared is not None:
                self.shared.hold(queue.key, now=now, until=self.wall() + wait)

    def holds(self) -> dict[str, float]:
        """Seconds for which each host still wants quiet, by queue."""
        now = self.clock()
        return {key: queue.held_until - now for key, queue in self._held.items() if queue.held_until > now}

    def restore(self, holds: Mapping[str, float]) -> None:
        """Takes over what `holds` gave in another process."""
        now = self.clock()
        for key, seconds in holds.items():
            queue = self._queue(key)
            self._hold(queue, max(queue.held_until, now + seconds))

    def _hold(self, queue: _Queue, until: float) -> None:
        queue.held_until = until
        self._held[queue.key] = queue

    def _queue(self, key: str) -> _Queue:
        queue = self._queues.get(key)
        if queue is None:
            rule = rule_for(key, self.settings)
            queue = self._queues[key] = _Queue(key, rule, asyncio.Semaphore(rule.concurrency))
        return queue
