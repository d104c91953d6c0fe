"""How polls get at the database: statements as text that both SQLite and PostgreSQL read, with parameters by name, and rows into
tables by the names of their columns.

`Plain` is the driver's own connection to SQLite, which takes a third of SQLAlchemy's time, and whose import takes none.
`through.Through` is for another database.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, islice
from typing import Any, Literal, Protocol

from aggregator.store.forms import TEXT, Form

Mark = tuple[object, int, int]
# What becomes of a row of which there is one already: nothing, or it takes the place of that. None: an error.
Conflict = Literal["IGNORE", "REPLACE"] | None
ALWAYS = "1 = 1"
_CHUNK = 500
_NOTHING: Mapping[str, object] = {}


class Way(Protocol):
    """A connection inside a transaction. Rows that it is given hold instants and JSON in its `form`; in those that it gives
    `forms.instant_in` and `forms.json_in` read them."""

    @property
    def form(self) -> Form:
        """How rows hold instants and JSON on their way in."""
        ...

    def run(self, statement: str, given: Mapping[str, object] = ...) -> Iterable[Any]:
        """Run a statement; the rows that it finds. Parameters of it stand as `:name`."""
        ...

    def run_each(self, statement: str, given: Iterable[Mapping[str, object]]) -> None:
        """Run a statement once for all that is given."""
        ...

    def insert(self, table: str, rows: Iterable[Mapping[str, Any]], conflict: Conflict = ...) -> None:
        """Insert rows of one shape, as values by column."""
        ...

    def update(self, table: str, names: Sequence[str], rows: Iterable[Mapping[str, Any]], where: str = ...) -> None:
        """Change these columns of rows, given with their `id`, where `where` holds."""
        ...

    def reserve(self, table: str, count: int) -> list[int]:
        """Ids for so many rows to come; this transaction, a writing one, alone has them."""
        ...

    def mark(self) -> Mark | None:
        """Equal to an earlier one when nobody has written anything since, neither this connection nor another; None where that
        cannot be told."""
        ...


class Plain:
    """The driver's connection to an SQLite file."""

    form = TEXT

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw

    def run(self, statement: str, given: Mapping[str, object] = _NOTHING) -> Iterable[Any]:
        """Run a statement; the rows that it finds."""
        return self._raw.execute(statement, given)

    def run_each(self, statement: str, given: Iterable[Mapping[str, object]]) -> None:
        """Run a statement once for all that is given."""
        self._raw.executemany(statement, given)

    def insert(self, table: str, rows: Iterable[Mapping[str, Any]], conflict: Conflict = None) -> None:
        """Insert rows of one shape."""
        waiting = iter(rows)
        first = next(waiting, None)
        if first is not None:
            names, marks = ", ".join(first), ", ".join("?" * len(first))
            # Without a conflict it has no OR: that would hold for what triggers do, too, in place of their own.
            instead = f"OR {conflict} " if conflict else ""
            statement = f"INSERT {instead}INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - names of our own columns
            self._raw.executemany(statement, (tuple(row.values()) for row in chain((first,), waiting)))

    def update(self, table: str, names: Sequence[str], rows: Iterable[Mapping[str, Any]], where: str = ALWAYS) -> None:
        """Change columns of rows."""
        changes = ", ".join(f"{name} = :{name}" for name in names)
        self._raw.executemany(f"UPDATE {table} SET {changes} WHERE id = :id AND {where}", rows)  # noqa: S608 - the same

    def reserve(self, table: str, count: int) -> list[int]:
        """Ids for so many rows to come: a writing transaction has SQLite to itself."""
        return following(self, table, count)

    def mark(self) -> Mark | None:
        """Equal to an earlier one when nobody has written anything since."""
        return self._raw, self._raw.execute("PRAGMA data_version").fetchone()[0], self._raw.total_changes


def following(way: Way, table: str, count: int) -> list[int]:
    """So many ids above the highest in a table."""
    ((last,),) = way.run(f"SELECT coalesce(max(id), 0) FROM {table}")  # noqa: S608 - the name of our own table
    return list(range(last + 1, last + count + 1))


def among(way: Way, statement: str, values: Iterable[object], *, then: str = "", **given: object) -> Iterator[Any]:
    """The rows of a statement that ends in IN, for these values; in no order, but what one value brings as `then` says. Other
    parameters of it are `given`."""
    waiting = iter(values)
    while chunk := list(islice(waiting, _CHUNK)):
        bound = given | dict(zip(_names(len(chunk)), chunk, strict=True))
        yield from way.run(f"{statement} {_marks(len(chunk))} {then}", bound)


@lru_cache(maxsize=64)
def _names(count: int) -> tuple[str, ...]:
    return tuple(f"v{number}" for number in range(count))


@lru_cache(maxsize=64)
def _marks(count: int) -> str:
    return f"({', '.join(f':{name}' for name in _names(count))})"
