"""What a parser found in a document, before anything is judged: the shape every parser hands to `entries`.

Texts are as they stood in the document, entities decoded once; nothing is sanitised, resolved or dated yet. What there are
hundreds of in a document is a named tuple: made in a third of the time of a frozen dataclass.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


class RawText(NamedTuple):
    """A text construct. `kind` is "text" (plain), "html" (markup) or "guess" (the format does not say); `base` is the
    address that relative URLs in it stand to, "" for the document's own."""

    value: str
    kind: str = "guess"
    base: str = ""


class RawDate(NamedTuple):
    """A date as written. `parsed` is what the parser made of it (aware UTC), for forms that `dates` does not know."""

    text: str
    parsed: datetime | None = None


class RawEnclosure(NamedTuple):
    """A file named by an entry, all as written."""

    url: str
    media_type: str | None = None
    length: str | None = None


class RawEntry(NamedTuple):
    """One entry in document order. `link` stands to an `xml:base` already; `related` are links of rel=related."""

    guid: str | None = None
    link: str | None = None
    title: RawText | None = None
    summary: RawText | None = None
    content: RawText | None = None
    published: RawDate | None = None
    updated: RawDate | None = None
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    enclosures: tuple[RawEnclosure, ...] = ()
    related: tuple[str, ...] = ()
    language: str | None = None


@dataclass(frozen=True, slots=True)
class RawFeed:
    """A document. `version` names its format; `total` counts its entries, `entries` may be fewer; `ttl_minutes`,
    `skip_hours`, `skip_days` and `partial` as in protocols.Polled."""

    version: str
    title: RawText | None = None
    link: str | None = None
    language: str | None = None
    authors: tuple[str, ...] = ()
    entries: tuple[RawEntry, ...] = ()
    ttl_minutes: float | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()
    notes: tuple[str, ...] = ()
    partial: bool = False
