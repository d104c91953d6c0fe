"""Polling processes that start while the configuration is still read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from aggregator.config import DATABASE, FILE, find_workspace
from aggregator.errors import ConfigError
from aggregator.poll.process import Process, ahead
from aggregator.store.forecast import likely


@contextmanager
def processes(
    folder: Path | None, now: datetime, environ: Mapping[str, str], *, named: int = 0, everything: bool = False
) -> Iterator[list[Process]]:
    """Processes for a poll of the workspace at `folder`, or the one found upward from the current folder: of so many `named`
    sources, of `everything`, or of what is due. Those that the poll does not take are ended. None are started where `environ`
    puts the database elsewhere: what is due is not to be seen."""
    try:
        root = find_workspace(folder if folder is not None else Path.cwd(), upward=folder is None)
        count = named or (0 if _elsewhere(environ) else _due(root, now, everything=everything))
    except (ConfigError, OSError):
        count = 0  # opening it says what is wrong
    with ahead(count) as waiting:
        yield waiting


def _elsewhere(environ: Mapping[str, str]) -> bool:
    # Or in a file that `AGGREGATOR_DATABASE_URL_FILE` names.
    return any(value for name, value in environ.items() if name.startswith("AGGREGATOR_DATABASE_URL"))


def _due(root: Path, now: datetime, *, everything: bool) -> int:
    if (root / DATABASE).exists():
        return likely(root / DATABASE, now, everything=everything)
    return (root / FILE).read_bytes().count(b"url:")  # never polled: about so many sources, each of them due
