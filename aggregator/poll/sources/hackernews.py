"""kind: hackernews. Stories by a query and their points, through Algolia's search.

https://hn.algolia.com/api
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote, urlencode

from aggregator.model import Entry, Link, Source
from aggregator.poll import kind
from aggregator.poll.entries import normalise
from aggregator.poll.kind import pages_of_others
from aggregator.poll.rawfeed import RawDate, RawEntry, RawFeed, RawText
from aggregator.protocols import Fetcher, Option, Polled

_TAGS = ("story", "show_hn", "ask_hn", "front_page")
_ITEM = "https://news.ycombinator.com/item?id="


class HackernewsPoller:
    """A story is about what it links to; the page with the comments is a link of it. Its guid is `hn:ID`."""

    kind = "hackernews"
    needs_url = False
    passes_on = staticmethod(pages_of_others)
    options: Sequence[Option] = (
        Option("query", str, "words that a story must hold, or nothing for all"),
        Option("points", int, "the least points", 50),
        Option("comments", int, "the least number of comments", 0),
        Option("tag", str, f"one of {', '.join(_TAGS)}", "story"),
        Option("limit", int, "stories asked for, newest first, at most 1000", 100),
        Option("base_url", str, "where /api/v1/ is served", "https://hn.algolia.com"),
    )

    def addresses(self, source: Source) -> tuple[str, ...]:
        """The address of the search. Raises ConfigError E133 for an unknown tag."""
        tag = kind.one_of(source, "tag", _TAGS)
        if source.urls:
            return source.urls
        least = [f"points>={kind.number(source, 'points', 50)}"]
        if kind.number(source, "comments", 0):
            least.append(f"num_comments>={kind.number(source, 'comments', 0)}")
        asked = {
            "query": kind.word(source, "query"),
            "tags": tag,
            "numericFilters": ",".join(least),
            "hitsPerPage": max(1, min(kind.number(source, "limit", 100), 1000)),
        }
        base = kind.base(source, "base_url", "https://hn.algolia.com")
        return (f"{base}/api/v1/search_by_date?{urlencode(asked, quote_via=quote)}",)

    async def poll(self, source: Source, url: str, fetch: Fetcher, now: datetime) -> Polled:
        """Stories, newest first. Raises FetchError, or ParseError E251-E253."""
        fetched = await fetch.get(url, accept="application/json")
        if fetched.not_modified:
            return Polled(not_modified=True)
        answer = kind.load_json(fetched, "check `query` and `base_url`")
        hits = kind.rows(answer.get("hits")) if isinstance(answer, dict) else []
        stories = [hit for hit in hits if kind.string(hit, "objectID") and kind.string(hit, "title")]
        feed = RawFeed(
            "hackernews", RawText("Hacker News", "text"), "https://news.ycombinator.com/", entries=tuple(map(_story, stories))
        )
        polled = normalise(feed, url=url, base="https://news.ycombinator.com/", source=source, now=now)
        talks = {f"hn:{kind.string(hit, 'objectID')}": hit for hit in stories}
        return replace(
            polled, entries=tuple(_with_talk(entry, talks[entry.guid]) for entry in polled.entries if entry.guid in talks)
        )


def _story(hit: Mapping[str, object]) -> RawEntry:
    number = kind.string(hit, "objectID")
    return RawEntry(
        guid=f"hn:{number}",
        link=kind.string(hit, "url") or f"{_ITEM}{quote(number)}",
        title=RawText(kind.string(hit, "title"), "text"),
        summary=RawText(kind.string(hit, "story_text"), "html"),
        published=RawDate(kind.string(hit, "created_at")),
        authors=(kind.string(hit, "author"),),
    )


def _with_talk(entry: Entry, hit: Mapping[str, object]) -> Entry:
    talk = f"{_ITEM}{quote(kind.string(hit, 'objectID'))}"
    label = f"HN {kind.count(hit, 'points')} points, {kind.count(hit, 'num_comments')} comments"
    return entry if entry.url == talk else replace(entry, links=(*entry.links, Link(label, "link", talk)))
