"""`aggregator sources`: the configured upstreams and how they are doing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli import rules
from aggregator.cli.context import now, workspace
from aggregator.cli.output import ago, put, put_json, put_json_lines, put_table, say, show_error
from aggregator.errors import UsageError

if TYPE_CHECKING:
    from aggregator.app.discovering import Offer
    from aggregator.app.explaining import Explained

sources = typer.Typer(no_args_is_help=True, help="The configured upstreams and how they are doing.")
Name = Annotated[str, typer.Argument(metavar="NAME", help="The name of a source.")]
Json = Annotated[bool, typer.Option("--json", help="JSON, one object a line.")]


def register(app: typer.Typer) -> None:
    """Add the noun to the program."""
    app.add_typer(sources, name="sources")


@sources.command("list")
def list_(context: typer.Context, as_json: Json = False) -> None:
    """All sources with their health and their yield."""
    from aggregator.app import listing, shapes

    with workspace(context) as opened:
        reports = listing.sources(opened)
    if as_json:
        put_json_lines(shapes.source(report) for report in reports)
        return
    at = now()
    rows = [
        [
            report.status.value,
            report.source.name,
            report.source.kind,
            str(report.entries),
            str(report.approved),
            ago(report.state.last_polled_at, at),
            ago(report.state.next_poll_at, at) if report.state.next_poll_at else "now",
            report.trouble or "",
        ]
        for report in reports
    ]
    put_table([["status", "name", "kind", "entries", "taken", "polled", "next", "trouble"], *rows], right=frozenset({3, 4}))


@sources.command()
def explain(context: typer.Context, name: Name, as_json: Json = False) -> None:
    """Why a source is polled when it is, and its last requests."""
    from aggregator.app import explaining, shapes

    with workspace(context) as opened:
        found = explaining.explain(opened, name, now())
    if as_json:
        put_json(shapes.explained(found))
    else:
        _explain(found)


def _explain(found: Explained) -> None:
    at, report, state = now(), found.report, found.report.state
    put(f"{report.source.name}: {report.status.value}")
    put(f"  kind      {report.source.kind}")
    for url in report.source.urls:
        put(f"  address   {url}" + (f" (moved for good to {state.moved[url]})" if url in state.moved else ""))
    for line in found.hosts:
        put(f"  host      {line}")
    polled, well, fresh = (ago(instant, at) for instant in (state.last_polled_at, state.last_ok_at, state.last_new_at))
    put(f"  polled    {polled}, last well {well}, last new {fresh}")
    for line in found.rhythm:
        put(f"  rhythm    {line}")
    put(f"  next      {ago(state.next_poll_at, at) if state.next_poll_at else 'at the next poll'}")
    put(f"            {found.why}")
    if state.last_error:
        put(f"  error     {state.last_error} ({state.failures} in a row)")
    if report.silence:
        put(f"  silent    {report.silence}")
    for record in found.requests:
        outcome = record.error or f"{record.status}"
        kind = "conditional" if record.conditional else "whole"
        put(f"  {record.at:%Y-%m-%d %H:%M:%S}  {outcome}  {record.length_bytes} B  {record.seconds:.2f} s  {kind}  {record.url}")
        if record.reason:
            put(f"      {record.reason}")


@sources.command()
def check(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME...", help="Only these sources.")] = None,
) -> None:
    """Try every source once without storing anything."""
    from aggregator.app import polling

    failed = 0
    with workspace(context) as opened:
        for outcome in polling.check(opened, now(), names=names or ()):
            if outcome.error:
                failed += 1
                say(f"✗ {outcome.source}: {outcome.error} [{outcome.error_code}]", "red")
            else:
                blocked = (f"{len(outcome.blocked)} of them blocked by rules",) if outcome.blocked else ()
                notes = "".join(f"; {note}" for note in (*blocked, *outcome.notes))
                put(f"✓ {outcome.source}: {len(outcome.entries)} entries{notes}")
    if failed:
        say(f"{failed} of the sources cannot be read", "red")
        raise typer.Exit(1)


@sources.command()
def mute(context: typer.Context, name: Name, off: Annotated[bool, typer.Option("--off", help="Poll it again.")] = False) -> None:
    """Stop polling a source; what it brought stays."""
    from aggregator.app import configuring

    with workspace(context) as opened:
        configuring.mute(opened, name, muted=not off)
    say(f"{'unmuted' if off else 'muted'} {name}")


@sources.command()
def remove(context: typer.Context, name: Name) -> None:
    """Take a source out of sources.yaml; what it brought stays."""
    from aggregator.app import configuring

    with workspace(context) as opened:
        configuring.remove(opened, name)
    say(f"removed {name}")


@sources.command()
def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="A feed, or any page of a site whose feed is looked for.")],
    name: Annotated[str | None, typer.Option(help="Its name; by default what the feed calls itself.")] = None,
    section: Annotated[str | None, typer.Option(help="The section that its entries usually belong to.")] = None,
    first: Annotated[bool, typer.Option("--first", help="Where several are found, take the first and do not ask.")] = False,
) -> None:
    """Find what can be polled behind an address, show what it brings, and write it into sources.yaml."""
    from aggregator.app import configuring, discovering

    with workspace(context) as opened:
        if section is not None:
            from aggregator.queue.review import check_section

            check_section(section, opened.publication)
        offers = discovering.look(opened, url, now())
        for number, offer in enumerate(offers, 1):
            _show(offer, number if len(offers) > 1 else None)
        chosen = offers[0] if first or len(offers) == 1 else offers[_asked(len(offers)) - 1]
        added = configuring.add(opened, chosen, name=name, section=section)
    say(f"added {added}", "green")


def _show(offer: Offer, number: int | None) -> None:
    mark = f"{number}  " if number else ""
    address = offer.found.url or " ".join(str(value) for value in offer.found.options.values())
    say(f"{mark}{offer.name}  {offer.found.kind}  {address}   ({offer.found.how})")
    rate = f"about {offer.per_week:.2g} a week" if offer.per_week is not None else "no telling how many a week"
    covered = f", {offer.known} of them in the queue already" if offer.known else ""
    say(f"   {offer.entries} entries, {rate}{covered}")
    for entry in offer.latest:
        instant = entry.published_at or entry.updated_at
        say(f"   {instant:%Y-%m-%d}  {entry.title}" if instant else f"   {'':10}  {entry.title}")


def _asked(count: int) -> int:
    """The number that a person chooses. Raises UsageError where nobody can be asked."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(
            f"{count} feeds were found", why="nothing was written", fix="add --first, or give the address of one of them"
        )
    while not 1 <= (chosen := int(typer.prompt("Which one", type=int, default=1, err=True))) <= count:
        say(f"write a number from 1 to {count}")
    return chosen


