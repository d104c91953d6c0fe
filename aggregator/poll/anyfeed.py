"""Any feed, however damaged, by feedparser. The only importer of it.

feedparser opens bytes as a file name, keeps active markup, loses skipHours and skipDays and lets exceptions of many types
out: it sees documents only through here, as a stream, mended and capped before, with its sanitiser and its URL resolver
off (`entries` does both in one pass, after).
"""

from __future__ import annotations

import calendar
import io
import re
import time
from datetime import UTC, datetime
from typing import Any

import feedparser
from feedparser.mixin import _FeedParserMixin

from aggregator.errors import ParseError
from aggregator.poll import cutoff, document, wishes
from aggregator.poll.fastpath import CHANNEL_CHARS, ITEM, TAIL_CHARS
from aggregator.poll.fastpath import MAX_ITEMS as MAX_ENTRIES
from aggregator.poll.rawfeed import RawDate, RawEnclosure, RawEntry, RawFeed, RawText

MAX_DATE_CHARS = 100
_PER_ENTRY = 200
# feedparser takes such an attribute for the address, and forgets the text.
_LINK_ELSEWHERE = re.compile(r"<link\s+ur[il]\s*=\s*(?:\"[^\"<>]{0,2000}\"|'[^'<>]{0,2000}')\s*>(?=\s*https?://)")
_KINDS = {"text/html": "html", "application/xhtml+xml": "html", "text/plain": "text"}


def read(prepared: document.Document, *, language: str | None = None) -> RawFeed:
    """The document as its format says it, not yet judged. Raises ParseError E255, E256."""
    text, dropped = _first_entries(prepared.text)
    if "<link u" in text:
        text = _LINK_ELSEWHERE.sub("<link>", text)
    headers = {"content-type": "application/xml; charset=utf-8"}
    if language:
        headers["content-language"] = language
    try:
        parsed = feedparser.parse(
            io.BytesIO(text.encode("utf-8", "replace")),
            response_headers=headers,
            resolve_relative_uris=False,
            sanitize_html=False,
        )
        return _raw_feed(parsed, prepared, text, dropped)
    except ParseError:
        raise
    except RecursionError as error:
        raise ParseError(
            "the document nests too deeply to be read", why="the parser gave up", fix="mute the source", code="E255"
        ) from error
    except Exception as error:
        # Fuzzing meets exceptions of many types in feedparser: none may end a run.
        raise ParseError(
            "the feed cannot be read",
            why=f"the parser stopped: {type(error).__name__}: {error}"[:300],
            fix="tell the owner of the feed",
            code="E256",
        ) from error


def _first_entries(text: str) -> tuple[str, int]:
    # Cut before parsing: a million entries would cost minutes and gigabytes to read and drop.
    starts = [match.start() for match in ITEM.finditer(text)]
    if len(starts) <= MAX_ENTRIES:
        return text, 0
    return text[: starts[MAX_ENTRIES]], len(starts) - MAX_ENTRIES


def _raw_feed(parsed: Any, prepared: document.Document, text: str, dropped: int) -> RawFeed:
    feed = parsed.feed
    version = str(parsed.get("version") or prepared.root)
    last = cutoff.last_entry(text) if prepared.cut_off else ""
    half = bool(last) and not dropped and cutoff.is_half(last)
    listed = parsed.entries[:-1] if half else parsed.entries[:MAX_ENTRIES]
    found = tuple(filter(_says_anything, (_raw_entry(entry, atom=version.startswith("atom")) for entry in listed)))
    if prepared.cut_off and not found:
        raise ParseError(
            "the feed is cut off before its first entry ends",
            why="the end of the document is missing",
            fix="poll again later",
            code="E256",
        )
    notes = list(prepared.notes)
    if half:
        notes.append(cutoff.HALF)
    if parsed.get("bozo"):
        notes.append(f"the feed is not well-formed: {parsed.get('bozo_exception')}"[:200])
    if dropped:
        notes.append(f"only the first {MAX_ENTRIES} entries were read, {dropped} more were listed")
    first = ITEM.search(text)
    # Some RSS 0.9x carries channel elements after the items.
    around = (text[: min(first.start() if first else CHANNEL_CHARS, CHANNEL_CHARS)], text[-TAIL_CHARS:])
    return RawFeed(
        version=version,
        title=_title(feed, atom=version.startswith("atom")),
        link=_string(feed.get("link")),
        language=_string(feed.get("language")),
        authors=_authors(feed),
        entries=found,
        ttl_minutes=wishes.ttl_minutes(around),
        skip_hours=wishes.skip_hours(around),
        skip_days=wishes.skip_days(around),
        notes=tuple(notes),
        partial=bool(last) and cutoff.is_partial(last),
    )


def _says_anything(entry: RawEntry) -> bool:
    return entry != RawEntry()


