"""Content codings undone piece by piece, so that a small answer cannot become a large one in memory."""

from __future__ import annotations

import zlib
from typing import Protocol

import brotli

from aggregator.errors import FetchError

OFFERED = "gzip, deflate, br"
_PIECE = 64 * 1024
_GZIP_MAGIC = b"\x1f\x8b"


class Decoder(Protocol):
    """Undoes one coding."""

    def feed(self, data: bytes, limit: int) -> bytes:
        """Decoded bytes of the next piece, hardly more than `limit`; who gets that many has to stop, for the rest is lost.
        Raises FetchError E208 for what is not of this coding."""
        ...

    def finish(self) -> None:
        """Raises FetchError E208 when the stream ended in the middle."""
        ...


def broken(coding: str, why: str) -> FetchError:
    """The error of a body that its coding does not explain."""
    return FetchError(
        f"the answer's {coding} coding is broken", why=why, fix="the server has to mend it; it is asked again later", code="E208"
    )


def decoder(header: str | None) -> Decoder | None:
    """The decoder for a Content-Encoding header, None where there is nothing to undo.

    One coding of those that were offered, or none: stacked codings serve nobody but attackers.
    """
    names = [name for name in (part.strip().lower() for part in (header or "").split(",")) if name not in {"", "identity"}]
    if not names:
        return None
    if len(names) > 1:
        raise broken("content", f"{len(names)} codings are stacked on each other")
    match names[0]:
        case "gzip" | "x-gzip":
            return _Zlib("gzip")
        case "deflate":
            return _Zlib("deflate")
        case "br":
            return _Brotli()
        case other:
            raise broken("content", f"{other[:40]!r} was not offered; {OFFERED} were")


class _Zlib:
    """gzip (RFC 1952, also of several members) and deflate (RFC 1950, and the raw RFC 1951 that some servers send)."""

    def __init__(self, coding: str) -> None:
        self._coding = coding
        self._inner = zlib.decompressobj(31) if coding == "gzip" else None
        self._head = b""

    def feed(self, data: bytes, limit: int) -> bytes:
        pieces: list[bytes] = []
        left = limit
        try:
            while data and left > 0:
                inner = self._inner or self._sniff(data)
                if inner is None:
                    return b""
                if self._head:
                    data, self._head = self._head, b""
                pieces.append(inner.decompress(data, left))
                left -= len(pieces[-1])
                data = self._rest(inner)
        except zlib.error as error:
            raise broken(self._coding, str(error)) from error
        return b"".join(pieces)  # one alone is not copied

    def _sniff(self, data: bytes) -> zlib._Decompress | None:
        self._head += data
        if len(self._head) < 2:
            return None
        first, second = self._head[0], self._head[1]
        wrapped = first & 0x0F == 8 and (first * 256 + second) % 31 == 0
        self._inner = zlib.decompressobj(15 if wrapped else -15)
        return self._inner

    def _rest(self, inner: zlib._Decompress) -> bytes:
        if not inner.eof:
            return inner.unconsumed_tail
        if self._coding == "gzip" and inner.unused_data.startswith(_GZIP_MAGIC):
            self._inner = zlib.decompressobj(31)
            return inner.unused_data
        return b""  # what follows the end is padding

    def finish(self) -> None:
        if self._inner is None or not self._inner.eof:
            raise broken(self._coding, "it ends in the middle")


class _Brotli:
    """br (RFC 7932)."""

    def __init__(self) -> None:
        self._inner = brotli.Decompressor()

    def feed(self, data: bytes, limit: int) -> bytes:
        out = bytearray()
        try:
            # Output can be pending although all input is taken: only an empty piece says that there is no more.
            piece = self._inner.process(data, output_buffer_limit=min(limit, _PIECE))
            while piece:
                out += piece
                if len(out) >= limit:
                    break
                piece = self._inner.process(b"", output_buffer_limit=min(limit - len(out), _PIECE))
        except brotli.error as error:
            raise broken("br", "the bytes are not Brotli") from error
        return bytes(out)

    def finish(self) -> None:
        if not self._inner.is_finished():
            raise broken("br", "it ends in the middle")
