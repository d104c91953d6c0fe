"""`aggregator backup | export | restore`: the store kept safe, and brought back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.context import now, workspace
from aggregator.cli.output import counted, put_json, say
from aggregator.errors import UsageError

Json = Annotated[bool, typer.Option("--json", help="One JSON object.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command()(backup)
    app.command()(export)
    app.command()(restore)


def backup(
    context: typer.Context,
    target: Annotated[
        Path | None, typer.Argument(metavar="[FILE|DIR]", help="A new file, or a folder for it; else beside the database.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Copy the database, consistently, whatever runs meanwhile."""
    from aggregator.app import safekeeping

    with workspace(context) as opened:
        path, length = safekeeping.backup(opened, target, now())
    if as_json:
        put_json({"path": str(path), "bytes": length})
    else:
        say(f"wrote {path} ({length / 1e6:.1f} MB)")


def export(context: typer.Context) -> None:
    """Write the whole store as plain text, one line for each decision and for everything else; always in the same order."""
    from aggregator.app import safekeeping

    with workspace(context) as opened:
        for line in safekeeping.export(opened):
            # As it is: `restore` must read what was stored, and a terminal is not where this goes.
            sys.stdout.write(f"{line}\n")


def restore(
    context: typer.Context,
    source: Annotated[str, typer.Argument(metavar="FILE|-", help="What `backup` or `export` wrote; - is standard input.")],
    replacing: Annotated[
        bool, typer.Option("--replace", help="Also where the store holds something; it is copied beside first.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Bring the store back from a copy or an export."""
    from aggregator.app import safekeeping

    with workspace(context) as opened:
        if source == "-":
            if sys.stdin.isatty():
                raise UsageError("nothing is piped in", fix="aggregator restore - < FILE")
            done = safekeeping.restore(opened, sys.stdin, now(), replacing=replacing)
        elif safekeeping.is_copy(Path(source)):
            done = safekeeping.restore(opened, Path(source), now(), replacing=replacing)
        else:
            with Path(source).open(encoding="utf-8") as file:
                done = safekeeping.restore(opened, file, now(), replacing=replacing)
    if as_json:
        put_json({"rows": done.rows, "before": str(done.before) if done.before else None})
        return
    if done.before:
        say(f"what was there before is kept in {done.before}")
    counts = (counted(done.rows[name], name, words) for name, words in _COUNTED if done.rows.get(name))
    say(" · ".join(counts) or f"the store is what it was in {source}")


_COUNTED = (("decision", "decisions"), ("candidate", "candidates"), ("entry", "entries"), ("issue", "issues"), ("item", "items"))
