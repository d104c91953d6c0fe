"""The way to the network: an httpx transport that connects only to addresses it has checked.

httpx resolves a name somewhere below its client, where nobody can look at the answer. Here the name is resolved once,
each address is judged, and the connection goes to an address that passed, so that an answer of the name server cannot
change between the check and the connect. The name stays in TLS (SNI, certificate) and in the Host header.
"""

from __future__ import annotations

import asyncio
import socket
from functools import cache, partial
from ssl import SSLContext

import httpx

from aggregator.poll import failures
from aggregator.poll.guard import Address, Network, literal, refusal
from aggregator.poll.http1 import Connection
from aggregator.poll.streams import PlainStream, Stream, TlsStream, connect

_MAX_IDLE = 64
_MAX_ADDRESSES = 4
_CONNECT_SECONDS = 5.0
_Origin = tuple[bytes, bytes, int]


@cache
def tls_context() -> SSLContext:
    """What connections under TLS have in common: whom to trust. Reading that takes as long as forty exchanges."""
    context = httpx.create_ssl_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


class GuardedTransport(httpx.AsyncBaseTransport):
    """HTTP/1.1 with kept connections. Raises FetchError E201 and E202 before a connection stands, httpx errors after.

    No proxy is used, whatever the environment says: a proxy would resolve names beyond the guard.
    """

    def __init__(self, allowed: tuple[Network, ...] = (), tls: SSLContext | None = None) -> None:
        self._allowed = allowed
        self._tls = tls
        self._idle = _Idle()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One exchange; the body is still to be read from the response's stream."""
        url = request.url
        origin = (url.raw_scheme, url.raw_host, url.port or (443 if url.scheme == "https" else 80))
        connection = self._idle.take(origin)
        if connection is not None:
            try:
                return await connection.ask(request, partial(self._put_back, connection, origin))
            except (httpx.NetworkError, httpx.RemoteProtocolError):
                pass  # the server closed it while it was idle: a fresh one decides
        connection = Connection(await self._connect(origin))
        return await connection.ask(request, partial(self._put_back, connection, origin))

    async def _connect(self, origin: _Origin) -> Stream:
        scheme, raw_host, port = origin
        host = raw_host.decode("ascii")
        plain = await self._open(host, await self._resolve(host, port), port)
        if scheme != b"https":
            return plain
        try:
            stream = TlsStream(plain, self._tls or tls_context(), host)
            await stream.shake()
        except BaseException as error:
            plain.close()
            if isinstance(error, (OSError, ValueError)):  # ValueError is that of a name that no certificate can have
                raise failures.unreachable(host, f"TLS failed: {error}") from error
            raise
        return stream

    async def _resolve(self, host: str, port: int) -> list[Address]:
        """The addresses of a host that may be connected to, in the order in which they are to be tried."""
        address = literal(host)
        found = [address] if address is not None else await _look_up(host, port)
        refusals = {each: refusal(each, self._allowed) for each in found}
        good = [each for each, why in refusals.items() if why is None]
        if not good:
            each, why = next(iter(refusals.items()))
            raise failures.refused(host, f"{why} ({each})")
        return good[:_MAX_ADDRESSES]

    async def _open(self, host: str, addresses: list[Address], port: int) -> PlainStream:
        last = ""
        for rank, address in enumerate(addresses, 1):
            try:
                return await connect(address, port, None if rank == len(addresses) else _CONNECT_SECONDS)
            except OSError as error:
                last = str(error) or "no answer"
        raise failures.unreachable(host, last)

    def _put_back(self, connection: Connection, origin: _Origin) -> None:
        if connection.finish():
            self._idle.keep(connection, origin)

    async def aclose(self) -> None:
        """Closes what is kept."""
        self._idle.close()


class _Idle:
    """Connections that wait for another request to their origin."""

    def __init__(self) -> None:
        self._kept: dict[_Origin, list[Connection]] = {}  # the origin that was asked last stands last
        self._count = 0

    def take(self, origin: _Origin) -> Connection | None:
        """The one that was kept last, if it can be used."""
        if origin not in self._kept:
            return None
        connection = self._removed(origin, -1)
        if connection.is_reusable():
            return connection
        connection.close()
        return None

    def keep(self, connection: Connection, origin: _Origin) -> None:
        """Keeps one; closes the oldest of too many."""
        self._kept[origin] = [*self._kept.pop(origin, ()), connection]
        self._count += 1
        if self._count > _MAX_IDLE:
            self._removed(next(iter(self._kept)), 0).close()

    def close(self) -> None:
        """Closes all."""
        for connections in self._kept.values():
            for connection in connections:
                connection.close()
        self._kept, self._count = {}, 0

    def _removed(self, origin: _Origin, index: int) -> Connection:
        connections = self._kept[origin]
        connection = connections.pop(index)
        if not connections:
            del self._kept[origin]
        self._count -= 1
        return connection


async def _look_up(host: str, port: int) -> list[Address]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise failures.unknown_host(host, f"its name was not found: {getattr(error, 'strerror', None) or error}") from error
    addresses = [literal(str(entry[4][0])) for entry in found]
    known = list(dict.fromkeys(address for address in addresses if address is not None))
    if not known:
        raise failures.unknown_host(host, "its name has no address")
    return known
