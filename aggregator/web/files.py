"""A folder over HTTP: GET and HEAD, conditional, ranges, gzip and br, from memory. The application below /feeds/ and /static/."""

from __future__ import annotations

from urllib.parse import quote

from starlette.types import Receive, Scope, Send

from aggregator.web.conditions import Part, Unsatisfiable, coding_for, not_modified, part_of
from aggregator.web.documents import Documents, Header, Stored, Variant
from aggregator.web.threads import Threads

_NAMES = {
    b"if-none-match": "if-none-match",
    b"if-modified-since": "if-modified-since",
    b"if-range": "if-range",
    b"range": "range",
    b"accept-encoding": "accept-encoding",
}


_EMPTY: Header = (b"content-length", b"0")


class Missing(Exception):  # noqa: N818 - an outcome, answered with 404
    """There is no such document."""


class Files:
    """The documents of one folder below `prefix` (which ends with a slash)."""

    def __init__(self, documents: Documents, prefix: str, threads: Threads) -> None:
        self._documents = documents
        self._prefix = prefix
        self._threads = threads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Raises Missing where there is no such document."""
        if scope["method"] not in {"GET", "HEAD"}:
            await _answer(send, 405, ((b"allow", b"GET, HEAD"), _EMPTY))
            return
        path: str = scope["path"][len(self._prefix) :]
        wanted = f"{path}index.html" if not path or path.endswith("/") else path
        stored = self._documents.known(wanted) or await self._threads.run(lambda: self._documents.load(wanted))
        if stored is not None:
            await self._document(stored, scope, send)
        elif path and not path.endswith("/") and await self._threads.run(lambda: self._documents.is_folder(path)):
            target = quote(f"{self._prefix}{path}/").encode("ascii")
            await _answer(send, 308, ((b"location", target), _EMPTY))
        else:
            raise Missing

    async def _document(self, stored: Stored, scope: Scope, send: Send) -> None:
        asked = {_NAMES[name]: value.decode("latin-1") for name, value in scope["headers"] if name in _NAMES}
        # A part is a part of the plain bytes: parts of a compressed body serve nobody.
        wanted = asked.get("accept-encoding", "") if stored.coded and "range" not in asked else ""
        coding = coding_for(wanted, tuple(stored.coded)) if wanted else None
        variant = stored.coded[coding] if coding else stored.plain
        if ("if-none-match" in asked or "if-modified-since" in asked) and not_modified(asked, variant.validity):
            await _answer(send, 304, variant.headers_304)
            return
        if "range" in asked:
            await self._part(variant, asked, scope["method"], send)
            return
        await _answer(send, 200, variant.headers, b"" if scope["method"] == "HEAD" else variant.body)

    async def _part(self, variant: Variant, asked: dict[str, str], method: str, send: Send) -> None:
        length = len(variant.body)
        try:
            # RFC 9110, 14.2: a range means something for GET alone.
            part = part_of(asked, variant.validity, length) if method == "GET" else None
        except Unsatisfiable:
            spare = (b"content-range", f"bytes */{length}".encode("ascii"))
            await _answer(send, 416, (spare, _EMPTY))
            return
        if part is None:
            await _answer(send, 200, variant.headers, b"" if method == "HEAD" else variant.body)
            return
        headers = [one for one in variant.headers if one[0] != b"content-length"]
        await _answer(send, 206, (*headers, *_span(part, length)), variant.body[part.first : part.last + 1])


def _span(part: Part, length: int) -> tuple[Header, ...]:
    return (
        (b"content-range", f"bytes {part.first}-{part.last}/{length}".encode("ascii")),
        (b"content-length", str(part.last - part.first + 1).encode("ascii")),
    )


async def _answer(send: Send, status: int, headers: tuple[Header, ...], body: bytes = b"") -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
