"""Bytes -> entries, in steps: decode, find the format, read it raw, normalise.

A well-formed feed of the usual shape takes the quick reading (`fastpath`), which says the same as feedparser or nothing; all
else is mended (`document`) and, where that does not make it usual, left to feedparser (`anyfeed`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from aggregator.model import Source
from aggregator.poll import cutoff, document, encoding, entries, fastpath, jsonfeed
from aggregator.poll.fastpath import MAX_ITEMS as MAX_ENTRIES
from aggregator.poll.rawfeed import RawFeed
from aggregator.poll.settings import ACCEPT_FEEDS
from aggregator.protocols import Fetched, Polled

__all__ = ["ACCEPT", "MAX_ENTRIES", "parse_feed", "parse_fetched", "read_raw"]

ACCEPT = ACCEPT_FEEDS
_LANGUAGE_CHARS = 35


def parse_feed(
    body: bytes,
    *,
    url: str,
    content_type: str | None,
    source: Source,
    now: datetime,
    headers: Mapping[str, str] | None = None,
    source_url: str | None = None,
    plain: bool = False,
) -> Polled:
    """The entries of a feed in document order, at most 5,000, normalised and clean.

    `url` is where the document was found (relative links stand to it, or to Content-Location), `source_url` the address
    that was asked, stored with each entry (`url` without one); `now` clamps dates; `plain` for an upstream whose
    summaries are plain text whatever its format says.

    Reads RSS 0.9x-2.0, RSS 1.0 (RDF), Atom 0.3 and 1.0, CDF, JSON Feed 1.0 and 1.1. An ill-formed feed that can be read
    yields its entries and a note; a feed without entries is fine. Raises ParseError: E251 empty, E252 a page came
    instead, E253 not a feed, E254 a bridge's error, E255 built to break a parser, E256 unreadable.
    """
    base = entries.resolve((headers or {}).get("content-location"), url) or url
    raw = _read(body, content_type, (headers or {}).get("content-language"))
    raw = _with_plain_summaries(raw) if plain else raw
    return entries.normalise(raw, url=source_url or url, base=base, source=source, now=now)


def _read(body: bytes, content_type: str | None, language: str | None) -> RawFeed:
    # What is UTF-8 by all that is said needs no decoding: an XML parser takes the bytes, and refuses them if they are not.
    if encoding.is_called_utf8(body, content_type):
        found = fastpath.read(body, language=_spoken(language))
        if found is not None:
            return found
    decoded = encoding.decode(body, content_type)
    raw = read_raw(decoded.text, language=language)
    return replace(raw, notes=(*raw.notes, decoded.note)) if decoded.note else raw


def _spoken(language: str | None) -> str | None:
    return language[:_LANGUAGE_CHARS] if language else None


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _with_plain_summaries(raw: RawFeed) -> RawFeed:
    plain = (entry._replace(summary=entry.summary._replace(kind="text")) if entry.summary else entry for entry in raw.entries)
    return replace(raw, entries=tuple(plain))


def parse_fetched(fetched: Fetched, *, source: Source, now: datetime, plain: bool = False) -> Polled:
    """`parse_feed` of an answer; a 304 is `not_modified`."""
    if fetched.not_modified:
        return Polled(not_modified=True)
    return parse_feed(
        fetched.body,
        url=fetched.final_url,
        content_type=fetched.headers.get("content-type"),
        source=source,
        now=now,
        headers=fetched.headers,
        source_url=fetched.url,
        plain=plain,
    )


def read_raw(text: str, *, language: str | None = None, quick: bool = True) -> RawFeed:
    """The document as its format says it, not yet judged. `quick` False leaves out the quick reading, which changes the
    time it takes and nothing else. Raises ParseError."""
    text = text.strip("\ufeff \t\r\n\x00")
    if text[:1] in {"{", "["}:
        return jsonfeed.read(text)
    spoken = _spoken(language)
    found = fastpath.read(_bytes(text), language=spoken) if quick else None
    if found is not None:
        return found
    prepared = document.prepare(text)
    if quick and prepared.cut_off:
        found = cutoff.read(prepared, language=spoken)
    elif quick:
        found = fastpath.read(_bytes(prepared.text), language=spoken, notes=prepared.notes)
    if found is None:
        # Imported where it is needed: most polls do without.
        from aggregator.poll import anyfeed

        found = anyfeed.read(prepared, language=spoken)
    return found
