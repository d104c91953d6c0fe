"""The polling loop: `schedule` says when to look, the store says what is due. An error ends a poll, never the loop."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

import schedule

from aggregator.app import polling, ranking
from aggregator.app.workspace import Workspace
from aggregator.errors import AggregatorError

LONGEST_NAP_SECONDS = 60.0


def keep_polling(
    workspace: Workspace,
    *,
    clock: Callable[[], datetime],
    every_minutes: int,
    tell: Callable[[str], None],
    failed: Callable[[AggregatorError], None],
) -> None:
    """Poll what is due, now and every few minutes, until an exception (KeyboardInterrupt) ends it. What was fetched by then
    is stored. `tell` gets a line for each poll and each source that died or recovered."""

    def poll() -> None:
        try:
            report = polling.poll(workspace, clock())
            done = ranking.train(workspace, clock()) if report.new else None
        except AggregatorError as error:
            failed(error)
            return
        for line in report.sources:
            if line.error and not line.was_failing:
                tell(f"✗ {line.name}: {line.error}")
            elif line.was_failing and not line.error:
                tell(f"✓ {line.name} answers again")
        if report.polled:
            tell(f"{clock():%Y-%m-%d %H:%M} UTC  {report.last_line()}")
        if done is not None and done.trained:
            tell(f"learnt from {done.taken} works taken and {done.rejected} rejected")

    scheduler = schedule.Scheduler()
    scheduler.every(every_minutes).minutes.do(poll)
    poll()
    while True:
        scheduler.run_pending()
        nap = scheduler.idle_seconds
        time.sleep(min(max(nap if nap is not None else LONGEST_NAP_SECONDS, 0.1), LONGEST_NAP_SECONDS))
