"""`aggregator queue read`: the pages of candidates of which a feed told the title alone."""

from __future__ import annotations

from typing import Annotated

import typer

from aggregator.cli.context import now, workspace
from aggregator.cli.output import put_json, say


def register(queue: typer.Typer) -> None:
    """Add the verb to the noun."""
    queue.command()(read)


def read(
    context: typer.Context,
    ids: Annotated[list[int] | None, typer.Argument(metavar="[ID]...", help="Candidates; else those of the draft.")] = None,
    top: Annotated[int, typer.Option(min=0, max=500, metavar="N", help="The first N of the queue, too.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="JSON, one object a line.")] = False,
) -> None:
    """Ask for the pages of candidates that have no summary, and fill in summary, section, author, date and links."""
    from aggregator.app import reading, shapes

    total = learnt = 0
    with workspace(context) as opened:
        chosen = list(dict.fromkeys([*(ids or []), *(reading.wanted(opened, top=top) if top or not ids else [])]))
        for one in reading.read(opened, chosen, now()):
            total += 1
            learnt += not one.problem
            if as_json:
                put_json(shapes.candidate(one.candidate))
            told = one.problem or one.candidate.summary.replace("\n", " ")[:60]
            say(f"{'!' if one.problem else '✓'} {one.candidate.id} [{one.candidate.section}] {one.candidate.title}: {told}")
    say(f"{learnt} of {total} pages read" if total else "nothing to read: what is asked for has a summary, or was read before")
