"""`aggregator queue`: the review queue, one verb each."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli import reading, wishes
from aggregator.cli.context import now, who, workspace
from aggregator.cli.output import ago, counted, met_before, put, put_json, put_json_lines, put_table, say
from aggregator.errors import UsageError

if TYPE_CHECKING:
    from aggregator.model import Candidate

MOST = 2**31 - 1
LISTED = 100
queue = typer.Typer(no_args_is_help=True, help="The review queue: list, look, decide.")
Ids = Annotated[list[int], typer.Argument(metavar="ID...", help="Candidates, by the ids that `queue list` shows.")]
Json = Annotated[bool, typer.Option("--json", help="JSON, one object a line.")]


def register(app: typer.Typer) -> None:
    """Add the noun to the program."""
    app.add_typer(queue, name="queue")


@queue.command("list")
def list_(
    context: typer.Context,
    status: Annotated[str, typer.Option(help="pending, approved, rejected, deferred, published or all.")] = "pending",
    section: Annotated[str | None, typer.Option(help="Only this section.")] = None,
    source: Annotated[str | None, typer.Option(help="Only what this source brought.")] = None,
    search: Annotated[str | None, typer.Option(help="Only what holds this text.")] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, max=MOST, help="At most so many; without it the table has 100, --json all.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Candidates, the best first."""
    from aggregator.app import deciding, shapes
    from aggregator.model import CandidateFilter, Status

    if status != "all" and status not in set(Status):
        raise UsageError(f"there is no status `{status}`", fix=f"one of: {', '.join(Status)}, all")
    statuses = () if status == "all" else (Status(status),)
    if limit is None and not as_json:
        limit = LISTED
    with workspace(context) as opened:
        found = deciding.find(opened, CandidateFilter(statuses, section, source, search, limit))
    if as_json:
        put_json_lines(shapes.candidate(candidate) for candidate in found)
        return
    put_table([_row(candidate) for candidate in found], right=frozenset({0, 1}))
    more = f"the first {counted(len(found), 'candidate')}; `--limit` shows more"
    say(more if len(found) == limit else counted(len(found), "candidate"), "dim")


def _row(candidate: Candidate) -> list[str]:
    marks = [f"+{len(candidate.entries) - 1}"] if len(candidate.entries) > 1 else []
    marks += [f"ran {candidate.seen_in[0].issue}"] if candidate.seen_in else []
    marks += [f"like {candidate.similar[0].id}"] if candidate.similar else []
    marks += ["!"] if candidate.warnings else []
    title = candidate.title + (f"  ({' · '.join(marks)})" if marks else "")
    return [str(candidate.id), f"{candidate.score:.1f}", candidate.section, candidate.source, title]


@queue.command()
def show(
    context: typer.Context,
    candidate_id: Annotated[int, typer.Argument(metavar="ID")],
    as_json: Json = False,
) -> None:
    """One candidate with everything known of it."""
    from zoneinfo import ZoneInfo

    from aggregator.app import deciding, shapes

    with workspace(context) as opened:
        candidate = deciding.get(opened, candidate_id)
        zone = ZoneInfo(opened.publication.time_zone)
    if as_json:
        put_json(shapes.candidate(candidate))
        return
    put(candidate.title)
    for label, value in (
        ("status", f"merged into {candidate.merged_into}" if candidate.merged_into else candidate.status.value),
        ("section", _section(candidate)),
        ("score", f"{candidate.score:.2f}"),
        ("source", candidate.source),
        ("author", candidate.author or ""),
        ("published", f"{candidate.published_at.astimezone(zone):%Y-%m-%d %H:%M}" if candidate.published_at else ""),
        ("arrived", ago(candidate.arrived_at, now())),
        ("url", candidate.url or ""),
        ("tags", " ".join(candidate.tags)),
    ):
        if value:
            put(f"  {label:<10}{value}")
    for link in candidate.links:
        put(f"  {link.label or link.role:<10}{link.url}")
    for copy in candidate.entries:
        put(f"  copy      {copy.source}: {copy.title}")
    for like in candidate.similar:
        put(f"  similar   {like.id} ({like.likeness:.0%} alike; `queue merge {candidate.id} {like.id}` if they are one work)")
    for seen in candidate.seen_in:
        put(f"  {met_before(seen)}")
    for warning in candidate.warnings:
        put(f"  warning   {warning}")
    if candidate.summary:
        put(f"\n{candidate.summary}")


def _section(candidate: Candidate) -> str:
    second = f", else {candidate.second}" if candidate.second and candidate.section_confidence < 1 else ""
    return f"{candidate.section} ({candidate.section_confidence:.0%} sure{second})"


