"""`aggregator issue`: the draft and the published issues."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.context import day, now, who, workspace
from aggregator.cli.editor import edit_until_accepted
from aggregator.cli.output import put, put_json, put_json_lines, put_table, say
from aggregator.errors import CheckError, IssueError, UsageError
from aggregator.model import Finding, Severity

if TYPE_CHECKING:
    from aggregator.app.workspace import Workspace

issue = typer.Typer(no_args_is_help=True, help="The draft and the published issues.")
Slug = Annotated[str | None, typer.Argument(metavar="[DATE]", help="A published issue by its date; the draft without.")]
Json = Annotated[bool, typer.Option("--json", help="JSON, one object a line.")]


def register(app: typer.Typer) -> None:
    """Add the noun to the program."""
    app.add_typer(issue, name="issue")


@issue.command("list")
def list_(context: typer.Context, as_json: Json = False) -> None:
    """All issues, newest first, the draft before them."""
    from aggregator.app import drafting, shapes

    with workspace(context) as opened:
        found = drafting.issues(opened)
    if as_json:
        put_json_lines(shapes.issue(one) for one in found)
        return
    rows = [[one.slug, one.status.value, str(one.number or ""), f"{len(one.items)} items", one.headline] for one in found]
    put_table(rows, right=frozenset({2, 3}))


@issue.command()
def show(context: typer.Context, slug: Slug = None, as_json: Json = False) -> None:
    """An issue in the house form."""
    from aggregator.app import drafting, shapes

    with workspace(context) as opened:
        one = drafting.issue(opened, slug)
        if as_json:
            put_json(shapes.issue(one))
        else:
            sys.stdout.write(drafting.text_of(opened, one))


@issue.command()
def new(context: typer.Context) -> None:
    """Begin a draft. One is always open, so this says which it is."""
    from aggregator.app import drafting

    with workspace(context) as opened:
        one = drafting.draft(opened)
    say(f"the draft is open: {len(one.items)} items")


@issue.command()
def edit(context: typer.Context, slug: Slug = None) -> None:
    """Open the exact Markdown in $EDITOR; what is changed there changes the store."""
    from aggregator.app import drafting

    with workspace(context) as opened:
        _edit(opened, slug, drafting.text_of(opened, drafting.issue(opened, slug)))


def _edit(opened: Workspace, slug: str | None, text: str) -> None:
    from aggregator.app import drafting

    def accept(edited: str) -> None:
        saved, findings = drafting.save_text(opened, slug, edited, now=now(), who=who())
        _show_findings(findings)
        say(f"saved {saved.slug}: {len(saved.items)} items, {len(saved.briefs)} briefs")

    edit_until_accepted(text, accept, comment="<!-- {} -->", suffix=".md")


@issue.command()
def outline(context: typer.Context) -> None:
    """Open the draft as a move list in $EDITOR: reorder, move to another section, drop."""
    from aggregator.app import drafting
    from aggregator.issue.draft import outline as print_outline

    with workspace(context) as opened:

        def accept(edited: str) -> None:
            saved = drafting.save_outline(opened, edited, now=now(), who=who())
            say(f"saved: {len(saved.items)} items")

        edit_until_accepted(print_outline(drafting.draft(opened)), accept, comment="# {}", suffix=".txt")


@issue.command()
def check(
    context: typer.Context,
    target: Annotated[str | None, typer.Argument(metavar="[DATE|FILE]", help="A published issue, or a Markdown file.")] = None,
    as_json: Json = False,
) -> None:
    """What must not be published: the draft, a published issue, or a file. Exit 5 when there are errors."""
    from aggregator.app import drafting

    with workspace(context) as opened:
        if target is not None and Path(target).is_file():
            findings = drafting.check_text(opened, _text(Path(target)), target)
        else:
            findings = drafting.check(opened, target)
    if as_json:
        put_json_lines(
            {
                "code": one.code,
                "severity": one.severity.value,
                "path": one.path,
                "line": one.line,
                "text": one.text,
                "fix": one.fix,
            }
            for one in findings
        )
    else:
        _show_findings(findings, put)
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    say(f"{errors} errors, {len(findings) - errors} warnings and hints", "dim")
    if errors:
        raise typer.Exit(CheckError.exit_code)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {path}", why=str(error), code="E702") from error


def _show_findings(findings: tuple[Finding, ...], write: Callable[[str], None] = say) -> None:
    for one in findings:
        write(f"{one.path or 'issue'}:{one.line or 1}  {one.severity.value}  {one.text}  [{one.code}]")
        if one.fix:
            write(f"    fix  {one.fix}")


@issue.command()
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
        _show_findings(done.warnings)
    say(f"published {done.issue.title}, number {done.issue.number}: {len(done.issue.items)} items")
    say(f"wrote {len(done.files.written)} files into {opened.feeds}")


def _ask(opened: Workspace, on: dt.date | None) -> None:
    from aggregator.app import drafting

    if not sys.stdin.isatty():
        raise UsageError("publishing asks first, and there is no terminal to ask on", fix="give --yes")
    one = drafting.draft(opened)
    when = on or drafting.local_date(opened.publication, now())
    if not typer.confirm(f"publish {len(one.items)} items as the issue of {when}?", err=True):
        raise typer.Abort


@issue.command()
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
        _edit(opened, slug, drafting.text_of(opened, one))
        report = publishing.write_all(opened)
    say(f"wrote {len(report.written)} files")


@issue.command()
def diff(context: typer.Context, slug: Slug = None) -> None:
    """What stands in feeds/issues/DATE.md against what the store would print there."""
    import difflib

    from aggregator.app import drafting

    with workspace(context) as opened:
        found = drafting.issues(opened)
        published = [one for one in found if one.date is not None]
        one = drafting.issue(opened, slug) if slug else (published[0] if published else None)
        if one is None or one.date is None:
            raise IssueError("there is no published issue to compare", code="E503")
        path = opened.feeds / "issues" / f"{one.slug}.md"
        there = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.is_file() else []
        here = drafting.text_of(opened, one).splitlines(keepends=True)
    for line in difflib.unified_diff(there, here, str(path), "the store"):
        put(line.rstrip("\n"))
