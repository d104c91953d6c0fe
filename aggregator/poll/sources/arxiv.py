"""kind: arxiv. Announcements of categories (RSS, daily, empty at weekends) or a query of the API.

https://info.arxiv.org/help/rss_specifications.html and https://info.arxiv.org/help/api/user-manual.html
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import quote_plus

from aggregator.errors import AggregatorError, ConfigError, ParseError
from aggregator.model import Entry, Link, Source, Validators
from aggregator.poll import arxivdays, arxivextra
from aggregator.poll.kind import pages_of_others
from aggregator.poll.parse import ACCEPT, parse_fetched
from aggregator.protocols import Fetched, Fetcher, Option, Polled
from aggregator.urls import arxiv_id, is_http

MAX_RESULTS = 2000  # of one slice, by the manual

_CATEGORY = re.compile(r"[a-z-]+(?:\.[A-Za-z-]+)?$")
_ANNOUNCED = re.compile(r"^\s*arXiv:\S+\s+Announce Type:\s*([a-z-]+)\s*(?:Abstract:\s*)?", re.IGNORECASE)
_OAI = re.compile(r"^oai:arXiv\.org:(.+?)(?:v\d+)?$", re.IGNORECASE)
_ASKED_WHOLE = Validators()
_PATIENCE = timedelta(days=7)
_ANNOUNCE = ("new", "replace", "cross", "replace-cross")


class ArxivPoller:
    """One paper is one entry: its guid and address carry no version, so a new version is no new entry."""

    kind = "arxiv"
    needs_url = False
    passes_on = staticmethod(pages_of_others)
    options: Sequence[Option] = (
        Option("categories", list, "categories such as cs.CV; several are one request", ()),
        Option(
            "query",
            str,
            "a search_query of the API such as `abs:quantization AND ti:edge`; together with categories both must hold",
        ),
        Option("mode", str, "`rss` (daily announcements) or `api`; by default `api` where there is a query, else `rss`"),
        Option("max_results", int, f"papers asked of the API, newest first, at most {MAX_RESULTS}", 100),
        Option("announce", list, f"announcements kept in mode rss: {', '.join(_ANNOUNCE)}", ("new",)),
        Option("backfill", bool, "ask the API for the days on which nothing was polled", default=True),
        Option("base_url", str, "where a mirror serves /rss/ and /api/query, instead of arXiv's own hosts"),
    )

    def addresses(self, source: Source) -> tuple[str, ...]:
        """The addresses given, else the one that the options name. Raises ConfigError E131 for options that name none."""
        for announce in source.options.get("announce") or ():
            if announce not in _ANNOUNCE:
                raise _wrong(source, f"announce {announce!r} is unknown", f"use one of {', '.join(_ANNOUNCE)}")
        if source.urls:
            return source.urls
        categories = source.options.get("categories") or ()
        query = source.options.get("query") or ""
        mode = source.options.get("mode") or ("api" if query else "rss")
        if mode not in {"rss", "api"} or (mode == "rss" and query):
            raise _wrong(source, f"mode {mode!r} cannot be polled", "use `mode: api` with a query, `mode: rss` without")
        if not categories and not query:
            raise _wrong(source, "neither categories nor a query are given", "add `categories: [cs.CV]`")
        for category in categories:
            if not _CATEGORY.match(str(category)):
                raise _wrong(source, f"{category!r} is no category", "write it as arXiv does: cs.CV")
        base = str(source.options.get("base_url") or "").rstrip("/")
        if base and not is_http(base):
            raise _wrong(source, f"{base!r} is no address", "give an http or https address")
        if mode == "rss":
            return (f"{base or 'https://rss.arxiv.org'}/rss/{'+'.join(categories)}",)
        return (_api_address(base or "https://export.arxiv.org", categories, query, source.options.get("max_results") or 100),)

    async def poll(self, source: Source, url: str, fetch: Fetcher, now: datetime) -> Polled:
        """Papers in the upstream's order; none is fine at weekends. Raises FetchError, or ParseError (E257: the API refused)."""
        fetched = await fetch.get(url, accept=ACCEPT)
        polled, papers = _read(fetched, source, now)
        missed = arxivdays.missed(fetched.read_before_at, now)
        notes = polled.notes
        if missed and not fetched.not_modified and source.options.get("backfill") is not False:
            earlier, told = await _missed_papers(source, url, fetch, fetched.read_before_at or now, now)
            known = papers.keys()
            notes = (*notes, f"{missed} days were missed: {len(earlier.keys() - known)} papers of them", *told)
            papers = {**earlier, **papers}
        return replace(polled, entries=tuple(papers.values()), notes=notes)


