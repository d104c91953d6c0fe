"""Who is polled when: sources stand in the lane of their host, and no lane holds up another. Also divides hosts among
processes, so that a host is asked by one of them only."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from aggregator.model import PollState, Source
from aggregator.poll.guard import Network
from aggregator.poll.hostrules import host_key

if TYPE_CHECKING:
    from aggregator.poll.hosts import HostQueues  # only polling processes ask, and need asyncio

Job = tuple[Source, PollState]


def keys(job: Job, key_of: Callable[[str], str]) -> list[str]:
    """The hosts that polling a source may ask, first the one it asks first; the name of its kind where no address is a
    URL. `key_of` gives the host of a URL, "" where there is none."""
    source, state = job
    found = [key_of(state.moved.get(url, url)) for url in source.urls]
    return list(dict.fromkeys(key for key in found if key)) or [f"kind {source.kind}"]


def divide(jobs: Sequence[Job], parts: int, allowed: tuple[Network, ...]) -> list[list[int]]:
    """The indices of `jobs` in at most `parts` lists of like length; sources that share a host stand in one list."""
    if parts <= 1:
        return [list(range(len(jobs)))]
    leaders: dict[str, str] = {}

    def leader(key: str) -> str:
        while leaders.setdefault(key, key) != key:
            leaders[key] = leaders[leaders[key]]
            key = leaders[key]
        return key

    first = []
    for job in jobs:
        hosts = keys(job, partial(host_key, allowed=allowed))
        first.append(hosts[0])
        for host in hosts[1:]:
            leaders[leader(host)] = leader(hosts[0])
    groups: dict[str, list[int]] = {}
    for index, host in enumerate(first):
        groups.setdefault(leader(host), []).append(index)
    lists: list[list[int]] = [[] for _ in range(min(parts, len(groups)))]
    for group in sorted(groups.values(), key=len, reverse=True):
        min(lists, key=len).extend(group)
    return [sorted(indices) for indices in lists]


class Lanes:
    """What is left to do in one process. A worker takes the source whose host may be asked soonest, and gives the place
    in its lane back when it is done."""

    def __init__(self, jobs: Iterable[tuple[int, Job]], queues: HostQueues) -> None:
        self._queues = queues
        self._waiting: dict[str, deque[int]] = {}
        for index, job in jobs:
            self._waiting.setdefault(keys(job, queues.key)[0], deque()).append(index)
        lanes = [key for key in self._waiting for _ in range(queues.concurrency(key))]
        self._places = [(0.0, rank, key) for rank, key in enumerate(lanes)]
        self._rank = len(self._places)

    def take(self) -> tuple[float, str, int] | None:
        """When a source may start, its lane, and its index; None when there is no more to take now."""
        while self._places:
            ready_at, _, key = heapq.heappop(self._places)
            waiting = self._waiting[key]
            if waiting:
                return ready_at, key, waiting.popleft()
        return None

    def give_back(self, key: str) -> None:
        """The place in a lane is free again."""
        if self._waiting[key]:
            heapq.heappush(self._places, (self._queues.ready_at(key), self._rank, key))
            self._rank += 1
