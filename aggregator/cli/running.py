"""What the commands that run until interrupted share."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.output import put, say
from aggregator.errors import is_interrupt

if TYPE_CHECKING:
    from aggregator.app.workspace import Workspace
    from aggregator.web.server import Access, Serving

Host = Annotated[str, typer.Option(help="The address to bind; other than loopback it needs a password.")]
Port = Annotated[int | None, typer.Option(min=0, max=65535, help="The port, 0 for any; by default 8000 or the next free one.")]
Lang = Annotated[str | None, typer.Option("--lang", metavar="zh|en", help="The language of the pages.")]
Certificate = Annotated[Path | None, typer.Option("--tls-cert", metavar="FILE", help="A certificate, to speak https.")]
CertificateKey = Annotated[Path | None, typer.Option("--tls-key", metavar="FILE", help="Its key, where it stands apart.")]
PublicUrl = Annotated[
    str | None, typer.Option("--public-url", metavar="URL", help="The address that a proxy in front of it shows.")
]
PlainHttp = Annotated[
    bool, typer.Option("--plain-http", help="Let browsers keep the session without https: for a network you trust.")
]


def access_to(opened: Workspace, certificate: Path | None, key: Path | None, public_url: str | None, plain_http: bool) -> Access:
    """How other machines may reach the pages, from the options and the password that is kept."""
    from urllib.parse import urlsplit

    from aggregator.app.access import kept_password
    from aggregator.errors import UsageError
    from aggregator.web.login import hashed, is_hash
    from aggregator.web.server import Access

    if public_url and (urlsplit(public_url).scheme not in {"http", "https"} or not urlsplit(public_url).netloc):
        raise UsageError(f"--public-url {public_url} is no address", fix="write it like https://review.example.org/")
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(public_url)) if public_url else ""
    kept = kept_password(opened, os.environ)
    password = "" if kept is None else kept if is_hash(kept) else hashed(kept)
    return Access(password, certificate, key, origin, plain_http)


def greet(address: Serving, access: Access, host: str) -> None:
    """Where the pages are."""
    shown = f"{access.public_url}/" if access.public_url else address
    put(f"  review   {shown}")
    put(f"  issues   {shown}feeds/")
    if access.password and not (host.startswith("127.") or host in {"localhost", "::1"} or access.certificate):
        if access.plain_http:
            say("note: the password and the pages travel unencrypted")
        elif not access.public_url.startswith("https:"):
            say("note: browsers keep the session over https alone: --tls-cert FILE, a proxy with --public-url, or --plain-http")


@contextmanager
def until_interrupted() -> Iterator[None]:
    """Ctrl-C and SIGTERM end the block, and that is no failure."""
    with interruptible():
        try:
            yield
        except KeyboardInterrupt:
            put("stopped")


@contextmanager
def interruptible() -> Iterator[None]:
    """SIGTERM does inside what Ctrl-C does: what is under way is stored before the program ends."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield  # signals are none of its business
        return
    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    except RuntimeError as error:
        if is_interrupt(error):
            raise KeyboardInterrupt from error
        raise
    finally:
        signal.signal(signal.SIGTERM, before)
