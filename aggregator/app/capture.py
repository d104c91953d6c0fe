"""One URL into the queue: the page is asked for its title, site, date and summary; what cannot be fetched is queued all the
same, from what the URL tells."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.app import retrying
from aggregator.app.ingest import Ingest
from aggregator.app.workspace import Workspace, poll_settings
from aggregator.errors import AggregatorError, QueueError
from aggregator.model import Arrival, Candidate, Entry, Reason, SectionGuess, Similar, Status
from aggregator.poll import capture as pages
from aggregator.poll.fetch import HttpFetcher
from aggregator.queue import identity, leads, review
from aggregator.queue.similar import Match, Titled
from aggregator.store.store import Unit
from aggregator.urls import canonical, is_http, safe_url

AT_ONCE = 16
_URL = re.compile(r"https?://[^\s<>\"'，。；！、（）《》【】「」]+", re.IGNORECASE)
_OPEN = frozenset({Status.PENDING, Status.DEFERRED})
EXPIRES = len("this WeChat link expires")


@dataclass(frozen=True, slots=True)
class Captured:
    """What came of a pasted URL: `made` is False when the queue knew the work already; `hint` is what would have told more of
    the page."""

    candidate: Candidate
    made: bool
    hint: str = ""


def addresses(pasted: str) -> list[str]:
    """The addresses in what was pasted or shared, which may be a message around them; a text without any as it is."""
    return _URL.findall(pasted) or [pasted.strip()] * bool(pasted.strip())


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
    (found,) = capture_all(workspace, [url], now=now, who=who, section=section, title=title, source=source)
    if isinstance(found, AggregatorError):
        raise found
    return found


def capture_all(
    workspace: Workspace,
    urls: Sequence[str],
    *,
    now: datetime,
    who: str,
    section: str | None = None,
    title: str | None = None,
    source: str | None = None,
) -> list[Captured | AggregatorError]:
    """Bring URLs into the queue, their pages asked for side by side; what came of each, in their order. One that is no address
    is an error among the others. Raises QueueError for no section."""
    if section is not None:
        review.check_section(section, workspace.publication)
    outcomes: dict[int, Captured | AggregatorError] = {}
    asked: dict[int, str] = {}
    for at, url in enumerate(urls):
        address = safe_url(url)
        if address is None or canonical(address) is None or not is_http(address):
            fix = "paste the whole address of the page"
            outcomes[at] = QueueError(f"this is no http(s) URL: {url}", fix=fix, code="E407")
            continue
        known = _known(workspace, address)
        if known is not None and (known.summary or known.status not in _OPEN):
            outcomes[at] = Captured(known, made=False)
        else:
            # A candidate of which a feed has told the title alone is filled in from its page.
            asked[at] = address
    found = asyncio.run(fetch_pages(workspace, list(asked.values()), now)) if asked else []
    for (at, address), page in zip(asked.items(), found, strict=True):
        outcomes[at] = _keep(workspace, address, page, _Wishes(section, title, source), now, who)
    return [outcomes[at] for at in range(len(urls))]


@dataclass(frozen=True, slots=True)
class _Wishes:
    section: str | None
    title: str | None
    source: str | None


def _keep(workspace: Workspace, address: str, found: pages.Captured, wishes: _Wishes, now: datetime, who: str) -> Captured:
    entry = replace(found.entry, title=wishes.title or found.entry.title)
    if any("#" in key for key in _keys(address)):
        # The part of a page is the work: `changelog#v1.3` is not the changelog.
        entry = replace(entry, url=address, guid=address)
    with workspace.store.write() as unit:
        ingest = Ingest.prepare(workspace, unit, now)
        # The page's own word for its address, and the one that was pasted: feeds may bring either.
        keys = tuple(dict.fromkeys((*identity.entry_keys(entry), *_keys(address))))
        owner = next(iter(unit.entries.owners(keys).values()), None)
        if owner is not None:
            return Captured(_filled(unit, ingest, owner, found), made=False, hint=found.hint)
        new = ingest.maker.candidate(entry, keys, source_name=wishes.source or found.source_name)
        if wishes.section is not None:
            new = replace(new, section=SectionGuess(wishes.section, 1.0, (Reason(1.0, "given with the URL"),)))
        own = [one for one in new.warnings if not any(one[:EXPIRES] == told[:EXPIRES] for told in found.warnings)]
        new = replace(new, warnings=tuple(dict.fromkeys((*own, *found.warnings))))
        twin = _twin(unit, ingest, entry, keys, now) if found.fetched else None
        if twin is not None and twin.same:
            # Other sources name it by another address: a short one of WeChat's says nothing of the long one.
            unit.entries.add([Arrival(entry, keys, candidate_id=twin.id)], now)
            return Captured(_filled(unit, ingest, twin.id, found), made=False, hint=found.hint)
        new = replace(new, similar=(Similar(twin.id, twin.likeness),)) if twin is not None else new
        arrival = Arrival(entry, keys, new=new)
        made = unit.entries.add([arrival], now)[0]
        ingest.remember(unit, [(arrival, made)])
        ingest.finish(unit)
        unit.decisions.append(at=now, who=who, action="add", subject=str(made), before={}, after={})
        if found.again:
            unit.sources.save([retrying.failed_state(made, 1, "; ".join(found.warnings), now)])
        return Captured(unit.candidates.get(made), made=True, hint=found.hint)


def _filled(unit: Unit, ingest: Ingest, owner: int, found: pages.Captured) -> Candidate:
    """A candidate that the queue has already, with what its page adds to it where nobody has decided or written anything yet."""
    candidate = unit.candidates.get(owner)
    if found.fetched and candidate.status in _OPEN and not candidate.summary:
        retrying.fill(unit, ingest, candidate, found)
        return unit.candidates.get(owner)
    return candidate


def _twin(unit: Unit, ingest: Ingest, entry: Entry, keys: tuple[str, ...], now: datetime) -> Match | None:
    """The candidate that has nearly the title of a page, None for none."""
    at = entry.published_at or now
    (match,) = ingest.titles.matches(unit, [Titled(0, entry.title, frozenset((entry.source,)), at)])
    return replace(match, same=False) if match is not None and leads.own_work(keys) else match


def _keys(url: str) -> tuple[str, ...]:
    return identity.entry_keys(Entry(source="", guid=url, url=url, title=""))


def _known(workspace: Workspace, url: str) -> Candidate | None:
    with workspace.store.read() as unit:
        owners = unit.entries.owners(_keys(url))
        return unit.candidates.get(next(iter(owners.values()))) if owners else None


async def fetch_pages(workspace: Workspace, urls: Sequence[str], now: datetime) -> list[pages.Captured]:
    """The pages at these addresses, asked for side by side with one client, in their order."""
    fetcher = HttpFetcher(poll_settings(workspace), lambda: now)
    room = asyncio.Semaphore(AT_ONCE)

    async def one(url: str) -> pages.Captured:
        async with room:
            return await pages.capture(url, fetcher, now)

    try:
        return list(await asyncio.gather(*map(one, urls)))
    finally:
        await fetcher.aclose()
