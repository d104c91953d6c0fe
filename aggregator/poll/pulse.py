"""A page of memory that a polling process and its parent share: who computes, and when the process last gave a sign of life. It
is written without a system call, and can be read when the process hangs or is dead. Standard library only.
"""

from __future__ import annotations

import mmap
import struct
import time
from typing import IO

PAGE = mmap.ALLOCATIONGRANULARITY
NOBODY = -1
_PULSE = struct.Struct("<qd")
_PID = struct.Struct("<q")
_PID_AT = _PULSE.size


class Pulse:
    """The first PAGE bytes of `file`, which is that long already."""

    def __init__(self, file: IO[bytes]) -> None:
        self._page = mmap.mmap(file.fileno(), PAGE)

    def write(self, index: int) -> None:
        """`index` computes from now on; NOBODY does for NOBODY."""
        _PULSE.pack_into(self._page, 0, index, time.monotonic())

    def read(self) -> tuple[int, float]:
        """Who computes, and the monotonic time of the last sign of life."""
        index, at = _PULSE.unpack_from(self._page, 0)
        return int(index), float(at)

    def born(self, pid: int) -> None:
        """Tell the process id to a parent that did not fork the process itself."""
        _PID.pack_into(self._page, _PID_AT, pid)

    @property
    def pid(self) -> int:
        """The process id; 0 as long as there is no process."""
        return int(_PID.unpack_from(self._page, _PID_AT)[0])

    def close(self) -> None:
        """Give the page back."""
        self._page.close()
