"""`aggregator add`: one URL, or many, into the queue."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from aggregator.cli.context import now, who, workspace
from aggregator.cli.output import met_before, put_json, say, show_error
from aggregator.errors import AggregatorError, UsageError


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(add)


def add(
    context: typer.Context,
    urls: Annotated[list[str], typer.Argument(metavar="URL...", help="Pages to queue; `-` reads them from standard input.")],
    section: Annotated[str | None, typer.Option(help="The section they belong to.")] = None,
    title: Annotated[str | None, typer.Option(help="The title, for one URL.")] = None,
    source: Annotated[str | None, typer.Option(help="The name printed after the bar.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON, one object a line.")] = False,
) -> None:
    """Capture pages: title, site, date and links filled in. A page that cannot be fetched is queued all the same."""
    from aggregator.app import capture

    wanted = list(dict.fromkeys(_expanded(urls)))
    if title is not None and len(wanted) > 1:
        raise UsageError("--title goes with one URL", fix="give the URLs one by one")
    failed = 0
    with workspace(context) as opened:
        outcomes = capture.capture_all(opened, wanted, now=now(), who=who(), section=section, title=title, source=source)
        for captured in outcomes:
            if isinstance(captured, AggregatorError):
                show_error(captured)
                failed += 1
                continue
            candidate = captured.candidate
            if as_json:
                from aggregator.app import shapes

                put_json(shapes.candidate(candidate))
            verb = "queued" if captured.made else f"known as {candidate.status.value}"
            bar = f" | {candidate.source}" if candidate.source else ""
            say(f"{verb} {candidate.id} [{candidate.section}] {candidate.title}{bar}")
            for warning in candidate.warnings:
                say(f"  ! {warning}", "yellow")
            for seen in candidate.seen_in:
                say(f"  ! {met_before(seen)}", "yellow")
        for hint in {one.hint for one in outcomes if not isinstance(one, AggregatorError) and one.hint}:
            say(hint)
    if failed:
        raise typer.Exit(1)


def _expanded(urls: list[str]) -> list[str]:
    from aggregator.app.capture import addresses

    found: list[str] = []
    for url in urls:
        found += [one for line in sys.stdin for one in addresses(line)] if url == "-" else [url]
    if not found:
        raise UsageError("no URL was given", fix="aggregator add URL…, or one a line on standard input with `-`")
    return found
