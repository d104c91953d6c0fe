"""What the quick readings of RSS and Atom share: what was found, and what must not be there. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from html.entities import entitydefs
from typing import TypeVar

from lxml import etree

from aggregator.poll import dates, quicknames
from aggregator.poll.rawfeed import RawDate, RawEnclosure, RawEntry, RawText

MAX_LIST = 50
_MAX_DIFFERENT = 150
_MAX_ATTRIBUTE_CHARS = 5000
_MAX_TAG_CHARS = 1000
ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
DC = "{http://purl.org/dc/elements/1.1/}"
LEADING = frozenset({"alternate", "enclosure", "related", "via"})  # relations of the links that an entry is known by
XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_CLOSED = re.compile(r"</(\w+)>|&#?\w+;")
_NAMES = re.compile(r"</?(\w+)")
_ENTITIES = re.compile(r"&(\w+);")
_C1 = re.compile("[\x80-\x9f]")
_C1_BYTES = re.compile(rb"\xc2[\x80-\x9f]")
# Begun at the rarer of its first two bytes, which makes it twice as fast.
_C1_NUMBER = re.compile(rb"#(?<=&#)(?:0*1[2-5]\d|[xX]0*[89][0-9a-fA-F]);")
_QUERY = re.compile(r"&([A-Za-z0-9_]+);")
# Absolute, and nothing in it that resolving could change.
PLAIN_ADDRESS = re.compile(r"https?://[a-z0-9.-]+(?::\d{1,5})?/(?:[A-Za-z0-9._~/?=&%+,-]*[A-Za-z0-9_~/=+,-])?", re.ASCII)
_UNUSUAL_ADDRESS = re.compile(r"\A[A-Za-z][A-Za-z0-9+-.]*:///|[\n\r\t\[\]]")
_FAMILIAR_DATE = re.compile(
    r"[A-Z][a-z]{2}, \d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (?:19|20)\d\d"
    r" [0-2]\d:[0-5]\d:[0-5]\d (?:GMT|UTC|[+-]\d{4})"
    r"|(?:19|20)\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)",
    re.ASCII,
)
# What feedparser takes for HTML where RSS does not say what a title is.
_HTML_ELEMENTS = frozenset({
    "a", "abbr", "acronym", "address", "area", "article", "aside", "audio", "b", "big", "blockquote", "br", "button", "canvas",
    "caption", "center", "cite", "code", "col", "colgroup", "command", "datagrid", "datalist", "dd", "del", "details", "dfn",
    "dialog", "dir", "div", "dl", "dt", "em", "event-source", "fieldset", "figcaption", "figure", "font", "footer", "form",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "input", "ins", "kbd", "keygen", "label", "legend", "li",
    "m", "map", "menu", "meter", "multicol", "nav", "nextid", "noscript", "ol", "optgroup", "option", "output", "p", "pre",
    "progress", "q", "s", "samp", "section", "select", "small", "sound", "source", "spacer", "span", "strike", "strong", "sub",
    "sup", "table", "tbody", "td", "textarea", "tfoot", "th", "thead", "time", "tr", "tt", "u", "ul", "var", "video",
})  # fmt: skip


T = TypeVar("T")


class AsideError(Exception):
    """Something that this reading does not know."""


class Found:
    """What one entry, or the feed itself, said so far; what it did not say stands here. `base` is the address that relative URLs
    stand to, as feedparser keeps it: an `xml:base` holds for all that follows, where none held around the entry
    (`outer_base`)."""

    guid: str | None = None
    permanent: str | None = None
    link: str | None = None
    alternate: str | None = None
    title: RawText | None = None
    summary: RawText | None = None
    content: RawText | None = None
    published: RawDate | None = None
    updated: RawDate | None = None
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    enclosures: tuple[RawEnclosure, ...] = ()
    related: tuple[str, ...] = ()
    base: str = ""
    outer_base: str = ""


@dataclass(slots=True)
class Feed:
    version: str
    language: str | None
    nested: bool
    root: etree._Element
    said: Found = field(default_factory=Found)
    entries: list[RawEntry] = field(default_factory=list)

    def children(self, parent: etree._Element) -> list[etree._Element]:
        """The children of an element, none of which means something else by its prefix than the root does."""
        found = list(parent)
        if self.nested:
            known = self.root.nsmap
            for child in found:
                # A namespace declared on the way can change what a prefix means.
                if child.nsmap != known and not quicknames.may_be_declared(child.nsmap, known):
                    raise AsideError
        return found


def each_once(children: list[etree._Element], names: frozenset[str]) -> None:
    """Nothing of these names stands twice."""
    tags = [tag for child in children if (tag := child.tag) in names]
    if len(set(tags)) < len(tags):
        raise AsideError


def entry_of(found: Found, link: str | None, published: RawDate | None) -> RawEntry:
    return RawEntry(
        nonblank(found.guid),
        link,
        found.title,
        found.summary,
        found.content,
        published,
        found.updated,
        found.authors,
        found.tags,
        found.enclosures,
        found.related,
    )


def more(known: tuple[T, ...], one: T) -> tuple[T, ...]:
    """One more of what an entry may have several of; not very many, and all different where they are more than are kept."""
    if len(known) >= MAX_LIST and (len(known) >= _MAX_DIFFERENT or len({*known, one}) <= len(known)):
        raise AsideError
    return (*known, one)


def on_published(found: Found, child: etree._Element) -> None:
    """When it was published."""
    found.published = date_of(bare_text(child))


def on_updated(found: Found, child: etree._Element) -> None:
    """When it was last changed."""
    found.updated = date_of(bare_text(child))


def must_be_silent(child: etree._Element, leaves: frozenset[str] = frozenset()) -> None:
    """Nothing but a leaf of a vocabulary that says nothing here, or one of the `leaves`."""
    tag = child.tag
    if len(child) or len(tag) > _MAX_TAG_CHARS:
        raise AsideError
    must_not_alter(child)
    if tag not in leaves and not quicknames.is_silent(tag, child.prefix):
        raise AsideError


def must_not_alter(element: etree._Element) -> None:
    """No attribute of it changes the language or the base of what is in it, and all are of usual size."""
    attributes = element.items()
    if len(attributes) > 20 or any(_alters(str(name), str(value)) for name, value in attributes):
        raise AsideError


def _alters(name: str, value: str) -> bool:
    return name.rpartition("}")[2].lower() in {"base", "lang"} or len(value) > _MAX_ATTRIBUTE_CHARS


def bare_text(child: etree._Element) -> str:
    """The text of an element without attributes and children."""
    if len(child) or child.keys():
        raise AsideError
    text = child.text
    return mended(text) if text else ""


def text_of(child: etree._Element, attributes: frozenset[str]) -> str:
    if len(child):
        raise AsideError
    for name, value in child.items():
        if name not in attributes or len(value) > _MAX_ATTRIBUTE_CHARS:
            raise AsideError
    text = child.text
    return mended(text) if text else ""


def mended(text: str) -> str:
    text = text.strip()
    # An exception takes longer than all the rest, and of most text that is no Latin-1 any character shows it.
    if text.isascii() or text[len(text) // 2] > "\xff":
        return text
    try:
        # UTF-8 that was taken for Latin-1 and encoded again.
        text = text.encode("latin-1").decode()
    except UnicodeError:
        return text
    return readable(text)


def readable(text: str) -> str:
    """A text without C1 controls."""
    if _C1.search(text):
        raise AsideError
    return text


def must_be_readable(root: etree._Element, body: bytes) -> None:
    """No text of the document that `body` is holds C1 controls, whether written as they are or by their number. Most documents
    hold nothing that looks like one, and their texts are not looked at one by one."""
    # One byte is found several times as fast as an expression.
    written = b"\xc2" in body and _C1_BYTES.search(body)
    if (written or (b"#" in body and _C1_NUMBER.search(body))) and any(_C1.search(str(text)) for text in root.itertext()):
        raise AsideError


def construct(value: str, kind: str, base: str = "") -> RawText | None:
    return RawText(value, kind, base) if value else None


def nonblank(value: str | None) -> str | None:
    return value if value and value.strip() else None


def spoken(value: str | None) -> str | None:
    return value.replace("_", "-") if value else None


def address(value: str) -> str:
    if _UNUSUAL_ADDRESS.search(value):
        raise AsideError
    return value


def link_text(value: str) -> str:
    return _QUERY.sub(r"&\1", address(value)) if "&" in value else address(value)


def date_of(value: str) -> RawDate | None:
    if not value:
        return None
    if not _FAMILIAR_DATE.fullmatch(value) and not _is_known_date(value[: dates.MAX_CHARS + 1]):
        raise AsideError
    return RawDate(value)


@lru_cache(maxsize=1000)
def _is_known_date(value: str) -> bool:
    return len(value) <= dates.MAX_CHARS and dates.read(value) is not None


def looks_like_html(value: str) -> bool:
    if "<" not in value and "&" not in value:
        return False
    if not _CLOSED.search(value):
        return False
    names = all(name.lower() in _HTML_ELEMENTS for name in _NAMES.findall(value))
    return names and all(name in entitydefs for name in _ENTITIES.findall(value))
