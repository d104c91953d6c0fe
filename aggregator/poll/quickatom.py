"""Atom 1.0 in its usual shape, read quickly. Pure."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from aggregator.poll.quickmedia import MEDIA_READERS
from aggregator.poll.quickshape import (
    ATOM,
    LEADING,
    PLAIN_ADDRESS,
    XML_BASE,
    XML_LANG,
    AsideError,
    Feed,
    Found,
    address,
    bare_text,
    construct,
    each_once,
    entry_of,
    more,
    must_be_silent,
    nonblank,
    on_published,
    on_updated,
    spoken,
    text_of,
)
from aggregator.poll.rawfeed import RawEnclosure, RawEntry, RawText

_ATOM_KINDS = {"text": "text", "text/plain": "text", "html": "html", "text/html": "html"}
_AUTHOR, _CONTRIBUTOR, _ENTRY, _NAME = (f"{ATOM}{name}" for name in ("author", "contributor", "entry", "name"))
_EMAIL = f"{ATOM}email"
_PERSON = frozenset({_NAME, f"{ATOM}uri", _EMAIL})
_FEED_ONCE = frozenset({f"{ATOM}title", f"{ATOM}id"})
_ENTRY_ONCE = frozenset(f"{ATOM}{name}" for name in ("title", "id", "summary", "content", "published", "updated"))
_TEXT = frozenset({"type", XML_LANG, XML_BASE})
_THREADS = "{http://purl.org/syndication/thread/1.0}"
_LINK = frozenset({"rel", "href", "type", "title", "hreflang", "length", f"{_THREADS}count", f"{_THREADS}updated"})
_CATEGORY = frozenset({"term", "scheme", "label"})
_SILENT = frozenset({"type", "uri", "version", XML_LANG})


def read(root: etree._Element, nested: bool, language: str | None) -> Feed:
    if not set(root.attrib) <= {XML_LANG}:
        raise AsideError
    feed = Feed("atom10", spoken(root.get(XML_LANG)) or language, nested, root)
    children = feed.children(root)
    each_once(children, _FEED_ONCE)
    for child in children:
        if child.tag == _ENTRY:
            feed.entries.append(_atom_entry(feed, child))
        else:
            _atom_child(feed, feed.said, child, _ATOM_FEED)
    return feed


def _atom_entry(feed: Feed, element: etree._Element) -> RawEntry:
    if element.keys():
        raise AsideError
    found = Found()
    found.base = found.outer_base = feed.said.base
    children = feed.children(element)
    each_once(children, _ENTRY_ONCE)
    for child in children:
        _atom_child(feed, found, child, _ATOM_ENTRY)
    feed.said.base = found.base
    link = found.link if found.link is not None else found.permanent
    if link and link == found.guid and "/" not in link:
        link = None
    return entry_of(found, nonblank(link) or found.alternate, found.published)


def _atom_child(
    feed: Feed, found: Found, child: etree._Element, readers: dict[str, Callable[[Found, etree._Element], None]]
) -> None:
    tag = child.tag
    reader = readers.get(tag)
    if reader is not None:
        reader(found, child)
    elif tag in {_AUTHOR, _CONTRIBUTOR}:
        name = _person(feed, child)
        if tag == _AUTHOR and name:
            found.authors = more(found.authors, name)
    else:
        must_be_silent(child)


def _person(feed: Feed, person: etree._Element) -> str | None:
    said: dict[str, str] = {}
    if person.keys() or (person.text or "").strip():
        raise AsideError
    for child in feed.children(person):
        tag = child.tag
        if (child.tail or "").strip():
            raise AsideError
        if tag not in _PERSON:
            if child.text:
                raise AsideError
            must_be_silent(child)
            continue
        if tag in said or len(child) or child.keys():
            raise AsideError
        said[tag] = (child.text or "").strip()
    name = nonblank(said.get(_NAME))
    if name is None and nonblank(said.get(_EMAIL)):
        raise AsideError
    return name


def _atom_text(found: Found, child: etree._Element) -> RawText | None:
    kind = _ATOM_KINDS.get(child.get("type", "text").lower())
    if kind is None:
        raise AsideError
    return construct(text_of(child, _TEXT), kind, _base(found, child))


def _base(found: Found, child: etree._Element) -> str:
    """The address that relative URLs in a text stand to."""
    base = child.get(XML_BASE)
    if base is None:
        return found.base
    if not PLAIN_ADDRESS.fullmatch(base):
        raise AsideError
    if not found.outer_base:
        found.base = base
    return base


def _address(found: Found, value: str) -> str:
    """An address that is what it is whatever the base."""
    if found.base and not PLAIN_ADDRESS.fullmatch(value):
        raise AsideError
    return address(value)


def _on_atom_title(found: Found, child: etree._Element) -> None:
    found.title = _atom_text(found, child)


def _on_atom_summary(found: Found, child: etree._Element) -> None:
    found.summary = _atom_text(found, child)


def _on_atom_content(found: Found, child: etree._Element) -> None:
    found.content = _atom_text(found, child)


def _on_atom_id(found: Found, child: etree._Element) -> None:
    found.guid = found.permanent = _address(found, bare_text(child))


def _on_atom_link(found: Found, child: etree._Element) -> None:
    if text_of(child, _LINK):
        raise AsideError
    href, rel = child.get("href"), child.get("rel", "alternate").lower()
    if not href:
        raise AsideError
    if rel not in LEADING:
        return
    href = _address(found, href)
    kind = child.get("type", "text/html").lower()
    if rel == "alternate":
        if kind in {"text/html", "html", "application/xhtml+xml", "xhtml"}:
            found.link = href
        found.alternate = found.alternate or href
    elif rel == "enclosure":
        found.enclosures = more(found.enclosures, RawEnclosure(href, nonblank(kind), nonblank(child.get("length"))))
    else:
        found.related = more(found.related, href)


def _on_atom_category(found: Found, child: etree._Element) -> None:
    if text_of(child, _CATEGORY):
        raise AsideError
    tag = nonblank(child.get("label")) or nonblank(child.get("term"))
    if tag is None:
        raise AsideError
    found.tags = more(found.tags, tag)


def _silent_text(_: Found, child: etree._Element) -> None:
    text_of(child, _SILENT)


_ATOM_FEED: dict[str, Callable[[Found, etree._Element], None]] = {
    f"{ATOM}title": _on_atom_title,
    f"{ATOM}id": _on_atom_id,
    f"{ATOM}link": _on_atom_link,
    f"{ATOM}category": _on_atom_category,
    **dict.fromkeys(
        [f"{ATOM}{name}" for name in ("subtitle", "rights", "generator", "icon", "logo", "updated", "published")], _silent_text
    ),
}
_ATOM_ENTRY: dict[str, Callable[[Found, etree._Element], None]] = {
    f"{ATOM}title": _on_atom_title,
    f"{ATOM}id": _on_atom_id,
    f"{ATOM}link": _on_atom_link,
    f"{ATOM}category": _on_atom_category,
    f"{ATOM}summary": _on_atom_summary,
    f"{ATOM}content": _on_atom_content,
    f"{ATOM}published": on_published,
    f"{ATOM}updated": on_updated,
    f"{ATOM}rights": _silent_text,
    **MEDIA_READERS,
}
