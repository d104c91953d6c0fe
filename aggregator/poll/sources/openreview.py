"""kind: openreview. The papers of a venue, the submissions to it, or those that hold words, newest first (API, version 2).

https://docs.openreview.net/reference/api-v2 and https://docs.openreview.net/reference/api-v2/entities/note/fields
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from aggregator.errors import ParseError
from aggregator.model import Link, Source
from aggregator.poll import kind
from aggregator.poll.entries import normalise
from aggregator.poll.kind import pages_of_others
from aggregator.poll.rawfeed import RawDate, RawEntry, RawFeed, RawText
from aggregator.protocols import Fetcher, Option, Polled

MAX_NOTES = 1000  # of one answer
_SITE = "https://openreview.net"
_API = "https://api2.openreview.net"
_VENUE = re.compile(r"[\w.+~-]+(?:/[\w.+~-]+){0,8}")
_INVITATION = re.compile(r"[\w.+~-]+(?:/[\w.+~-]+){0,8}/-/[\w.+~-]+")
_TURNED_DOWN = re.compile(r"/(?:Withdrawn|Rejected|Desk_Rejected)\w*$", re.IGNORECASE)
_LINKED = ("code", "code_url", "software", "project_page", "website", "supplementary_website", "data", "video")


class OpenreviewPoller:
    """The guid is `openreview:ID`; the address is the paper's forum. What was withdrawn or rejected is left out."""

    kind = "openreview"
    needs_url = False
    passes_on = staticmethod(pages_of_others)
    options: Sequence[Option] = (
        Option("venue", str, "the papers that a venue has accepted, such as ICLR.cc/2026/Conference or TMLR"),
        Option("invitation", str, "what was submitted to a venue, such as ICLR.cc/2026/Conference/-/Submission"),
        Option("search", str, "papers of any venue that hold these words, instead of a venue or an invitation"),
        Option("include", list, "words of which title, abstract or keywords must hold one", ()),
        Option("limit", int, f"notes asked for, the last changed or submitted first, at most {MAX_NOTES}", 200),
        Option("base_url", str, "where the API is served", _API),
    )

    def addresses(self, source: Source) -> tuple[str, ...]:
        """The address of the notes. Raises ConfigError E133 unless exactly one of venue, invitation and search is given."""
        if source.urls:
            return source.urls
        venue, invitation, search = (kind.word(source, name) for name in ("venue", "invitation", "search"))
        if [bool(venue), bool(invitation), bool(search)].count(True) != 1:
            raise kind.wrong(source, "give one of venue, invitation and search", "add `venue: ICLR.cc/2026/Conference`")
        base, limit = kind.base(source, "base_url", _API), max(1, min(kind.number(source, "limit", 200), MAX_NOTES))
        if search:
            asked = {"term": search, "content": "all", "group": "all", "source": "forum", "limit": limit}
            return (f"{base}/notes/search?{urlencode(asked, quote_via=quote)}",)
        given, form, example = (
            (venue, _VENUE, "ICLR.cc/2026/Conference")
            if venue
            else (invitation, _INVITATION, "ICLR.cc/2026/Conference/-/Submission")
        )
        if not form.fullmatch(given):
            raise kind.wrong(source, f"{given!r} is no {'venue' if venue else 'invitation'}", f"write it like {example}")
        # A paper joins its venue long after it was submitted: what changed last shows it.
        named = {"content.venueid": venue, "sort": "tmdate:desc"} if venue else {"invitation": invitation, "sort": "cdate:desc"}
        return (f"{base}/notes?{urlencode({**named, 'limit': limit}, safe='/', quote_via=quote)}",)

    async def poll(self, source: Source, url: str, fetch: Fetcher, now: datetime) -> Polled:
        """Papers in the order of the API. Raises FetchError, or ParseError E251-E253."""
        fetched = await fetch.get(url, accept="application/json")
        if fetched.not_modified:
            return Polled(not_modified=True)
        answer = kind.load_json(fetched, "check the options of the source")
        if not isinstance(answer, dict) or not isinstance(answer.get("notes"), list):
            raise ParseError(
                "the API sent no notes", why="there is no list `notes` in its answer", fix="check `base_url`", code="E253"
            )
        papers = [note for note in kind.rows(answer["notes"]) if _is_paper(note)]
        include = [word.casefold() for word in kind.words(source, "include")]
        entries = tuple(_paper(note) for note in papers if not include or any(word in _searched(note) for word in include))
        feed = RawFeed("openreview", RawText(_venue(papers), "text"), _SITE, entries=entries)
        polled = normalise(feed, url=url, base=f"{_SITE}/", source=source, now=now)
        links = ((entry, Link("", "paper", entry.url)) for entry in polled.entries if entry.url)
        made = (replace(entry, links=(own, *(link for link in entry.links if link.url != own.url))) for entry, own in links)
        return replace(polled, entries=tuple(made))


def _is_paper(note: Mapping[str, object]) -> bool:
    """A submission that stands: no review, no comment, nothing withdrawn."""
    replies = kind.string(note, "replyto")
    return bool(
        kind.string(note, "id") and _said(note, "title") and not replies and not _TURNED_DOWN.search(_said(note, "venueid"))
    )


def _said(note: Mapping[str, object], name: str) -> str:
    """A text of the note's content: version 2 wraps it into an object, version 1 does not."""
    return kind.string(note, "content", name, "value") or kind.string(note, "content", name)


def _several(note: Mapping[str, object], name: str) -> tuple[str, ...]:
    content = note.get("content")
    value = content.get(name) if isinstance(content, dict) else None
    value = value.get("value") if isinstance(value, dict) else value
    return tuple(one for one in value[:100] if isinstance(one, str)) if isinstance(value, list) else ()


def _searched(note: Mapping[str, object]) -> str:
    return " ".join((_said(note, "title"), _said(note, "abstract"), _said(note, "TLDR"), *_several(note, "keywords"))).casefold()


def _venue(papers: Sequence[Mapping[str, object]]) -> str:
    names = {_said(note, "venue") for note in papers}
    return names.pop() if len(names) == 1 else "OpenReview"


def _paper(note: Mapping[str, object]) -> RawEntry:
    number = kind.string(note, "forum") or kind.string(note, "id")
    venue, milliseconds = (
        _said(note, "venue"),
        kind.count(note, "pdate") or kind.count(note, "cdate") or kind.count(note, "tcdate"),
    )
    return RawEntry(
        guid=f"openreview:{number}",
        link=f"{_SITE}/forum?id={quote(number, safe='')}",
        title=RawText(" ".join(_said(note, "title").split()), "text"),
        summary=RawText(" ".join((_said(note, "abstract") or _said(note, "TLDR")).split()), "text"),
        published=RawDate(datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat()) if 0 < milliseconds < 2e14 else None,
        authors=_several(note, "authors"),
        tags=tuple(dict.fromkeys(filter(None, (venue, *_several(note, "keywords"))))),
        related=tuple(filter(None, (_said(note, name) for name in _LINKED))),
    )
