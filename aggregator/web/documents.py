"""Files of a folder in memory, as they go out: media type, validators, compressed once. Read again when the file changed."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import stat
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path

import brotli

from aggregator.web.conditions import Validity

CACHE_BYTES = 64 * 1024 * 1024
LONGEST_KEPT_BYTES = 16 * 1024 * 1024
SHORTEST_ZIPPED_BYTES = 512
_TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".md": "text/markdown",
    ".txt": "text/plain",
    ".xml": "application/xml",
    ".atom": "application/atom+xml",
    ".rss": "application/rss+xml",
    ".opml": "text/x-opml",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".eml": "message/rfc822",
}
_BINARY = frozenset({"image/png", "image/jpeg", "image/webp", "image/x-icon", "application/octet-stream"})
_ROOT = re.compile(rb"<(?![?!])(?:[A-Za-z_][\w.-]*:)?([A-Za-z]+)")
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_FEED_ROOTS = {b"rss": "application/rss+xml", b"RDF": "application/rdf+xml", b"feed": "application/atom+xml"}

Header = tuple[bytes, bytes]


def _brotli(body: bytes) -> bytes:
    # Quality 6 is smaller than gzip at half its time; 11 would take seconds for a large feed.
    return bytes(brotli.compress(body, quality=6))


def _gzip(body: bytes) -> bytes:
    # mtime 0: the same document has the same compressed bytes, which a strong validator promises.
    return gzip.compress(body, 6, mtime=0)


_CODINGS: dict[str, Callable[[bytes], bytes]] = {"br": _brotli, "gzip": _gzip}


@dataclass(frozen=True, slots=True)
class Variant:
    """One representation of a document: its bytes, validators, and the headers to send with it and with a 304."""

    body: bytes
    validity: Validity
    headers: tuple[Header, ...]
    headers_304: tuple[Header, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """A document in memory; `coded` are its compressed forms by content coding, the smallest first, as far as they gain
    anything. `key` tells whether the file changed."""

    key: tuple[int, ...]
    plain: Variant
    coded: Mapping[str, Variant]

    @property
    def cost_bytes(self) -> int:
        """What it takes of memory."""
        return len(self.plain.body) + sum(len(variant.body) for variant in self.coded.values())


def media_type(name: str, head: bytes) -> str:
    """The media type of a file by its ending; XML and JSON tell by their first bytes whether they are a feed."""
    found = _TYPES.get(os.path.splitext(name)[1].lower(), "application/octet-stream")  # noqa: PTH122 - a URL, not a path
    if found == "application/xml":
        root = _ROOT.search(_COMMENT.sub(b"", head))
        found = _FEED_ROOTS.get(root[1], found) if root else found
    elif found == "application/json" and b"https://jsonfeed.org/version/" in head:
        found = "application/feed+json"
    return found if found in _BINARY or found == "message/rfc822" else f"{found}; charset=utf-8"


class Documents:
    """The files below one folder, by their path relative to it.

    Nothing outside the folder is found, whatever the path or a symbolic link says, and nothing hidden but `.well-known`.
    `headers` go with every document.
    """

    def __init__(self, root: Path, headers: tuple[Header, ...] = ()) -> None:
        self._root = root
        self._prefix = f"{root}/"
        self._headers = headers
        self._kept: OrderedDict[str, Stored] = OrderedDict()
        self._bytes = 0

    def known(self, path: str) -> Stored | None:
        """The document when it is in memory and the file is the same; None means: load it."""
        found = self._kept.get(path)
        if found is None:
            return None
        try:
            status = os.stat(self._prefix + path)  # noqa: PTH116 - a Path's own stat takes three times as long
        except (OSError, ValueError):
            return None
        if _key(status) != found.key:
            return None
        self._kept.move_to_end(path)
        return found

    def is_folder(self, path: str) -> bool:
        """True where the path is a folder that may be shown."""
        place = self._inside(path.rstrip("/"))
        return place is not None and place.is_dir()

    def load(self, path: str) -> Stored | None:
        """Read a document from its file and keep it; None where there is none that may be shown."""
        place = self._inside(path)
        if place is None:
            return None
        try:
            handle = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except (OSError, ValueError):
            return None
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            os.close(handle)
            return None
        with os.fdopen(handle, "rb") as file:
            body = file.read()
        stored = _stored(path, body, status, self._headers)
        self._keep(path, stored)
        return stored

    def _inside(self, path: str) -> Path | None:
        if "\0" in path or "\\" in path:
            return None
        segments = path.split("/") if path else []
        if any((segment.startswith(".") and segment != ".well-known") or not segment for segment in segments):
            return None
        try:
            root = self._root.resolve(strict=True)
            place = (root / path).resolve(strict=True)
        except (OSError, RuntimeError, ValueError):
            return None
        return place if place.is_relative_to(root) else None

    def _keep(self, path: str, stored: Stored) -> None:
        before = self._kept.pop(path, None)
        self._bytes -= before.cost_bytes if before else 0
        if stored.cost_bytes > LONGEST_KEPT_BYTES:
            return
        self._kept[path] = stored
        self._bytes += stored.cost_bytes
        while self._bytes > CACHE_BYTES:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= oldest.cost_bytes


def _key(status: os.stat_result) -> tuple[int, ...]:
    return (status.st_mtime_ns, status.st_size, status.st_ino, status.st_dev)


def _stored(path: str, body: bytes, status: os.stat_result, extra: tuple[Header, ...]) -> Stored:
    kind = media_type(path, body[:2000])
    digest = hashlib.sha256(body).hexdigest()[:32]
    modified = int(status.st_mtime)
    coded: dict[str, Variant] = {}
    if kind not in _BINARY and SHORTEST_ZIPPED_BYTES <= len(body) <= LONGEST_KEPT_BYTES:
        for name, compress in _CODINGS.items():
            small = compress(body)
            if len(small) < len(body):
                headers = (*extra, (b"content-encoding", name.encode("ascii")))
                coded[name] = _variant(small, Validity(f'"{digest}-{name}"', modified), headers, kind)
    return Stored(_key(status), _variant(body, Validity(f'"{digest}"', modified), extra, kind), coded)


def _variant(body: bytes, validity: Validity, extra: tuple[Header, ...], kind: str) -> Variant:
    lasting: tuple[Header, ...] = (
        (b"etag", validity.etag.encode("ascii")),
        (b"last-modified", formatdate(validity.modified, usegmt=True).encode("ascii")),
        (b"cache-control", b"no-cache"),
        (b"vary", b"Accept-Encoding"),
    )
    described: tuple[Header, ...] = (
        (b"content-type", kind.encode("ascii")),
        (b"content-length", str(len(body)).encode("ascii")),
        (b"accept-ranges", b"bytes"),
    )
    return Variant(body, validity, (*extra, *lasting, *described), lasting)
