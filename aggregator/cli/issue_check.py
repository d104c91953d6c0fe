"""`aggregator issue check`, `publish`, `amend`, `rename`: from a draft to what readers see, and what changes there later."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.context import day, now, who, workspace
from aggregator.cli.editor import edit_issue, show_findings
from aggregator.cli.output import is_terminal, put, put_json_lines, say
from aggregator.cli.publish import say_remarks
from aggregator.errors import CheckError, IssueError, UsageError

if TYPE_CHECKING:
    from aggregator.app.workspace import Workspace
    from aggregator.model import Finding


Json = Annotated[bool, typer.Option("--json", help="JSON, one object a line.")]


def register(issue: typer.Typer) -> None:
    """Add the verbs to the noun."""
    for verb in (check, publish, amend, rename):
        issue.command()(verb)


def check(
    context: typer.Context,
    target: Annotated[str | None, typer.Argument(metavar="[DATE|FILE]", help="A published issue, or a Markdown file.")] = None,
    offline: Annotated[
        bool, typer.Option("--offline", envvar="AGGREGATOR_OFFLINE", help="Do not ask whether the links lead anywhere.")
    ] = False,
    fix: Annotated[bool, typer.Option("--fix", help="Mend what has one mending only, and show the difference.")] = False,
    as_json: Json = False,
) -> None:
    """What must not be published: the draft, a published issue, or a file. Exit 5 when there are errors."""
    from aggregator.app import checking

    with workspace(context) as opened:
        file = Path(target) if target is not None and Path(target).is_file() else None
        online = None if offline else now()
        if file is not None:
            done = checking.check_text(opened, _text(file), str(file), online_at=online, told=_told)
        else:
            done = checking.check(opened, target, online_at=online, told=_told)
        if fix and done.mended != done.text:
            _show_difference(done.text, done.mended, done.path)
            done = checking.mend(opened, done, file=file, now=now(), who=who())
            say(f"mended {done.path}; `aggregator issue diff` shows a published one" if file is None else f"mended {file}")
    if as_json:
        put_json_lines(_shape(one) for one in done.findings)
    else:
        show_findings(done.findings, put)
    if done.offline:
        say("no site can be reached, so the links were not asked (--offline says so beforehand)", "yellow")
    errors = sum(finding.severity == "error" for finding in done.findings)
    say(f"{errors} errors, {len(done.findings) - errors} warnings and hints", "dim")
    if errors:
        raise typer.Exit(CheckError.exit_code)


def _shape(one: Finding) -> dict[str, object]:
    return {
        "code": one.code,
        "severity": one.severity.value,
        "path": one.path,
        "line": one.line,
        "text": one.text,
        "fix": one.fix,
    }


def _told(done: int, total: int) -> None:
    if is_terminal(sys.stderr):
        sys.stderr.write(f"\rasking links {done}/{total}" + ("\r\x1b[K" if done == total else ""))
        sys.stderr.flush()


def _show_difference(before: str, after: str, path: str) -> None:
    import difflib

    for line in difflib.unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), path, "mended"):
        say(line.rstrip("\n"))


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {path}", why=str(error), code="E702") from error


def publish(
    context: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Publish in spite of what `issue check` calls errors.")] = False,
    date: Annotated[
        str | None, typer.Option(metavar="DATE", help="The issue's date; today where the newsletter is made.")
    ] = None,
) -> None:
    """Stamp the draft with number and date, write feeds/, begin the next draft."""
    from aggregator.app import drafting

    on = day(date)
    with workspace(context) as opened:
        if not yes:
            _ask(opened, on)
        done = drafting.publish(opened, now=now(), who=who(), on=on, force=force)
        show_findings(done.warnings)
    say(f"published {done.issue.title}, number {done.issue.number}: {len(done.issue.items)} items")
    say(f"wrote {len(done.files.written)} files into {opened.feeds}")
    say_remarks(done.files.remarks)


def _ask(opened: Workspace, on: dt.date | None) -> None:
    from aggregator.app import drafting

    if not sys.stdin.isatty():
        raise UsageError("publishing asks first, and there is no terminal to ask on", fix="give --yes")
    one = drafting.draft(opened)
    when = on or drafting.local_date(opened.publication, now())
    if not typer.confirm(f"publish {len(one.items)} items as the issue of {when}?", err=True):
        raise typer.Abort


def amend(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(metavar="DATE", help="A published issue.")],
) -> None:
    """Correct a published issue in $EDITOR; the amendment is recorded and feeds/ written again."""
    from aggregator.app import drafting, publishing

    with workspace(context) as opened:
        one = drafting.issue(opened, slug)
        if one.date is None:
            raise IssueError("the draft is edited, not amended", fix="aggregator issue edit", code="E505")
        edit_issue(opened, slug)
        report = publishing.write_all(opened)
    say(f"wrote {len(report.written)} files")
    say_remarks(report.remarks)


def rename(
    context: typer.Context,
    old: Annotated[str, typer.Argument(metavar="OLD", help="A published issue by its date.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The date it is to have.")],
) -> None:
    """Give a published issue another date: file, heading, links and index follow; the old address redirects."""
    from aggregator.app import amending, publishing

    wanted = day(new)
    if wanted is None:
        raise UsageError("the new date is missing", fix="aggregator issue rename 2026-09-01 2026-09-03")
    with workspace(context) as opened:
        saved = amending.rename(opened, old, wanted, now=now(), who=who())
        report = publishing.write_all(opened)
    say(f"{old} is {saved.slug} now; wrote {len(report.written)} files")
    say_remarks(report.remarks)
