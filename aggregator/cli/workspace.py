"""`aggregator init | config list | doctor`: the workspace itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.context import workspace
from aggregator.cli.output import counted, put, put_json_lines, put_table, say

if TYPE_CHECKING:
    from aggregator.app.health import Examined

SHOWN_OF_A_GROUP = 5

config = typer.Typer(no_args_is_help=True, help="The settings and where each comes from.")
Json = Annotated[bool, typer.Option("--json", help="JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command()(init)
    app.add_typer(config, name="config")
    app.command()(doctor)


def init(
    directory: Annotated[Path, typer.Argument(metavar="[DIR]", help="The folder; it is made when it does not exist.")] = Path(),
) -> None:
    """Make a workspace: a commented sources.yaml, .gitignore, feeds/."""
    from aggregator import config as configuration

    for path in configuration.init(directory):
        say(f"wrote {path}")
    prefix = "" if directory == Path() else f" -C {directory}"
    say("next")
    say(f"  edit {directory / 'sources.yaml'}")
    say(f"  aggregator{prefix} up        polls, and serves the review page")


@config.command("list")
def config_list(context: typer.Context, as_json: Json = False) -> None:
    """Every setting with its value and its origin."""
    from aggregator.app import configuring

    with workspace(context) as opened:
        rows = configuring.settings(opened)
    if as_json:
        put_json_lines({"name": name, "value": value, "origin": origin} for name, value, origin in rows)
    else:
        put_table([[name, value, origin] for name, value, origin in rows])


def _tell(findings: Iterable[Examined]) -> None:
    """A few of each group, and how many more there are: a bridge that is down silences a hundred accounts."""
    told: Counter[str] = Counter()
    for one in findings:
        told[one.group] += 1
        if one.group and told[one.group] > SHOWN_OF_A_GROUP:
            continue
        put(f"{'✓' if one.ok else '✗' if one.serious else '!'} {one.what}")
        if one.fix:
            put(f"  fix  {one.fix}")
    for group, count in told.items():
        if group and count > SHOWN_OF_A_GROUP:
            put(f"! {counted(count - SHOWN_OF_A_GROUP, 'more source')} {group}")
            put("  fix  aggregator doctor --json names all of them; `aggregator sources list` shows how each is doing")


def doctor(context: typer.Context, as_json: Json = False) -> None:
    """What is wrong and how to mend it. Exit 1 when the workspace itself is unsound; a failing source is only named."""
    from aggregator.app import health

    with workspace(context) as opened:
        findings = health.examine(opened)
    if as_json:
        put_json_lines({"ok": one.ok, "serious": one.serious, "what": one.what, "fix": one.fix} for one in findings)
    else:
        _tell(findings)
    if any(one.serious and not one.ok for one in findings):
        raise typer.Exit(1)
