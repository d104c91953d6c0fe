"""`aggregator issue`: the draft and the published issues."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli import issue_check, issue_moves
from aggregator.cli.context import now, who, workspace
from aggregator.cli.editor import edit_issue, edit_until_accepted
from aggregator.cli.output import counted, put, put_json, put_json_lines, put_table, say
from aggregator.errors import IssueError
from aggregator.text import clean

if TYPE_CHECKING:
    from aggregator.model import Issue

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
    rows = [[one.slug, one.status.value, str(one.number or ""), counted(len(one.items), "item"), one.headline] for one in found]
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
            sys.stdout.write(clean(drafting.text_of(opened, one)))
    _say_untouched(one)


def _say_untouched(one: Issue) -> None:
    """What was filled in and not looked at, as a line of talk."""
    parts: list[str] = [name for name in ("headline", "lead") if name in one.untouched and getattr(one, name)]
    summaries = sum("summary" in item.untouched for item in one.items)
    if summaries:
        parts.append(f"the summaries of {summaries} items")
    if parts:
        say(f"as prefilled: {', '.join(parts)}", "dim")


@issue.command()
def items(context: typer.Context, slug: Slug = None, as_json: Json = False) -> None:
    """The items of an issue, one a line: by what to call it, its section, * for the headline, ~ for a summary that is as it
    arrived, title."""
    from aggregator.app import drafting, shapes

    with workspace(context) as opened:
        one = drafting.issue(opened, slug)
    if as_json:
        put_json_lines({"section": part.slug or part.name, **shapes.item(item)} for part in one.sections for item in part.items)
        return
    put_table(
        [
            [
                str(item.candidate_id or item.anchor),
                part.slug or part.name,
                ("*" if item.starred else " ") + ("~" if "summary" in item.untouched else " "),
                item.title,
            ]
            for part in one.sections
            for item in part.items
        ],
        right=frozenset({0}),
    )


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
        if drafting.issue(opened, slug).date is not None:
            raise IssueError(
                f"the issue of {slug} is published",
                why="readers have seen it, so a change of it is recorded and feeds/ written again",
                fix=f"aggregator issue amend {slug}",
                code="E506",
            )
        edit_issue(opened, slug)


@issue.command()
def outline(context: typer.Context) -> None:
    """Open the draft as a move list in $EDITOR: reorder, move to another section, drop."""
    from aggregator.app import drafting

    with workspace(context) as opened:
        base = drafting.draft(opened)

        def accept(edited: str) -> None:
            saved = drafting.save_outline(opened, edited, now=now(), who=who(), base=base)
            say(f"saved: {len(saved.items)} items")

        edit_until_accepted(drafting.outline_of(base), accept, comment="# {}", suffix=".txt")


@issue.command()
def diff(context: typer.Context, slug: Slug = None) -> None:
    """What changed: the draft since its text was last saved by hand; a published issue since it was published, and its file
    in feeds/ against the store."""
    import difflib

    from aggregator.app import amending

    with workspace(context) as opened:
        found = amending.compare(opened, slug)
    differing = [one for one in found if one.before != one.after]
    for one in differing:
        before, after = one.before.splitlines(keepends=True), one.after.splitlines(keepends=True)
        for line in difflib.unified_diff(before, after, one.before_name, one.after_name):
            put(line.rstrip("\n"))
    if not differing:
        say("nothing differs")
    elif differing[-1].after_name.endswith(".md"):
        say(f"{differing[-1].after_name} was edited by hand", "yellow")
        say(f"  fix  aggregator import {differing[-1].after_name} --replace   takes it over as an amendment")
        say("       aggregator publish --overwrite   writes what the store has")


# The verbs of other files, behind those of this one.
issue_moves.register(issue)
issue_check.register(issue)
