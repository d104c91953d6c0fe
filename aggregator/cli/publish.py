"""`aggregator publish`: feeds/ from the store, and what is handed over to others."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.context import workspace
from aggregator.cli.output import put_json, say
from aggregator.errors import UsageError

publish = typer.Typer(
    help="Write all documents into feeds/ again; what did not change is left alone.", invoke_without_command=True
)


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.add_typer(publish, name="publish")


@publish.callback(invoke_without_command=True)
def _publish(
    context: typer.Context,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Also write over files that were edited by hand.")] = False,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="DIR", help="Write the Markdown of issues into your own repository instead.")
    ] = None,
    commit: Annotated[bool, typer.Option("--commit", help="With --to: commit what changed there. Nothing is pushed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    if context.invoked_subcommand is not None:
        return
    if to is not None:
        _to_repository(context, to, commit=commit, overwrite=overwrite, as_json=as_json)
        return
    if commit:
        raise UsageError("--commit is for a repository", fix="name it: aggregator publish --to DIR --commit")
    from aggregator.app import publishing

    with workspace(context) as opened:
        report = publishing.write_all(opened, overwrite=overwrite)
        feeds = opened.feeds
    if as_json:
        put_json(
            {
                "written": list(report.written),
                "unchanged": len(report.unchanged),
                "removed": list(report.removed),
                "edited": list(report.edited),
            }
        )
    _say_edited(report.edited)
    say(f"{len(report.written)} written · {len(report.unchanged)} unchanged · {len(report.removed)} removed in {feeds}")


def _to_repository(context: typer.Context, folder: Path, *, commit: bool, overwrite: bool, as_json: bool) -> None:
    from aggregator.app import handover

    with workspace(context) as opened:
        done = handover.to_repository(opened, folder, commit=commit, overwrite=overwrite)
    files = done.files
    if as_json:
        put_json(
            {
                "written": list(files.written),
                "unchanged": len(files.unchanged),
                "removed": list(files.removed),
                "edited": list(files.edited),
                "readme_changed": done.readme_changed,
                "commit": done.commit or None,
            }
        )
    _say_edited(files.edited)
    index = " · the index of README.md" if done.readme_changed else ""
    say(f"{len(files.written)} written · {len(files.unchanged)} unchanged · {len(files.removed)} removed{index} in {folder}")
    if done.commit:
        say(f"committed as {done.commit}; `git push` there publishes it")


def _say_edited(paths: tuple[str, ...]) -> None:
    for path in paths:
        say(f"! {path} was edited by hand and left as it is: import it, or publish with --overwrite", "yellow")
