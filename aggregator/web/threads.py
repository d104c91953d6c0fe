"""Blocking work off the event loop, in threads that never hold up the program's end."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Threads:
    """At most `limit` pieces of work at a time; the others wait their turn.

    Executors of the standard library join their threads when the interpreter ends, so a page that takes 20 s to capture
    would hold up Ctrl-C for as long. These threads are daemons: every decision is one transaction, so nothing is half done.
    """

    def __init__(self, limit: int) -> None:
        self._turns = asyncio.Semaphore(limit)

    async def run(self, work: Callable[[], T]) -> T:
        """The result of `work`, or the exception it raised."""
        async with self._turns:
            loop = asyncio.get_running_loop()
            future: asyncio.Future[T] = loop.create_future()

            def settle(result: T | None, error: BaseException | None) -> None:
                if future.done():
                    return
                if error is not None:
                    future.set_exception(error)
                else:
                    future.set_result(result)  # type: ignore[arg-type]

            def body() -> None:
                outcome: tuple[T | None, BaseException | None]
                try:
                    outcome = (work(), None)
                except BaseException as error:
                    outcome = (None, error)
                # The loop is gone when the server stopped in the meantime: nobody waits for the outcome.
                with contextlib.suppress(RuntimeError):
                    loop.call_soon_threadsafe(settle, *outcome)

            threading.Thread(target=body, name="web", daemon=True).start()
            return await future
