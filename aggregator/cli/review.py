"""`aggregator review`: the queue in the terminal, full screen or one line a candidate."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.context import language, now, who, workspace
from aggregator.errors import UsageError

if TYPE_CHECKING:
    from aggregator.app.workspace import Workspace


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(review)


def review(
    context: typer.Context,
    plain: Annotated[bool, typer.Option("--plain", help="One line a candidate, answers from standard input.")] = False,
    lang: Annotated[str | None, typer.Option(metavar="zh|en", help="The language of the labels.")] = None,
    light: Annotated[bool | None, typer.Option("--light/--dark", help="Colours for a light or a dark terminal.")] = None,
) -> None:
    """Decide on the queue, arrange the draft and publish it, one key each."""
    if not plain:
        _check_terminal()
    with workspace(context) as opened:
        code = _plain(opened, language(lang, opened)) if plain else _screen(opened, language(lang, opened), light)
    if code:
        raise typer.Exit(code)


def _check_terminal() -> None:
    # The screen is drawn on standard error.
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)) or os.environ.get("TERM", "dumb") in {
        "",
        "dumb",
    }:
        raise UsageError(
            "the review needs a terminal",
            why="standard input, output or error is none, or TERM says that it cannot be drawn on",
            fix="`aggregator review --plain` reads one answer a line; `aggregator queue list` and `aggregator queue apply -` "
            "are for scripts; `aggregator serve` opens the review in a browser",
            code="E704",
        )


def _plain(opened: Workspace, chosen: str) -> int:
    from aggregator.tui.desk import Desk
    from aggregator.tui.plain import run
    from aggregator.tui.words import Words

    desk = Desk(opened, now, who(), Words(chosen))
    return run(desk, sys.stdin, sys.stdout, sys.stderr, asking=sys.stdin.isatty())


def _screen(opened: Workspace, chosen: str, light: bool | None) -> int:
    try:
        from aggregator.tui.app import ReviewApp
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("textual"):
            raise
        raise UsageError(
            "the full-screen review is not installed",
            why="it needs the library textual, which comes with the extra `tui`",
            fix="pip install 'aggregator[tui]', or use `aggregator review --plain`",
            code="E705",
        ) from error
    from aggregator.tui.desk import Desk
    from aggregator.tui.words import Words

    desk = Desk(opened, now, who(), Words(chosen))
    app = ReviewApp(desk, editor=_editor(), light=_light() if light is None else light)
    # A full collection walks all modules and stops the screen for a fifth of a second: what is loaded by now never goes.
    gc.freeze()
    gc.set_threshold(20_000, 50, 1_000)
    app.run()
    return app.return_code or 0


def _editor() -> Callable[[str, Callable[[str], None]], None] | None:
    if not (os.environ.get("VISUAL") or os.environ.get("EDITOR")):
        return None
    from aggregator.cli.editor import edit_until_accepted

    def edit(text: str, accept: Callable[[str], None]) -> None:
        edit_until_accepted(text, accept, comment="<!-- {} -->", suffix=".md")

    return edit


def _light() -> bool:
    """Terminals that set COLORFGBG (rxvt and its kin, Konsole) end it with the number of the background colour."""
    background = os.environ.get("COLORFGBG", "").rpartition(";")[2]
    return background in {"7", "15"}
