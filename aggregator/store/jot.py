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
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pydantic_core import PydanticSerializationError, to_json

from aggregator.model import PollState, RequestRecord
from aggregator.store.head import HEAD
from aggregator.store.mapping import request_out, state_out

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

KEEP_REQUESTS = 20
_JSON = frozenset((dict, list, tuple))
PREFIX = "sqlite:///"
_BUSY_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Jotting:
    """What there is to write: states, requests by source, and until when hosts want quiet (None: that stays as it is)."""

    states: Sequence[PollState] = ()
    requests: Mapping[str, Sequence[RequestRecord]] = field(default_factory=dict)
    holds: Mapping[str, datetime] | None = None


def jot(url: str, jotting: Jotting) -> bool:
    """Write it in one transaction. False when that can only be done by opening the database properly: no SQLite, no file yet,
    another schema, or anything that is wrong with it; nothing is written then."""
    path = url.removeprefix(PREFIX)
    if path == url or not Path(path).is_file():
        return False
    try:
        file = f"file:{quote(path)}?mode=rw"
        with closing(sqlite3.connect(file, uri=True, timeout=_BUSY_SECONDS, isolation_level=None)) as raw:
            raw.execute("PRAGMA synchronous = FULL")
            raw.execute("BEGIN IMMEDIATE")
            if [row[0] for row in raw.execute("SELECT version_num FROM alembic_version")] != [HEAD]:
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
    insert(raw, "source_state", [state_out(state) for state in states], "OR REPLACE ")


def put_requests(raw: sqlite3.Connection, requests: Mapping[str, Sequence[RequestRecord]]) -> None:
    """Append to the request log and keep the last few of every source."""
    insert(raw, "request", [request_out(source, record) for source, records in requests.items() for record in records])
    raw.executemany(
        "DELETE FROM request WHERE source = ?1 AND id <="
        " (SELECT id FROM request WHERE source = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
        [(source, KEEP_REQUESTS) for source, records in requests.items() if records],
    )


def put_holds(raw: sqlite3.Connection, holds: Mapping[str, datetime]) -> None:
    """Store until when hosts want quiet, instead of what was stored before."""
    raw.execute("DELETE FROM host_hold")
    insert(raw, "host_hold", [{"host": host, "quiet_until": until} for host, until in holds.items()])


def json_text(value: object) -> str:
    """A value as JSON, in one line, in characters rather than escapes."""
    if value == []:  # as most lists of a row are
        return "[]"
    try:
        return to_json(value).decode()  # ten times as fast as the standard library's
    except PydanticSerializationError:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def sqlite_of(connection: Connection) -> sqlite3.Connection | None:
    """The driver's own connection below one of SQLAlchemy's, inside its transaction; None for another database."""
    raw = connection.connection.driver_connection
    return raw if isinstance(raw, sqlite3.Connection) else None


def insert(raw: sqlite3.Connection, table: str, rows: Sequence[Mapping[str, Any]], conflict: str = "") -> None:
    """Insert rows of one shape, values as SQLAlchemy takes them: a third of its time. `conflict` is like `OR IGNORE `."""
    if rows:
        names = ", ".join(rows[0])
        marks = ", ".join("?" * len(rows[0]))
        statement = f"INSERT {conflict}INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - names of our own columns
        raw.executemany(
            statement, [[json_text(value) if type(value) in _JSON else value for value in row.values()] for row in rows]
        )


def _instant(value: datetime) -> str:
    # As SQLAlchemy keeps it: naive UTC.
    return (value if value.tzinfo is UTC else value.astimezone(UTC)).replace(tzinfo=None).isoformat(" ", "microseconds")


sqlite3.register_adapter(datetime, _instant)  # the driver's own writes another form, and is deprecated
