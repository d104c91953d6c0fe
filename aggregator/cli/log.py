"""`aggregator undo | redo | log`: every decision is an event."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from aggregator.cli.context import now, who, workspace
from aggregator.cli.output import put_json_lines, put_table, say
from aggregator.errors import UsageError

Count = Annotated[int, typer.Argument(metavar="N", min=1, help="How many.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command()(undo)
    app.command()(redo)
    app.command()(log)


def undo(context: typer.Context, count: Count = 1) -> None:
    """Take back the last decision, or the last N."""
    from aggregator.app import history

    with workspace(context) as opened:
        for event in history.undo(opened, count, now=now(), who=who()):
            say(f"undid {event.action} {event.subject}")


def redo(context: typer.Context, count: Count = 1) -> None:
    """Do again what was undone last, or the last N."""
    from aggregator.app import history

    with workspace(context) as opened:
        for event in history.redo(opened, count, now=now(), who=who()):
            say(f"did again {event.subject}")


def log(
    context: typer.Context,
    since: Annotated[str | None, typer.Option(help="From this day or instant on (2026-09-01), or so long ago (7d, 12h).")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON, one object a line.")] = False,
) -> None:
    """Every decision, newest first."""
    from aggregator.app import history, shapes

    with workspace(context) as opened:
        events = history.log(opened, since=moment(since, now()), limit=limit)
    if as_json:
        put_json_lines(shapes.decision(event) for event in events)
        return
    put_table(
        [[str(event.id), f"{event.at:%Y-%m-%d %H:%M}", event.who, event.action, event.subject] for event in events],
        right=frozenset({0}),
    )


def moment(text: str | None, at: datetime) -> datetime | None:
    """`2026-09-01`, an ISO instant, or `7d`/`12h` before `at`. Raises UsageError."""
    if text is None:
        return None
    units = {"d": "days", "h": "hours", "m": "minutes", "w": "weeks"}
    if text[:-1].isdigit() and text[-1:] in units and len(text) < 8:
        return at - timedelta(**{units[text[-1]]: int(text[:-1])})
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"this is no time: {text}", fix="write 2026-09-01, 2026-09-01T08:00 or 7d") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)
