"""`aggregator poll`: ask the upstreams."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.context import now, workspace
from aggregator.cli.output import is_terminal, put, put_json, say, show_notes
from aggregator.cli.running import interruptible

if TYPE_CHECKING:
    from collections.abc import Callable

    from aggregator.app.polling import PollReport
    from aggregator.app.workspace import Workspace
    from aggregator.model import Outcome

SOME_FAILED = 3


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(poll)


def poll(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="SOURCE...", help="Only these sources, due or not.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every source, due or not.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Speak only when a source died, recovered or fell silent.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 3 when a source failed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Ask the sources that are due for what is new."""
    from aggregator.app import polling

    with workspace(context) as opened:
        if not quiet:
            show_notes(opened.config.notes)
        if not opened.sources:
            say("! there are no sources in sources.yaml", "yellow")
            say("  fix  aggregator sources add URL")
        # Thousands of entries at once are no garbage; walking over them again and again takes a fifth of the time.
        gc.freeze()
        gc.set_threshold(100_000, 50, 1_000)
        with interruptible(), _progress(shown=not quiet and not as_json) as (started, finished):
            report = polling.poll(
                opened,
                now(),
                names=names or (),
                everything=everything,
                started=started,
                finished=finished,
                server=context.obj.server,
            )
        learns = bool(report.new) and _learn(opened)
    if as_json:
        from aggregator.app import shapes

        put_json(shapes.poll(report))
    else:
        _tell(report, quiet)
        if learns and not quiet:
            say("the ranking learns in the background from what is new", "dim")
        if not quiet:
            put(report.last_line())
    if strict and report.failed:
        raise typer.Exit(SOME_FAILED)


def _learn(opened: Workspace) -> bool:
    from aggregator.app import learning  # what a poll that brings nothing does not need

    return learning.begin(opened)


def _tell(report: PollReport, quiet: bool) -> None:
    for line in report.sources:
        failed = line.outcome in {"failed", "gone", "paused"}
        changed = failed != line.was_failing
        if failed and (changed or not quiet):
            say(f"✗ {line.name}: {line.error}", "red")
        elif changed and not failed:
            say(f"✓ {line.name} answers again", "green")
        elif line.fell_silent:
            say(f"! {line.name}: {line.fell_silent}", "yellow")
        elif line.notes and not quiet:
            say(f"  {line.name}: {'; '.join(line.notes)}", "dim")


@contextmanager
def _progress(*, shown: bool) -> Iterator[tuple[Callable[[int], None], Callable[[Outcome], None]]]:
    if not shown or not is_terminal(sys.stderr):
        yield (lambda total: None), (lambda outcome: None)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("polling"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.fields[last]}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("polling", total=None, last="")
        yield (
            lambda total: progress.update(task, total=total),
            lambda outcome: progress.update(task, advance=1, last=outcome.source.replace("[", "(")[:30]),
        )
