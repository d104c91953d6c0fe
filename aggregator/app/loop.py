"""The polling loop: `schedule` says when to look, the store says what is due. An error ends a poll, never the loop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import schedule

from aggregator.app import polling
from aggregator.app.workspace import Workspace
from aggregator.errors import AggregatorError

LONGEST_NAP_SECONDS = 60.0


class Loop:
    """Polls what is due every few minutes. `clock` gives now, `tell` and `failed` speak to the person."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        clock: Callable[[], datetime],
        every_minutes: int,
        tell: Callable[[str], None],
        failed: Callable[[AggregatorError], None],
    ) -> None:
        self._workspace = workspace
        self._clock = clock
        self._tell = tell
        self._failed = failed
        self._stop = threading.Event()
        self._scheduler = schedule.Scheduler()
        self._scheduler.every(every_minutes).minutes.do(self._poll)

    def run(self) -> None:
        """Poll now and then whenever it is time, until `stop`."""
        self._poll()
        while not self._stop.is_set():
            self._scheduler.run_pending()
            nap = self._scheduler.idle_seconds or LONGEST_NAP_SECONDS
            self._stop.wait(min(max(nap, 0.1), LONGEST_NAP_SECONDS))

    def stop(self) -> None:
        """End the loop; a poll that is under way stops at once and keeps what it has stored."""
        self._stop.set()

    @contextmanager
    def in_background(self) -> Iterator[None]:
        """Run in a thread for as long as the block lasts."""
        thread = threading.Thread(target=self.run, name="polling")
        thread.start()
        try:
            yield
        finally:
            self.stop()
            thread.join()

    def _poll(self) -> None:
        if self._stop.is_set():
            return
        try:
            report = polling.poll(self._workspace, self._clock(), stop=self._stop)
        except AggregatorError as error:
            self._failed(error)
            return
        if report.polled:
            for line in report.sources:
                if line.error and not line.was_failing:
                    self._tell(f"✗ {line.name}: {line.error}")
                elif line.was_failing and not line.error:
                    self._tell(f"✓ {line.name} answers again")
            self._tell(f"{self._clock():%Y-%m-%d %H:%M} UTC  {report.last_line()}")
