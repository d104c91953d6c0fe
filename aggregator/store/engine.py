"""Opening the database: one engine, SQLite's pragmas, migrations applied by the program itself."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url

from aggregator.errors import StoreError
from aggregator.store import postgres, schema
from aggregator.store.jot import json_text

BUSY_TIMEOUT_MS = 15_000


def open_engine(url: str) -> Engine:
    """An engine on a database that is at the newest schema. Raises StoreError when it cannot be opened or migrated."""
    try:
        parsed = postgres.with_driver(make_url(url))
        parsed.get_dialect()
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError) as error:
        raise StoreError(
            "this is no database URL",
            # The URL itself is not repeated: it may hold a password.
            why=str(error).replace(url, "…"),
            fix="write it like sqlite:////folder/aggregator.db; the environment variable is AGGREGATOR_DATABASE_URL",
            code="E301",
        ) from error
    try:
        engine = _engine(parsed)
        schema.bring_up(engine, parsed)
    except ModuleNotFoundError as error:
        raise StoreError(
            f"no driver for {parsed.drivername}",
            why=f"the module {error.name} is not installed",
            fix="install the driver, or use sqlite",
            code="E302",
        ) from error
    except sa.exc.SQLAlchemyError as error:
        raise store_error(error, parsed) from error
    return engine


def store_error(error: sa.exc.SQLAlchemyError | sqlite3.Error, url: URL) -> StoreError:
    """A database error in words: locked, read-only, full, damaged, or whatever the driver says."""
    text = str(getattr(error, "orig", None) or error)
    where = url.database or url.render_as_string(hide_password=True)
    if "locked" in text or "lock timeout" in text:
        return StoreError(
            f"the database is busy: {where}",
            why=f"another process held it for {BUSY_TIMEOUT_MS // 1000} s",
            fix="wait for the other run to end, then try again",
            code="E303",
        )
    if "connection failed" in text or "connection is closed" in text or "server closed the connection" in text:
        return StoreError(
            f"the database cannot be reached: {where}",
            why=text.splitlines()[0],
            fix="check that its server runs, and the address in AGGREGATOR_DATABASE_URL",
            code="E304",
        )
    if "readonly" in text or "unable to open" in text:
        return StoreError(
            f"the database cannot be opened for writing: {where}",
            why=text,
            fix="check that the folder exists and that you may write into it",
            code="E304",
        )
    if "disk is full" in text or "No space left" in text:
        return StoreError(f"the disk is full: {where}", why=text, fix="free some space; nothing was changed", code="E305")
    if "not a database" in text or "malformed" in text:
        return StoreError(
            f"the file is no usable database: {where}",
            why=text,
            fix="restore it from a backup, or move it away to begin with an empty one",
            code="E306",
        )
    return StoreError(f"the database failed: {where}", why=text.splitlines()[0] if text else type(error).__name__)


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return sa.create_engine(url, json_serializer=json_text)
    if url.database and url.database != ":memory:":
        folder = Path(url.database).parent
        if not folder.is_dir():
            raise StoreError(
                f"the folder of the database does not exist: {folder}",
                fix="create it, or set AGGREGATOR_DATABASE_URL to a place that exists",
                code="E304",
            )
    engine = sa.create_engine(url, json_serializer=json_text, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})
    sa.event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    # The driver's own transaction handling begins too late for BEGIN IMMEDIATE; transactions are begun below.
    connection.isolation_level = None
    # Of a new file alone: an entry with its text is longer than a page of the usual 4096 bytes.
    connection.execute("PRAGMA page_size = 8192")
    _write_ahead(connection)
    cursor = connection.cursor()
    for pragma in (
        "synchronous = FULL",
        "foreign_keys = ON",
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "temp_store = MEMORY",
        "cache_size = -8192",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


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


@contextmanager
def transaction(engine: Engine, *, write: bool) -> Iterator[Connection]:
    """One transaction. A writing one takes the lock of all writers at once, so that what it read still holds when it
    writes; a reading one sees one state of everything."""
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
            elif engine.dialect.name == "postgresql":
                postgres.begin(connection, write=write, patience_ms=BUSY_TIMEOUT_MS)
            try:
                yield connection
            except BaseException:
                _end(connection, "ROLLBACK")
                raise
            _end(connection, "COMMIT")
    except (sa.exc.DBAPIError, sqlite3.Error) as error:
        raise store_error(error, engine.url) from error


def _end(connection: Connection, word: str) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(word)
    if word == "COMMIT":
        connection.commit()
    else:
        connection.rollback()
