"""kind: sitemap. The pages of a site without a feed, by its sitemap: newest first, titles from a news sitemap or the address.

https://www.sitemaps.org/protocol.html · https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import unquote, urlsplit

from lxml import etree

from aggregator import text
from aggregator.errors import ParseError
from aggregator.model import Source, Validators
from aggregator.poll import kind
from aggregator.poll.entries import normalise
from aggregator.poll.kind import own_pages
from aggregator.poll.rawfeed import RawDate, RawEntry, RawFeed, RawText
from aggregator.protocols import Fetched, Fetcher, Option, Polled
from aggregator.urls import is_http

MAX_BYTES = 15 * 1024 * 1024
MAX_PAGES = 50_000  # of one sitemap, by the protocol
MAX_SITEMAPS = 5
_ASKED_WHOLE = Validators()
_ENDING = re.compile(r"\.(?:html?|php|aspx?)$|^index$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Row:
    address: str
    changed: str
    title: str = ""
    published: str = ""


class SitemapPoller:
    """A page is new when its address is; that a page has changed makes no entry. An index is followed one level down."""

    kind = "sitemap"
    needs_url = True
    passes_on = staticmethod(own_pages)
    options: Sequence[Option] = (
        Option("include", list, "parts of an address of which one must be in it, such as /blog/", ()),
        Option("exclude", list, "parts of an address that must not be in it", ()),
        Option("limit", int, "the newest that are kept of one poll", 100),
    )

    def addresses(self, source: Source) -> tuple[str, ...]:
        """The addresses of sources.yaml. Raises ConfigError E133 for none."""
        if not source.urls or not all(map(is_http, source.urls)):
            raise kind.wrong(source, "no sitemap is given", "add `url: https://…/sitemap.xml`")
        return source.urls

    async def poll(self, source: Source, url: str, fetch: Fetcher, now: datetime) -> Polled:
        """Pages, the newest first. Raises FetchError, or ParseError: E251-E253, E255 for a sitemap built to do harm."""
        fetched = await fetch.get(url, accept="application/xml, text/xml;q=0.9, */*;q=0.5")
        if fetched.not_modified:
            return Polled(not_modified=True)
        index, rows = _read(fetched)
        if index:
            newest = sorted(rows, key=lambda row: row.changed, reverse=True)
            rows = []
            for row in [one for one in newest if is_http(one.address)][:MAX_SITEMAPS]:
                # The index has changed, so that its parts are wanted whatever is known of them.
                rows += _read(await fetch.get(row.address, validators=_ASKED_WHOLE))[1]
        include, exclude = kind.words(source, "include"), kind.words(source, "exclude")
        kept = [
            row
            for row in rows
            if (not include or any(part in row.address for part in include)) and not any(part in row.address for part in exclude)
        ]
        kept.sort(key=lambda row: row.published or row.changed, reverse=True)
        entries = tuple(map(_entry, kept[: max(1, kind.number(source, "limit", 100))]))
        feed = RawFeed("sitemap", RawText(source.name, "text"), entries=entries)
        polled = normalise(feed, url=url, base=fetched.final_url, source=source, now=now)
        return replace(polled, feed_title=None, entries=tuple(one for one in polled.entries if one.url))


def _read(fetched: Fetched) -> tuple[bool, list[_Row]]:
    """Whether it is an index, and its rows."""
    body = _unpacked(fetched.body)
    if not body.strip():
        raise ParseError("the answer is empty", why="the server sent no text", fix="check the address", code="E251")
    if b"<!ENTITY" in body or b"<!DOCTYPE" in body[:1000].replace(b"<!DOCTYPE html", b"").replace(b"<!doctype html", b""):
        raise ParseError("the sitemap declares a document type", why="a sitemap has none", fix="mute the source", code="E255")
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    name = _local(root) if root is not None else ""
    if root is None or name not in {"urlset", "sitemapindex"}:
        html = name in {"html", "body"} or b"<html" in body[:2000].lower()
        what = "a page came instead of the sitemap (HTML)" if html else "the answer is no sitemap"
        why = f"its first element is <{name}>" if name else "there is no element in it"
        raise ParseError(what, why=why, fix="robots.txt of the site names its sitemaps", code="E252" if html else "E253")
    return name == "sitemapindex", [row for node in list(root)[:MAX_PAGES] if (row := _row(node)).address]


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    undo = zlib.decompressobj(wbits=31)
    try:
        whole = undo.decompress(body, MAX_BYTES)
    except zlib.error as error:
        raise ParseError("the sitemap is packed and broken", why=str(error), fix="check the address", code="E253") from error
    if undo.unconsumed_tail:
        raise ParseError(
            "the sitemap is too large", why=f"it unpacks to more than {MAX_BYTES} bytes", fix="use one of its parts", code="E255"
        )
    return whole


def _row(node: etree._Element) -> _Row:
    values: dict[str, str] = {}
    for one in list(node.iter())[:50]:
        values.setdefault(_local(one), (one.text or "").strip())
    return _Row(values.get("loc", ""), values.get("lastmod", ""), values.get("title", ""), values.get("publication_date", ""))


def _entry(row: _Row) -> RawEntry:
    date = row.published or row.changed
    return RawEntry(
        guid=row.address,
        link=row.address,
        title=RawText(row.title or _title_of(row.address), "text"),
        published=RawDate(date) if date else None,
    )


def _title_of(address: str) -> str:
    """What the last step of an address says in words; the address itself where it says nothing."""
    steps = [step for step in unquote(urlsplit(address).path).split("/") if step]
    last = _ENDING.sub("", steps[-1]) if steps else ""
    words = text.clean_line(re.sub(r"[-_+]+", " ", last), 300)
    return words[:1].upper() + words[1:] if re.search(r"[^\W\d]{2}", words) else address


def _local(node: etree._Element) -> str:
    tag: object = node.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""
