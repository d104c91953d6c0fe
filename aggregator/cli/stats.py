"""`aggregator stats`: what the sources yield, and what the ranking is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.context import now, workspace
from aggregator.cli.output import ago, put, put_json_lines, put_table, say

if TYPE_CHECKING:
    from datetime import datetime

    from aggregator.app.yields import Yield

stats = typer.Typer(help="What the sources yield, and what the ranking is worth.")
Json = Annotated[bool, typer.Option("--json", help="JSON, one object a line.")]


def register(app: typer.Typer) -> None:
    """Add the noun to the program."""
    app.add_typer(stats, name="stats")


@stats.callback(invoke_without_command=True)
def sources(context: typer.Context, as_json: Json = False) -> None:
    """Every source's yield, the most fruitful first, and what to mute, mend and add."""
    if context.invoked_subcommand is not None:
        return
    from aggregator.app import yields

    with workspace(context) as opened:
        found = yields.yields(opened)
        wanted = yields.suggestions(opened, found)
    if as_json:
        by_name = {one.name: f"{one.action}: {one.why}" for one in wanted if one.action != "add"}
        put_json_lines(_shape(one, by_name.get(one.report.source.name), now()) for one in found)
        return
    at = now()
    head = ["source", "seen", "taken", "rejected", "printed", "last taken", "last new", "failures"]
    rows = [
        [
            one.report.source.name,
            str(one.report.entries),
            str(one.approved),
            str(one.rejected),
            str(one.printed),
            ago(one.last_hit_at, at),
            ago(one.report.state.last_new_at, at),
            str(one.report.state.failures),
        ]
        for one in found
    ]
    put_table([head, *rows], right=frozenset({1, 2, 3, 4, 7}))
    for one in wanted:
        put(f"{one.action}  {one.name}: {one.why}")


def _shape(one: Yield, suggestion: str | None, at: datetime) -> dict[str, object]:
    from aggregator.app import shapes

    more = {"rejected": one.rejected, "printed": one.printed, "last_hit_at": one.last_hit_at, "suggestion": suggestion}
    since = {
        "minutes_since_hit": _minutes(one.last_hit_at, at),
        "minutes_since_new": _minutes(one.report.state.last_new_at, at),
        "minutes_since_poll": _minutes(one.report.state.last_polled_at, at),
    }
    return shapes.source(one.report) | more | since


def _minutes(then: datetime | None, at: datetime) -> int | None:
    return None if then is None else int((at - then).total_seconds() // 60)


@stats.command()
def replay(context: typer.Context, as_json: Json = False) -> None:
    """Where today's ranking would have put what was taken, without having learnt from it."""
    from statistics import median

    from aggregator.app import evaluating

    with workspace(context) as opened:
        found = sorted(evaluating.placed(opened), key=lambda one: one[0].id)
    if as_json:
        put_json_lines({"id": work.id, "title": work.title, "place": int(place), "of": size} for work, place, size in found)
        return
    put_table([[str(work.id), f"{place:.0f} of {size}", work.title] for work, place, size in found], right=frozenset({0}))
    if not found:
        say("nothing was taken yet")
        return
    shares = [place / size for _, place, size in found]
    tenth = sum(share <= 0.1 for share in shares) / len(shares)
    say(f"{len(found)} works: the middle one in the top {median(shares):.0%}; {tenth:.0%} of them in the top tenth")


@stats.command()
def evaluate(
    context: typer.Context,
    newest: Annotated[int, typer.Option(min=1, help="How many of the newest issues are looked for.")] = 10,
    skip: Annotated[int, typer.Option(min=0, help="Leave out so many of the very newest, to measure on those before.")] = 0,
    as_json: Json = False,
) -> None:
    """What sections and ranking are worth: older issues against the newest, among what was polled."""
    from dataclasses import asdict

    from aggregator.app import evaluating

    with workspace(context) as opened:
        for figure in evaluating.evaluate_all(opened, now(), newest=newest, skip=skip):
            if as_json:
                put_json_lines([asdict(figure)])
            else:
                put(f"{figure.value:6.3f}  {figure.what}: {figure.on}")
