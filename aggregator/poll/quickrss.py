"""RSS 2.0 in its usual shape, read quickly. Pure."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from aggregator.poll.quickmedia import MEDIA_READERS
from aggregator.poll.quickshape import (
    ATOM,
    CONTENT,
    DC,
    LEADING,
    XML_LANG,
    AsideError,
    Feed,
    Found,
    address,
    bare_text,
    construct,
    each_once,
    entry_of,
    link_text,
    looks_like_html,
    more,
    must_be_silent,
    nonblank,
    on_published,
    on_updated,
    spoken,
    text_of,
)
from aggregator.poll.rawfeed import RawEnclosure, RawEntry, RawText

_RSS_SILENT = frozenset({
    "description", "managingEditor", "comments", "pubDate", "lastBuildDate", "generator", "docs", "ttl", "rating", "copyright",
    "webMaster", f"{DC}creator", f"{DC}rights",
})  # fmt: skip
_CHANNEL_ONCE = frozenset({"title", "link", "language", "image", "skipHours", "skipDays"})
_ITEM_ONCE = frozenset({"title", "link", "guid", "description", f"{CONTENT}encoded", "pubDate", f"{DC}date"})
_DOMAIN, _URL, _PERMANENT = frozenset({"domain"}), frozenset({"url"}), frozenset({"isPermaLink"})
_CLOUD = frozenset({"cloud"})
_ATOM_LINK = frozenset({"rel", "href", "type", "title"})
_ENCLOSURE = frozenset({"url", "type", "length"})
_BOXES = {
    "image": frozenset({"url", "title", "link", "width", "height", "description"}),
    "skipHours": frozenset({"hour"}),
    "skipDays": frozenset({"day"}),
}


def read(root: etree._Element, nested: bool, language: str | None) -> Feed:
    if not set(root.attrib) <= {"version", XML_LANG} or not root.get("version", "").startswith("2.") or len(root) != 1:
        raise AsideError
    channel = root[0]
    if channel.tag != "channel" or channel.keys():
        raise AsideError
    feed = Feed("rss20", spoken(root.get(XML_LANG)) or language, nested, root)
    children = feed.children(channel)
    each_once(children, _CHANNEL_ONCE)
    for child in children:
        if child.tag == "item":
            feed.entries.append(_rss_item(feed, child))
        else:
            _channel_child(feed, child)
    return feed


def _channel_child(feed: Feed, child: etree._Element) -> None:
    tag, said = child.tag, feed.said
    if tag == "title":
        said.title = _rss_title(child)
    elif tag == "link":
        said.link = link_text(bare_text(child))
    elif tag == "language":
        feed.language = bare_text(child)
    elif tag == "category":
        text_of(child, _DOMAIN)
    elif tag in _RSS_SILENT:
        bare_text(child)
    elif tag == "cloud":
        must_be_silent(child, _CLOUD)
    elif tag in _BOXES:
        _box(feed, child)
    elif tag == f"{ATOM}link":
        if child.get("rel") in {None, "alternate"} or len(child) or not set(child.attrib) <= {"rel", "href", "type", "title"}:
            raise AsideError
    else:
        must_be_silent(child)


def _box(feed: Feed, box: etree._Element) -> None:
    if box.keys():
        raise AsideError
    for child in feed.children(box):
        bare_text(child)
        if child.tag not in _BOXES[box.tag]:
            raise AsideError


def _rss_item(feed: Feed, item: etree._Element) -> RawEntry:
    if item.keys():
        raise AsideError
    found = Found()
    children = feed.children(item)
    each_once(children, _ITEM_ONCE)
    for child in children:
        reader = _RSS.get(child.tag)
        if reader is not None:
            reader(found, child)
        else:
            must_be_silent(child)
    link = found.link if found.link is not None else found.permanent
    if link and link == found.guid and "/" not in link:
        link = None
    return entry_of(found, nonblank(link), found.published or found.updated)


def _rss_title(child: etree._Element) -> RawText | None:
    value = bare_text(child)
    return RawText(value, "html" if looks_like_html(value) else "guess") if value else None


def _on_title(found: Found, child: etree._Element) -> None:
    found.title = _rss_title(child)


def _on_link(found: Found, child: etree._Element) -> None:
    found.link = link_text(bare_text(child).replace("&amp;", "&"))


def _on_guid(found: Found, child: etree._Element) -> None:
    value = text_of(child, _PERMANENT)
    if child.get("isPermaLink", "true") == "true":
        value = found.permanent = address(value)
    found.guid = value


def _on_description(found: Found, child: etree._Element) -> None:
    found.summary = construct(bare_text(child), "html")


def _on_content(found: Found, child: etree._Element) -> None:
    found.content = construct(bare_text(child), "html")


def _on_author(found: Found, child: etree._Element) -> None:
    value = bare_text(child)
    if value:
        found.authors = more(found.authors, value)


def _on_atom_link(_: Found, child: etree._Element) -> None:
    if text_of(child, _ATOM_LINK) or child.get("rel", "alternate").lower() in LEADING or not child.get("href"):
        raise AsideError


def _on_category(found: Found, child: etree._Element) -> None:
    value = text_of(child, _DOMAIN)
    if value:
        found.tags = more(found.tags, value)
    elif child.get("domain"):
        raise AsideError


def _on_enclosure(found: Found, child: etree._Element) -> None:
    text_of(child, _ENCLOSURE)
    url = child.get("url")
    if url:
        enclosure = RawEnclosure(url, nonblank((child.get("type") or "").lower()), nonblank(child.get("length")))
        found.enclosures = more(found.enclosures, enclosure)


def _ignore(_: Found, child: etree._Element) -> None:
    bare_text(child)


def _on_source(_: Found, child: etree._Element) -> None:
    text_of(child, _URL)


_RSS: dict[str, Callable[[Found, etree._Element], None]] = {
    "title": _on_title,
    "link": _on_link,
    "guid": _on_guid,
    "description": _on_description,
    f"{CONTENT}encoded": _on_content,
    "pubDate": on_published,
    f"{DC}date": on_updated,
    "author": _on_author,
    f"{DC}creator": _on_author,
    "category": _on_category,
    f"{DC}subject": _on_category,
    "enclosure": _on_enclosure,
    "comments": _ignore,
    "source": _on_source,
    f"{ATOM}link": _on_atom_link,
    **MEDIA_READERS,
}
