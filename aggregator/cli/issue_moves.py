"""`aggregator issue star`, `brief`, `cut`, `move`, `retitle`: single moves of the draft, each undone by `aggregator undo`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.context import now, who, workspace
from aggregator.cli.output import counted, say
from aggregator.errors import UsageError

if TYPE_CHECKING:
    from aggregator.app.arranging import Arranged

Id = Annotated[str, typer.Argument(metavar="ID", help="The number of its candidate, or its anchor (`issue items`).")]
Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="Numbers of candidates, or anchors (`issue items`).")]


def register(issue: typer.Typer) -> None:
    """Add the verbs to the noun."""
    for verb in (star, brief, cut, move, retitle):
        issue.command()(verb)


def star(
    context: typer.Context,
    names: Ids,
    off: Annotated[bool, typer.Option("--off", help="Take them out of the headline.")] = False,
) -> None:
    """Put items into the headline; a candidate that is not in the draft is approved first."""
    from aggregator.app import arranging, drafting

    with workspace(context) as opened:
        done = arranging.star(opened, names, on=not off, now=now(), who=who())
        headline = drafting.draft(opened).headline
    _said(done, f"headline: {headline or '-'}")


def brief(
    context: typer.Context,
    ids: Annotated[list[str], typer.Argument(metavar="ID...|-", help="Candidates; `-` reads one brief a line.")],
    linked: Annotated[bool, typer.Option("--link", help="Print the candidate's address too.")] = False,
) -> None:
    """Turn candidates into briefs, or paste lines as briefs (`-`)."""
    from aggregator.app import arranging

    with workspace(context) as opened:
        if ids == ["-"]:
            done = arranging.paste_briefs(opened, sys.stdin.read().splitlines(), now=now(), who=who())
        else:
            wrong = next((word for word in ids if not (word.isascii() and word.isdigit())), None)
            if wrong is not None:
                raise UsageError(f"`{wrong}` is no candidate", fix="give numbers of candidates, or `-` to paste lines")
            done = arranging.brief(opened, [int(word) for word in ids], linked=linked, now=now(), who=who())
    _said(done, counted(len(done.draft.briefs), "brief"))


def cut(
    context: typer.Context,
    names: Ids,
    later: Annotated[bool, typer.Option("--later", help="Carry them to the next issue: deferred until this one is out.")] = False,
) -> None:
    """Take items out of the draft; they are back in the queue, with what you wrote."""
    from aggregator.app import arranging

    with workspace(context) as opened:
        done = arranging.cut(opened, names, later=later, now=now(), who=who())
    _said(done, counted(len(done.draft.items), "item"))


def move(
    context: typer.Context,
    name: Id,
    section: Annotated[str, typer.Argument(metavar="SECTION")],
    at: Annotated[int | None, typer.Option("--at", metavar="N", min=1, help="Its place there; the end without.")] = None,
) -> None:
    """Move an item to another section, or to another place of its own."""
    from aggregator.app import arranging

    with workspace(context) as opened:
        done = arranging.move(opened, name, section, at, now=now(), who=who())
    _said(done, f"in {section}")


def retitle(context: typer.Context, name: Id, title: Annotated[str, typer.Argument(metavar="TITLE")]) -> None:
    """Give an item another title; the one it arrived with is kept."""
    from aggregator.app import arranging

    with workspace(context) as opened:
        done = arranging.retitle(opened, name, title, now=now(), who=who())
    _said(done, title)


def _said(done: Arranged, words: str) -> None:
    say(f"draft: {words}" if done.changed else f"nothing changed: {words}")