def _raw_entry(entry: Any, *, atom: bool) -> RawEntry:
    contents = [content for content in entry.get("content") or () if _string(content.get("value"))]
    content = next(
        (one for one in contents if one.get("type") in {"text/html", "application/xhtml+xml"}), contents[0] if contents else None
    )
    links = list(entry.get("links") or ())[:_PER_ENTRY]
    published = _date(entry, "published")
    updated = _date(entry, "updated")
    return RawEntry(
        guid=_string(entry.get("id")),
        link=_link(entry, links),
        title=_title(entry, atom=atom),
        summary=_text(entry, "summary") if "summary_detail" in entry or not contents else None,
        content=_construct(content) if content else None,
        published=published or (None if atom else updated) or _date(entry, "created"),
        updated=updated,
        authors=_authors(entry),
        tags=tuple(_string(tag.get("label")) or _string(tag.get("term")) or "" for tag in (entry.get("tags") or ())[:_PER_ENTRY]),
        enclosures=tuple(
            RawEnclosure(str(link["href"]), _string(link.get("type")), _string(link.get("length")))
            for link in links
            if link.get("rel") == "enclosure" and link.get("href")
        ),
        related=tuple(str(link["href"]) for link in links if link.get("rel") in {"related", "via"} and link.get("href")),
    )


def _link(entry: Any, links: list[Any]) -> str | None:
    link = _string(entry.get("link"))
    if link and link == entry.get("id") and "/" not in link:
        # A guid that is no address, with isPermaLink left at its default.
        link = None
    return link or next((str(link["href"]) for link in links if link.get("rel") == "alternate" and link.get("href")), None)


def _string(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _text(holder: Any, name: str) -> RawText | None:
    detail = holder.get(f"{name}_detail")
    if detail and _string(detail.get("value")):
        return _construct(detail)
    value = _string(holder.get(name))
    return RawText(value) if value else None


def _title(holder: Any, *, atom: bool) -> RawText | None:
    found = _text(holder, "title")
    own = _string(holder.get("title"))
    if found and own and own != found.value:
        # The detail may be that of a picture inside the entry; feedparser knows better for the plain value.
        found = RawText(own, found.kind, found.base)
    # RSS never says what a title is: what looks plain may still be escaped once more than it should be.
    return RawText(found.value, "guess", found.base) if found and found.kind == "text" and not atom else found


def _construct(detail: Any) -> RawText:
    return RawText(str(detail.get("value") or ""), _KINDS.get(str(detail.get("type")), "guess"), str(detail.get("base") or ""))


def _date(entry: Any, name: str) -> RawDate | None:
    value = dict.get(entry, name)
    if not isinstance(value, str) or not value.strip():
        return None
    parsed = dict.get(entry, f"{name}_parsed")
    instant = None
    if isinstance(parsed, time.struct_time):
        try:
            instant = datetime.fromtimestamp(calendar.timegm(parsed), UTC)
        except (ValueError, OverflowError, OSError):
            instant = None
    return RawDate(value[:MAX_DATE_CHARS], instant)


def _authors(holder: Any) -> tuple[str, ...]:
    found = []
    for author in (holder.get("authors") or ())[:_PER_ENTRY]:
        name = _string(author.get("name")) or _string(author.get("email"))
        if name:
            found.append(name)
    return tuple(found) or tuple(filter(None, [_string(holder.get("author"))]))


def _refuse_long_dates(text: str) -> tuple[int, ...] | None:
    # feedparser's own date expressions back-track over text of any length.
    return tuple(time.gmtime(0)) if len(text) > MAX_DATE_CHARS else None


def _capped_tags(parser: type[Any]) -> None:
    # feedparser compares each tag of an entry with all before it: 20,000 categories cost seconds, 200,000 hours.
    # There is no public way in; a test holds the time.
    add_tag = parser._add_tag  # noqa: SLF001

    def add_capped(self: Any, term: str | None, scheme: str | None, label: str | None) -> None:
        if len(self._get_context().get("tags") or ()) < _PER_ENTRY:
            add_tag(self, term, scheme, label)

    parser._add_tag = add_capped  # noqa: SLF001


def _whole_authors(parser: type[Any]) -> None:
    # feedparser takes a mail address out of a name, and knows no domain whose last part is longer than four letters: of
    # `ann@lab.systems (Ann)` it leaves `ems (Ann`. `entries` does it better, given the name as it was written.
    sync = parser._sync_author_detail  # noqa: SLF001

    def sync_whole(self: Any, key: str = "author") -> None:
        context = self._get_context()
        details, written = context.get(f"{key}s"), context.get(key)
        if details and not details[-1] and written and "@" in written:
            details[-1]["name"] = written
            context.setdefault(f"{key}_detail", details[-1])
        else:
            sync(self, key)

    parser._sync_author_detail = sync_whole  # noqa: SLF001


feedparser.registerDateHandler(_refuse_long_dates)
_capped_tags(_FeedParserMixin)
_whole_authors(_FeedParserMixin)
