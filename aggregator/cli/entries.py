"""`aggregator entries`: what the upstreams said, before any judgement."""

from __future__ import annotations

from typing import Annotated

import typer

from aggregator.cli.context import now, workspace
from aggregator.cli.log import moment
from aggregator.cli.output import put_json_lines, put_table

entries = typer.Typer(no_args_is_help=True, help="What the upstreams said, before any judgement.")


def register(app: typer.Typer) -> None:
    """Add the noun to the program."""
    app.add_typer(entries, name="entries")


@entries.command("list")
def list_(
    context: typer.Context,
    source: Annotated[str | None, typer.Option(help="Only what this source brought.")] = None,
    since: Annotated[str | None, typer.Option(help="Only what arrived from then on (2026-09-01, 7d).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON, one object a line.")] = False,
) -> None:
    """Entries in the order of their arrival."""
    from aggregator.app import listing, shapes

    with workspace(context) as opened:
        found = listing.entries(opened, source=source, since=moment(since, now()))
        if as_json:
            put_json_lines(shapes.entry(entry) for entry in found)
            return
        put_table(
            [[f"{entry.published_at:%Y-%m-%d}" if entry.published_at else "-", entry.source, entry.title] for entry in found]
        )
