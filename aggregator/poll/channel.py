"""What the polling processes and their parent send each other: the work order, and the frames of outcomes.

Standard library and model only, for the parent imports it.
"""

from __future__ import annotations

import pickle
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO

from aggregator.model import Outcome
from aggregator.poll.lanes import Job
from aggregator.poll.pulse import PAGE
from aggregator.poll.settings import PollSettings

_LENGTH = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class Order:
    """The work of one process. `started` is the monotonic clock at `now`; `path` is where modules are looked for; `holds`
    are seconds for which hosts want quiet, by queue."""

    jobs: tuple[tuple[int, Job], ...]
    settings: PollSettings
    now: datetime
    started: float
    path: tuple[str, ...]
    holds: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """What a process has done since its last report: outcomes by the index of their job."""

    outcomes: tuple[tuple[int, Outcome], ...]
    holds: Mapping[str, float] = field(default_factory=dict)


def write_order(order: Order, file: IO[bytes]) -> None:
    """Write an order behind the pulse."""
    file.seek(PAGE)
    pickle.dump(order, file, pickle.HIGHEST_PROTOCOL)


def read_order(file: IO[bytes]) -> Order:
    """The order that `write_order` wrote."""
    file.seek(PAGE)
    order = pickle.load(file)  # noqa: S301 - written by our own parent
    if not isinstance(order, Order):
        raise TypeError("the file holds no order")
    return order


def frame(report: Report) -> bytes:
    """A report as it goes over the wire."""
    payload = pickle.dumps(report, pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(payload)) + payload


class Frames:
    """Reports out of bytes as they come."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Report]:
        """The reports that are complete now."""
        self._buffer += data
        while len(self._buffer) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._buffer)
            end = _LENGTH.size + length
            if len(self._buffer) < end:
                return
            report = pickle.loads(bytes(self._buffer[_LENGTH.size : end]))  # noqa: S301 - written by our own child
            del self._buffer[:end]
            if isinstance(report, Report):
                yield report
