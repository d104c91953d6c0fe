"""Mails as they lie on a disk: a Maildir, a folder of .eml files, or an mbox. Only read, never marked or moved.

https://cr.yp.to/proto/maildir.html and RFC 4155
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from pathlib import Path

from aggregator.errors import FetchError, ParseError

MAX_MAIL_BYTES = 5 * 1024 * 1024
MAX_MBOX_BYTES = 64 * 1024 * 1024

_FROM_LINE = re.compile(rb"(?:\A|\n\r?\n)From [^\n]{3,500}\n")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)


def newest(path: Path, limit: int) -> Iterator[bytes]:
    """The newest `limit` mails of a mailbox, newest first. Raises FetchError E213 for one that cannot be opened, ParseError E253
    for what is no mailbox."""
    try:
        if path.is_dir():
            yield from _files(path, limit)
        else:
            yield from _mbox(path, limit)
    except OSError as error:
        raise FetchError(
            f"the mailbox {path} cannot be read",
            why=error.strerror or str(error),
            fix="check `path`; a relative one stands to the folder of sources.yaml",
            code="E213",
        ) from error


def _files(folder: Path, limit: int) -> Iterator[bytes]:
    inboxes = [folder / name for name in ("cur", "new") if (folder / name).is_dir()]
    found: list[tuple[float, str]] = []
    for place in inboxes or [folder]:
        with os.scandir(place) as entries:
            mails = (one for one in entries if one.is_file(follow_symlinks=False) and not one.name.startswith("."))
            found += [(one.stat().st_mtime, one.path) for one in mails if inboxes or one.name.endswith(".eml")]
    if not inboxes and not found:
        raise ParseError(
            "there is no mail in the folder",
            why=f"{folder} has neither cur/ and new/ (a Maildir) nor files that end in .eml",
            fix="let `path` name the folder of one mailbox",
            code="E253",
        )
    for _, path in sorted(found, reverse=True)[:limit]:
        with Path(path).open("rb") as stream:
            yield stream.read(MAX_MAIL_BYTES)


def _mbox(path: Path, limit: int) -> Iterator[bytes]:
    with path.open("rb") as stream:
        try:
            # Shared: readers do not disturb each other, and a mail is not read while it is being written.
            fcntl.lockf(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise FetchError(
                "the mailbox is being written", why="another program holds its lock", fix="the next poll reads it", code="E213"
            ) from error
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - MAX_MBOX_BYTES))
        held = stream.read(MAX_MBOX_BYTES)
    starts = [(match.start(), match.end()) for match in _FROM_LINE.finditer(held)]
    if not starts and held.strip():
        raise ParseError(
            "the file is no mailbox", why="no line of it begins with `From `", fix="let `path` name an mbox file", code="E253"
        )
    ends = [start for start, _ in starts[1:]] + [len(held)]
    for (_, begin), end in list(zip(starts, ends, strict=False))[: -limit - 1 : -1]:
        yield _QUOTED_FROM.sub(rb"\1", held[begin:end][:MAX_MAIL_BYTES])
