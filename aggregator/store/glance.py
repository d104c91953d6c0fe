"""What a poll must know before it can start, read past SQLAlchemy: its import takes longer than asking a hundred sources, and
the polling processes can work meanwhile."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pydantic_core import from_json

from aggregator.model import PollState
from aggregator.store.head import HEAD
from aggregator.store.sourcerows import state_in

_PREFIX = "sqlite:///"
_JSON = ("validators", "moved", "body_hashes", "item_hashes", "rhythm")
_INSTANTS = ("last_polled_at", "last_ok_at", "last_new_at", "next_poll_at")


@dataclass(frozen=True, slots=True)
class Glance:
    """The states of all sources by name, and until when hosts want quiet."""

    states: dict[str, PollState]
    holds: dict[str, datetime]


def glance(url: str) -> Glance | None:
    """What the database at `url` knows, which is nothing where there is no file yet; None when that can only be said by opening
    it properly: no SQLite, no folder to make it in, another schema, or anything that is wrong with it."""
    path = url.removeprefix(_PREFIX)
    if path == url or "?" in path or path.startswith("file:"):
        return None  # an address with options names more than a file
    if not Path(path).exists() and Path(path).parent.is_dir():
        return Glance({}, {})
    try:
        with closing(sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True, timeout=15)) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute("BEGIN")
            if [row[0] for row in connection.execute("SELECT version_num FROM alembic_version")] != [HEAD]:
                return None
            states = {row["source"]: _state(row) for row in connection.execute("SELECT * FROM source_state")}
            holds = {row["host"]: _instant(row["quiet_until"]) for row in connection.execute("SELECT * FROM host_hold")}
            return Glance(states, {host: until for host, until in holds.items() if until})
    except (sqlite3.Error, ValueError, KeyError, TypeError):
        return None


def _state(row: sqlite3.Row) -> PollState:
    values: dict[str, Any] = dict(row)
    values.update({name: from_json(values[name]) for name in _JSON})
    values.update({name: _instant(values[name]) for name in _INSTANTS})
    return state_in(values)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None
