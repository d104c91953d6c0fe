"""`aggregator publish`: feeds/ from the store, and what is handed over to others."""

from __future__ import annotations

import gc
import os
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
    # Documents are made of many small pieces that are no garbage; looking for some takes a tenth of the time.
    gc.set_threshold(20_000, 20, 20)
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
                "notices": list(report.notices),
            }
        )
    say_remarks(report.remarks)
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
    say_remarks(files.remarks)
    index = " · the index of README.md" if done.readme_changed else ""
    say(f"{len(files.written)} written · {len(files.unchanged)} unchanged · {len(files.removed)} removed{index} in {folder}")
    if done.commit:
        say(f"committed as {done.commit}; `git push` there publishes it")


def say_remarks(remarks: tuple[str, ...]) -> None:
    """What came of writing the files that the editor should know."""
    for remark in remarks:
        say(f"! {remark}", "yellow")


@publish.command()
def mail(
    context: typer.Context,
    slug: Annotated[str | None, typer.Argument(metavar="[DATE]", help="The issue; the newest where none is named.")] = None,
    test: Annotated[str | None, typer.Option("--test", metavar="ADDRESS", help="Send it to one address, for a look.")] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="ADDRESS", help="Send it to the address of a mailing list.")] = None,
    listmonk: Annotated[bool, typer.Option("--listmonk", help="Make it a campaign in listmonk; you start it there.")] = False,
) -> None:
    """Send an issue as mail. The environment names the server: AGGREGATOR_SMTP_HOST, _PORT, _USER, _PASSWORD_FILE, _TLS, _FROM,
    or AGGREGATOR_LISTMONK_URL, _USER, _TOKEN_FILE, _LISTS."""
    if sum((test is not None, to is not None, listmonk)) != 1:
        raise UsageError("say where the mail goes", fix="one of --test ADDRESS, --to ADDRESS and --listmonk")
    from aggregator.app import mailing

    with workspace(context) as opened:
        if listmonk:
            issue, number, is_new = mailing.to_listmonk(opened, os.environ, slug)
            done = "is new" if is_new else "was a draft and has been replaced"
            say(f"issue {issue.slug}: campaign {number} of listmonk {done}; start it there")
            return
        address = test if test is not None else to or ""
        issue = mailing.send(opened, os.environ, slug, address, test=test is not None)
    say(f"issue {issue.slug} sent to {address}")
