"""Starting polling processes, even before it is known what they will be asked to do: they import meanwhile what they need,
which takes longer than asking a hundred sources. Standard library only.
"""

from __future__ import annotations

import mmap
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SOURCES_FOR_ANOTHER = 50
_AHEAD = 2  # the configuration, not yet read, may want no more; what is missing is started when it is
PAGE = mmap.ALLOCATIONGRANULARITY
_ROOT = str(Path(__file__).resolve().parents[2])
# -P keeps the current folder off the path: a workspace may hold a file that is called like a module.
# Nor is httpx's own command line wanted, which brings a terminal library with it, or HTTP/2, which nobody speaks here: a third of
# what a process imports. Nor does it look for garbage meanwhile.
_BOOT = (
    "import gc, sys; gc.disable(); sys.path.append(sys.argv[1]); sys.modules['httpx._main'] = sys.modules['h2'] = None;"
    " from aggregator.poll.worker import main; main()"
)


class Process:
    """A polling process that waits for its order: `file` has room for the pulse, behind which the order is written; a byte
    on `channel` says that it stands there. On `stderr` are its last words."""

    def __init__(self) -> None:
        self.file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives until the order is written
        self.file.truncate(PAGE)
        self.stderr = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process
        self.channel, theirs = socket.socketpair()
        with theirs:
            handed = (theirs.fileno(), self.file.fileno())
            try:
                self.popen = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                    [sys.executable, "-P", "-c", _BOOT, _ROOT, *map(str, handed)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    stderr=self.stderr,
                    pass_fds=handed,
                    env={"MALLOC_ARENA_MAX": "2", **os.environ},  # glibc: threads share heaps, and the memory limit goes further
                )
            except OSError:
                self._close()
                raise

    def begin(self) -> None:
        """The order is written."""
        self.file.flush()
        self.file.close()
        try:
            self.channel.send(b"\1")
        except OSError:
            return  # it has died; whoever reads the channel finds that out

    def wait(self, grace_seconds: float) -> None:
        """Wait for its end, then make one."""
        try:
            self.popen.wait(grace_seconds)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()

    def end(self) -> None:
        """End it, if it has not ended, and give back what it held."""
        self.wait(0.0)
        if self.popen.stdin is not None:
            self.popen.stdin.close()
        self._close()

    def _close(self) -> None:
        self.file.close()
        self.channel.close()
        self.stderr.close()


def wanted(sources: int, most: int | None) -> int:
    """How many processes so many sources are worth, `most` or the number of processors at the most."""
    return min(most or os.cpu_count() or 1, 1 + (sources - 1) // SOURCES_FOR_ANOTHER) if sources else 0


@contextmanager
def ahead(sources: int) -> Iterator[list[Process]]:
    """Processes for about so many sources; those that nobody took by the end are ended."""
    waiting: list[Process] = []
    try:
        for _ in range(min(wanted(sources, None), _AHEAD)):
            waiting.append(Process())  # noqa: PERF401 - those before one that cannot be started have to be ended
        yield waiting
    finally:
        for process in waiting:
            process.end()
