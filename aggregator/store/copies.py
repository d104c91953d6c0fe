"""Consistent copies of an SQLite database while others use it, and a copy put in its place."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from aggregator.errors import StoreError
from aggregator.store.direct import BUSY_TIMEOUT_MS
from aggregator.store.engine import place
from aggregator.store.head import HEAD
from aggregator.store.refusals import store_error

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import URL

MAGIC = b"SQLite format 3\0"


def write(url: URL, target: Path) -> int:
    """Copy the database to a new file, whole or not at all; its length in bytes. Raises StoreError."""
    if target.exists():
        raise StoreError(f"there is a file already: {target}", fix="give another name; no copy is written over", code="E311")
    if not target.parent.is_dir():
        raise StoreError(f"there is no folder {target.parent}", fix="make it, or give another", code="E311")
    part = target.with_name(f".aggregator.{target.name}.tmp")
    part.unlink(missing_ok=True)
    try:
        with _translated(url), closing(_open(_file(url))) as source:
            source.execute("VACUUM INTO ?", (str(part),))
        part.chmod(Path(_file(url)).stat().st_mode & 0o777)  # who may not read the one shall not read the other
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)
    return target.stat().st_size


def read_in(url: URL, source: Path) -> None:
    """Put a copy in the place of the database, in one transaction. Raises StoreError: E306 for a file that is damaged, E307 for
    one of a newer schema."""
    with _translated(url), closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as copy:
        _check(copy, source)
        with closing(_open(_file(url))) as target, _fitting(copy, target, Path(_file(url))) as fitting:
            fitting.backup(target)


@contextmanager
def _fitting(copy: sqlite3.Connection, target: sqlite3.Connection, beside: Path) -> Iterator[sqlite3.Connection]:
    """The copy in pages as long as the target's: those of a database that keeps a log cannot change."""
    mine, theirs = (one.execute("PRAGMA page_size").fetchone()[0] for one in (copy, target))
    if mine == theirs:
        yield copy
        return
    part = beside.with_name(f".aggregator.{beside.name}.tmp")
    part.unlink(missing_ok=True)
    try:
        copy.execute(f"PRAGMA page_size = {theirs}")
        copy.execute("VACUUM INTO ?", (str(part),))
        with closing(_open(str(part))) as rewritten:
            yield rewritten
    finally:
        part.unlink(missing_ok=True)


def _check(copy: sqlite3.Connection, source: Path) -> None:
    try:
        answer = copy.execute("PRAGMA quick_check").fetchone()[0]
        known = copy.execute("SELECT count(*) FROM sqlite_master WHERE name IN ('candidate', 'decision')").fetchone()[0]
        schema = str(copy.execute("SELECT max(version_num) FROM alembic_version").fetchone()[0])
    except sqlite3.DatabaseError as error:
        answer, known, schema = str(error), 0, ""
    if answer != "ok" or known != 2:
        why = answer if answer != "ok" else "it is a database of something else"
        raise StoreError(f"this is no copy of a store: {source}", why=why[:200], fix="nothing was changed", code="E306")
    if not schema.isdigit() or int(schema) > int(HEAD):
        raise StoreError(
            f"the copy is of schema {schema[:40]}, this program knows {HEAD} and what was before",
            why="it was made by a newer version of this program",
            fix="restore it with that version; nothing was changed",
            code="E307",
        )


def _open(path: str) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=BUSY_TIMEOUT_MS / 1000, isolation_level=None)


def _file(url: URL) -> str:
    if url.get_backend_name() != "sqlite" or not url.database:
        raise StoreError(
            f"copies are made of SQLite files; this store is in {url.get_backend_name()}",
            why="a server makes its own",
            fix="use pg_dump, or `aggregator export`",
            code="E311",
        )
    return url.database


@contextmanager
def _translated(url: URL) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise store_error(error, place(url)) from error
