"""`aggregator search`: the archive as memory."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.context import day, workspace
from aggregator.cli.output import counted, put, put_json, put_json_lines, put_table, say
from aggregator.errors import UsageError

if TYPE_CHECKING:
    from aggregator.app.searching import TopicIssue
    from aggregator.model import SearchHit, Status


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(search)


def search(
    context: typer.Context,
    words: Annotated[list[str] | None, typer.Argument(metavar="WORDS...|URL", help="All of them; any part of a text.")] = None,
    topic: Annotated[str | None, typer.Option(metavar="NAME", help="All issues about it, oldest first.")] = None,
    related: Annotated[int | None, typer.Option(metavar="ID", help="Printed items like this candidate.")] = None,
    section: Annotated[str | None, typer.Option(metavar="SLUG")] = None,
    source: Annotated[str | None, typer.Option(metavar="NAME", help="A part of the source's name.")] = None,
    issue: Annotated[str | None, typer.Option(metavar="DATE", help="Only what this issue printed.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE")] = None,
    status: Annotated[str | None, typer.Option(metavar="STATUS", help="pending approved rejected deferred published")] = None,
    limit: Annotated[int, typer.Option(min=1)] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="JSON, one object a line.")] = False,
) -> None:
    """Find again what was seen, approved or printed: by words (two characters and more, Chinese or English), by the address
    of a page (where did this run, does it wait?), by topic, or by likeness."""
    from aggregator.app import searching
    from aggregator.model import SearchFilter

    if sum((bool(words), topic is not None, related is not None)) != 1:
        raise UsageError("what to search for?", fix="give words, or an address, or --topic NAME, or --related ID")
    address = bool(words) and len(words or ()) == 1 and "://" in (words or ("",))[0]
    given = {"--section": section, "--source": source, "--issue": issue, "--since": since, "--status": status}
    useless = [name for name, value in given.items() if value is not None]
    if useless and (address or topic is not None or related is not None):
        what = "an address" if address else "--topic" if topic is not None else "--related"
        raise UsageError(f"{useless[0]} says nothing beside {what}", fix="it is for a search by words")
    with workspace(context) as opened:
        if topic is not None:
            _show_topic(searching.topic(opened, topic), as_json)
            return
        if related is not None:
            hits = searching.related(opened, related, limit)
        elif words and address:
            hits = searching.ran(opened, words[0])
        else:
            first = day(since)
            began = dt.datetime.combine(first, dt.time(), dt.UTC) if first else None
            wanted = SearchFilter(section, source, issue, began, _status(status))
            hits = searching.search(opened, words or [], wanted, limit)
    _show(hits, as_json)
    say(f"{len(hits)} found" + (", perhaps more: --limit" if len(hits) == limit else ""), "dim")


def _status(text: str | None) -> Status | None:
    from aggregator.model import Status

    try:
        return Status(text) if text else None
    except ValueError as error:
        raise UsageError(f"there is no status `{text}`", fix=f"one of: {' '.join(Status)}") from error


def _shape(hit: SearchHit) -> dict[str, object]:
    return {
        "kind": hit.kind,
        "id": hit.id,
        "title": hit.title,
        "url": hit.url,
        "source": hit.source or None,
        "section": hit.section or None,
        "issue": hit.issue,
        "date": hit.date,
        "status": hit.status,
        "summary": hit.summary,
    }


def _show(hits: list[SearchHit], as_json: bool) -> None:
    if as_json:
        put_json_lines(_shape(hit) for hit in hits)
        return
    rows = [
        [
            hit.issue or str(hit.date),
            f"{hit.id}" if hit.kind == "candidate" else "",
            hit.status,
            hit.section,
            hit.source,
            hit.title,
        ]
        for hit in hits
    ]
    put_table(rows, right=frozenset({1}))


def _show_topic(issues: list[TopicIssue], as_json: bool) -> None:
    for one in issues:
        if as_json:
            hits, mentions = [_shape(hit) for hit in one.hits], [_shape(hit) for hit in one.mentions]
            put_json({"issue": one.issue, "date": one.date, "hits": hits, "mentions": mentions})
            continue
        put(one.issue)
        for hit in one.hits:
            put(f"  {hit.section or hit.kind}  {hit.title}")
        for hit in one.mentions:
            put(f"  ({hit.section})  {hit.title}")
    say(counted(len(issues), "issue"), "dim")
