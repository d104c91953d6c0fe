"""The polling loop: `schedule` says when to look, the store says what is due. An error ends a poll, never the loop."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime

import schedule

from aggregator.app import learning, polling, reading
from aggregator.app.workspace import Workspace

LONGEST_NAP_SECONDS = 3.0


def keep_polling(
    workspace: Workspace,
    *,
    clock: Callable[[], datetime],
    every_minutes: int,
    tell: Callable[[str], None],
    failed: Callable[[Exception], None],
    healthy: Callable[[], None] = lambda: None,
) -> None:
    """Poll what is due, now and every few minutes, until KeyboardInterrupt ends it. What was fetched by then is stored. `tell`
    gets a line for each poll and each source that died or recovered, `failed` whatever went wrong; `healthy` is called every few
    seconds and ends the loop by raising."""
    last = time.monotonic()

    def begin(total: int) -> None:
        if total:
            tell(f"polling {total} sources …")

    def poll() -> None:
        nonlocal last
        last = time.monotonic()
        try:
            if workspace.reload():
                tell("sources.yaml has changed and was read again")
            report = polling.poll(workspace, clock(), started=begin)
            if learning.begin(workspace):
                tell("the ranking learns from what is new")
            # What was approved by its title alone gets its summary while the editor goes on.
            for one in reading.read(workspace, reading.wanted(workspace), clock()):
                tell(f"{'!' if one.problem else '✓'} read {one.candidate.id}: {one.problem or one.candidate.title}")
        except Exception as error:  # a poll that fails, for whatever reason, must not end the loop
            failed(error)
            return
        for change in _changes(report):
            tell(change)
        if report.polled:
            tell(f"{clock():%Y-%m-%d %H:%M} UTC  {report.last_line()}")

    scheduler = schedule.Scheduler()
    scheduler.every(every_minutes).minutes.do(poll)
    healthy()
    scheduler.run_all()
    while True:
        healthy()
        # The library reckons in local time, which jumps with summer time and with a clock that is set back.
        overdue = time.monotonic() - last > every_minutes * 60 + 1
        (scheduler.run_all if overdue else scheduler.run_pending)()
        nap = scheduler.idle_seconds
        time.sleep(min(max(nap if nap is not None else LONGEST_NAP_SECONDS, 0.1), LONGEST_NAP_SECONDS))


def _changes(report: polling.PollReport) -> Iterator[str]:
    for line in report.sources:
        if line.error and not line.was_failing:
            yield f"✗ {line.name}: {line.error}"
        elif line.was_failing and not line.error:
            yield f"✓ {line.name} answers again"
        elif line.fell_silent:
            yield f"! {line.name}: {line.fell_silent}"
