"""`aggregator serve`: the review page and the published pages."""

from __future__ import annotations

from typing import Annotated

import typer

from aggregator.cli.context import workspace
from aggregator.cli.output import put

Host = Annotated[str, typer.Option(help="The address to bind.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(serve)


def serve(context: typer.Context, host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Serve the review page and what is published, until interrupted."""
    from aggregator.web.server import serve as run

    with workspace(context) as opened:
        run(opened, host=host, port=port, announce=put)
