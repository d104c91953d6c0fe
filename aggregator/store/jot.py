"""What every poll writes, put down in SQLite as it stands: the states of sources, the request log, the holds.

`Sources` uses it inside its transactions. A poll that brings nothing new uses `jot` alone, past SQLAlchemy, whose import takes
longer than asking a hundred sources.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING, Any

from pydantic_core import PydanticSerializationError, to_json

from aggregator.model import PollState, RequestRecord
from aggregator.store.direct import file_of, is_newest, opened
from aggregator.store.mapping import Form
from aggregator.store.sourcerows import request_out, state_out

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

KEEP_REQUESTS = 20


@dataclass(frozen=True, slots=True)
class Jotting:
    """What there is to write: states, requests by source, and until when hosts want quiet (None: that stays as it is)."""

    states: Sequence[PollState] = ()
    requests: Mapping[str, Sequence[RequestRecord]] = field(default_factory=dict)
    holds: Mapping[str, datetime] | None = None


def jot(url: str, jotting: Jotting) -> bool:
    """Write it in one transaction. False when that can only be done by opening the database properly: no SQLite, no file yet,
    another schema, or anything that is wrong with it; nothing is written then."""
    path = file_of(url)
    if path is None or not path.is_file():
        return False
    try:
        with closing(opened(path, "rw")) as raw:
            raw.execute("PRAGMA synchronous = FULL")
            raw.execute("BEGIN IMMEDIATE")
            if not is_newest(raw):
                return False
            put_states(raw, jotting.states)
            put_requests(raw, jotting.requests)
            if jotting.holds is not None:
                put_holds(raw, jotting.holds)
            raw.execute("COMMIT")
            return True
    except sqlite3.Error:
        return False


def put_states(raw: sqlite3.Connection, states: Iterable[PollState]) -> None:
    """Store states in place of earlier ones of the same sources."""
    insert(raw, "source_state", (state_out(state, TEXT) for state in states), "OR REPLACE ")


def put_requests(raw: sqlite3.Connection, requests: Mapping[str, Sequence[RequestRecord]]) -> None:
    """Append to the request log and keep the last few of every source."""
    rows = (request_out(source, record, TEXT) for source, records in requests.items() for record in records)
    insert(raw, "request", rows)
    raw.executemany(
        "DELETE FROM request WHERE source = ?1 AND id <="
        " (SELECT id FROM request WHERE source = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
        [(source, KEEP_REQUESTS) for source, records in requests.items() if records],
    )


def put_holds(raw: sqlite3.Connection, holds: Mapping[str, datetime]) -> None:
    """Store until when hosts want quiet, instead of what was stored before."""
    raw.execute("DELETE FROM host_hold")
    insert(raw, "host_hold", ({"host": host, "quiet_until": instant_text(until)} for host, until in holds.items()))


def json_text(value: object) -> str:
    """A value as JSON, in one line, in characters rather than escapes."""
    if value == [] or value == ():  # as most lists of a row are
        return "[]"
    try:
        return to_json(value).decode()  # ten times as fast as the standard library's
    except PydanticSerializationError:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def instant_text(value: datetime) -> str:
    """An aware instant as SQLAlchemy keeps it in SQLite: UTC, without saying so."""
    # The offset at the end is cut off: `replace` would take as long as all the rest.
    return (value if value.tzinfo is UTC else value.astimezone(UTC)).isoformat(" ", "microseconds")[:26]


TEXT = Form(instant_text, json_text)


def sqlite_of(connection: Connection) -> sqlite3.Connection | None:
    """The driver's own connection below one of SQLAlchemy's, inside its transaction; None for another database."""
    raw = connection.connection.driver_connection
    return raw if isinstance(raw, sqlite3.Connection) else None


def insert(raw: sqlite3.Connection, table: str, rows: Iterable[Mapping[str, Any]], conflict: str = "") -> None:
    """Insert rows of one shape in the form TEXT: a third of SQLAlchemy's time. `conflict` is like `OR IGNORE `."""
    waiting = iter(rows)
    first = next(waiting, None)
    if first is not None:
        names, marks = ", ".join(first), ", ".join("?" * len(first))
        statement = f"INSERT {conflict}INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - names of our own columns
        raw.executemany(statement, (tuple(row.values()) for row in chain((first,), waiting)))


def update(raw: sqlite3.Connection, table: str, names: Sequence[str], rows: Iterable[Sequence[Any]], where: str) -> None:
    """Change these columns of rows, given as their new values in the form TEXT and then the id, where `where` holds."""
    changes = ", ".join(f"{name} = ?" for name in names)
    raw.executemany(f"UPDATE {table} SET {changes} WHERE id = ? AND {where}", rows)  # noqa: S608 - names of our own columns
