"""An SQLite store at the newest schema, opened past SQLAlchemy for a poll."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from aggregator.store.direct import file_of, is_empty, is_newest, make, opened, prepare
from aggregator.store.polls.unit import PollUnit, poll_unit
from aggregator.store.refusals import store_error
from aggregator.store.way import Plain


class PollStore(Protocol):
    """What a poll needs of a store."""

    def read(self) -> AbstractContextManager[PollUnit]:
        """One consistent view."""
        ...

    def write(self) -> AbstractContextManager[PollUnit]:
        """One transaction that is committed on leaving, or rolled back when an exception leaves it."""
        ...


class DirectStore:
    """One connection to an SQLite file, for the thread that has opened it."""

    def __init__(self, raw: sqlite3.Connection, where: str) -> None:
        self._raw, self._where = raw, where

    @classmethod
    def open(cls, url: str) -> DirectStore | None:
        """The store at `url`, made where there is no file yet; None when it can only be had by opening it properly: no SQLite, no
        folder for it, another schema, or anything that is wrong with it."""
        path = file_of(url)
        if path is None or not path.parent.is_dir():
            return None
        try:
            raw = opened(path, "rwc")
        except sqlite3.Error:
            return None
        try:
            if is_newest(raw) or is_empty(raw):
                prepare(raw)
                if make(raw):
                    return cls(raw, str(path))
        except sqlite3.Error:
            pass  # opening it properly says what is wrong
        raw.close()
        return None

    @contextmanager
    def read(self) -> Iterator[PollUnit]:
        """One consistent view."""
        with self._transaction("BEGIN") as unit:
            yield unit

    @contextmanager
    def write(self) -> Iterator[PollUnit]:
        """One transaction that has the lock of all writers from its beginning."""
        with self._transaction("BEGIN IMMEDIATE") as unit:
            yield unit

    @contextmanager
    def _transaction(self, beginning: str) -> Iterator[PollUnit]:
        try:
            try:
                if self._raw.in_transaction:  # an interrupt struck between the beginning of the last one and what it was for
                    self._raw.execute("ROLLBACK")
                self._raw.execute(beginning)
                yield poll_unit(Plain(self._raw))
                self._raw.execute("COMMIT")
            except BaseException:
                if self._raw.in_transaction:
                    self._raw.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise store_error(error, self._where) from error

    def close(self) -> None:
        """Give back the connection."""
        self._raw.close()
