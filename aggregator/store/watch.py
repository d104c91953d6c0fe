"""Whether anybody has committed to the database since the last look, for a few microseconds each time."""

from __future__ import annotations

import secrets
import sqlite3
import threading

from sqlalchemy.engine import Engine


class Watch:
    """SQLite counts the commits of all other connections (`PRAGMA data_version`), so one connection does nothing but ask. Other
    databases have no such count."""

    def __init__(self, engine: Engine) -> None:
        self._path = engine.url.database if engine.dialect.name == "sqlite" else None
        # The count means something to one connection alone, so it is told apart from that of another run.
        self._run = secrets.token_hex(4)
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def version(self) -> str | None:
        """The count, None where there is none."""
        if self._path is None or self._path in {"", ":memory:"}:
            return None
        with self._lock:
            try:
                if self._connection is None:
                    self._connection = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None)
                return f"{self._run}.{self._connection.execute('PRAGMA data_version').fetchone()[0]}"
            except sqlite3.Error:
                return None

    def close(self) -> None:
        """Give back the connection."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
