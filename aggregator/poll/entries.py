"""Raw entries -> entries: identity, fallbacks, plain titles, safe links, dates, sanitised text. Pure."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from urllib.parse import urldefrag, urljoin

from aggregator import text, urls
from aggregator.model import Enclosure, Entry, Source
from aggregator.poll import bridges, dates, sanitise
from aggregator.poll.links import related_links
from aggregator.poll.rawfeed import RawDate, RawEnclosure, RawEntry, RawFeed, RawText
from aggregator.protocols import Polled

MAX_GUID_CHARS = 500
MAX_LIST = 50
MAX_NAME_CHARS = 200
MAX_REMEMBERED = 512
MAX_REMEMBERED_CHARS = 1000
TITLE_FROM_SUMMARY_CHARS = 80

# What templates print where an identifier is missing.
_PLACEHOLDERS = frozenset({"", "0", "-", "null", "none", "undefined", "nan", "false", "nil", "(null)"})
_LONGEST_PLACEHOLDER = max(map(len, _PLACEHOLDERS))
# Absolute already, and nothing in it that resolving or checking could change.
_ABSOLUTE = re.compile(
    r"https?://[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9-]*[a-z0-9])+/(?:[A-Za-z0-9._~/?=&%+,-]*[A-Za-z0-9_~/=+,-])?"
)
_MORE_THAN_A_NAME = re.compile(r"[<>&@(),;]")
_MAIL = re.compile(r"(?:mailto:)?[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}$")


@dataclass(frozen=True, slots=True)
class _Context:
    source: Source
    url: str
    base: str
    now: datetime
    zone: tzinfo
    china: bool
    language: str | None
    feed_title: str | None
    feed_link: str | None
    authors: tuple[str, ...]


def normalise(feed: RawFeed, *, url: str, base: str, source: Source, now: datetime) -> Polled:
    """The entries of a document in its order. `url` is stored with each, `base` is what relative links stand to.
    Raises ParseError E254 when the document holds nothing but a bridge's error."""
    feed, errors = bridges.without_errors(feed)
    link = resolve(feed.link, base)
    language = _language(feed.language)
    zone, china = dates.zone(source.time_zone, language)
    title = sanitise.plain_title(feed.title.value, feed.title.kind) if feed.title else ""
    # An Atom entry without an author has the feed's (RFC 4287, 4.2.1), and so has a JSON Feed's; RSS names an editor there.
    authors = _names(feed.authors) if feed.version.startswith(("atom", "json")) else ()
    context = _Context(source, url, base, now, zone, china, language, title or None, link, authors)
    notes = (*feed.notes, f"{errors} error entries of the bridge were dropped") if errors else feed.notes
    return Polled(
        entries=_identified([_entry(raw, context) for raw in feed.entries]),
        feed_title=title or None,
        feed_link=link,
        ttl_minutes=feed.ttl_minutes,
        skip_hours=feed.skip_hours,
        skip_days=feed.skip_days,
        notes=notes,
        partial=feed.partial,
    )


def resolve(link: str | None, base: str) -> str | None:
    """An absolute http(s) URL that may be stored, or None."""
    if not link:
        return None
    link = link.strip()
    if len(link) <= urls.MAX_URL_CHARS and _ABSOLUTE.fullmatch(link):
        return link
    try:
        absolute = urls.safe_url(urljoin(base, link))
    except ValueError:
        return None
    return absolute if urls.is_http(absolute) else None


def _entry(raw: RawEntry, context: _Context) -> Entry:
    # A page that an entry names as related is all that leads on where it names none of its own.
    url = resolve(raw.link or (raw.related[0] if raw.related else None), context.base)
    published = _instant(raw.published, context)
    updated = published if _same(raw.updated, raw.published) else _instant(raw.updated, context)
    summary = _markup(raw.summary, context, sanitise.SUMMARY_CHARS)
    content = _markup(raw.content, context, sanitise.CONTENT_CHARS)
    title = sanitise.plain_title(raw.title.value, raw.title.kind) if raw.title else ""
    authors = _names(raw.authors) or context.authors
    title = title or _title_from(summary or content) or text.clean_line(url or raw.guid or "")
    return Entry(
        source=context.source.name,
        guid=_guid(raw, url, title, summary or content),
        url=url,
        title=title,
        source_url=context.url,
        author=authors[0] if authors else None,
        authors=authors,
        published_at=published,
        updated_at=updated,
        summary=summary,
        content=content,
        tags=_tags(raw.tags),
        enclosures=_enclosures(raw.enclosures, context),
        links=related_links(f"{summary} {content}", but=url, also=_resolved(raw.related, context)),
        language=_language(raw.language) or context.language,
        feed_title=context.feed_title,
        feed_link=context.feed_link,
        arrived_at=context.now,
    )


def _markup(raw: RawText | None, context: _Context, limit: int) -> str:
    if raw is None:
        return ""
    if raw.kind == "text":
        return sanitise.escape(raw.value, limit)
    return sanitise.clean_html(raw.value, resolve(raw.base, context.base) or context.base, limit)


