"""The server: an address that only this machine reaches, uvicorn in a thread, and a quick end."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from aggregator.app.workspace import Workspace
from aggregator.errors import UsageError
from aggregator.web.app import build

if TYPE_CHECKING:
    from uvicorn.config import Config

FIRST_PORT, LAST_PORT = 8000, 8020
CONNECTIONS = 512
REQUEST_SECONDS = 15.0
STOP_SECONDS = 2.5


class PatientProtocol(H11Protocol):
    """uvicorn's HTTP, with an end to its patience: a connection whose first request is not there in time is closed, so that
    stalled clients do not add up."""

    _first_request: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client connected."""
        super().connection_made(transport)
        self._first_request = self.loop.call_later(REQUEST_SECONDS, self._give_up)

    def _give_up(self) -> None:
        if vars(self).get("cycle") is None:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """It went away."""
        if self._first_request is not None:
            self._first_request.cancel()
        super().connection_lost(exc)


@contextmanager
def serving(workspace: Workspace, *, host: str, port: int | None, clock: Callable[[], datetime]) -> Iterator[str]:
    """Serve a workspace while the block runs; gives the address, which ends with a slash.

    `port` None takes 8000 or the next free one up to 8020, 0 any free one. Raises UsageError for an address that is not this
    machine's own, or a port that is taken.
    """
    listener = listen(loopback(host), port)
    with listener:
        name, number = listener.getsockname()[:2]
        # Opened here, because the first two requests may come at once.
        _ = workspace.store
        with running(build(workspace, clock=clock, host=name, port=number), listener):
            yield f"http://{f'[{name}]' if ':' in name else name}:{number}/"


def loopback(host: str) -> str:
    """The address that a host names. Raises UsageError unless it is a loopback address: there is no password to ask for."""
    try:
        found = [info[4][0] for info in socket.getaddrinfo(host or "0.0.0.0", None, type=socket.SOCK_STREAM)]  # noqa: S104
    except (OSError, UnicodeError) as error:
        raise UsageError(
            f"--host {host} is no address of this machine", why=str(error), fix="--host 127.0.0.1", code="E710"
        ) from error
    addresses = [str(address) for address in found]
    if not addresses or not all(ipaddress.ip_address(address.partition("%")[0]).is_loopback for address in addresses):
        raise UsageError(
            f"--host {host} would open the review page to other machines",
            why="whoever reaches it can decide and publish: it asks for no password",
            fix="--host 127.0.0.1, and from another machine a tunnel: ssh -L 8000:127.0.0.1:8000 THIS-MACHINE; "
            "readers are served by any web server from feeds/",
            code="E710",
        )
    return addresses[0]


def listen(address: str, port: int | None) -> socket.socket:
    """A listening socket. Raises UsageError when the port, or every port of the range, is taken."""
    ports = range(FIRST_PORT, LAST_PORT + 1) if port is None else (port,)
    for number in ports:
        # asyncio turns off Nagle's delay only where the socket says that it is TCP; with it small answers wait 40 ms.
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((address, number))
            # At once: two sockets may be bound to one port until one of them listens.
            listener.listen(CONNECTIONS)
        except OSError as error:
            listener.close()
            if error.errno != errno.EADDRINUSE:
                raise UsageError(
                    f"cannot listen on {address} port {number}",
                    why=error.strerror,
                    fix="choose another with --port, or 0 for any free one",
                    code="E712",
                ) from error
        else:
            listener.setblocking(False)
            return listener
    raise UsageError(
        f"port {port} is taken" if port is not None else f"the ports {FIRST_PORT}-{LAST_PORT} are all taken",
        why="another program listens there, perhaps another `aggregator serve`",
        fix="end that program, or choose another with --port (0 takes any free one)",
        code="E711",
    )


@contextmanager
def running(app: ASGIApp, listener: socket.socket) -> Iterator[None]:
    """Answer from a thread of its own while the block runs; on leaving, open connections are closed."""
    server = uvicorn.Server(_config(app))
    failed: list[BaseException] = []

    def body() -> None:
        try:
            asyncio.run(server.serve(sockets=[listener]))
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=body, name="web server", daemon=True)
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                raise UsageError("the web server did not start", why=str(failed[0]) if failed else None, code="E712")
            time.sleep(0.005)
        yield
    finally:
        server.should_exit = True
        thread.join(STOP_SECONDS)
        if thread.is_alive():
            logging.getLogger("aggregator.web").warning("the web server takes long to stop and is left behind")


def _config(app: ASGIApp) -> Config:
    settings: dict[str, Any] = {
        "http": PatientProtocol,
        "ws": "none",
        "lifespan": "off",
        "log_config": None,
        "log_level": "critical",
        "access_log": False,
        "server_header": False,
        "proxy_headers": False,
        "backlog": CONNECTIONS,
        "limit_concurrency": CONNECTIONS,
        "timeout_keep_alive": 5,
        "timeout_graceful_shutdown": 1,
        "h11_max_incomplete_event_size": 32 * 1024,
    }
    return uvicorn.Config(app, **settings)
