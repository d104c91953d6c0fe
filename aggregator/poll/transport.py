"""The way to the network: an httpx transport that connects only to addresses it has checked.

httpx resolves a name somewhere below its client, where nobody can look at the answer. Here the name is resolved once,
each address is judged, and the connection goes to an address that passed, so that an answer of the name server cannot
change between the check and the connect. The name stays in TLS (SNI, certificate) and in the Host header.
"""

from __future__ import annotations

import asyncio
import socket
from collections import OrderedDict
from collections.abc import AsyncIterator
from ssl import SSLContext, SSLError

import httpcore
import httpx

from aggregator.poll import failures
from aggregator.poll.guard import Address, Network, literal, refusal
from aggregator.poll.streams import Stream

_IDLE_SECONDS = 15.0
_MAX_IDLE = 64
_MAX_ADDRESSES = 4
_CONNECT_SECONDS = 5.0
_Origin = tuple[bytes, bytes, int]


class GuardedTransport(httpx.AsyncBaseTransport):
    """HTTP/1.1 with kept connections. Raises FetchError E201 and E202 before a connection stands, httpx errors after.

    No proxy is used, whatever the environment says: a proxy would resolve names beyond the guard.
    """

    def __init__(self, allowed: tuple[Network, ...] = (), tls: SSLContext | None = None) -> None:
        self._allowed = allowed
        self._tls = tls
        self._idle: OrderedDict[_Connection, _Origin] = OrderedDict()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One exchange; the body is still to be read from the response's stream."""
        url = request.url
        port = url.port or (443 if url.scheme == "https" else 80)
        origin = (url.raw_scheme, url.raw_host, port)
        message = httpcore.Request(
            request.method,
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=port, target=url.raw_path),
            headers=request.headers.raw,
            content=await request.aread(),
        )
        connection = await self._take(origin)
        if connection is not None:
            try:
                return await self._send(connection, message)
            except (httpx.NetworkError, httpx.RemoteProtocolError):
                pass  # the server closed it while it was idle: a fresh one decides
        return await self._send(await self._connect(origin), message)

    async def _send(self, connection: _Connection, message: httpcore.Request) -> httpx.Response:
        try:
            answer = await connection.handle_async_request(message)
        except Exception as error:
            raise _as_httpx(error) from error
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(self, connection, answer))

    async def _connect(self, origin: _Origin) -> _Connection:
        scheme, raw_host, port = origin
        host = raw_host.decode("ascii")
        stream = await self._open(host, await self._resolve(host, port), port)
        if scheme == b"https":
            plain = stream
            try:
                stream = await plain.start_tls(self._context(), server_hostname=host)
            except (httpcore.ConnectError, OSError) as error:
                raise failures.unreachable(host, f"TLS failed: {error}") from error
            except BaseException:
                await plain.aclose()  # a deadline that passes during the handshake leaves it open
                raise
        return _Connection(httpcore.Origin(scheme, raw_host, port), stream, keepalive_expiry=_IDLE_SECONDS)

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

    async def _open(self, host: str, addresses: list[Address], port: int) -> httpcore.AsyncNetworkStream:
        last = ""
        for rank, address in enumerate(addresses, 1):
            try:
                limit = None if rank == len(addresses) else _CONNECT_SECONDS
                return await Stream.connect(str(address), port, limit)
            except (httpcore.ConnectError, httpcore.ConnectTimeout, OSError) as error:
                last = str(error) or "no answer"
        raise failures.unreachable(host, last)

    def _context(self) -> SSLContext:
        if self._tls is None:
            self._tls = httpx.create_ssl_context()
            self._tls.set_alpn_protocols(["http/1.1"])
        return self._tls

    async def _take(self, origin: _Origin) -> _Connection | None:
        connection = next((each for each, known in reversed(self._idle.items()) if known == origin), None)
        if connection is None:
            return None
        del self._idle[connection]
        if connection.is_reusable():
            return connection
        await connection.aclose()
        return None

    async def put_back(self, connection: _Connection, origin: _Origin) -> None:
        """Keeps a connection whose answer was read to its end; closes it when it cannot be used again."""
        if not connection.is_reusable():
            await connection.aclose()
            return
        self._idle[connection] = origin
        if len(self._idle) > _MAX_IDLE:
            oldest, _ = self._idle.popitem(last=False)
            await oldest.aclose()

    async def aclose(self) -> None:
        """Closes what is kept."""
        while self._idle:
            connection, _ = self._idle.popitem()
            await connection.aclose()


class _Connection(httpcore.AsyncHTTP11Connection):
    """One connection; its origin is kept for the pool."""

    def __init__(self, origin: httpcore.Origin, stream: httpcore.AsyncNetworkStream, keepalive_expiry: float) -> None:
        super().__init__(origin, stream, keepalive_expiry)
        self.origin: _Origin = (origin.scheme, origin.host, origin.port)

    def is_reusable(self) -> bool:
        """True when the next answer on it can only be the answer to the next request: bytes that came after the last
        one would be taken for it."""
        leftover, _ = self._h11_state.trailing_data
        return self.is_idle() and not leftover and not self.has_expired()


class _Body(httpx.AsyncByteStream):
    """The body as it comes; closing it gives the connection back."""

    def __init__(self, transport: GuardedTransport, connection: _Connection, answer: httpcore.Response) -> None:
        self._transport, self._connection, self._answer = transport, connection, answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._answer.aiter_stream():
                yield chunk
        except Exception as error:
            raise _as_httpx(error) from error

    async def aclose(self) -> None:
        await self._answer.aclose()
        await self._transport.put_back(self._connection, self._connection.origin)


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


def _as_httpx(error: Exception) -> Exception:
    """httpcore's error as the httpx one of the same name."""
    if isinstance(error, (SSLError, OSError)):
        return httpx.ReadError(str(error))
    kind = getattr(httpx, type(error).__name__, None) if type(error).__module__ == "httpcore" else None
    return kind(str(error)) if isinstance(kind, type) and issubclass(kind, httpx.TransportError) else error
