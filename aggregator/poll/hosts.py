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

from aggregator.poll import failures
from aggregator.poll.hostrules import HostRule, host_key, rule_for
from aggregator.poll.settings import PollSettings
from aggregator.poll.sharing import Place, SharedHosts, Wait

BARE_HOLD_SECONDS = 60.0  # for a 429 or 503 that does not say how long
PATIENCE_SECONDS = 5.0  # a shorter hold is waited for, a longer one is an answer in itself
LEASE_MARGIN_SECONDS = 10.0  # after the deadline of a fetch: then its process has forgotten its place
JITTER = 0.25


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
