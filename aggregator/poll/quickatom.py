"""Atom 1.0 in its usual shape, read quickly. Pure."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from aggregator.poll.quickshape import (
    ATOM,
    XML_LANG,
    AsideError,
    Feed,
    Found,
    address,
    bare_text,
    construct,
    entry_of,
    must_be_silent,
    nonblank,
    on_published,
    on_updated,
    readable,
    spoken,
    text_of,
)
from aggregator.poll.rawfeed import RawEnclosure, RawEntry, RawText

_ATOM_KINDS = {"text": "text", "text/plain": "text", "html": "html", "text/html": "html"}
_PERSON = frozenset({f"{ATOM}name", f"{ATOM}uri", f"{ATOM}email"})


def read(root: etree._Element, nested: bool, language: str | None) -> Feed:
    if not set(root.attrib) <= {XML_LANG}:
        raise AsideError
    feed = Feed("atom10", spoken(root.get(XML_LANG)) or language, nested, root)
    for child in feed.children(root):
        if child.tag == f"{ATOM}entry":
            feed.entries.append(_atom_entry(feed, child))
        else:
            _atom_child(feed, feed.said, child, _ATOM_FEED)
    return feed


def _atom_entry(feed: Feed, element: etree._Element) -> RawEntry:
    if element.attrib:
        raise AsideError
    found = Found()
    for child in feed.children(element):
        _atom_child(feed, found, child, _ATOM_ENTRY)
    link = found.link if found.link is not None else found.permanent
    if link and link == found.guid and "/" not in link:
        link = None
    return entry_of(found, nonblank(link) or found.alternate, found.published)


def _atom_child(
    feed: Feed, found: Found, child: etree._Element, readers: dict[str, Callable[[Found, etree._Element], None]]
) -> None:
    if child.tag in {f"{ATOM}author", f"{ATOM}contributor"}:
        name = _person(feed, child)
        if child.tag == f"{ATOM}author" and name:
            found.authors.append(name)
        return
    reader = readers.get(child.tag)
    if reader is not None:
        reader(found, child)
    else:
        must_be_silent(child)


def _person(feed: Feed, person: etree._Element) -> str | None:
    said: dict[str, str] = {}
    if person.attrib or (person.text or "").strip():
        raise AsideError
    for child in feed.children(person):
        if child.tag not in _PERSON or child.tag in said or len(child) or child.attrib or (child.tail or "").strip():
            raise AsideError
        said[child.tag] = (child.text or "").strip()
        readable(said[child.tag])
    return nonblank(said.get(f"{ATOM}name")) or nonblank(said.get(f"{ATOM}email"))


def _atom_text(child: etree._Element) -> RawText | None:
    kind = _ATOM_KINDS.get(child.get("type", "text").lower())
    if kind is None:
        raise AsideError
    return construct(text_of(child, {"type", XML_LANG}), kind)


def _on_atom_title(found: Found, child: etree._Element) -> None:
    found.once("title")
    found.title = _atom_text(child)


def _on_atom_summary(found: Found, child: etree._Element) -> None:
    found.once("summary")
    found.summary = _atom_text(child)


def _on_atom_content(found: Found, child: etree._Element) -> None:
    found.once("content")
    found.content = _atom_text(child)


def _on_atom_id(found: Found, child: etree._Element) -> None:
    found.once("guid")
    found.guid = found.permanent = address(bare_text(child))


def _on_atom_link(found: Found, child: etree._Element) -> None:
    if text_of(child, {"rel", "href", "type", "title", "hreflang", "length"}):
        raise AsideError
    href, rel = child.get("href"), child.get("rel", "alternate").lower()
    if not href:
        raise AsideError
    href = address(href)
    kind = child.get("type", "text/html" if rel != "self" else "application/atom+xml").lower()
    if rel == "alternate":
        if kind in {"text/html", "html", "application/xhtml+xml", "xhtml"}:
            found.link = href
        found.alternate = found.alternate or href or None
    elif rel == "enclosure" and href:
        found.enclosures.append(RawEnclosure(href, nonblank(kind), nonblank(child.get("length"))))
    elif rel in {"related", "via"} and href:
        found.related.append(href)


def _on_atom_category(found: Found, child: etree._Element) -> None:
    if text_of(child, {"term", "scheme", "label"}):
        raise AsideError
    found.tags.append(nonblank(child.get("label")) or nonblank(child.get("term")) or "")


def _silent_text(_: Found, child: etree._Element) -> None:
    text_of(child, {"type", "uri", "version", XML_LANG})


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
}
