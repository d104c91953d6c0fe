"""`aggregator daemon | up`: keep polling; and serve beside it."""

from __future__ import annotations

from typing import Annotated

import typer

from aggregator.cli.context import now, workspace
from aggregator.cli.output import put, say
from aggregator.cli.web import Host, Port
from aggregator.errors import AggregatorError

Every = Annotated[int, typer.Option(min=1, metavar="MINUTES", help="How often to look for sources that are due.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command()(daemon)
    app.command()(up)


def daemon(context: typer.Context, every: Every = 5) -> None:
    """Poll whatever is due, again and again, until interrupted."""
    from aggregator.app.loop import Loop

    with workspace(context) as opened:
        put(f"polling {len(opened.sources)} sources when they are due; looking every {every} min; Ctrl-C stops")
        Loop(opened, clock=now, every_minutes=every, tell=_tell, failed=_failed).run()


def up(context: typer.Context, every: Every = 5, host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """The main job: poll what is due and serve the review page, until interrupted."""
    from aggregator.app.loop import Loop
    from aggregator.web.server import serve

    with workspace(context) as opened:
        loop = Loop(opened, clock=now, every_minutes=every, tell=_tell, failed=_failed)
        put(f"{opened.publication.name}: {len(opened.sources)} sources in {opened.root}")
        with loop.in_background():
            serve(opened, host=host, port=port, announce=put)
        put("stopped")


def _tell(text: str) -> None:
    put(text)


def _failed(error: AggregatorError) -> None:
    say(f"✗ {error} [{error.code}]")
