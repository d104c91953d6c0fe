"""How many sources a poll will likely ask, guessed before the configuration is read."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

_NEVER = "'paused', 'gone', 'muted'"


def likely(path: Path, now: datetime, *, everything: bool) -> int:
    """How many sources that the SQLite file at `path` knows are due now, or (`everything`) were ever asked. 0 where that is not
    to be seen: it does not exist yet, or is of another make."""
    if not path.is_file():
        return 0
    moment = now.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    asked = "" if everything else f" AND (next_poll_at IS NULL OR next_poll_at <= :now) AND status NOT IN ({_NEVER})"
    # A name with a tab in it is none of a source.
    statement = f"SELECT count(*) FROM source_state WHERE instr(source, char(9)) = 0{asked}"  # noqa: S608 - our own words
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=0.2)) as connection:
            return int(connection.execute(statement, {"now": moment} if asked else {}).fetchone()[0])
    except (sqlite3.Error, TypeError, ValueError):
        return 0
