"""Connections as two things that send and receive bytes: one in the clear, one under TLS.

On asyncio's sockets and ssl's memory buffers, without its transports: one task at a time uses a connection here, and what they
do for others, queues and callbacks and a quarter of a megabyte under each TLS connection, would be most of an exchange.
Time limits are those of whoever awaits. Errors are OSError; that of TLS is one, too.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol, TypeVar

from aggregator.poll.guard import Address

_AT_ONCE = 64 * 1024
T = TypeVar("T")


class Stream(Protocol):
    """A connection to somebody. After an error, or a cancellation in the midst of something, it can only be closed."""

    async def send(self, data: bytes) -> None:
        """Sends all of it."""
        ...

    async def receive(self) -> bytes:
        """What has come, at least one byte; nothing when the other end has closed."""
        ...

    def is_quiet(self) -> bool:
        """True while the other end has neither said anything more nor closed."""
        ...

    def close(self) -> None:
        """Closes the connection at once: nobody waits for a farewell."""
        ...


async def connect(address: Address, port: int, limit_seconds: float | None) -> PlainStream:
    """A connection in the clear to an address. Raises OSError; TimeoutError, one of those, where it takes too long."""
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    stream = PlainStream(socket.socket(family, socket.SOCK_STREAM))
    try:
        if limit_seconds is None:
            await stream.connect(str(address), port)
        else:
            async with asyncio.timeout(limit_seconds):
                await stream.connect(str(address), port)
    except BaseException:
        stream.close()
        raise
    return stream


class PlainStream:
    """A connection as it is. Whoever receives lets others work first, even where there is always something to read: they have
    their turn, and time limits pass."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = connection
        self._loop = asyncio.get_running_loop()

    async def connect(self, host: str, port: int) -> None:
        """Connects to an address."""
        with suppress(BlockingIOError, InterruptedError):
            self._socket.connect((host, port))
            return
        await self._wait(self._loop.add_writer, self._loop.remove_writer)
        if error := self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise OSError(error, f"Connect call failed {(host, port)}")

    async def send(self, data: bytes) -> None:
        """Sends all of it."""
        sent = self._sent(data)
        while sent < len(data):
            await self._wait(self._loop.add_writer, self._loop.remove_writer)
            sent += self._sent(memoryview(data)[sent:])

    async def receive(self) -> bytes:
        """What has come, at least one byte; nothing when the other end has closed."""
        while True:
            await self._wait(self._loop.add_reader, self._loop.remove_reader)
            with suppress(BlockingIOError, InterruptedError):  # what woke us may have been nothing after all
                return self._socket.recv(_AT_ONCE)

    def received(self) -> bytes | None:
        """What has come already; None for nothing yet, b"" when the other end has closed."""
        try:
            return self._socket.recv(_AT_ONCE)
        except (BlockingIOError, InterruptedError):
            return None
        except OSError:
            return b""

    def is_quiet(self) -> bool:
        """True while the other end has neither said anything more nor closed."""
        return self.received() is None

    def close(self) -> None:
        """Closes the connection at once."""
        self._socket.close()

    def _sent(self, data: bytes | memoryview) -> int:
        try:
            return self._socket.send(data)
        except (BlockingIOError, InterruptedError):
            return 0

    async def _wait(self, add: Callable[..., object], remove: Callable[[int], object]) -> None:
        """Until the socket can be read or written: `add` and `remove` are those of the loop for one of them."""
        descriptor, waiter = self._socket.fileno(), self._loop.create_future()

        def ready() -> None:
            remove(descriptor)
            if not waiter.done():  # it may just have been cancelled
                waiter.set_result(None)

        add(descriptor, ready)
        try:
            await waiter
        except BaseException:
            remove(descriptor)
            raise


class TlsStream:
    """A connection under TLS. It stands once `shake` has returned."""

    def __init__(self, below: PlainStream, context: ssl.SSLContext, host: str) -> None:
        self._below = below
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)

    async def shake(self) -> None:
        """The handshake, with the check of the certificate and its name."""
        try:
            await self._done(self._tls.do_handshake)
        except ssl.SSLError:
            with suppress(OSError):
                await self._flush()  # the server is told why
            raise

    async def send(self, data: bytes) -> None:
        """Sends all of it."""
        left = memoryview(data)
        while left:
            left = left[await self._done(lambda: self._tls.write(left)) :]  # noqa: B023 - it is done before the next turn

    async def receive(self) -> bytes:
        """What has come, at least one byte; nothing when the other end has closed, many without the farewell of TLS."""
        try:
            return await self._done(lambda: self._tls.read(_AT_ONCE))
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            return b""

    def is_quiet(self) -> bool:
        """True while nothing came but what TLS says for itself, as new session tickets."""
        came = self._below.received()
        if came == b"":
            return False
        if came:
            self._incoming.write(came)
        try:
            self._tls.read(1)
        except ssl.SSLWantReadError:
            return True
        except ssl.SSLError:
            return False
        return False

    def close(self) -> None:
        """Closes the connection at once."""
        self._below.close()

    async def _done(self, step: Callable[[], T]) -> T:
        """The result of a step of TLS, which may want to send and to receive first."""
        while True:
            try:
                result = step()
            except ssl.SSLWantReadError:
                await self._flush()
            else:
                await self._flush()
                return result
            came = await self._below.receive()
            self._incoming.write(came) if came else self._incoming.write_eof()

    async def _flush(self) -> None:
        if self._outgoing.pending:
            await self._below.send(self._outgoing.read())
