"""What a poll must know before it can start, read past SQLAlchemy: its import takes longer than asking a hundred sources, and
the polling processes can work meanwhile."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from aggregator.model import PollState
from aggregator.store import direct
from aggregator.store.forms import instant_in, json_in
from aggregator.store.sourcerows import state_in

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
    path = direct.file_of(url)
    if path is not None and not path.exists() and path.parent.is_dir():
        return Glance({}, {})
    return direct.read(url, _read)


def _read(connection: sqlite3.Connection) -> Glance:
    connection.row_factory = sqlite3.Row
    states = {row["source"]: _state(row) for row in connection.execute("SELECT * FROM source_state")}
    holds = {row["host"]: instant_in(row["quiet_until"]) for row in connection.execute("SELECT * FROM host_hold")}
    return Glance(states, {host: until for host, until in holds.items() if until})


_instant = lru_cache(maxsize=256)(instant_in)  # a poll gives all its sources the same few


def _state(row: sqlite3.Row) -> PollState:
    values: dict[str, Any] = dict(row)
    values.update({name: json_in(values[name]) for name in _JSON})
    values.update({name: _instant(values[name]) for name in _INSTANTS})
    return state_in(values)
