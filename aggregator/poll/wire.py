"""What goes over the wire: headers as text and back, validators as they came, bodies piece by piece."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping

import httpx

from aggregator.errors import FetchError
from aggregator.model import Validators
from aggregator.poll.coding import Decoder, decoder

MAX_VALIDATOR_BYTES = 4_096
_SAID_BYTES = 32 * 1024
_SAID_SECONDS = 2.0


def joined(raw: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by lower-case name; a byte is a character, so that what is opaque stays what it was."""
    headers: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers and key != "etag" else text
    return headers


def opaque(value: str) -> bytes:
    """The bytes that `joined` made this text of; UTF-8 for text that was never bytes."""
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode("utf-8")


def kept_validators(headers: Mapping[str, str], sent: Validators | None) -> Validators:
    """The validators of an answer, byte for byte; what a 304 does not repeat is as it was `sent`. Huge ones are none."""
    etag, modified = (_kept(headers.get(name)) for name in ("etag", "last-modified"))
    if sent is None:
        return Validators(etag, modified)
    return Validators(etag or sent.etag, modified or sent.last_modified)


def _kept(value: str | None) -> str | None:
    return value if value and len(value) <= MAX_VALIDATOR_BYTES else None


class Ticket:
    """Taken once, by a body that has grown large: a few of these at a time, so that memory stays bounded."""

    def __init__(self, tickets: asyncio.Semaphore) -> None:
        self._tickets, self._held = tickets, False

    async def __aenter__(self) -> Ticket:
        return self

    async def take(self) -> None:
        """Wait for a ticket, unless it is held."""
        if not self._held:
            await self._tickets.acquire()
            self._held = True

    async def __aexit__(self, *_: object) -> None:
        if self._held:
            self._tickets.release()


def stream(response: httpx.Response) -> AsyncIterator[bytes]:
    """The body as it comes, still compressed."""
    given = response.stream
    if not isinstance(given, httpx.AsyncByteStream):
        raise TypeError("an asynchronous transport gives asynchronous streams")
    return aiter(given)


async def said(response: httpx.Response, headers: Mapping[str, str]) -> bytes:
    """The beginning of what an error says for itself; b"" where it is no text, broken or slow."""
    if not headers.get("content-type", "").lower().startswith(("text/", "application/json", "application/problem+json")):
        return b""
    body = bytearray()
    try:
        undo = decoder(headers.get("content-encoding"))
        async with asyncio.timeout(_SAID_SECONDS):
            async for chunk in stream(response):
                body += chunk if undo is None else undo.feed(chunk, _SAID_BYTES - len(body))
                if len(body) >= _SAID_BYTES:
                    break
    except (TimeoutError, FetchError, httpx.TransportError, OSError):
        return bytes(body[:_SAID_BYTES])
    return bytes(body[:_SAID_BYTES])


async def drain(response: httpx.Response) -> None:
    """Read to the end of a body that should be empty, so that the connection can be used again."""
    async for chunk in stream(response):
        if chunk:
            return


def whole(body: bytearray, undo: Decoder | None, wire: int) -> bytes:
    """A body of which `wire` bytes came, complete. Raises FetchError where its compression ends too early."""
    if undo is not None and wire:
        undo.finish()
    return bytes(body)
