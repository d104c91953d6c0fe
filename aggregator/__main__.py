"""`python -m aggregator` and the console script."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from aggregator.cli.command import command

if TYPE_CHECKING:
    from aggregator.poll.process import ForkServer

_INTERRUPTED = 130


def main() -> None:
    """Run the command line and exit with its code."""
    # What is imported is no garbage; looking through it for cycles takes a tenth of a short command's time.
    gc.set_threshold(20_000, 10, 10)
    # Nor has pydantic to ask every installed package whether it brings a plugin.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")
    try:
        with _server(sys.argv[1:]) as server:
            from aggregator.cli.main import run  # inside, for this takes long enough to be interrupted

            code = run(server=server)
    except KeyboardInterrupt:
        raise SystemExit(_INTERRUPTED) from None
    raise SystemExit(code)


@contextmanager
def _server(arguments: list[str]) -> Iterator[ForkServer | None]:
    """A fork server for a poll, started before everything else: what this process imports, and what polling processes do, takes
    about as long. None for other commands, and on a machine with one processor, where nothing is gained."""
    asked = command(arguments) == "poll" and not {"-h", "--help"} & set(arguments)
    if not asked or (os.cpu_count() or 1) == 1:
        yield None
        return
    from aggregator.poll.process import ForkServer

    try:
        server = ForkServer()
    except OSError:  # the poll tries it again, and says what is wrong
        yield None
        return
    try:
        yield server
    finally:
        server.end()


if __name__ == "__main__":
    main()
