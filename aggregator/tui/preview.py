"""The right side: everything that is known of one candidate, as styled text. No markup is read from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from aggregator.model import Candidate, Reason
from aggregator.tui.desk import Desk
from aggregator.tui.later import Later
from aggregator.tui.shown import block, line
from aggregator.urls import safe_url

if TYPE_CHECKING:
    from aggregator.app import reviewing
else:
    reviewing = Later("aggregator.app.reviewing")

COPIES = 8
Piece = tuple[str, str]


def preview(desk: Desk, one: Candidate, *, plain: bool = False) -> Content:
    """A candidate, read from top to bottom; `plain` leaves its Markdown as it is, and reads nothing further for it."""
    return Content.assemble(*pieces(desk, one, plain=plain))


def pieces(desk: Desk, one: Candidate, *, plain: bool = False) -> Iterator[Piece]:
    """The text of a candidate with its styles, each piece ending its line."""
    words = desk.words
    yield f"{line(one.title) or words('untitled')}\n", "bold"
    yield f"{_origin(desk, one)}\n", "$foreground 70%"
    yield f"{line(one.url or '', None) if one.url and safe_url(one.url) else words('no_link')}\n", "$foreground 70%"
    for warning in one.warnings:
        yield f"! {line(warning)}\n", "$text-warning"
    for seen in one.seen_in:
        relation = words.maybe(f"relation.{seen.relation}", seen.relation)
        yield f"! {words('ran', issue=seen.issue, relation=relation)}\n", "$text-warning"
    yield "\n", ""
    summary = one.summary if plain else reviewing.plain_text(one.summary)
    yield f"{block(summary) or words('no_summary')}\n", "" if one.summary else "$foreground 70%"
    for link in one.links:
        label = line(link.label) or (link.role if plain else reviewing.link_label(desk.workspace, link))
        yield f"{label}: {line(link.url)}\n", "$foreground 70%"
    if line(one.title_raw) != line(one.title):
        yield f"{words('arrived_as', title=line(one.title_raw))}\n", "$foreground 70%"
    yield from _others(desk, one)
    yield from _reasons(desk, one)


def _origin(desk: Desk, one: Candidate) -> str:
    at = one.published_at
    day = desk.local_day(at) if at else ""
    tags = " ".join(f"[{line(tag)}]" for tag in one.tags)
    return " · ".join(part for part in (line(one.source), line(one.author or ""), day, tags) if part)


def _others(desk: Desk, one: Candidate) -> Iterator[Piece]:
    if len(one.entries) > 1:
        yield f"{desk.words('copies', count=len(one.entries) - 1)}\n", "bold"
        for copy in one.entries[:COPIES]:
            yield f"  {line(copy.source)}: {line(copy.title)}\n", "$foreground 70%"
    if one.similar:
        ids = " ".join(f"{like.id} ({like.likeness:.0%})" for like in one.similar)
        yield f"{desk.words('similar', ids=ids)}\n", "$foreground 70%"


def _reasons(desk: Desk, one: Candidate) -> Iterator[Piece]:
    words = desk.words
    yield f"\n{words('score', score=f'{one.score:.1f}')}\n", "bold"
    yield from _listed(one.score_reasons)
    if not one.score_reasons:
        yield f"  {words('no_reasons')}\n", "$foreground 70%"
    sure = f"{one.section_confidence:.0%}"
    guess = words("section", section=desk.section_title(one.section), percent=sure)
    guess += words("second", section=desk.section_title(one.second)) if one.second else ""
    yield f"{guess}\n", "bold"
    yield from _listed(one.section_reasons)


def _listed(reasons: Sequence[Reason]) -> Iterator[Piece]:
    for reason in reasons:
        yield f"  {reason.points:+5.1f}  {line(reason.text)}\n", "$foreground 70%"
