"""kind: feed. Any feed at its address: RSS, Atom, JSON Feed, whoever serves it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from aggregator.errors import ConfigError
from aggregator.model import Source
from aggregator.poll.settings import ACCEPT_FEEDS
from aggregator.protocols import Fetcher, Option, Polled
from aggregator.urls import host, is_http

_PASSING_ON = frozenset(("hnrss.org", "news.ycombinator.com", "lobste.rs", "reddit.com", "old.reddit.com"))


class FeedPoller:
    """Several addresses are the same feed by several ways (bridges), tried in order."""

    kind = "feed"
    options: Sequence[Option] = ()
    needs_url = True

    def addresses(self, source: Source) -> tuple[str, ...]:
        """The addresses of sources.yaml as they stand. Raises ConfigError E130 for none, or for one that is not http(s)."""
        wrong = next((url for url in source.urls if not is_http(url)), None)
        if wrong is not None or not source.urls:
            raise ConfigError(
                f"source {source.name!r} has no address to poll"
                if wrong is None
                else f"source {source.name!r}: {wrong!r} is no address",
                why="a feed is polled over http or https",
                fix="give it `url: https://…`",
                code="E130",
            )
        return source.urls

    def passes_on(self, source: Source) -> bool:
        """True for feeds of what others wrote: Hacker News, Lobsters, Reddit."""
        return host(source.url) in _PASSING_ON

    async def poll(self, source: Source, url: str, fetch: Fetcher, now: datetime) -> Polled:
        """The entries of the feed at `url`, in its order. Raises FetchError or ParseError."""
        fetched = await fetch.get(url, accept=ACCEPT_FEEDS)
        if fetched.not_modified:
            return Polled(not_modified=True)
        # Most polls find nothing to read, and need not know how.
        from aggregator.poll.parse import parse_fetched

        return parse_fetched(fetched, source=source, now=now)
