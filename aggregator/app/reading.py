"""The pages of candidates of which a feed told the title alone: read on request, and those of what was approved under `up`.

A page is asked for once, politely like any other; one that fails is asked again by later polls, as a captured page is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.app import ranking, retrying
from aggregator.app.deciding import draft_of
from aggregator.app.ingest import Ingest
from aggregator.app.workspace import Workspace
from aggregator.errors import QueueError
from aggregator.issue import draft as drafts
from aggregator.model import Candidate, CandidateFilter, Status
from aggregator.poll.capture import UNREAD
from aggregator.poll.capture import Captured as Page
from aggregator.store.store import Unit
from aggregator.urls import is_http

AT_ONCE = 8
WAITING = frozenset({Status.PENDING, Status.DEFERRED})
READABLE = WAITING | {Status.APPROVED}
_TOLD = ("source", "summary")


@dataclass(frozen=True, slots=True)
class Read:
    """What came of a page: the candidate as it stands now, and why nothing was learnt ("" where something was)."""

    candidate: Candidate
    problem: str = ""


def wanted(workspace: Workspace, *, top: int = 0) -> list[int]:
    """The candidates whose pages are worth asking for: those in the draft, then the first `top` of the queue, as far as they
    have no summary and their page was not asked for yet."""
    with workspace.store.read() as unit:
        found = unit.candidates.find(CandidateFilter((Status.APPROVED,)))
        found += unit.candidates.find(CandidateFilter(limit=top)) if top else []
        bare = [one for one in found if not one.summary.strip() and one.url and is_http(one.url)]
        asked = unit.sources.states() if bare else {}
    return [one.id for one in bare if retrying.name_of(one.id) not in asked]


def read(workspace: Workspace, ids: Sequence[int], now: datetime) -> Iterator[Read]:
    """Ask for the pages of candidates, a few at once, and fill in what they tell where nothing stands yet; what was read is
    stored before the next are asked for. Raises QueueError for a candidate that is not there, is decided or has no address."""
    with workspace.store.read() as unit:
        asked = [_readable(unit.candidates.get(one)) for one in dict.fromkeys(ids)]
    for start in range(0, len(asked), AT_ONCE):
        yield from _read(workspace, asked[start : start + AT_ONCE], now)


def _readable(candidate: Candidate) -> Candidate:
    if candidate.merged_into is not None or candidate.status not in READABLE:
        state = f"merged into {candidate.merged_into}" if candidate.merged_into else candidate.status.value
        raise QueueError(
            f"candidate {candidate.id} is {state}", fix="only what waits or stands in the draft is read", code="E402"
        )
    if not candidate.url or not is_http(candidate.url):
        raise QueueError(
            f"candidate {candidate.id} has no address to read", fix=f"aggregator queue edit {candidate.id} --url URL"
        )
    return candidate


def _read(workspace: Workspace, asked: Sequence[Candidate], now: datetime) -> list[Read]:
    from aggregator.app.capture import fetch_pages

    pages = asyncio.run(fetch_pages(workspace, [one.url or "" for one in asked], now))
    with workspace.store.write() as unit:
        ingest = Ingest.prepare(workspace, unit, now)
        outcomes = [keep(unit, workspace, ingest, one.id, page, now) for one, page in zip(asked, pages, strict=True)]
        ingest.finish(unit)
    ranking.rescore(workspace, now, ids=[one.candidate.id for one in outcomes if one.candidate.status in WAITING])
    return outcomes


def keep(
    unit: Unit, workspace: Workspace, ingest: Ingest, candidate_id: int, page: Page, now: datetime, *, failures: int = 0
) -> Read:
    """Store what a page told of a candidate, in the draft too where it stands there. A page that failed, now for more than
    `failures` times, is remembered and marked."""
    candidate = unit.candidates.get(candidate_id)
    if candidate.status not in READABLE or candidate.merged_into is not None:
        unit.sources.save([retrying.done_state(candidate_id, now)])
        return Read(candidate, "it was decided on meanwhile")
    if not page.fetched:
        again = page.again or failures > 0
        unit.sources.save([retrying.failed_state(candidate_id, failures + 1 if again else retrying.NEVER, _said(page), now)])
        others = [one for one in candidate.warnings if not one.startswith(UNREAD)]
        unit.candidates.update(candidate_id, {"warnings": tuple(dict.fromkeys((*others, *page.warnings)))})
        return Read(unit.candidates.get(candidate_id), _said(page) or UNREAD)
    retrying.fill(unit, ingest, candidate, page)
    unit.sources.save([retrying.done_state(candidate_id, now)])
    filled = unit.candidates.get(candidate_id)
    if filled.status is Status.APPROVED:
        _into_draft(unit, workspace, filled)
    return Read(filled, "" if filled.summary else "its page has no text that could be read")


def _said(page: Page) -> str:
    return "; ".join(page.warnings)


def _into_draft(unit: Unit, workspace: Workspace, candidate: Candidate) -> None:
    """The item of a candidate takes over what it lacks; what stands there is the editor's."""
    was = draft_of(unit, workspace)
    item = next((one for one in was.items if one.candidate_id == candidate.id), None)
    if item is None:
        return
    fresh = drafts.item_from(candidate, workspace.publication)
    fields = {name: getattr(fresh, name) for name in _TOLD if not getattr(item, name) and getattr(fresh, name)}
    known = {link.url for link in item.links} | {item.url}
    links = tuple(link for link in fresh.links if link.url not in known)
    if fields or links:
        told = (*fields, "links") if links and not item.links else tuple(fields)
        untouched = tuple(dict.fromkeys((*item.untouched, *told)))
        unit.issues.replace(
            was, drafts.replace_item(was, replace(item, links=(*item.links, *links), untouched=untouched, **fields))
        )
