"""`aggregator sources rules`: keep and block rules, tried and run over what is stored."""

from __future__ import annotations

from typing import Annotated

import typer

from aggregator.cli.context import now, who, workspace
from aggregator.cli.output import put, put_json, say


def register(sources: typer.Typer) -> None:
    """Add the verb to its noun."""
    sources.command()(rules)


def rules(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME...", help="Only these sources.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what the rules would take.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Hold the keep and block rules of sources.yaml against what is stored: put away what they no longer let in, and bring back
    what they now do. `undo` takes it back."""
    from aggregator.app import ruling, shapes

    with workspace(context) as opened:
        found = ruling.rule(opened, names or (), now=now(), who=who(), dry_run=dry_run)
        ruled = [source for source in opened.sources if source.rules and (not names or source.name in names)]
    if as_json:
        put_json(shapes.ruling(found))
        return
    for note in found.notes:
        say(f"! {note}", "yellow")
    if not ruled:
        say("no source has rules; write `block:` or `keep:` under a source, or under `rules:` for all")
    for mark, listed in (("-", found.put_away), ("+", found.brought_back)):
        for one in listed:
            put(f"{mark} {one.id}  {one.title}  ({one.source}{'; ' + one.why if one.why else ''})")
    would = "would be " if dry_run else ""
    put(f"{len(found.put_away)} of {found.looked_at} {would}put away · {len(found.brought_back)} {would}brought back")
