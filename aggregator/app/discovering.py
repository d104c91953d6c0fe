"""What can be polled behind an address: the page is read, what it names is tried once, and nothing is written."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from aggregator.app.workspace import Workspace, poll_settings
from aggregator.errors import AggregatorError, ConfigError, FetchError, ParseError
from aggregator.model import Entry, Outcome, PollState, Source
from aggregator.poll import discover
from aggregator.poll.fetch import HttpFetcher
from aggregator.poll.knownhosts import Found, known
from aggregator.poll.run import poll_sources
from aggregator.poll.sources import KINDS
from aggregator.queue import identity
from aggregator.text import clean_line
from aggregator.urls import canonical, host, is_http, safe_url

NAME_CHARS = 90
# How a bridge is known for what it runs: by its name under `bridges:`, or by its address.
_MARKS = {"rsshub": re.compile(r"rss-?hub", re.IGNORECASE), "wewe-rss": re.compile(r"wewe", re.IGNORECASE)}
LATEST = 3
# An address as people say it, without its scheme.
_BARE = re.compile(r"(?:[\w-]+\.)+[A-Za-z]{2,24}(?::\d{1,5})?(?:/\S*)?")
_PAGES_ONLY = frozenset({401, 403, 405, 406, 412, 418, 521})


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that can be polled. `fields` are what sources.yaml would say beside the name; `latest` its newest entries;
    `per_week` None where too few entries have dates; `known` counts those that the queue has already."""

    found: Found
    name: str
    fields: Mapping[str, object]
    entries: int = 0
    latest: tuple[Entry, ...] = ()
    per_week: float | None = None
    known: int = 0


@dataclass(slots=True)
class _Search:
    """What was looked at on the way, for the error that tells of it."""

    address: str
    page: discover.Page | None = None
    page_error: AggregatorError | None = None
    missing: list[tuple[str, str]] = field(default_factory=list)
    failed: list[tuple[Found, str]] = field(default_factory=list)
    unbridged: str = ""


def look(workspace: Workspace, url: str, now: datetime) -> tuple[Offer, ...]:
    """What can be polled behind `url`, the likeliest first; never empty. Raises ConfigError E137 for no address and E138 for
    one that is polled already, FetchError for a page that cannot be had, ParseError E203 where nothing can be polled."""
    written = url.strip()
    address = safe_url(f"https://{written}" if _BARE.fullmatch(written) else written)
    if address is None or not is_http(address):
        raise ConfigError(f"this is no http(s) URL: {url}", fix="paste the whole address of the feed or the page", code="E137")
    _refuse_known(workspace, [address])
    search = _Search(address)
    # Where the address alone tells what to poll, the page is not asked for.
    offers = _tried(workspace, known(address), search, now)
    if not offers and not search.unbridged:
        offers = _tried(workspace, asyncio.run(_searched(workspace, search, now)), search, now)
    if not offers and search.page and not search.missing:
        # What the page names cannot be read: what it does not name may be.
        offers = _tried(workspace, asyncio.run(_usual(workspace, search, now)), search, now)
    if not offers:
        raise _nothing(search)
    return offers


async def _searched(workspace: Workspace, search: _Search, now: datetime) -> tuple[Found, ...]:
    fetcher = HttpFetcher(poll_settings(workspace), lambda: now)
    try:
        search.page = page = await _page(search.address, fetcher)
        found = tuple(one for one in page.found if one not in [failed for failed, _ in search.failed])
        if not found and page.canonical:
            found = (await _page(page.canonical, fetcher)).found
        return found or await _at_usual_places(page.canonical or page.url, fetcher, search)
    except FetchError as error:
        search.page_error = error
        if error.http_status in _PAGES_ONLY:
            # Many a site that shuts its pages to programs has its feed open to them.
            found = await _at_usual_places(search.address, fetcher, search)
            if found:
                return found
        if not search.failed:
            raise
        return ()
    finally:
        await fetcher.aclose()


async def _usual(workspace: Workspace, search: _Search, now: datetime) -> tuple[Found, ...]:
    fetcher = HttpFetcher(poll_settings(workspace), lambda: now)
    try:
        page = search.page
        found = await _at_usual_places((page.canonical or page.url) if page else search.address, fetcher, search)
        return tuple(one for one in found if one.url not in [failed.url for failed, _ in search.failed])
    finally:
        await fetcher.aclose()


async def _page(url: str, fetcher: HttpFetcher) -> discover.Page:
    fetched = await fetcher.get(url)
    page = discover.read(fetched.body, url=fetched.final_url, content_type=fetched.headers.get("content-type"))
    # A feed is polled at the address that was given: where it leads today is no part of it.
    return replace(page, found=(replace(page.found[0], url=url),)) if page.is_feed else page


async def _at_usual_places(url: str, fetcher: HttpFetcher, search: _Search) -> tuple[Found, ...]:
    for place in discover.usual_places(url):
        try:
            fetched = await fetcher.get(place)
        except FetchError as error:
            search.missing.append((place, str(error.http_status or error)))
            continue
        if discover.looks_like_feed(fetched.body, fetched.headers.get("content-type")):
            return (Found("feed", "an address at which feeds are usual", place),)
        search.missing.append((place, "no feed"))
    return ()