@sources.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.opml", help="The subscriptions of another reader.")],
) -> None:
    """Add the feeds of an OPML file; folders become groups, and what is polled already is named."""
    from aggregator.app import opml

    with workspace(context) as opened:
        report = opml.read_list(opened, file)
    for problem in report.problems:
        show_error(problem)
    for line in report.duplicates:
        say(line, "yellow")
    put(f"{len(report.added)} added · {len(report.duplicates)} polled already · {len(report.problems)} not read")


@sources.command()
def export(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE.opml", help="Where to write it; by default to standard output.")
    ] = None,
) -> None:
    """All sources that are feeds as OPML 2.0, groups as folders."""
    from aggregator.app import opml

    with workspace(context) as opened:
        written, left_out = opml.written_list(opened, now())
    if left_out:
        say(f"{len(left_out)} sources are no feeds that another reader could poll: {', '.join(left_out)}", "yellow")
    if file is None:
        sys.stdout.write(written.decode())
        return
    try:
        file.write_bytes(written)
    except OSError as error:
        raise UsageError(f"{file} cannot be written", why=error.strerror or str(error), fix="choose another file") from error
    say(f"wrote {file}")


@sources.command()
def answers(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME...", help="Only these sources of kind submissions.")] = None,
    as_json: Json = False,
) -> None:
    """What to answer readers who suggested something, ready to paste: where it has run, or what became of it."""
    from dataclasses import asdict

    from aggregator.app import answering

    with workspace(context) as opened:
        found = answering.answers(opened, names or ())
    if as_json:
        put_json_lines(asdict(one) for one in found)
        return
    for one in found:
        put(f"{one.status}  {one.title}")
        put(f"  {one.page}")
        put(f"  {one.text}")
    say(f"{len(found)} suggestions")


@sources.command()
def kinds(
    names: Annotated[list[str] | None, typer.Argument(metavar="KIND...", help="Only these kinds, each with an example.")] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="As a page of documentation.")] = False,
) -> None:
    """The kinds of sources, their options, and what a source of each looks like in sources.yaml."""
    from aggregator.cli import kinds as pages
    from aggregator.poll.sources import KINDS

    wrong = next((name for name in names or () if name not in KINDS), None)
    if wrong is not None:
        raise UsageError(f"there is no kind `{wrong}`", why=f"there are {', '.join(KINDS)}", fix="aggregator sources kinds")
    put((pages.markdown if markdown else pages.plain)(names or list(KINDS), examples=bool(names)))


# The verbs of other files, behind those of this one.
rules.register(sources)
