"""`aggregator import`: past issues into the archive."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.context import day, now, who, workspace
from aggregator.cli.learning import learn
from aggregator.cli.output import put, put_json, say


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("import")(import_)


def import_(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="FILE...|DIR", help="Issues in the house form.")],
    replacing: Annotated[
        bool, typer.Option("--replace", help="Take the file where the archive has another text of that date.")
    ] = False,
    date: Annotated[str | None, typer.Option(metavar="DATE", help="The date of a single file that does not say it.")] = None,
    diff: Annotated[
        bool, typer.Option("--diff", help="Store nothing; show where feeds/ would hold another text than the file.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON, one object a file.")] = False,
) -> None:
    """Read past issues into the archive, and say with file and line what could not be read."""
    from aggregator.app import importing

    if diff:
        with workspace(context) as opened:
            _show_differences(importing.differences(opened, paths, on=day(date)))
        return
    with workspace(context) as opened:
        report = importing.import_paths(opened, paths, now(), who=who(), replacing=replacing, on=day(date))
        if report.count("imported") or report.count("replaced"):
            learn(opened, now())
    for file in report.files:
        if as_json:
            findings = [
                {"code": one.code, "severity": one.severity.value, "line": one.line, "text": one.text, "fix": one.fix}
                for one in file.findings
            ]
            shape = {"path": file.path, "outcome": file.outcome, "issue": file.slug, "items": file.items}
            put_json({**shape, "profile": file.profile or None, "findings": findings})
            continue
        form = f"  [{file.profile}]" if opened.publication.former and file.profile else ""
        put(f"{file.outcome:<9} {file.slug or '-':<12} {file.items:>3} items  {file.path}{form}")
        for one in file.findings:
            if one.severity != "hint":
                say(f"  {one.path}:{one.line or 1}  {one.text}  [{one.code}]", "yellow")
                if one.fix:
                    say(f"    fix  {one.fix}")
    counts = [f"{report.count(outcome)} {outcome}" for outcome in ("imported", "replaced", "unchanged", "kept", "failed")]
    say(" · ".join(count for count in counts if not count.startswith("0 ")) or "nothing was imported")
    if report.count("failed"):
        raise typer.Exit(1)


def _show_differences(found: list[tuple[str, str, str]]) -> None:
    import difflib

    for path, before, after in found:
        for line in difflib.unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), path, "feeds/"):
            put(line.rstrip("\n"))
    differing = sum(before != after for _, before, after in found)
    say(f"{differing} of {len(found)} files would be written otherwise")
