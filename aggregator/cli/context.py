"""What every command needs: the workspace, the clock, who is deciding."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from aggregator.errors import UsageError

if TYPE_CHECKING:
    from aggregator.app.workspace import Workspace
    from aggregator.poll.process import ForkServer


@dataclass(frozen=True, slots=True)
class Globals:
    """The options that stand before the command, and the fork `server` of a poll if it was started already."""

    directory: Path | None = None
    debug: bool = False
    server: ForkServer | None = None


def now() -> datetime:
    """The clock: aware UTC. `AGGREGATOR_NOW` (ISO 8601) stands in for it, to replay a day."""
    fixed = os.environ.get("AGGREGATOR_NOW")
    if fixed:
        try:
            moment = datetime.fromisoformat(fixed)
        except ValueError as error:
            raise UsageError(f"AGGREGATOR_NOW is no time: {fixed}", fix="write it like 2026-09-01T08:00:00Z") from error
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return datetime.now(UTC)


def who() -> str:
    """The name that decisions are recorded under."""
    from aggregator.app.workspace import who as named

    return named(os.environ)


LANGUAGES = ("zh", "en")


def language(given: str | None, opened: Workspace) -> str:
    """The language of a face: --lang, AGGREGATOR_LANG, else that of the publication. Raises UsageError for one that has no
    labels."""
    if given and given.lower().replace("_", "-").split("-")[0] not in LANGUAGES:
        raise UsageError(f"there are no labels in `{given}`", fix=f"one of: {', '.join(LANGUAGES)}")
    return given or opened.language


def chosen_folder(context: typer.Context) -> Path | None:
    """The folder that -C names, None for the one found upward from the current folder."""
    chosen = context.find_root().obj
    return chosen.directory if isinstance(chosen, Globals) else None


@contextmanager
def workspace(context: typer.Context) -> Iterator[Workspace]:
    """The workspace that the options name, closed on leaving."""
    from aggregator.app.workspace import open_workspace

    opened = open_workspace(chosen_folder(context), os.environ)
    try:
        yield opened
    finally:
        opened.close()


def day(text: str | None) -> date | None:
    """A date as it is given to an option. Raises UsageError."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"this is no date: {text}", fix="write it like 2026-09-01") from error
