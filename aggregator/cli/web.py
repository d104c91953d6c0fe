"""`aggregator serve`: the review page and the published pages."""

from __future__ import annotations

import signal

import typer

from aggregator.cli.context import now, workspace
from aggregator.cli.output import put
from aggregator.cli.running import Host, Port, until_interrupted


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(serve)


def serve(context: typer.Context, host: Host = "127.0.0.1", port: Port = None) -> None:
    """Serve the review page and what is published, until interrupted."""
    from aggregator.web.server import serving

    with workspace(context) as opened, until_interrupted(), serving(opened, host=host, port=port, clock=now) as address:
        put(f"  review   {address}")
        put(f"  issues   {address}feeds/")
        put("Ctrl-C stops")
        while True:
            signal.pause()
