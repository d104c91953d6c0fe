"""What the processes that share a workspace tell each other about hosts: when one may be asked next, who asks it now, and
until when it wants quiet. A file that all of them map, so that one request costs microseconds.

Instants are those of the monotonic clock, which all processes of a machine share; a hold is kept in wall-clock time, for
it may outlast the machine's uptime. Nothing here is worth keeping: without the file, only pacing starts anew.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b

NAME = ".aggregator.hosts.lock"
LEASES = 8
BUSY_SECONDS = 0.05  # how soon a place that another process holds is asked for again

_MAGIC = b"aggregator hosts 1\n"
_HEAD = struct.Struct("<Qdd")  # which queue, when it may be asked next, until when it is held
_LEASE = struct.Struct("<id")  # the process that asks, and when that is over at the latest
_SLOT = _HEAD.size + LEASES * _LEASE.size
_BUCKET = 8
_SLOTS = 1 << 16
_START = mmap.ALLOCATIONGRANULARITY
_SIZE = _START + _SLOTS * _SLOT


@dataclass(frozen=True, slots=True)
class Place:
    """The right to ask a host: where it is noted, and what was noted."""

    at: int
    until: float


@dataclass(frozen=True, slots=True)
class Wait:
    """No place now: after so many seconds it can be tried again. `held` says that the host wants quiet for so long."""

    seconds: float
    held: bool = False


class SharedHosts:
    """The file at `path`, made when it is missing. Raises OSError when it cannot be."""

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            with self._alone():
                empty = os.fstat(self._file).st_size == 0
                if os.fstat(self._file).st_size < _SIZE:
                    os.ftruncate(self._file, _SIZE)  # never made shorter: others may have it mapped
                self._page = mmap.mmap(self._file, _SIZE)
                if self._page[: len(_MAGIC)] != _MAGIC:
                    if not empty:
                        self._page[:] = bytes(_SIZE)
                    self._page[: len(_MAGIC)] = _MAGIC  # the rest of a new file is a hole
        except BaseException:
            os.close(self._file)
            raise

    def close(self) -> None:
        """Gives the file back."""
        self._page.close()
        os.close(self._file)

    def take(
        self, queue: str, *, now: float, wall: float, gap_seconds: float, concurrency: int, lease_seconds: float
    ) -> Place | Wait:
        """The place to ask `queue`, held until it is given back or `lease_seconds` have passed; or how long to wait before
        trying again. Taking it keeps the gap from the start of this request at the least. `now` is the monotonic clock,
        `wall` the time of day."""
        with self._alone():
            slot = self._slot(queue, now)
            key, next_at, held_until = _HEAD.unpack_from(self._page, slot)
            if held_until > wall:
                return Wait(held_until - wall, held=True)
            # What lies further off than any gap was written before the machine started anew.
            if 0 < next_at - now <= 2 * gap_seconds:
                return Wait(next_at - now)
            free, taken = None, 0
            for at in range(slot + _HEAD.size, slot + _SLOT, _LEASE.size):
                if self._is_held(at, now, lease_seconds):
                    taken += 1
                elif free is None:
                    free = at
            if taken >= min(concurrency, LEASES) or free is None:
                return Wait(BUSY_SECONDS)
            until = now + lease_seconds
            _HEAD.pack_into(self._page, slot, key, now + gap_seconds, held_until)
            _LEASE.pack_into(self._page, free, os.getpid(), until)
            return Place(free, until)

    def give_back(self, queue: str, place: Place, *, now: float, next_at: float) -> None:
        """The request is over: `queue` may be asked again at `next_at`, or later where another request says so."""
        with self._alone():
            if _LEASE.unpack_from(self._page, place.at) == (os.getpid(), place.until):
                _LEASE.pack_into(self._page, place.at, 0, 0.0)
            slot = self._slot(queue, now)
            key, known, held_until = _HEAD.unpack_from(self._page, slot)
            later = max(known, next_at) if known - now <= 2 * (next_at - now) else next_at
            _HEAD.pack_into(self._page, slot, key, later, held_until)

    def hold(self, queue: str, *, now: float, until: float) -> None:
        """`queue` wants quiet until the wall-clock time `until`."""
        with self._alone():
            slot = self._slot(queue, now)
            key, next_at, held_until = _HEAD.unpack_from(self._page, slot)
            _HEAD.pack_into(self._page, slot, key, next_at, max(held_until, until))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def _slot(self, queue: str, now: float) -> int:
        """Where a queue stands; a new one takes the place of the one of its bucket that was asked longest ago."""
        digest = int.from_bytes(blake2b(queue.encode("utf-8", "replace"), digest_size=8).digest(), "little") or 1
        first = _START + digest % (_SLOTS // _BUCKET) * _BUCKET * _SLOT
        slots = range(first, first + _BUCKET * _SLOT, _SLOT)
        for slot in slots:
            if _HEAD.unpack_from(self._page, slot)[0] == digest:
                return slot
        oldest = min(slots, key=lambda slot: self._age(slot, now))
        self._page[oldest : oldest + _SLOT] = bytes(_SLOT)
        _HEAD.pack_into(self._page, oldest, digest, 0.0, 0.0)
        return oldest

    def _age(self, slot: int, now: float) -> tuple[float, float]:
        key, next_at, held_until = _HEAD.unpack_from(self._page, slot)
        return (-1.0, 0.0) if key == 0 else (held_until, min(next_at, now))

    def _is_held(self, at: int, now: float, lease_seconds: float) -> bool:
        pid, until = _LEASE.unpack_from(self._page, at)
        return bool(pid) and now < until <= now + 2 * lease_seconds and _lives(pid)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
