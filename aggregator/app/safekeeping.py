"""Copies of the store, and the store from a copy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from aggregator.app.workspace import Workspace
from aggregator.errors import AggregatorError, StoreError
from aggregator.store.copies import MAGIC


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put in place: rows by table (of a copy they are not counted), and where the store that was there before is
    kept, None where it was empty."""

    rows: dict[str, int] = field(default_factory=dict)
    before: Path | None = None


def backup(workspace: Workspace, target: Path | None, now: datetime) -> tuple[Path, int]:
    """A consistent copy of the database, and its length in bytes: in the file or folder given, else beside the database.
    Raises StoreError."""
    folder = target if target is not None and target.is_dir() else workspace.meeting_place if target is None else None
    path = target if folder is None and target is not None else (folder or Path()) / f"aggregator.db.{now:%Y%m%dT%H%M%SZ}.db"
    return path, workspace.store.copy_to(path)


def export(workspace: Workspace) -> Iterator[str]:
    """The store as lines of plain text: one for each decision, candidate, entry, issue and so on, always in the same order."""
    return workspace.store.export()


def is_copy(path: Path) -> bool:
    """True for a file that `backup` made, False for one of `export`. Raises StoreError for what cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError as error:
        raise StoreError(f"the file cannot be read: {path}", why=error.strerror, fix="check its name", code="E312") from error


def restore(workspace: Workspace, source: Path | Iterable[str], now: datetime, *, replacing: bool) -> Restored:
    """Put a copy, or the lines of an export, in the place of what is stored; what there is now is copied beside it first where
    the store is a file. Raises BusyError while a poll runs, StoreError for what cannot be restored: then nothing changed."""
    with workspace.lock("poll"):
        before = _kept(workspace, now) if replacing else None
        try:
            rows = _put(workspace, source, replacing=replacing)
        except AggregatorError:
            if before is not None:
                before.unlink()  # nothing was changed
            raise
        if isinstance(source, Path):
            workspace.close()
            workspace.store.version()  # brought to the newest schema
        return Restored(rows, before)


def _put(workspace: Workspace, source: Path | Iterable[str], *, replacing: bool) -> dict[str, int]:
    if not isinstance(source, Path):
        return workspace.store.restore(source, replacing=replacing)
    workspace.store.replace_by(source, replacing=replacing)
    return {}


def _kept(workspace: Workspace, now: datetime) -> Path | None:
    if not workspace.config.settings.database_url.startswith("sqlite"):
        return None
    name = f"aggregator.db.{now:%Y%m%dT%H%M%SZ}.before-restore"
    paths = (workspace.meeting_place / f"{name}{suffix}.db" for suffix in ("", *(f"-{number}" for number in range(2, 1000))))
    path = next(path for path in paths if not path.exists())
    workspace.store.copy_to(path)
    return path
