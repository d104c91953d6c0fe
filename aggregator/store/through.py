"""The way through SQLAlchemy, for every database that it knows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from aggregator.store.forms import CORE
from aggregator.store.tables import METADATA
from aggregator.store.way import ALWAYS, Conflict, Mark, Plain, Way, following

_NOTHING: Mapping[str, object] = {}


def way_of(connection: Connection) -> Way:
    """The way for a connection inside a transaction: the driver's own where it is SQLite's."""
    raw = connection.connection.driver_connection
    return Plain(raw) if isinstance(raw, sqlite3.Connection) else Through(connection)


class Through:
    """A connection of SQLAlchemy's."""

    form = CORE

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def run(self, statement: str, given: Mapping[str, object] = _NOTHING) -> Iterable[Any]:
        """Run a statement; the rows that it finds."""
        found = self._connection.execute(sa.text(statement), given)
        return found.all() if found.returns_rows else ()

    def run_each(self, statement: str, given: Iterable[Mapping[str, object]]) -> None:
        """Run a statement once for all that is given."""
        if values := list(given):
            self._connection.execute(sa.text(statement), values)

    def insert(self, table: str, rows: Iterable[Mapping[str, Any]], conflict: Conflict = None) -> None:
        """Insert rows of one shape."""
        values = list(rows)
        if not values:
            return
        into, keys = METADATA.tables[table], METADATA.tables[table].primary_key
        statement = self._dialects_insert(into)
        if conflict == "IGNORE":
            statement = statement.on_conflict_do_nothing()
        elif conflict == "REPLACE":
            fresh = {name: statement.excluded[name] for name in values[0] if name not in keys.columns}
            statement = statement.on_conflict_do_update(index_elements=keys.columns, set_=fresh)
        self._connection.execute(statement, values)

    def _dialects_insert(self, into: sa.Table) -> Any:
        # Both dialects have conflicts in the same words, though in no common class. Only the one in use is imported.
        if self._connection.dialect.name == "postgresql":
            from sqlalchemy.dialects.postgresql import insert as postgresql_insert

            return postgresql_insert(into)
        from sqlalchemy.dialects.sqlite import insert as sqlite_insert

        return sqlite_insert(into)

    def update(self, table: str, names: Sequence[str], rows: Iterable[Mapping[str, Any]], where: str = ALWAYS) -> None:
        """Change columns of rows."""
        columns = METADATA.tables[table].c
        values = {name: sa.bindparam(f"new_{name}", type_=columns[name].type) for name in names}
        statement = sa.update(METADATA.tables[table]).where(columns.id == sa.bindparam("new_id"), sa.text(where)).values(values)
        if given := [{f"new_{name}": row[name] for name in (*names, "id")} for row in rows]:
            self._connection.execute(statement, given)

    def reserve(self, table: str, count: int) -> list[int]:
        """Ids for so many rows to come."""
        if self._connection.dialect.name == "postgresql":
            statement = sa.text("SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :count)")
            return list(self._connection.execute(statement, {"table": table, "count": count}).scalars())
        return following(self, table, count)

    def mark(self) -> Mark | None:
        """Nothing: it cannot be told."""
        return None
