"""What the commands that run until interrupted share."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from aggregator.cli.output import put

Host = Annotated[str, typer.Option(help="The address to bind.")]
Port = Annotated[int | None, typer.Option(min=0, max=65535, help="The port, 0 for any; by default 8000 or the next free one.")]


@contextmanager
def until_interrupted() -> Iterator[None]:
    """Ctrl-C and SIGTERM end the block, and that is no failure."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    except KeyboardInterrupt:
        put("stopped")
    finally:
        signal.signal(signal.SIGTERM, before)
