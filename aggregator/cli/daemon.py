"""`aggregator daemon | up`: keep polling; and serve beside it."""

from __future__ import annotations

from typing import Annotated

import typer

from aggregator.cli.context import language, now, workspace
from aggregator.cli.output import put, say, show_notes
from aggregator.cli.running import (
    Certificate,
    CertificateKey,
    Host,
    Lang,
    PlainHttp,
    Port,
    PublicUrl,
    access_to,
    greet,
    until_interrupted,
)
from aggregator.errors import AggregatorError

Every = Annotated[int, typer.Option(min=1, metavar="MINUTES", help="How often to look for sources that are due.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command()(daemon)
    app.command()(up)


def daemon(context: typer.Context, every: Every = 5) -> None:
    """Poll whatever is due, again and again, until interrupted."""
    from aggregator.app.loop import keep_polling

    with workspace(context) as opened, opened.lock("polling loop", ".aggregator.loop.lock"), until_interrupted():
        show_notes(opened.config.notes)
        put(f"polling {len(opened.sources)} sources when they are due, looking every {every} min; Ctrl-C stops")
        keep_polling(opened, clock=now, every_minutes=every, tell=put, failed=_failed)


def up(
    context: typer.Context,
    every: Every = 5,
    host: Host = "127.0.0.1",
    port: Port = None,
    lang: Lang = None,
    tls_cert: Certificate = None,
    tls_key: CertificateKey = None,
    public_url: PublicUrl = None,
    plain_http: PlainHttp = False,
) -> None:
    """The main job: poll what is due and serve the review page, until interrupted."""
    from aggregator.app.loop import keep_polling
    from aggregator.web.server import serving, stopped

    with workspace(context) as opened, opened.lock("polling loop", ".aggregator.loop.lock"), until_interrupted():
        access = access_to(opened, tls_cert, tls_key, public_url, plain_http)
        chosen = language(lang, opened)
        with serving(opened, host=host, port=port, clock=now, language=chosen, access=access) as address:
            show_notes(opened.config.notes)
            put(f"{opened.publication.name}: {len(opened.sources)} sources in {opened.root}")
            greet(address, access, host)
            put(f"polling what is due, looking every {every} min; Ctrl-C stops")

            def healthy() -> None:
                if not address.alive:
                    raise stopped()

            keep_polling(opened, clock=now, every_minutes=every, tell=put, failed=_failed, healthy=healthy)


def _failed(error: Exception) -> None:
    code = error.code if isinstance(error, AggregatorError) else f"E999 {type(error).__name__}"
    say(f"✗ {error} [{code}]")
