"""What a database refuses, in words."""

from __future__ import annotations

from aggregator.errors import StoreError
from aggregator.store.direct import BUSY_TIMEOUT_MS


def store_error(error: Exception, where: str) -> StoreError:
    """An error of a driver, or of SQLAlchemy about one, in words: locked, read-only, full, damaged, or whatever the driver says.
    `where` is the file or the address without its password."""
    text = str(getattr(error, "orig", None) or error)
    if "locked" in text or "lock timeout" in text:
        return StoreError(
            f"the database is busy: {where}",
            why=f"another process held it for {BUSY_TIMEOUT_MS // 1000} s",
            fix="wait for the other run to end, then try again",
            code="E303",
        )
    if "connection failed" in text or "connection is closed" in text or "server closed the connection" in text:
        return StoreError(
            f"the database cannot be reached: {where}",
            why=text.splitlines()[0],
            fix="check that its server runs, and the address in AGGREGATOR_DATABASE_URL",
            code="E304",
        )
    if "readonly" in text or "unable to open" in text:
        return StoreError(
            f"the database cannot be opened for writing: {where}",
            why=text,
            fix="check that the folder exists and that you may write into it",
            code="E304",
        )
    if "disk is full" in text or "No space left" in text:
        return StoreError(f"the disk is full: {where}", why=text, fix="free some space; nothing was changed", code="E305")
    if "not a database" in text or "malformed" in text:
        return StoreError(
            f"the file is no usable database: {where}",
            why=text,
            fix="restore it from a backup, or move it away to begin with an empty one",
            code="E306",
        )
    return StoreError(f"the database failed: {where}", why=text.splitlines()[0] if text else type(error).__name__)
