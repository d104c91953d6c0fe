"""Pages that were queued from their address alone because they could not be read: asked again at later polls.

Which and when stands among the states of the sources, under a name that no source can have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from aggregator.model import PollState, SourceStatus, Status
from aggregator.urls import host

if TYPE_CHECKING:
    from aggregator.app.ingest import Ingest
    from aggregator.app.workspace import Workspace
    from aggregator.model import Candidate
    from aggregator.poll.capture import Captured
    from aggregator.store.store import Unit

PREFIX = "\tcaptured page "  # a tab: no source's name holds one
WAITS = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=3))
MOST = 50
NEVER = len(WAITS) + 1


def name_of(candidate_id: int) -> str:
    """The name under which is remembered how the page of a candidate was asked for."""
    return f"{PREFIX}{candidate_id}"


def done_state(candidate_id: int, now: datetime) -> PollState:
    """What to remember of a page that was read: it is not asked again."""
    return PollState(name_of(candidate_id), SourceStatus.OK, last_polled_at=now)


def failed_state(candidate_id: int, failures: int, error: str, now: datetime) -> PollState:
    """What to remember of a page that failed for the `failures`-th time; after the last wait it is not asked again."""
    name = name_of(candidate_id)
    if failures > len(WAITS):
        return PollState(name, SourceStatus.GONE, failures=failures, last_error=error[:500], last_polled_at=now)
    at = now + WAITS[failures - 1]
    return PollState(name, SourceStatus.FAILING, failures=failures, last_error=error[:500], last_polled_at=now, next_poll_at=at)


def due(states: Mapping[str, PollState], now: datetime) -> list[PollState]:
    """The pages to ask again now, the longest waiting first, at most 50."""
    waiting = [
        state
        for name, state in states.items()
        if name.startswith(PREFIX) and state.status is SourceStatus.FAILING and state.next_poll_at and state.next_poll_at <= now
    ]
    return sorted(waiting, key=lambda state: state.next_poll_at or now)[:MOST]


def retry(workspace: Workspace, waiting: Sequence[PollState], now: datetime) -> int:
    """Ask these pages again and fill in the candidates that still wait for a decision or stand in the draft; how many could be
    read. What the editor has changed meanwhile stays."""
    import asyncio

    from aggregator.app import ranking, reading
    from aggregator.app.capture import fetch_pages
    from aggregator.app.ingest import Ingest

    with workspace.store.read() as unit:
        both = [(state, unit.candidates.get(int(state.source.removeprefix(PREFIX)))) for state in waiting]
    open_ = [(state, one) for state, one in both if one.status in reading.READABLE and one.merged_into is None and one.url]
    found = asyncio.run(fetch_pages(workspace, [one.url or "" for _, one in open_], now))
    with workspace.store.write() as unit:
        ingest = Ingest.prepare(workspace, unit, now)
        unit.sources.save([done_state(one.id, now) for state, one in both if (state, one) not in open_])
        for (state, one), page in zip(open_, found, strict=True):
            reading.keep(unit, workspace, ingest, one.id, page, now, failures=state.failures)
        ingest.finish(unit)
    ranking.rescore(workspace, now, ids=[one.id for _, one in open_ if one.status is not Status.APPROVED])
    return sum(page.fetched for page in found)


def fill(unit: Unit, ingest: Ingest, old: Candidate, page: Captured) -> None:
    """What a page adds to a candidate; what the editor has changed, and what is there already, stays. What a feed brought has
    its title from there, and what is approved has its section."""
    from aggregator.poll.capture import CAPTURED, UNREAD
    from aggregator.poll.page import NOTICE
    from aggregator.queue.identity import entry_keys

    by_feed = bool(old.entries) and old.entries[0].source != CAPTURED
    # The address stands: what it is known by must not change under the editor's eyes.
    entry = replace(page.entry, url=old.url, guid=old.url or page.entry.guid)
    if by_feed:
        entry = replace(entry, title=old.title_raw, source=old.entries[0].source)
    new = ingest.maker.candidate(entry, entry_keys(entry), source_name=old.source if by_feed and old.source else page.source_name)
    changes: dict[str, object] = {
        "warnings": tuple(one for one in (*old.warnings, *page.warnings) if not one.startswith((UNREAD, NOTICE)))
    }
    if not by_feed:
        changes |= {"score": new.score.value, "score_reasons": new.score.reasons, "title_raw": new.title}
        # A field that is no longer as the address filled it in is the editor's.
        changes |= {"title": new.title} if old.title == old.title_raw and old.status is not Status.APPROVED else {}
    changes |= {name: getattr(new, name) for name in ("summary", "author", "published_at") if not getattr(old, name)}
    changes |= {"tags": new.tags} if not old.tags else {}
    known = {link.url for link in old.links}
    changes |= {"links": (*old.links, *(link for link in new.links if link.url not in known))}
    changes |= {"source": new.source} if not old.source or old.source == host(old.url or "") else {}
    if old.section_confidence < 1 and old.status is not Status.APPROVED:
        guess = new.section
        changes |= {"section": guess.slug, "section_confidence": guess.confidence, "section_reasons": guess.reasons}
        changes |= {"second": guess.second}
    unit.candidates.update(old.id, changes)