def _title_from(markup: str) -> str:
    return (
        text.clean_line(text.trim(" ".join(text.html_to_text(markup[:4000]).split()), TITLE_FROM_SUMMARY_CHARS)) if markup else ""
    )


def _same(one: RawDate | None, other: RawDate | None) -> bool:
    return one is not None and other is not None and one.text == other.text and one.parsed == other.parsed


def _instant(raw: RawDate | None, context: _Context) -> datetime | None:
    if raw is None:
        return None
    return dates.plausible(
        dates.read(raw.text, default=context.zone, china=context.china, parsed=raw.parsed, now=context.now), context.now
    )


def _guid(raw: RawEntry, url: str | None, title: str, body: str) -> str:
    guid = raw.guid or ""
    guid = (guid if guid.isprintable() else text.clean(guid)).strip()
    if len(guid) <= _LONGEST_PLACEHOLDER and guid.lower() in _PLACEHOLDERS:
        date = raw.published.text if raw.published else ""
        guid = url or "sha256:" + _digest(title, body, date)
    return guid if len(guid) <= MAX_GUID_CHARS else "sha256:" + _digest(guid)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()


def _identified(entries: list[Entry]) -> tuple[Entry, ...]:
    """Each work once. A guid that stands on several works identifies none of them: their links are added to it, on all
    of them, so that tomorrow's order of the document changes nothing."""
    titles = Counter([entry.title for entry in entries])
    if len(titles) < len(entries):
        entries = _without_spellings(entries, titles)
    if len({entry.guid for entry in entries}) == len(entries):  # nothing stands twice
        return tuple(entries)
    works: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        works.setdefault((entry.guid, entry.url or entry.title), entry)
    shared = Counter(guid for guid, _ in works)
    return tuple(
        entry if shared[guid] == 1 else replace(entry, guid=f"{guid[: MAX_GUID_CHARS - 20]}#{_digest(work)[:16]}")
        for (guid, work), entry in works.items()
    )


def _without_spellings(entries: list[Entry], titles: Counter[str]) -> list[Entry]:
    """What has no other identity than its address stands once under one title, however the address is spelled."""
    kept: list[Entry] = []
    seen: set[tuple[str, ...]] = set()
    for entry in entries:
        if titles[entry.title] > 1 and entry.url and entry.guid == entry.url:
            way = (entry.title, urldefrag(entry.url).fragment, *urls.identity_keys(entry.url))
            if way in seen:
                continue
            seen.add(way)
        kept.append(entry)
    return kept


def _remembered(made: Callable[[tuple[str, ...]], tuple[str, ...]]) -> Callable[[tuple[str, ...]], tuple[str, ...]]:
    """The same, which knows short ones again: the entries of a feed have few authors and tags among them."""
    known: dict[tuple[str, ...], tuple[str, ...]] = {(): ()}

    def of(written: tuple[str, ...]) -> tuple[str, ...]:
        found = known.get(written)
        if found is None:
            found = made(written)
            if sum(map(len, written)) <= MAX_REMEMBERED_CHARS:
                if len(known) >= MAX_REMEMBERED:
                    known.clear()
                known[written] = found
        return found

    return of


@_remembered
def _names(names: tuple[str, ...]) -> tuple[str, ...]:
    return _unique(map(_name, names[:MAX_LIST]))


@_remembered
def _tags(tags: tuple[str, ...]) -> tuple[str, ...]:
    return _unique(text.clean_line(tag, MAX_NAME_CHARS) for tag in tags[:MAX_LIST])


def _name(written: str) -> str:
    """`mail (Name)`, `Name <mail>`, `Name (mail)` are Name; a bare address stays."""
    if not _MORE_THAN_A_NAME.search(written):
        return text.clean_line(written[:1000], MAX_NAME_CHARS)
    line = text.clean_line(sanitise.plain_title(written[:1000], "guess"), MAX_NAME_CHARS)
    bare = _MAIL.sub("", line).replace("<>", "").replace("()", "").strip(" ,;")
    if bare.startswith("(") and bare.endswith(")"):
        bare = bare[1:-1].strip()
    return bare or line.removeprefix("mailto:")


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, values)))


def _resolved(links: tuple[str, ...], context: _Context) -> list[str]:
    return [url for link in links[:MAX_LIST] if (url := resolve(link, context.base))] if links else []


def _enclosures(found: tuple[RawEnclosure, ...], context: _Context) -> tuple[Enclosure, ...]:
    return tuple([made for one in found[:MAX_LIST] if (made := _enclosure(one, context))]) if found else ()


def _enclosure(raw: RawEnclosure, context: _Context) -> Enclosure | None:
    url = resolve(raw.url, context.base)
    if url is None:
        return None
    length = raw.length.strip() if raw.length else ""
    media_type = text.clean_line(raw.media_type or "", 100)
    return Enclosure(
        url,
        media_type if re.fullmatch(r"[\w.+-]+/[\w.+-]+", media_type) else None,
        int(length) if re.fullmatch(r"[0-9]{1,15}", length) else None,
    )


def _language(value: str | None) -> str | None:
    if not value:
        return None
    value = value.strip()
    return value.replace("_", "-") if _LANGUAGE.match(value) else None