def _tried(workspace: Workspace, found: Sequence[Found], search: _Search, now: datetime) -> tuple[Offer, ...]:
    """Those of `found` that bring something, each polled once; of several that bring the same the first."""
    trials: dict[str, tuple[Found, Source]] = {}
    for number, one in enumerate(found):
        templates, addresses = _over_bridges(workspace, one.routes) if one.routes else ((), ())
        if one.routes and not addresses:
            search.failed.append((one, f"the site has no feed, and no bridge is set that could make one ({_services(one)})"))
            search.unbridged = search.unbridged or one.routes[-1][0]
            continue
        _refuse_known(workspace, addresses)
        trial = Source(str(number), one.kind, addresses or ((one.url,) if one.url else ()), options=one.options)
        one = replace(one, url=templates[0], more=templates[1:]) if templates else one
        try:
            trials[trial.name] = (one, replace(trial, urls=KINDS[one.kind].addresses(trial)))
        except ConfigError as error:
            search.failed.append((one, error.what))
    if not trials:
        return ()
    if any(not one.routes for one, _ in trials.values()):
        _refuse_known(workspace, [source.url for one, source in trials.values() if not one.routes])
    jobs = [(source, PollState(source.name)) for _, source in trials.values()]
    with poll_sources(jobs, poll_settings(workspace), now) as run:
        outcomes = {outcome.source: outcome for outcome in run}
    offers: list[Offer] = []
    seen: list[frozenset[str]] = []
    for name, (one, _) in trials.items():
        outcome = outcomes[name]
        if outcome.error:
            search.failed.append((one, outcome.error))
            continue
        works = frozenset(entry.url or entry.guid for entry in outcome.entries)
        if works not in seen or not works:
            seen.append(works)
            offers.append(_offer(workspace, one, outcome, now))
    return tuple(offers)


def _offer(workspace: Workspace, found: Found, outcome: Outcome, now: datetime) -> Offer:
    entries = outcome.entries
    oldest = datetime.min.replace(tzinfo=now.tzinfo)
    newest = sorted(entries, key=lambda entry: entry.published_at or entry.updated_at or oldest, reverse=True)
    with workspace.store.read() as unit:
        keys = {entry.guid: identity.entry_keys(entry) for entry in entries}
        owners = unit.entries.owners({key for several in keys.values() for key in several})
    title = found.title if found.kind not in {"feed", "bridge"} else ""
    named = title or outcome.state.feed_title or found.title or host(found.url) or found.kind
    fields: dict[str, object] = {} if found.kind == "feed" else {"kind": found.kind}
    fields |= {"urls": [found.url, *found.more]} if found.more else {"url": found.url} if found.url else {}
    return Offer(
        found=found,
        name=clean_line(named, NAME_CHARS),
        fields={**fields, **found.options},
        entries=len(entries),
        latest=tuple(newest[:LATEST]),
        per_week=_per_week(entries),
        known=sum(any(key in owners for key in several) for several in keys.values()),
    )


def _per_week(entries: Sequence[Entry]) -> float | None:
    dates = sorted(filter(None, (entry.published_at or entry.updated_at for entry in entries)))
    if len(dates) < 2 or dates[-1] - dates[0] < timedelta(hours=1):
        return None
    return (len(dates) - 1) / ((dates[-1] - dates[0]) / timedelta(weeks=1))


def _over_bridges(workspace: Workspace, routes: Sequence[tuple[str, str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The addresses of paths at the workspace's bridges: as sources.yaml writes them, and with their origins."""
    templates: list[str] = []
    addresses: list[str] = []
    for service, path in routes:
        for name, origins in workspace.config.bridges.items():
            if origins and _MARKS[service].search(f"{name} {' '.join(origins)}"):
                templates.append(f"{{{name}}}{path}")
                addresses += [f"{origin.rstrip('/')}{path}" for origin in origins]
    return tuple(templates), tuple(addresses)


def _services(found: Found) -> str:
    return " or ".join(dict.fromkeys(service for service, _ in found.routes))


def _refuse_known(workspace: Workspace, addresses: Sequence[str]) -> None:
    """Raises ConfigError for an address that is polled already."""
    wanted = {canonical(address) for address in addresses}
    for source in workspace.sources:
        polled = {canonical(url) for url in source.urls}
        if wanted & polled:
            fix = f"aggregator sources explain {source.name!r}"
            raise ConfigError(f"`{source.name}` polls this address already", fix=fix, code="E138")


def _nothing(search: _Search) -> ParseError:
    page = search.page
    if page is None or (search.failed and not search.missing):
        found, error = search.failed[0]
        what, why = error, f"{found.how}: {found.url or found.title or found.kind}"
        if len(search.failed) > 1:
            why += "; " + "; ".join(f"{one.url or one.title}: {said}" for one, said in search.failed[1:4])
    else:
        what = "the page is HTML, not a feed"
        why = "; ".join(filter(None, (_alternates(search), _places(search))))
    bridge = f"write `{search.unbridged}: https://…` under `bridges:` in sources.yaml; or: " if search.unbridged else ""
    kinds = "" if bridge else "; a source of kind page or sitemap, written by hand, polls what has no feed"
    return ParseError(
        f"sources add {search.address}: {what}",
        why=why,
        fix=f"{bridge}aggregator add {search.address}   keeps this one article{kinds}",
        code="E203",
    )


def _alternates(search: _Search) -> str:
    failed = [f"{found.url or found.title}: {error}" for found, error in search.failed[:3]]
    return "; ".join(failed) or "no link rel=alternate"


def _places(search: _Search) -> str:
    if not search.missing:
        return ""
    said = {answer for _, answer in search.missing}
    names = " ".join(urlsplit(place).path for place, _ in search.missing[:4])
    return f"tried {names}{' …' if len(search.missing) > 4 else ''} (" + (
        f"all {said.pop()})" if len(said) == 1 else "none is a feed)"
    )
