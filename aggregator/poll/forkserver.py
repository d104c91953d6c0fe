"""The process that forks polling processes: it imports what they need, and then does what it is told."""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import sys
import traceback
from contextlib import suppress

import aggregator.poll.sources  # noqa: F401 - what every polling process asks for
from aggregator.poll import worker
from aggregator.poll.process import ANSWER, COMMAND, FORK, UNKNOWN
from aggregator.poll.transport import tls_context

_HANDED = 3


def main() -> None:
    """Serve until the parent closes its end: `argv` names the descriptor of the socket on which it commands."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    control = socket.socket(fileno=int(sys.argv[2]))
    _prepare(control)
    gc.freeze()  # looking for garbage would write to pages that all processes share
    while True:
        command, descriptors, _, _ = socket.recv_fds(control, COMMAND.size, _HANDED)
        if len(command) < COMMAND.size:
            os._exit(0)
        (number,) = COMMAND.unpack(command)
        if number != FORK:
            control.send(ANSWER.pack(number, _status(number)))
        elif len(descriptors) == _HANDED and not _fork(*descriptors):
            control.close()
            _poll(*descriptors)
        for descriptor in descriptors:  # fewer came where this process may open no more
            os.close(descriptor)


def _status(pid: int) -> int:
    try:
        return os.waitpid(pid, 0)[1]
    except ChildProcessError:
        return UNKNOWN


def _prepare(control: socket.socket) -> None:
    """As long as nobody waits: what most polls need sooner or later, made here once for all processes. Where it cannot be had,
    whoever needs it says so."""
    with suppress(Exception):
        if not _commanded(control):
            import aggregator.poll.parse  # noqa: F401 - most bring something to read
        if not _commanded(control):
            tls_context()


def _commanded(control: socket.socket) -> bool:
    return bool(select.select([control], (), (), 0)[0])


def _fork(_channel: int, _file: int, stderr: int) -> int:
    """As os.fork, but that it says on `stderr` of the process why there is none."""
    try:
        return os.fork()
    except OSError as error:
        os.write(stderr, f"no process could be started: {error.strerror}".encode())
        return -1


def _poll(channel: int, file: int, stderr: int) -> None:
    try:
        os.dup2(stderr, 2)
        os.close(stderr)
        worker.main(channel, file)
    except BaseException:  # nothing may return to the loop of the server
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(1)
