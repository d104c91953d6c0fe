"""`aggregator serve | password`: the review page and the published pages, and what other machines need to see them."""

from __future__ import annotations

import sys
import time
from typing import Annotated

import typer

from aggregator.cli.context import language, now, workspace
from aggregator.cli.output import put, say
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
from aggregator.errors import UsageError

LOOK_SECONDS = 1.0


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command()(serve)
    app.command()(password)


def serve(
    context: typer.Context,
    host: Host = "127.0.0.1",
    port: Port = None,
    lang: Lang = None,
    tls_cert: Certificate = None,
    tls_key: CertificateKey = None,
    public_url: PublicUrl = None,
    plain_http: PlainHttp = False,
) -> None:
    """Serve the review page and what is published, until interrupted."""
    from aggregator.web.server import serving, stopped

    with workspace(context) as opened, until_interrupted():
        access = access_to(opened, tls_cert, tls_key, public_url, plain_http)
        chosen = language(lang, opened)
        with serving(opened, host=host, port=port, clock=now, language=chosen, access=access) as address:
            greet(address, access, host)
            put("Ctrl-C stops")
            while address.alive:
                time.sleep(LOOK_SECONDS)
            raise stopped()


def password(
    context: typer.Context,
    remove: Annotated[bool, typer.Option("--remove", help="Forget it.")] = False,
) -> None:
    """Set the password for review pages that other machines reach; read from a pipe, or asked for twice."""
    from aggregator.app import access
    from aggregator.web import login

    with workspace(context) as opened:
        if remove:
            (opened.root / access.FILE).unlink(missing_ok=True)
            say("forgotten")
            return
        given = _asked() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
        if len(given) < login.LEAST_CHARS:
            raise UsageError("this password is too short", fix=f"take {login.LEAST_CHARS} characters or more", code="E714")
        access.keep_password(opened, login.hashed(given))
        say(f"kept as a hash in {opened.root / access.FILE}; servers that run take it when they start again")


def _asked() -> str:
    import getpass

    first, second = getpass.getpass("password: "), getpass.getpass("again: ")
    if first != second:
        raise UsageError("the two differ", fix="try again", code="E714")
    return first