async def _missed_papers(
    source: Source, url: str, fetch: Fetcher, before: datetime, now: datetime
) -> tuple[dict[str, Entry], tuple[str, ...]]:
    """What the announcements since `before` may have listed, by the API, and what is to be said of it. Where the API fails,
    what the last days have brought is not held up by it for longer than a week."""
    options, api = source.options, "/api/query?" in url
    categories = options.get("categories") or ()
    if not api and not categories:
        return {}, ()
    base = str(options.get("base_url") or "https://export.arxiv.org").rstrip("/")
    asked = url if api else _api_address(base, categories, arxivdays.submitted(before, now), arxivdays.PAGE)
    only = frozenset(categories) if not api and "cross" not in (options.get("announce") or ()) else frozenset()
    papers: dict[str, Entry] = {}
    bodies: list[bytes] = []
    try:
        for number in range(arxivdays.MAX_PAGES):
            answer = await fetch.get(arxivdays.page(asked, number), accept=ACCEPT, validators=_ASKED_WHOLE)
            found = _read(answer, source, now, only)[1]
            bodies.append(answer.body)
            papers |= found
            oldest = min((paper.published_at for paper in found.values() if paper.published_at), default=None)
            if arxivdays.PAGE * (number + 1) >= arxivdays.total(bodies) or (
                oldest and oldest < before - arxivdays.UNTIL_ANNOUNCED
            ):
                break
    except AggregatorError as error:
        if now - before < _PATIENCE:
            raise
        return papers, (f"the API did not give all of them: {error.what}",)
    total = arxivdays.total(bodies)
    cut = total > arxivdays.PAGE * arxivdays.MAX_PAGES
    return papers, (f"the API has {total} papers of those days; only the newest were taken",) if cut else ()


def _read(fetched: Fetched, source: Source, now: datetime, only: frozenset[str] = frozenset()) -> tuple[Polled, dict[str, Entry]]:
    """An answer, and its papers by guid. `only` keeps what was submitted to one of these categories. Raises ParseError."""
    # Abstracts are plain text: read as HTML, `p<q` would swallow what follows.
    polled = parse_fetched(fetched, source=source, now=now, plain=True)
    extras = arxivextra.read(fetched.body)
    kept = frozenset(source.options.get("announce") or ("new",))
    papers: dict[str, Entry] = {}
    for entry in polled.entries:
        if "/api/errors" in entry.guid or "/api/errors" in (entry.url or ""):
            raise ParseError(
                "arXiv refused the query",
                why=html.unescape(entry.summary)[:300],
                fix="check `query` and `categories`",
                code="E257",
            )
        paper = _paper(entry, kept)
        if paper is None:
            continue
        extra = extras.get((arxiv_id(paper.url or "") or "").lower())
        if not only or extra is None or not extra.primary or extra.primary in only:
            papers.setdefault(paper.guid, arxivextra.with_extra(paper, extra))
    return polled, papers


def _api_address(base: str, categories: Sequence[str], query: str, max_results: int) -> str:
    wanted = " OR ".join(f"cat:{category}" for category in categories)
    if query:
        wanted = f"({wanted}) AND ({query})" if wanted else query
    limit = max(1, min(int(max_results), MAX_RESULTS))
    order = f"sortBy=submittedDate&sortOrder=descending&start=0&max_results={limit}"
    return f"{base}/api/query?search_query={quote_plus(wanted, safe=':()')}&{order}"


def _paper(entry: Entry, kept: frozenset[str]) -> Entry | None:
    """The entry as a paper; None for an announcement that is not wanted. What is no paper stays as it is."""
    announced = _ANNOUNCED.match(entry.summary)
    if announced and announced[1].lower() not in kept:
        return None
    named = _OAI.match(entry.guid)
    paper = arxiv_id(entry.url or "") or arxiv_id(entry.guid) or (named[1] if named else None)
    if paper is None:
        return entry
    address = f"https://arxiv.org/abs/{paper}"
    authors = entry.authors
    if len(authors) == 1 and announced:
        # The RSS has one dc:creator that lists them all.
        authors = tuple(name.strip() for name in authors[0].split(",") if name.strip())
    return replace(
        entry,
        guid=f"oai:arXiv.org:{paper}",
        url=address,
        authors=authors,
        author=authors[0] if authors else None,
        summary=" ".join(entry.summary[announced.end() if announced else 0 :].split()),
        tags=(paper, *(tag for tag in entry.tags if tag != paper)),
        links=(Link("", "paper", address), *(link for link in entry.links if link.role != "paper")),
    )


def _wrong(source: Source, what: str, fix: str) -> ConfigError:
    return ConfigError(
        f"source {source.name!r}: {what}", why="kind arxiv makes its address from its options", fix=fix, code="E131"
    )
