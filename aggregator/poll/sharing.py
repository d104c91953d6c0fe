"""What the processes that share a workspace tell each other about hosts: when one may be asked next, who asks it now, and
until when it wants quiet. A file of small records, each a few bytes, so that one request costs microseconds.

Instants are those of the monotonic clock, which all processes of a machine share; a hold is kept in wall-clock time, for
it may outlast the machine's uptime. Nothing here is worth keeping: without the file, only pacing starts anew. It is read
and written, not mapped: a full disk is an error then, and not a signal that ends the process.
"""

from __future__ import annotations

import fcntl
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b

NAME = ".aggregator.hosts.lock"
LEASES = 8
BUSY_SECONDS = 0.05  # how soon a place that another process holds is asked for again

_MAGIC = b"aggregator hosts 1\n"  # what the records look like
_HEAD = struct.Struct("<Qdd")  # which queue, when it may be asked next, until when it is held
_LEASE = struct.Struct("<id")  # the process that asks, and when that is over at the latest
_SLOT = _HEAD.size + LEASES * _LEASE.size
_BUCKET = 8
_BUCKETS = 1 << 13
_START = 4096


@dataclass(frozen=True, slots=True)
class Place:
    """The right to ask a host: where it is noted, and what was noted."""

    at: int
    until: float
    next_at: float


@dataclass(frozen=True, slots=True)
class Wait:
    """No place now: after so many seconds it can be tried again. `held` says that the host wants quiet for so long."""

    seconds: float
    held: bool = False


class SharedHosts:
    """The file at `path`, made when it is missing. Raises OSError when it cannot be, as all that is done with it."""

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            with self._alone():
                if os.pread(self._file, len(_MAGIC), 0) != _MAGIC:
                    os.ftruncate(self._file, 0)
                    os.pwrite(self._file, _MAGIC, 0)
        except BaseException:
            os.close(self._file)
            raise

    def close(self) -> None:
        """Gives the file back."""
        os.close(self._file)

    def take(
        self, queue: str, *, now: float, wall: float, gap_seconds: float, concurrency: int, lease_seconds: float
    ) -> Place | Wait:
        """The place to ask `queue`, held until it is given back or `lease_seconds` have passed; or how long to wait before
        trying again. Taking it keeps the gap from the start of this request at the least. `now` is the monotonic clock,
        `wall` the time of day."""
        with self._alone():
            at, record = self._record(queue, now)
            key, next_at, held_until = _HEAD.unpack_from(record)
            if held_until > wall:
                return Wait(held_until - wall, held=True)
            # What lies further off than any gap was written before the machine started anew.
            if 0 < next_at - now <= 2 * gap_seconds:
                return Wait(next_at - now)
            free, taken = None, 0
            for lease in range(_HEAD.size, _SLOT, _LEASE.size):
                if _is_held(record, lease, now, lease_seconds):
                    taken += 1
                elif free is None:
                    free = lease
            if taken >= min(concurrency, LEASES) or free is None:
                return Wait(BUSY_SECONDS)
            until = now + lease_seconds
            _HEAD.pack_into(record, 0, key, now + gap_seconds, held_until)
            _LEASE.pack_into(record, free, os.getpid(), until)
            os.pwrite(self._file, record, at)
            return Place(at + free, until, now + gap_seconds)

    def give_back(self, queue: str, place: Place, *, now: float, next_at: float | None) -> None:
        """The request is over: `queue` may be asked again at `next_at`, or later where another request says so; now, for
        all that this request has to say, where it is None."""
        with self._alone():
            at, record = self._record(queue, now)
            lease = place.at - at
            if 0 < lease < _SLOT and _LEASE.unpack_from(record, lease) == (os.getpid(), place.until):
                _LEASE.pack_into(record, lease, 0, 0.0)
            key, known, held_until = _HEAD.unpack_from(record)
            if next_at is None:
                later = now if known == place.next_at else known
            else:
                later = max(known, next_at) if known - now <= 2 * (next_at - now) else next_at
            _HEAD.pack_into(record, 0, key, later, held_until)
            os.pwrite(self._file, record, at)

    def hold(self, queue: str, *, now: float, until: float) -> None:
        """`queue` wants quiet until the wall-clock time `until`."""
        with self._alone():
            at, record = self._record(queue, now)
            key, next_at, held_until = _HEAD.unpack_from(record)
            _HEAD.pack_into(record, 0, key, next_at, max(held_until, until))
            os.pwrite(self._file, record, at)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def _record(self, queue: str, now: float) -> tuple[int, bytearray]:
        """Where a queue stands, and what is noted of it; a new one takes the place of the one of its bucket that was asked
        longest ago."""
        digest = int.from_bytes(blake2b(queue.encode("utf-8", "replace"), digest_size=8).digest(), "little") or 1
        first = _START + digest % _BUCKETS * _BUCKET * _SLOT
        bucket = os.pread(self._file, _BUCKET * _SLOT, first).ljust(_BUCKET * _SLOT, b"\0")
        slots = range(0, _BUCKET * _SLOT, _SLOT)
        for slot in slots:
            if _HEAD.unpack_from(bucket, slot)[0] == digest:
                return first + slot, bytearray(bucket[slot : slot + _SLOT])
        oldest = min(slots, key=lambda slot: _age(bucket, slot, now))
        record = bytearray(_SLOT)
        _HEAD.pack_into(record, 0, digest, 0.0, 0.0)
        return first + oldest, record


def _age(bucket: bytes, slot: int, now: float) -> tuple[float, float]:
    key, next_at, held_until = _HEAD.unpack_from(bucket, slot)
    return (-1.0, 0.0) if key == 0 else (held_until, min(next_at, now))


def _is_held(record: bytearray, at: int, now: float, lease_seconds: float) -> bool:
    pid, until = _LEASE.unpack_from(record, at)
    return bool(pid) and now < until <= now + 2 * lease_seconds and _lives(pid)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
