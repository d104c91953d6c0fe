"""Opening the database: one engine, SQLite's pragmas, migrations applied by the program itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url

from aggregator.errors import StoreError
from aggregator.store import postgres, schema
from aggregator.store.direct import BUSY_TIMEOUT_MS, prepare
from aggregator.store.forms import json_text
from aggregator.store.refusals import store_error


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
        raise store_error(error, place(parsed)) from error
    return engine


def place(url: URL) -> str:
    """Where a database is, without its password."""
    return url.database or url.render_as_string(hide_password=True)


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
    if isinstance(connection, sqlite3.Connection):
        # The driver's own transaction handling begins too late for BEGIN IMMEDIATE; transactions are begun below.
        connection.isolation_level = None
        prepare(connection)


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
        raise store_error(error, place(engine.url)) from error


def _end(connection: Connection, word: str) -> None:
    raw = connection.connection.driver_connection
    # A disk that is full lets SQLite roll back by itself, and nothing is left to be.
    if isinstance(raw, sqlite3.Connection) and (word == "COMMIT" or raw.in_transaction):
        connection.exec_driver_sql(word)
    if word == "COMMIT":
        connection.commit()
    else:
        connection.rollback()
