"""Handing a text to the editor's own editor, and never losing what was typed there."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from aggregator.cli.context import now, who
from aggregator.cli.output import say, show_error
from aggregator.errors import AggregatorError, UsageError

if TYPE_CHECKING:
    from aggregator.app.workspace import Workspace
    from aggregator.model import Finding


def edit_issue(opened: Workspace, slug: str | None) -> None:
    """Open an issue's Markdown in $EDITOR; what comes back changes the store."""
    from aggregator.app import drafting

    base = drafting.issue(opened, slug)

    def accept(edited: str) -> None:
        saved, findings = drafting.save_text(opened, slug, edited, now=now(), who=who(), base=base)
        show_findings(findings)
        say(f"saved {saved.slug}: {len(saved.items)} items, {len(saved.briefs)} briefs")

    text = drafting.text_of(opened, base)
    known = {(one.code, one.text) for one in drafting.doubts(opened, text)}

    def doubts(edited: str) -> list[str]:
        return [
            f"{one.line}  {one.text}  [{one.code}]"
            for one in drafting.doubts(opened, edited)
            if (one.code, one.text) not in known
        ]

    edit_until_accepted(text, accept, comment="<!-- {} -->", suffix=".md", doubts=doubts)


def show_findings(findings: tuple[Finding, ...], write: Callable[[str], None] = say) -> None:
    """A line for each finding, with its mending where one is known."""
    for one in findings:
        write(f"{one.path or 'issue'}:{one.line or 1}  {one.severity.value}  {one.text}  [{one.code}]")
        if one.fix:
            write(f"    fix  {one.fix}")


def edit_until_accepted(
    text: str,
    accept: Callable[[str], None],
    *,
    comment: str,
    suffix: str,
    doubts: Callable[[str], list[str]] = lambda _: [],
) -> None:
    """Open `text` in $VISUAL or $EDITOR and hand the result to `accept`. When that raises, the editor opens again with the
    error on top; when the person gives up, the file is left and named. Where a person can answer, the editor also opens again
    over what `doubts` says of the text, unless it is to be taken as it is. Raises UsageError without an editor to open."""
    command = _command()
    if shutil.which(command[0]) is None:
        what = f"cannot open the editor `{shlex.join(command)}`"
        raise UsageError(what, why="it is not installed", fix="set EDITOR", code="E703")
    handle, name = tempfile.mkstemp(suffix=suffix, prefix="aggregator-")
    path = Path(name)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    note = ""
    while True:
        _run(command, path)
        edited = _read(path).removeprefix(note)
        if edited == text:
            path.unlink()
            say("nothing was changed")
            return
        doubtful = doubts(edited) if sys.stdin.isatty() else []
        if doubtful:
            say("\n".join(doubtful), "yellow")
            if typer.confirm("open it again to mend that? (n takes it as it is)", default=True, err=True):
                note = _noted(path, edited, comment, "; ".join(doubtful))
                continue
        try:
            accept(edited)
        except AggregatorError as error:
            show_error(error)
            if not sys.stdin.isatty() or not typer.confirm("open it again?", default=True, err=True):
                say(f"your text is kept in {path}")
                raise typer.Exit(error.exit_code) from error
            note = _noted(path, edited, comment, f"{error} [{error.code}]")
        else:
            path.unlink()
            return


def _noted(path: Path, text: str, comment: str, words: str) -> str:
    """Put the text back with these words in a comment on top; the lines that they count are those under it."""
    note = comment.format(words.replace("--", "- -").replace("\n", " ")) + "\n"
    path.write_text(note + text, encoding="utf-8")
    return note


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(
            "the editor saved a text that is not UTF-8",
            why=str(error),
            fix=f"your text is kept in {path}: convert it, and set the editor to UTF-8",
            code="E703",
        ) from error


def _command() -> list[str]:
    words = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "")
    if not words:
        if not sys.stdin.isatty():
            raise UsageError("there is no editor to open", fix="set EDITOR, for example EDITOR=vim", code="E703")
        words = ["vi"]
    return words


def _run(command: list[str], path: Path) -> None:
    try:
        done = subprocess.run([*command, str(path)], check=False)  # noqa: S603 - the person's own editor
    except OSError as error:
        raise UsageError(
            f"cannot open the editor `{shlex.join(command)}`", why=str(error), fix="set EDITOR", code="E703"
        ) from error
    if done.returncode:
        raise UsageError(
            f"the editor ended with {done.returncode}",
            why="what it wrote was not taken over",
            fix=f"the text is in {path}",
            code="E703",
        )
