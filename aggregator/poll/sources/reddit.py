"""kind: reddit. What a community links to: a post that links elsewhere is about its target.

https://www.reddit.com/wiki/rss - about one request a minute is answered without an account.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote

from aggregator import urls
from aggregator.model import Entry, Link, Source
from aggregator.poll import kind
from aggregator.poll.kind import pages_of_others
from aggregator.poll.parse import ACCEPT, parse_fetched
from aggregator.protocols import Fetcher, Option, Polled

_COMMUNITY = re.compile(r"[A-Za-z0-9_]{2,50}(?:\+[A-Za-z0-9_]{2,50})*")
_ORDERS = ("hot", "new", "top", "rising")
_PERIODS = ("day", "hour", "week", "month", "year", "all")
_TARGET = re.compile(r'<a\b[^>]{0,200}?href="([^"]{1,2000})"[^>]{0,200}>\s*\[link\]\s*</a>', re.IGNORECASE)
_OPENED = re.compile(r"(?:<(?!/)[^<>]{0,100}>|\s|&#32;|&nbsp;)+$")
_OWN_HOSTS = ("reddit.com", "redd.it", "redditmedia.com")


class RedditPoller:
    """The page with the comments is a link of the entry; its guid is Reddit's own."""

    kind = "reddit"
    needs_url = False
    passes_on = staticmethod(pages_of_others)
    options: Sequence[Option] = (
        Option("community", str, "the name behind r/; several are joined by +"),
        Option("order", str, f"one of {', '.join(_ORDERS)}", "hot"),
        Option("period", str, f"with `order: top`, one of {', '.join(_PERIODS)}", "day"),
        Option("base_url", str, "the host", "https://www.reddit.com"),
    )

    def addresses(self, source: Source) -> tuple[str, ...]:
        """The address of the feed. Raises ConfigError E133 for options that name no community."""
        order, period = kind.one_of(source, "order", _ORDERS), kind.one_of(source, "period", _PERIODS)
        if source.urls:
            return source.urls
        name = kind.word(source, "community").removeprefix("/").removeprefix("r/")
        if not _COMMUNITY.fullmatch(name):
            what = f"community {name!r} is no name" if name else "no community is given"
            raise kind.wrong(source, what, "add `community: MachineLearning`")
        path = "" if order == "hot" else f"{order}/"
        query = f"?t={quote(period)}" if order == "top" else ""
        return (f"{kind.base(source, 'base_url', 'https://www.reddit.com')}/r/{name}/{path}.rss{query}",)

    async def poll(self, source: Source, url: str, fetch: Fetcher, now: datetime) -> Polled:
        """Posts in the order asked for. Raises FetchError or ParseError."""
        polled = parse_fetched(await fetch.get(url, accept=ACCEPT), source=source, now=now)
        return replace(polled, entries=tuple(map(_post, polled.entries)))


def _post(entry: Entry) -> Entry:
    text = entry.content or entry.summary
    match = _TARGET.search(text)
    target = urls.safe_url(html.unescape(match[1])) if match else None
    elsewhere = target if urls.is_http(target) and not _own(target or "") else None
    talk = (Link("Reddit", "link", entry.url),) if elsewhere and entry.url else ()
    written = _unsigned(text)
    return replace(
        entry,
        url=elsewhere or entry.url,
        summary=written,
        content=written,
        published_at=entry.published_at or entry.updated_at,
        author=entry.author.removeprefix("/u/") if entry.author else None,
        authors=tuple(name.removeprefix("/u/") for name in entry.authors),
        links=(*talk, *(link for link in entry.links if link.url != elsewhere)),
    )


def _unsigned(text: str) -> str:
    """What the author wrote, without the line that Reddit adds: submitted by, [link], [comments]."""
    head, found, _ = text.rpartition("submitted by")
    return head[:-300] + _OPENED.sub("", head[-300:]) if found else text


def _own(url: str) -> bool:
    name = urls.host(url)
    return any(name == host or name.endswith(f".{host}") for host in _OWN_HOSTS)
