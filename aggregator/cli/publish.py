"""`aggregator publish`: feeds/ from the store."""

from __future__ import annotations

from typing import Annotated

import typer

from aggregator.cli.context import workspace
from aggregator.cli.output import put_json, say


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(publish)


def publish(
    context: typer.Context,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Also write over files that were edited by hand.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Write all documents into feeds/ again; what did not change is left alone."""
    from aggregator.app import publishing

    with workspace(context) as opened:
        report = publishing.write_all(opened, overwrite=overwrite)
        feeds = opened.feeds
    if as_json:
        put_json(
            {
                "written": list(report.written),
                "unchanged": len(report.unchanged),
                "removed": list(report.removed),
                "edited": list(report.edited),
            }
        )
    for path in report.edited:
        say(f"! {path} was edited by hand and left as it is: import it, or publish with --overwrite", "yellow")
    say(f"{len(report.written)} written · {len(report.unchanged)} unchanged · {len(report.removed)} removed in {feeds}")
