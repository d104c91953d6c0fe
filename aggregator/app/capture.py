"""One URL into the queue: the page is asked for its title, site, date and summary; what cannot be fetched is queued all the
same, from what the URL tells."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.app.ingest import Ingest
from aggregator.app.workspace import Workspace, poll_settings
from aggregator.errors import QueueError
from aggregator.model import Arrival, Candidate, Entry, Reason, SectionGuess
from aggregator.poll import capture as pages
from aggregator.poll.fetch import HttpFetcher
from aggregator.queue import identity, review
from aggregator.urls import canonical, is_http, safe_url


@dataclass(frozen=True, slots=True)
class Captured:
    """What came of a pasted URL: `made` is False when the queue knew the work already."""

    candidate: Candidate
    made: bool


def capture(
    workspace: Workspace,
    url: str,
    *,
    now: datetime,
    who: str,
    section: str | None = None,
    title: str | None = None,
    source: str | None = None,
) -> Captured:
    """Bring one URL into the queue, or find it there. Raises QueueError for what is no http(s) URL or no section."""
    address = safe_url(url)
    if address is None or canonical(address) is None or not is_http(address):
        raise QueueError(f"this is no http(s) URL: {url}", fix="paste the whole address of the page", code="E407")
    if section is not None:
        review.check_section(section, workspace.publication)
    known = _known(workspace, address)
    if known is not None:
        return Captured(known, made=False)
    found = asyncio.run(_page(workspace, address, now))
    entry = replace(found.entry, title=title or found.entry.title)
    if any("#" in key for key in _keys(address)):
        # The part of a page is the work: `changelog#v1.3` is not the changelog.
        entry = replace(entry, url=address, guid=address)
    with workspace.store.write() as unit:
        ingest = Ingest.prepare(workspace, unit, now)
        keys = identity.entry_keys(entry)
        owner = next(iter(unit.entries.owners(keys).values()), None)
        if owner is not None:
            return Captured(unit.candidates.get(owner), made=False)
        new = ingest.candidate(entry, keys, source_name=source or found.source_name)
        if section is not None:
            new = replace(new, section=SectionGuess(section, 1.0, (Reason(1.0, "given with the URL"),)))
        new = replace(new, warnings=tuple(dict.fromkeys((*new.warnings, *found.warnings))))
        arrival = Arrival(entry, keys, new=new)
        made = unit.entries.add([arrival], now)[0]
        ingest.remember(unit, [(arrival, made)])
        ingest.finish(unit)
        unit.decisions.append(at=now, who=who, action="add", subject=str(made), before={}, after={})
        return Captured(unit.candidates.get(made), made=True)


def _keys(url: str) -> tuple[str, ...]:
    return identity.entry_keys(Entry(source="", guid=url, url=url, title=""))


def _known(workspace: Workspace, url: str) -> Candidate | None:
    with workspace.store.read() as unit:
        owners = unit.entries.owners(_keys(url))
        return unit.candidates.get(next(iter(owners.values()))) if owners else None


async def _page(workspace: Workspace, url: str, now: datetime) -> pages.Captured:
    fetcher = HttpFetcher(poll_settings(workspace), lambda: now)
    try:
        return await pages.capture(url, fetcher, now)
    finally:
        await fetcher.aclose()
