"""HTTP/1.1 on one connection, one exchange after the other. h11 knows the protocol; here are its bytes moved.

Errors are those of httpx, as its own transports raise them.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

import h11
import httpx

from aggregator.poll.streams import Stream

_IDLE_SECONDS = 15.0
_MAX_HEAD_BYTES = 100 * 1024
_SWITCHING = 101


class Connection:
    """One connection, for one exchange at a time. It is closed when one fails, is cancelled, or is left before its end."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._h11 = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MAX_HEAD_BYTES)
        self._idle_until = 0.0

    async def ask(self, request: httpx.Request, done: Callable[[], None]) -> httpx.Response:
        """The answer's head; its body is still to be read. `done` is called once its stream is closed: `finish` says whether
        the connection can be used again."""
        try:
            await self._send(request)
            self._h11.receive_data(await self._receive())
            head = await self._head()
        except BaseException:
            self.close()
            raise
        return httpx.Response(head.status_code, headers=head.headers.raw_items(), stream=_Body(self, done))

    async def piece(self) -> bytes | None:
        """What comes next of the body; None at its end."""
        try:
            event = await self._event()
        except BaseException:
            self.close()
            raise
        return bytes(event.data) if isinstance(event, h11.Data) else None

    def finish(self) -> bool:
        """The end of an exchange: True when the answer was read to its end and another request may follow. Else it is closed."""
        if self._h11.our_state is h11.DONE and self._h11.their_state is h11.DONE:
            leftover, _ = self._h11.trailing_data
            if not leftover:  # it would be taken for the answer to the next request
                self._idle_until = time.monotonic() + _IDLE_SECONDS
                return True
        self.close()
        return False

    def is_reusable(self) -> bool:
        """True when the next answer on an idle connection can only be that to the next request."""
        return time.monotonic() <= self._idle_until and self._stream.is_quiet()

    def close(self) -> None:
        """Closes it at once."""
        self._stream.close()

    async def _send(self, request: httpx.Request) -> None:
        content = await request.aread()
        if self._h11.our_state is h11.DONE:
            self._h11.start_next_cycle()
        try:
            head = h11.Request(method=request.method, target=request.url.raw_path, headers=request.headers.raw)
            message = self._h11.send(head)
            if content:
                message += self._h11.send(h11.Data(data=content))
            message += self._h11.send(h11.EndOfMessage())
        except h11.LocalProtocolError as error:
            raise httpx.LocalProtocolError(str(error)) from error
        with suppress(OSError):  # some answer and close before they have read everything
            await self._stream.send(message)

    async def _head(self) -> h11.Response:
        while True:
            event = await self._event()
            if isinstance(event, h11.Response):
                return event
            if not isinstance(event, h11.InformationalResponse) or event.status_code == _SWITCHING:
                raise httpx.RemoteProtocolError("the server wants to speak another protocol")

    async def _event(self) -> h11.Event | type[h11.PAUSED]:
        while True:
            try:
                event = self._h11.next_event()
            except h11.RemoteProtocolError as error:
                raise httpx.RemoteProtocolError(str(error)) from error
            if event is not h11.NEED_DATA:
                return event  # type: ignore[return-value]
            self._h11.receive_data(await self._receive())

    async def _receive(self) -> bytes:
        try:
            data = await self._stream.receive()
        except OSError as error:
            raise httpx.ReadError(str(error)) from error
        if not data and self._h11.their_state is h11.SEND_RESPONSE:
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
        return data


class _Body(httpx.AsyncByteStream, AsyncIterator[bytes]):
    """The body as it comes; closing it ends the exchange."""

    def __init__(self, connection: Connection, done: Callable[[], None]) -> None:
        self._connection, self._done = connection, done
        self._over = self._closed = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        # What comes after the end, or once the connection is somebody else's, is not of this body.
        piece = None if self._over else await self._connection.piece()
        if piece is None:
            self._over = True
            raise StopAsyncIteration
        return piece

    async def aclose(self) -> None:
        if not self._closed:
            self._over = self._closed = True
            self._done()
