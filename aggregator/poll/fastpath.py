"""The quick reading of well-formed RSS 2.0 and Atom 1.0 in their usual shape. Pure.

It says what feedparser would say, in a twentieth of the time, or it says nothing: every element, attribute and order that
is not known here to mean the same to both makes it step aside. A test compares the two over a corpus and its mutations.
"""

from __future__ import annotations

import re

from lxml import etree

from aggregator.poll import quickatom, quickrss, wishes
from aggregator.poll.quickshape import ATOM, AsideError, nonblank
from aggregator.poll.rawfeed import RawEntry, RawFeed

MAX_ITEMS = 5000
CHANNEL_CHARS = 50_000
TAIL_CHARS = 4000
ITEM = re.compile(r"<(?:[\w.-]+:)?(?:item|entry)[\s/>]", re.IGNORECASE)

_DECLARATION = re.compile(r"<\?xml\s[^<>]{0,200}\?>\s*")
_CDATA = re.compile(r"<!\[CDATA\[.*?\]\]>", re.DOTALL)
_NOTHING = RawEntry()


def read(text: str, *, language: str | None = None, notes: tuple[str, ...] = ()) -> RawFeed | None:
    """The document as its format says it; None when it has to be read by a parser that knows more."""
    if not _is_simple(text):
        return None
    declaration = _DECLARATION.match(text)
    body = text[declaration.end() if declaration else 0 :]
    try:
        root = etree.fromstring(body.encode(), _parser())
        return _document(root, body, language, notes)
    except (AsideError, etree.XMLSyntaxError, UnicodeEncodeError):
        return None


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False
    )


def _is_simple(text: str) -> bool:
    """No document type, no comment or instruction in the markup, not too many items."""
    if not text.startswith("<") or "<!DOCTYPE" in text or "<!ENTITY" in text or text.find("<?", 2) > 0:
        return False
    if "<!--" in text and "<!--" in _CDATA.sub("", text):
        return False
    return text.count("xmlns:") <= 200 and (text.count("<") < MAX_ITEMS or len(ITEM.findall(text)) <= MAX_ITEMS)


def _document(root: etree._Element, text: str, language: str | None, notes: tuple[str, ...]) -> RawFeed:
    # A namespace may be declared further in; that is looked at where it matters.
    opened = text.index(">")
    nested = text.find("xmlns", opened) > 0
    first = ITEM.search(text)
    around = (text[: min(first.start() if first else CHANNEL_CHARS, CHANNEL_CHARS)], text[-TAIL_CHARS:])
    if root.tag == "rss":
        feed = quickrss.read(root, nested, language)
    elif root.tag == f"{ATOM}feed":
        feed = quickatom.read(root, nested, language)
    else:
        raise AsideError
    return RawFeed(
        version=feed.version,
        title=feed.said.title,
        link=nonblank(feed.said.link if feed.said.link is not None else feed.said.permanent),
        language=nonblank(feed.language),
        authors=tuple(feed.said.authors),
        entries=tuple(entry for entry in feed.entries if entry != _NOTHING),
        ttl_minutes=wishes.ttl_minutes(around),
        skip_hours=wishes.skip_hours(around),
        skip_days=wishes.skip_days(around),
        notes=notes,
    )
