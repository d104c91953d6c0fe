"""What PostgreSQL needs beside SQLite: one writer at a time, one consistent view for readers, and runs of which there is
but one over all machines that share the database.

Its advisory locks stand in for SQLite's own (https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b

from sqlalchemy.engine import URL, Connection, Engine

_WRITERS = "writers"


def with_driver(url: URL) -> URL:
    """A plain `postgresql:` or `postgres:` URL as one for psycopg 3, the driver of the extra `postgres`."""
    return url.set(drivername="postgresql+psycopg") if url.drivername in {"postgresql", "postgres"} else url


def begin(connection: Connection, *, write: bool, patience_ms: int) -> None:
    """The beginning of a transaction: a writing one waits its turn, for so long at most."""
    if write:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {patience_ms:d}")
        lock_writers(connection)
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")


def lock_writers(connection: Connection) -> None:
    """Waits until this transaction is the only writing one; the lock goes with it."""
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_number(_WRITERS)})")


@contextmanager
def alone(engine: Engine, name: str) -> Iterator[bool]:
    """True inside when no other session holds `name`, which this one then does until the end."""
    with engine.connect() as connection:
        held = bool(connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({_number(name)})").scalar())
        connection.commit()
        try:
            yield held
        finally:
            if held:
                connection.exec_driver_sql(f"SELECT pg_advisory_unlock({_number(name)})")
                connection.commit()


def _number(name: str) -> int:
    return int.from_bytes(blake2b(f"aggregator {name}".encode(), digest_size=8).digest(), "big", signed=True)
