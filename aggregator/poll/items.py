"""Which items of a feed have been read before: one short digest each, so that a body in which nothing but dates of its own
changed needs no parser. Pure.

An item counts with all that could change how it is read: the rest of the document, but for the feed's own dates and for
comments, is part of every digest. Two bodies with the same digests say the same.
"""

from __future__ import annotations

import base64
import json
import marshal
import re
from hashlib import sha1
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import _Hash

MAX_ITEMS = 5000
MAX_JSON_BYTES = 4 * 1024 * 1024
_BYTES = 8
_HEAD_BYTES = 2000
_JSON_HEAD = ("version", "title", "home_page_url", "language", "authors", "author")
_AFTER_NAME = b" \t\r\n>"
_DATES = re.compile(rb"<(lastBuildDate|pubDate|updated|modified|dc:date)>[^<>]{0,100}</\1>")
_FEED = re.compile(rb"<feed[\s>]")
_COMMENTS = re.compile(rb"<!--.{0,2000}?-->", re.DOTALL)


def _hash(data: bytes) -> _Hash:
    # What an upstream gains by two texts of one digest is that its own are not read. Processors compute this one themselves.
    return sha1(data, usedforsecurity=False)


def digests(body: bytes, way: str) -> str | None:
    """The digests of a feed's items as text; None where there are none to be told apart. `way` is how the body is read:
    another way, other digests."""
    start = body[:100].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    found = _json_items(body) if start == b"{" else _xml_items(body)
    if found is None or not found[1] or len(found[1]) > MAX_ITEMS:
        return None
    around, items = found
    beginning = _hash(_hash(around + way.encode("utf-8", "surrogatepass")).digest())
    made = {_digest(beginning, item) for item in items}
    return base64.b64encode(b"".join(sorted(made))).decode()


def _digest(beginning: _Hash, item: bytes) -> bytes:
    whole = beginning.copy()
    whole.update(item)
    return whole.digest()[:_BYTES]


def body_digest(body: bytes) -> str:
    """By which a body is known again."""
    return _hash(body).hexdigest()


def all_known(new: str | None, known: str | None) -> bool:
    """True when no item is among `new` that is not among `known`."""
    if not new or not known:
        return False
    return new == known or _split(new) <= _split(known)


def _split(text: str) -> set[bytes]:
    raw = base64.b64decode(text)
    return {raw[index : index + _BYTES] for index in range(0, len(raw), _BYTES)}


def _xml_items(body: bytes) -> tuple[bytes, list[bytes]] | None:
    name = b"entry" if _FEED.search(body, 0, _HEAD_BYTES) or b"<item" not in body else b"item"
    opening, closing = b"<" + name, b"</" + name + b">"
    around: list[bytes] = []
    items: list[bytes] = []
    position = 0
    start = body.find(opening)
    while start >= 0:
        if body[start + len(opening) : start + len(opening) + 1] not in _AFTER_NAME:
            start = body.find(opening, start + 1)
            continue
        end = body.find(closing, start)
        if end < 0 or len(items) > MAX_ITEMS:
            break
        end += len(closing)
        around.append(body[position:start])
        items.append(body[start:end])
        position = end
        start = body.find(opening, end)
    around.append(body[position:])
    around[0] = _COMMENTS.sub(b"", _DATES.sub(rb"<\1>", around[0]))
    around[-1] = _COMMENTS.sub(b"", _DATES.sub(rb"<\1>", around[-1]))
    return b"\0".join(part.strip() for part in around if part.strip()), items


def _json_items(body: bytes) -> tuple[bytes, list[bytes]] | None:
    if len(body) > MAX_JSON_BYTES:
        return None
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list) or len(items) > MAX_ITEMS:
        return None
    around = repr([document.get(name) for name in _JSON_HEAD])
    try:
        # The second version writes equal values alike, whoever else refers to them, in a fifth of the time that `repr` takes.
        return around.encode("utf-8", "surrogatepass"), [marshal.dumps(item, 2) for item in items]
    except ValueError:  # nested too deeply
        return None
