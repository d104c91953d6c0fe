"""kind: huggingface. The daily papers, or the models, data sets or spaces of an author, newest first.

https://huggingface.co/docs/hub/api
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote, urlencode

from aggregator import urls
from aggregator.model import Link, Source
from aggregator.poll import kind
from aggregator.poll.entries import normalise
from aggregator.poll.kind import pages_of_others
from aggregator.poll.rawfeed import RawDate, RawEntry, RawFeed, RawText
from aggregator.protocols import Fetcher, Option, Polled

_WATCHED = ("papers", "models", "datasets", "spaces")
_AUTHOR = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}")
_SITE = "https://huggingface.co"


class HuggingfacePoller:
    """A paper's address is arXiv's, so that it folds with the same paper from elsewhere; its guid is `arxiv:ID`."""

    kind = "huggingface"
    needs_url = False
    passes_on = staticmethod(pages_of_others)
    options: Sequence[Option] = (
        Option("watch", str, f"one of {', '.join(_WATCHED)}", "papers"),
        Option("author", str, "the user or organisation, for models, datasets and spaces"),
        Option("search", str, "words that the name must hold, for models, datasets and spaces"),
        Option("upvotes", int, "the least upvotes of a paper", 0),
        Option("limit", int, "how many are asked for, at most 100", 50),
        Option("base_url", str, "where /api/ is served", _SITE),
    )

    def addresses(self, source: Source) -> tuple[str, ...]:
        """The address of the API. Raises ConfigError E133 for models of nobody in particular."""
        watch = kind.one_of(source, "watch", _WATCHED)
        if source.urls:
            return source.urls
        base, limit = kind.base(source, "base_url", _SITE), max(1, min(kind.number(source, "limit", 50), 100))
        if watch == "papers":
            return (f"{base}/api/daily_papers?limit={limit}",)
        author, search = kind.word(source, "author"), kind.word(source, "search")
        if not author and not search:
            raise kind.wrong(source, f"{watch} of whom?", "add `author: name` or `search: words`")
        if author and not _AUTHOR.fullmatch(author):
            raise kind.wrong(source, f"author {author!r} is no name", "write it as it stands in the address of its page")
        named = {key: value for key, value in (("author", author), ("search", search)) if value}
        asked = {**named, "sort": "createdAt", "direction": -1, "limit": limit}
        return (f"{base}/api/{watch}?{urlencode(asked, quote_via=quote)}",)

    async def poll(self, source: Source, url: str, fetch: Fetcher, now: datetime) -> Polled:
        """Papers or repositories, newest first. Raises FetchError, or ParseError E251-E253."""
        fetched = await fetch.get(url, accept="application/json")
        if fetched.not_modified:
            return Polled(not_modified=True)
        watch = kind.one_of(source, "watch", _WATCHED)
        listed = kind.rows(kind.load_json(fetched, "check the options of the source"))
        if watch == "papers":
            least = kind.number(source, "upvotes", 0)
            papers = [one for one in listed if kind.string(one, "paper", "id") and _upvotes(one) >= least]
            entries = tuple(map(_paper, papers))
        else:
            entries = tuple(_repository(one, watch) for one in listed if kind.string(one, "id") and not one.get("private"))
        feed = RawFeed("huggingface", RawText("Hugging Face", "text"), _SITE, entries=entries)
        polled = normalise(feed, url=url, base=f"{_SITE}/", source=source, now=now)
        role = "paper" if watch == "papers" else "demo" if watch == "spaces" else "project"
        made = (
            replace(entry, links=(Link("", role, entry.url), *(link for link in entry.links if link.url != entry.url)))
            for entry in polled.entries
            if entry.url
        )
        return replace(polled, entries=tuple(made))


def _upvotes(row: Mapping[str, object]) -> int:
    paper = row.get("paper")
    return kind.count(paper, "upvotes") if isinstance(paper, dict) else 0


def _paper(row: Mapping[str, object]) -> RawEntry:
    number = kind.string(row, "paper", "id")
    page = f"{_SITE}/papers/{quote(number)}"
    paper = row.get("paper")
    authors = kind.rows(paper.get("authors")) if isinstance(paper, dict) else []
    return RawEntry(
        guid=f"arxiv:{number}",
        link=urls.canonical(page) or page,
        title=RawText(kind.string(row, "paper", "title") or kind.string(row, "title"), "text"),
        # Abstracts are plain text with the line breaks of their source.
        summary=RawText(" ".join((kind.string(row, "paper", "summary") or kind.string(row, "summary")).split()), "text"),
        published=RawDate(kind.string(row, "publishedAt") or kind.string(row, "paper", "publishedAt")),
        authors=tuple(kind.string(author, "name") for author in authors),
        related=tuple(filter(None, (kind.string(row, "paper", name) for name in ("githubRepo", "projectPage")))),
    )


def _repository(row: Mapping[str, object], watch: str) -> RawEntry:
    name = kind.string(row, "id")
    folder = "" if watch == "models" else f"{watch}/"
    said = (kind.string(row, field) for field in ("pipeline_tag", "library_name", "description"))
    tags = row.get("tags")
    return RawEntry(
        guid=f"hf:{watch}/{name}",
        link=f"{_SITE}/{folder}{quote(name)}",
        title=RawText(name, "text"),
        summary=RawText(" · ".join(filter(None, said)), "text"),
        published=RawDate(kind.string(row, "createdAt") or kind.string(row, "lastModified")),
        authors=(kind.string(row, "author") or name.partition("/")[0],),
        tags=tuple(tag for tag in tags[:20] if isinstance(tag, str)) if isinstance(tags, list) else (),
    )
