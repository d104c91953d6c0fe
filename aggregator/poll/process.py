"""Polling processes and the fork server that makes them.

What a polling process imports takes longer than asking a hundred sources. The fork server imports it once and forks as many
processes as are wanted, and it can be started before it is known what there is to ask. Standard library only.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from aggregator.poll.pulse import PAGE, Pulse

SOURCES_FOR_ANOTHER = 50
# What the fork server is told: the number of a process whose end it shall wait for, or FORK, with three descriptors. It answers
# with that number and the process's status, UNKNOWN for one that is not its own.
COMMAND, ANSWER = struct.Struct("<q"), struct.Struct("<qq")
FORK, UNKNOWN = 0, -1
_ROOT = str(Path(__file__).resolve().parents[2])
# -P keeps the current folder off the path: a workspace may hold a file that is called like a module.
# Nor is httpx's own command line wanted, which brings a terminal library with it, or HTTP/2, which nobody speaks here: a third of
# what a process imports. Nor does it look for garbage meanwhile.
_BOOT = (
    "import gc, sys; gc.disable(); sys.path.append(sys.argv[1]); sys.modules['httpx._main'] = sys.modules['h2'] = None;"
    " from aggregator.poll.forkserver import main; main()"
)


class ForkServer:
    """A process that forks polling processes. It ends, and they do, when this process does."""

    def __init__(self) -> None:
        self.stderr = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process
        self._control, theirs = socket.socketpair()
        with theirs:
            try:
                self._popen = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                    [sys.executable, "-P", "-c", _BOOT, _ROOT, str(theirs.fileno())],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    stderr=self.stderr,
                    pass_fds=[theirs.fileno()],
                    env={"MALLOC_ARENA_MAX": "2", **os.environ},  # glibc: threads share heaps, and the memory limit goes further
                )
            except OSError:
                self._close()
                raise

    def process(self) -> Process:
        """A polling process that waits for its order. Raises ConnectionError when the server has died."""
        return Process(self)

    def fork(self, *descriptors: int) -> None:
        """Ask for a process that has these descriptors: its channel, its file, and where its last words go."""
        socket.send_fds(self._control, [COMMAND.pack(FORK)], descriptors)

    def exit_code(self, pid: int, grace_seconds: float) -> int | None:
        """How a process that it forked ended, as subprocess has it: it is killed if it has not within `grace_seconds`. None when
        the server has died. To be asked once: then the number may be somebody else's."""
        try:
            self._control.send(COMMAND.pack(pid))
            status = self._answer(pid, grace_seconds)
            if status is None:
                os.kill(pid, signal.SIGKILL)
                status = self._answer(pid, None)
        except OSError:
            return None
        return None if status in {None, UNKNOWN} else os.waitstatus_to_exitcode(status)

    def _answer(self, pid: int, seconds: float | None) -> int | None:
        """What the server says of a process, None when it says nothing within so many seconds."""
        until = None if seconds is None else time.monotonic() + seconds
        while select.select([self._control], (), (), None if until is None else max(until - time.monotonic(), 0.0))[0]:
            answer = self._control.recv(ANSWER.size, socket.MSG_WAITALL)
            if len(answer) < ANSWER.size:
                raise ConnectionError("the fork server has died")
            number, status = ANSWER.unpack(answer)
            if number == pid:  # another is what an interrupt kept from being read
                return int(status)
        return None

    def end(self) -> None:
        """End it; what it forked ends, too."""
        if self._popen.stdin is not None:
            self._popen.stdin.close()
        self._popen.kill()
        self._popen.wait()
        self._close()

    def _close(self) -> None:
        self._control.close()
        self.stderr.close()


class Process:
    """A polling process that waits for its order: `file` has room for the `pulse`, behind which the order is written; a byte
    on `channel` says that it stands there."""

    def __init__(self, server: ForkServer) -> None:
        self._server = server
        self._buried = False
        self._code: int | None = None
        self.file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives until the order is written
        self.file.truncate(PAGE)
        self.pulse = Pulse(self.file)
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process
        self.channel, theirs = socket.socketpair()
        with theirs:
            try:
                server.fork(theirs.fileno(), self.file.fileno(), self._stderr.fileno())
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

    def kill(self) -> None:
        """End it at once; its channel then ends, too."""
        # One whose channel has not ended lives, and has its number. The server may be dead, and not know of it any more.
        if self.pulse.pid and self._is_heard():
            with suppress(ProcessLookupError):
                os.kill(self.pulse.pid, signal.SIGKILL)

    def _is_heard(self) -> bool:
        try:
            return bool(self.channel.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        except BlockingIOError:
            return True
        except OSError:
            return False

    def exit_code(self, grace_seconds: float) -> int | None:
        """How it ended, as subprocess has it: it is killed if it has not within `grace_seconds`. None where that is not known, as
        of one that never began."""
        if not self._buried and self.pulse.pid:
            self._buried = True
            try:
                self._code = self._server.exit_code(self.pulse.pid, grace_seconds)
            finally:
                if self._code is None:
                    self.kill()
        return self._code

    def last_words(self, limit_bytes: int) -> str:
        """The end of what it, or the server when it never began, wrote to its standard error."""
        for file in (self._stderr, self._server.stderr):
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - limit_bytes))
            if said := file.read().decode("utf-8", "replace").strip():
                return said
        return ""

    def end(self) -> None:
        """End it, if it has not ended, and give back what it held. One that was not begun yet ends when its channel does."""
        self.exit_code(0.0)
        self._close()

    def _close(self) -> None:
        self.file.close()
        self.pulse.close()
        self.channel.close()
        self._stderr.close()


def wanted(sources: int, most: int | None) -> int:
    """How many processes so many sources are worth, `most` or the number of processors at the most."""
    return min(most or os.cpu_count() or 1, 1 + (sources - 1) // SOURCES_FOR_ANOTHER) if sources else 0
