"""An SQLite store opened past SQLAlchemy, whose import takes longer than much of what there is to read."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from aggregator.store.head import HEAD

_PREFIX = "sqlite:///"
_BUSY_SECONDS = 15.0
T = TypeVar("T")


def file_of(url: str) -> Path | None:
    """The file that a database URL names; None for another database, and for an address with options, which names more."""
    path = url.removeprefix(_PREFIX)
    return None if path == url or "?" in path or path.startswith("file:") else Path(path)


def opened(path: Path, mode: str) -> sqlite3.Connection:
    """A connection to a file that exists; `mode` is "ro" or "rw". Transactions are begun and ended by whoever asks."""
    return sqlite3.connect(f"file:{quote(str(path))}?mode={mode}", uri=True, timeout=_BUSY_SECONDS, isolation_level=None)


def is_newest(connection: sqlite3.Connection) -> bool:
    """Whether the store has the schema that this version of the program reads."""
    return [row[0] for row in connection.execute("SELECT version_num FROM alembic_version")] == [HEAD]


def read(url: str, reading: Callable[[sqlite3.Connection], T]) -> T | None:
    """What `reading` makes of one state of the store at `url`; None when that can only be had by opening it properly: no SQLite
    file, none yet, another schema, or anything that is wrong with it."""
    path = file_of(url)
    if path is None or not path.is_file():
        return None
    try:
        with closing(opened(path, "ro")) as connection:
            connection.execute("BEGIN")
            return reading(connection) if is_newest(connection) else None
    except (sqlite3.Error, ValueError, KeyError, TypeError):
        return None
