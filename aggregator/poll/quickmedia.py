"""Media RSS (https://www.rssboard.org/media-rss) inside an entry, as far as feedparser makes something of it. Pure."""

from __future__ import annotations

from lxml import etree

from aggregator.poll.quickshape import (
    ATOM,
    CONTENT,
    AsideError,
    Found,
    construct,
    looks_like_html,
    more,
    must_be_silent,
    must_not_alter,
    text_of,
)

_MEDIA = "{http://search.yahoo.com/mrss/}"
_READ = ("group", "content", "title", "description", "keywords", "credit", "rating", "copyright")
_KINDS = {"": "unsaid", "html": "html", "plain": "text"}
_ATTRIBUTES = frozenset({"type"})
_LEAVES = frozenset({
    f"{_MEDIA}{name}" for name in ("content", "thumbnail", "credit", "rating", "copyright", "starRating", "statistics")
})  # fmt: skip
_GROUPS = frozenset(f"{_MEDIA}{name}" for name in ("group", "content", "community"))
# Beside any of these a description of a picture or film is something else to feedparser.
_TEXTS = frozenset({"description", f"{CONTENT}encoded", f"{ATOM}summary", f"{ATOM}content"})
_ENTRIES = frozenset({"item", f"{ATOM}entry"})


def on_media(found: Found, element: etree._Element) -> None:
    """A picture or film, or a group of them."""
    tag = element.tag
    if tag in _GROUPS and len(element):
        _must_be_bare(element)
        for child in element:
            on_media(found, child)
    elif tag == f"{_MEDIA}title":
        # The title of the entry stands, when it has been said.
        if found.title is None:
            raise AsideError
        text_of(element, _ATTRIBUTES)
    elif tag == f"{_MEDIA}description":
        _describe(found, element)
    elif tag == f"{_MEDIA}keywords":
        for word in text_of(element, frozenset()).split(","):
            if word.strip():
                found.tags = more(found.tags, word.strip())
    else:
        must_be_silent(element, _LEAVES)


def _must_be_bare(element: etree._Element) -> None:
    """Nothing but elements in an element, none of which declares a namespace."""
    must_not_alter(element)
    if (element.text or "").strip():
        raise AsideError
    namespaces = element.nsmap
    for child in element:
        if (child.tail or "").strip() or child.nsmap != namespaces:
            raise AsideError


def _describe(found: Found, element: etree._Element) -> None:
    """What is said of a picture or film is the summary of an entry that has none, and else its content."""
    outermost = element
    while (entry := outermost.getparent()) is not None and entry.tag not in _ENTRIES:
        outermost = entry
    kind = _KINDS.get(element.get("type", ""))
    told = [child.tag for child in entry if child.tag in _TEXTS] if entry is not None else []
    text = text_of(element, _ATTRIBUTES)
    if found.content is not None or kind is None or not text:
        raise AsideError
    if not told and found.summary is None and kind != "text":
        found.summary = construct(text, "html", found.base)
    elif told == ["description"] and next(outermost.itersiblings("description", preceding=True), None) is not None:
        found.content = construct(text, "html" if kind == "html" or looks_like_html(text) else "text")
    else:
        raise AsideError


MEDIA_READERS = {f"{_MEDIA}{name}": on_media for name in _READ}
