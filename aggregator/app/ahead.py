"""Polling processes that start while the configuration is still read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from aggregator.config import DATABASE, FILE, find_workspace
from aggregator.errors import ConfigError
from aggregator.poll.process import Process, ahead
from aggregator.store.forecast import likely


@contextmanager
def processes(folder: Path | None, now: datetime, *, named: int = 0, everything: bool = False) -> Iterator[list[Process]]:
    """Processes for a poll of the workspace at `folder`, or the one found upward from the current folder: of so many `named`
    sources, of `everything`, or of what is due. Those that the poll does not take are ended."""
    try:
        root = find_workspace(folder if folder is not None else Path.cwd(), upward=folder is None)
        count = named or (likely(root / DATABASE, now, everything=everything) if (root / DATABASE).exists() else _written(root))
    except (ConfigError, OSError):
        count = 0  # opening it says what is wrong
    with ahead(count) as waiting:
        yield waiting


def _written(root: Path) -> int:
    """About how many sources a workspace names that was never polled: every one of them is due."""
    return (root / FILE).read_bytes().count(b"url:")
