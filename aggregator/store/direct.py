"""An SQLite store opened past SQLAlchemy, whose import takes longer than much of what there is to read."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from aggregator.store.head import HEAD

_PREFIX = "sqlite:///"
BUSY_TIMEOUT_MS = 15_000
_PRAGMAS = (
    "synchronous = FULL",
    "foreign_keys = ON",
    f"busy_timeout = {BUSY_TIMEOUT_MS}",
    "temp_store = MEMORY",
    "cache_size = -8192",
)
_SCHEMA = Path(__file__).with_name("schema.sql")  # as `schema.rendered` has it from the tables
# As Alembic makes it, which brings the schema up from here.
_VERSION = (
    "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
)
T = TypeVar("T")


def file_of(url: str) -> Path | None:
    """The file that a database URL names; None for another database, and for an address with options, which names more."""
    path = url.removeprefix(_PREFIX)
    return None if path == url or "?" in path or path.startswith("file:") else Path(path)


def opened(path: Path, mode: str) -> sqlite3.Connection:
    """A connection to a file; `mode` is "ro" for one that exists, "rwc" for one that may have to be made. Transactions are begun
    and ended by whoever asks."""
    return sqlite3.connect(f"file:{quote(str(path))}?mode={mode}", uri=True, timeout=BUSY_TIMEOUT_MS / 1000, isolation_level=None)


def prepare(connection: sqlite3.Connection) -> None:
    """What every connection that may write is told, outside a transaction."""
    # Of a new file alone: an entry with its text is longer than a page of the usual 4096 bytes.
    connection.execute("PRAGMA page_size = 8192")
    _write_ahead(connection)
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _write_ahead(connection: sqlite3.Connection) -> None:
    # For this one change of a new file SQLite does not wait for others, whatever the timeout, but says at once that it is busy.
    patience = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > patience:
                raise
            time.sleep(0.01)
        else:
            return


def make(connection: sqlite3.Connection) -> bool:
    """The newest schema where there is none yet; whether it is there now. Two programs may start at once: the second waits, and
    then finds it made."""
    if is_newest(connection):
        return True
    connection.execute("BEGIN IMMEDIATE")
    try:
        if is_empty(connection):
            for statement in _SCHEMA.read_text(encoding="utf-8").split(";\n\n"):
                connection.execute(statement)
            connection.execute(_VERSION)
            connection.execute("INSERT INTO alembic_version VALUES (?)", (HEAD,))
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    return is_newest(connection)


def is_empty(connection: sqlite3.Connection) -> bool:
    """Whether nothing was ever stored in the file."""
    return connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None


def is_newest(connection: sqlite3.Connection) -> bool:
    """Whether the store has the schema that this version of the program reads."""
    known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    return bool(known) and connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(HEAD,)]


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