@queue.command()
def why(
    context: typer.Context,
    candidate_id: Annotated[int, typer.Argument(metavar="ID")],
    as_json: Json = False,
) -> None:
    """Why a candidate stands where it stands: reasons that add up to its score."""
    from aggregator.app import deciding, ranking, shapes

    with workspace(context) as opened:
        candidate = deciding.get(opened, candidate_id)
        unlearnt = ranking.unlearnt(opened)
    if as_json:
        put_json(shapes.why(candidate))
        return
    put(f"score {candidate.score:.2f}")
    for reason in candidate.score_reasons:
        put(f"  {reason.points:+7.2f}  {reason.text}")
    if not candidate.score_reasons:
        put("     0.00  no keyword of the publication, and nothing known of its source")
    put(f"section {_section(candidate)}")
    for reason in candidate.section_reasons:
        put(f"  {reason.points:+7.2f}  {reason.text}")
    if unlearnt:
        say(f"keywords and sources alone rank the queue: {unlearnt}", "dim")


def _decide(context: typer.Context, action: str, ids: list[int], section: str | None = None) -> None:
    from aggregator.app import deciding

    with workspace(context) as opened:
        for one in deciding.decide(opened, action, ids, now=now(), who=who(), section=section):
            say(deciding.describe(one, action))


@queue.command()
def approve(
    context: typer.Context,
    ids: Ids,
    section: Annotated[str | None, typer.Option(help="Into this section instead of the predicted one.")] = None,
) -> None:
    """Put candidates into the draft."""
    _decide(context, "approve", ids, section)


@queue.command()
def reject(context: typer.Context, ids: Ids) -> None:
    """Leave candidates out."""
    _decide(context, "reject", ids)


@queue.command()
def defer(context: typer.Context, ids: Ids) -> None:
    """Keep candidates for the next issue."""
    _decide(context, "defer", ids)


@queue.command()
def edit(
    context: typer.Context,
    candidate_id: Annotated[int, typer.Argument(metavar="ID")],
    title: Annotated[str | None, typer.Option(help="The title in your words; the one that arrived is kept.")] = None,
    section: Annotated[str | None, typer.Option(help="A section of the publication.")] = None,
    summary: Annotated[str | None, typer.Option(help="The summary; `-` reads standard input.")] = None,
    url: Annotated[str | None, typer.Option(help="The target link.")] = None,
    source: Annotated[str | None, typer.Option(help="The name printed after the bar.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="A bracketed tag; may be given again.")] = None,
) -> None:
    """Change fields of a candidate, and of its item when it stands in the draft."""
    from aggregator.app import deciding

    if summary == "-":
        summary = sys.stdin.read().strip()
    given = {
        "title": title,
        "section": section,
        "summary": summary,
        "url": url,
        "source": source,
        "tags": tuple(tag) if tag else None,
    }
    with workspace(context) as opened:
        fields = {name: value for name, value in given.items() if value is not None}
        candidate = deciding.edit(opened, candidate_id, fields, now=now(), who=who())
    say(f"edited {candidate.id}: {candidate.title}")


@queue.command()
def merge(
    context: typer.Context,
    candidate_id: Annotated[int, typer.Argument(metavar="ID")],
    into: Annotated[int, typer.Argument(metavar="INTO")],
) -> None:
    """Fold a candidate into another: one work, all copies and links kept."""
    from aggregator.app import merging

    with workspace(context) as opened:
        winner = merging.merge(opened, candidate_id, into, now=now(), who=who())
    say(f"merged {candidate_id} into {winner.id}: {winner.title} ({len(winner.entries)} copies)")


@queue.command()
def apply(
    context: typer.Context,
    path: Annotated[str, typer.Argument(metavar="FILE|-", help="A file of decisions, or `-` for standard input.")],
) -> None:
    """Take decisions from lines: `approve 12 papers`, `reject 13 14`, `defer 15`, `merge 16 12`."""
    from aggregator.app import batch

    lines = _lines(path)
    with workspace(context) as opened:
        applied = batch.apply_lines(opened, lines, now=now(), who=who())
    failed = [line for line in applied if line.error]
    for line in applied:
        say(f"line {line.number}: {line.error} [{line.error.code}]" if line.error else line.text)
    say(f"{len(applied) - len(failed)} applied, {len(failed)} failed", "dim")
    if failed:
        raise typer.Exit(1)


def _lines(path: str) -> list[str]:
    try:
        if path == "-":
            return sys.stdin.read().splitlines()
        return Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {path}", why=str(error), code="E702") from error


# The verbs of other files, behind those of this one.
wishes.register(queue)
reading.register(queue)
