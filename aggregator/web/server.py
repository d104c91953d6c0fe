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
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from aggregator.app.workspace import Workspace
from aggregator.errors import AggregatorError, UsageError
from aggregator.web.app import build
from aggregator.web.login import Door
from aggregator.web.security import names_of

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


@dataclass(frozen=True, slots=True)
class Access:
    """How a server that other machines reach is kept: `password` as it is hashed, the files of its certificate, the address
    that a proxy in front of it shows. `plain_http` gives up on https, so that cookies travel unencrypted too."""

    password: str = ""
    certificate: Path | None = None
    key: Path | None = None
    public_url: str = ""
    plain_http: bool = False

    @property
    def scheme(self) -> str:
        """How it is spoken to here."""
        return "https" if self.certificate else "http"


class Serving(str):
    """The address of a server that runs; it ends with a slash."""

    _thread: threading.Thread

    def __new__(cls, address: str, thread: threading.Thread) -> Serving:
        """The address, and what answers there."""
        made = super().__new__(cls, address)
        made._thread = thread
        return made

    @property
    def alive(self) -> bool:
        """Whether it still answers."""
        return self._thread.is_alive()


@contextmanager
def serving(
    workspace: Workspace,
    *,
    host: str,
    port: int | None,
    clock: Callable[[], datetime],
    language: str | None = None,
    access: Access | None = None,
) -> Iterator[Serving]:
    """Serve a workspace while the block runs; gives the address.

    `port` None takes 8000 or the next free one up to 8020, 0 any free one. Raises UsageError for an address that other machines
    reach when there is no password, for one that is none, for a port that is taken, and for a certificate that cannot be used.
    """
    access = access or Access()
    address = address_of(host)
    open_to_others = not _is_loopback(address)
    if open_to_others and not access.password:
        raise UsageError(
            f"--host {host} would open the review page to other machines",
            why="whoever reaches it can decide and publish, and no password is set",
            fix="`aggregator password` sets one; or --host 127.0.0.1, and from another machine a tunnel: "
            "ssh -L 8000:127.0.0.1:8000 THIS-MACHINE; readers are served by any web server from feeds/",
            code="E710",
        )
    listener = listen(address, port)
    with listener:
        name, number = listener.getsockname()[:2]
        # Opened here, because the first two requests may come at once.
        _ = workspace.store
        guarded = open_to_others or bool(access.public_url)
        if guarded and not access.password:
            raise UsageError("--public-url needs a password", fix="`aggregator password` sets one", code="E710")
        names = names_of(
            name,
            number,
            scheme=access.scheme,
            open_to_others=open_to_others,
            public_url=access.public_url,
            machine=socket.gethostname(),
        )
        door = Door(access.password, clock) if guarded else None
        app = build(workspace, clock=clock, names=names, language=language, door=door, secure=guarded and not access.plain_http)
        with running(app, listener, access) as thread:
            shown = f"[{name}]" if ":" in name else name
            yield Serving(f"{access.scheme}://{shown}:{number}/", thread)


def stopped() -> AggregatorError:
    """What to say when the server ended although nobody asked it to."""
    return AggregatorError(
        "the web server stopped", why="a bug in the program; nothing that was stored is lost", fix="start it again", code="E715"
    )


def address_of(host: str) -> str:
    """The address that a host names. Raises UsageError for one that is no address of this machine."""
    try:
        found = [info[4][0] for info in socket.getaddrinfo(host or "0.0.0.0", None, type=socket.SOCK_STREAM)]  # noqa: S104
    except (OSError, UnicodeError) as error:
        raise UsageError(
            f"--host {host} is no address of this machine", why=str(error), fix="--host 127.0.0.1", code="E710"
        ) from error
    return str(found[0])


def _is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback


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
def running(app: ASGIApp, listener: socket.socket, access: Access) -> Iterator[threading.Thread]:
    """Answer from a thread of its own while the block runs; on leaving, open connections are closed."""
    server = uvicorn.Server(_config(app, access))
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
        yield thread
    finally:
        server.should_exit = True
        thread.join(STOP_SECONDS)
        if thread.is_alive():
            logging.getLogger("aggregator.web").warning("the web server takes long to stop and is left behind")


def _config(app: ASGIApp, access: Access) -> Config:
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
    if access.certificate:
        settings |= {"ssl_certfile": str(access.certificate), "ssl_keyfile": str(access.key) if access.key else None}
    config = uvicorn.Config(app, **settings)
    try:
        config.load()
    except OSError as error:
        raise UsageError(
            f"the certificate cannot be used: {access.certificate}", why=str(error), fix="--tls-cert and --tls-key", code="E713"
        ) from error
    return config
