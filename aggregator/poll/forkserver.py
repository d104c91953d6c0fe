"""The process that forks polling processes: it imports what they need, and then does what it is told."""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import sys
import traceback

import aggregator.poll.sources  # noqa: F401 - what every polling process asks for
from aggregator.poll import worker
from aggregator.poll.process import COMMAND, FORK
from aggregator.poll.transport import tls_context


def main() -> None:
    """Serve until the parent closes its end: `argv` names the descriptor of the socket on which it commands."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    control = socket.socket(fileno=int(sys.argv[2]))
    _prepare(control)
    gc.freeze()  # looking for garbage would write to pages that all processes share
    while True:
        command, descriptors, _, _ = socket.recv_fds(control, COMMAND.size, 3)
        if len(command) < COMMAND.size:
            os._exit(0)
        (number,) = COMMAND.unpack(command)
        if number == FORK:
            _fork(control, *descriptors)
        else:
            control.send(COMMAND.pack(os.waitpid(number, 0)[1]))


def _prepare(control: socket.socket) -> None:
    """As long as nobody waits: what most polls need sooner or later, made here once for all processes."""
    if not _commanded(control):
        import aggregator.poll.parse  # noqa: F401 - most bring something to read
    if not _commanded(control):
        tls_context()


def _commanded(control: socket.socket) -> bool:
    return bool(select.select([control], (), (), 0)[0])


def _fork(control: socket.socket, channel: int, file: int, stderr: int) -> None:
    try:
        if not os.fork():
            control.close()
            _poll(channel, file, stderr)
    except OSError as error:
        os.write(stderr, f"no process could be started: {error.strerror}".encode())
    for descriptor in (channel, file, stderr):
        os.close(descriptor)


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
