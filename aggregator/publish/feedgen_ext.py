"""feedgen 1.0, and extensions registered with it for what it loses.

Lost without them: rel, type and title of an Atom entry's links; the hub in RSS (and with a hub the channel's own link);
authors without an e-mail address in RSS. Set here because feedgen's defaults are wrong for us: instants (its own are the
clock's), order (it prepends), `isPermaLink`, an author in every Atom feed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from feedgen.feed import FeedGenerator
from lxml import etree

from aggregator.publish.feeds import Feed, FeedEntry, FeedLink

_ATOM = "http://www.w3.org/2005/Atom"
_DC = "http://purl.org/dc/elements/1.1/"
_HISTORY = "http://purl.org/syndication/history/1.0"


class FeedLinks:
    """Links of a whole feed: self and hub. feedgen has no place for a hub in RSS, and would make it the channel's link."""

    def __init__(self) -> None:
        self.links: tuple[FeedLink, ...] = ()

    def extend_ns(self) -> dict[str, str]:
        return {}

    def extend_rss(self, rss: etree._Element) -> etree._Element:
        channel = rss[0]
        for link in self.links:
            _add_link(channel, f"{{{_ATOM}}}link", link)
        return rss

    def extend_atom(self, feed: etree._Element) -> etree._Element:
        for link in self.links:
            _add_link(feed, "link", link)
        return feed


class EntryLinks:
    """Links of an entry with their relation, type and title, and its authors by name in RSS (dc:creator)."""

    def __init__(self) -> None:
        self.links: tuple[FeedLink, ...] = ()
        self.author = ""

    def extend_rss(self, item: etree._Element) -> etree._Element:
        if self.author:
            etree.SubElement(item, f"{{{_DC}}}creator").text = self.author
        for link in self.links:
            if link.rel != "alternate":
                _add_link(item, f"{{{_ATOM}}}link", link)
        return item

    def extend_atom(self, entry: etree._Element) -> etree._Element:
        for link in self.links:
            _add_link(entry, "link", link)
        return entry


class DublinCore:
    """Declares the namespace of dc:creator once, at the root."""

    def extend_ns(self) -> dict[str, str]:
        return {"dc": _DC}

    def extend_rss(self, rss: etree._Element) -> etree._Element:
        return rss


class History:
    """Marks an archive document (RFC 5005, 4)."""

    def extend_ns(self) -> dict[str, str]:
        return {"fh": _HISTORY}

    def extend_rss(self, rss: etree._Element) -> etree._Element:
        etree.SubElement(rss[0], f"{{{_HISTORY}}}archive")
        return rss

    def extend_atom(self, feed: etree._Element) -> etree._Element:
        etree.SubElement(feed, f"{{{_HISTORY}}}archive")
        return feed


def _add_link(parent: etree._Element, tag: str, link: FeedLink) -> None:
    # feedgen's Atom elements have no namespace until they are written; ours must be like them there.
    element = etree.SubElement(parent, tag)
    for name, value in (("href", link.href), ("rel", link.rel), ("type", link.media_type), ("title", link.title)):
        if value:
            element.set(name, value)


def generator(feed: Feed, *, self_url: str, media_type: str, rss: bool) -> Any:
    """A FeedGenerator that holds all of `feed`, to be written as RSS or as Atom."""
    made = FeedGenerator()
    made.register_extension("own", FeedLinks, EntryLinks)
    if rss:
        made.register_extension("dublin_core", DublinCore, None, atom=False)
    # All documents of one feed share its id: they are parts of one logical feed (RFC 5005, 4).
    made.id(feed.base_url + (feed.current.rss if rss else feed.current.atom))
    made.title(feed.title)
    made.description(feed.description)
    made.subtitle(feed.description)
    made.language(feed.language)
    made.author(name=feed.author)
    made.generator("aggregator")
    made.link(href=feed.home_url, rel="alternate", type="text/html")
    links = [FeedLink(self_url, "self", media_type)]
    links += _neighbours(feed, media_type, rss)
    if feed.hub and not feed.is_archive:
        links.append(FeedLink(feed.hub, "hub"))
    if feed.is_archive:
        made.register_extension("history", History, None)
    made.own.links = tuple(links)
    instants = [entry.updated_at for entry in feed.entries] if rss else distinct([entry.updated_at for entry in feed.entries])
    made.updated(max([feed.updated_at, *instants]))
    for entry, updated_at in zip(feed.entries, instants, strict=True):
        _add_entry(made, entry, updated_at, rss)
    return made


def _neighbours(feed: Feed, media_type: str, rss: bool) -> list[FeedLink]:
    # RFC 5005, 4: the subscription document names the newest archive, each archive its neighbours and the subscription.
    named = [("prev-archive", feed.older), ("next-archive", feed.newer), ("current", feed.current if feed.is_archive else None)]
    return [
        FeedLink(feed.base_url + (paths.rss if rss else paths.atom), relation, media_type)
        for relation, paths in named
        if paths is not None
    ]


def distinct(instants: Sequence[datetime]) -> list[datetime]:
    """The same instants, each moved on by whole seconds until no two are equal, so that the first stays the newest.

    All items of an issue share one; readers that sort Atom by `updated` would shuffle them, and the W3C validator warns.
    """
    taken: set[datetime] = set()
    moved = []
    for instant in reversed(instants):
        while instant in taken:
            instant += timedelta(seconds=1)
        taken.add(instant)
        moved.append(instant)
    return moved[::-1]


def _add_entry(made: Any, entry: FeedEntry, updated_at: datetime, rss: bool) -> None:
    added = made.add_entry(order="append")
    # A guid that is not the address any more (a renamed issue) still is the guid, and no permalink.
    added.guid(entry.guid, permalink=entry.guid == entry.permalink)
    added.title(entry.title)
    added.published(entry.published_at)
    added.updated(updated_at)
    added.content(entry.content_html, type="html")
    if entry.summary_html:
        added.summary(entry.summary_html, type="html")
    added.category([{"term": category} for category in entry.categories])
    if rss:
        added.link(href=entry.url, rel="alternate")
    else:
        added.author(name=entry.author)
    added.own.author = entry.author
    added.own.links = (FeedLink(entry.url, "alternate", "text/html"), *entry.links)


def xml_bytes(made: bytes) -> bytes:
    """The same document with every ampersand as a hexadecimal reference, as the RSS Profile asks for plain text: a reader that
    unescapes twice then finds no entity in `?a=1&copy=2`. feedgen writes no CDATA and no comment, where this would differ."""
    return made.replace(b"&amp;", b"&#x26;")
