"""The quick reading of well-formed RSS 2.0 and Atom 1.0 in their usual shape. Pure.

It says what feedparser would say, in a twentieth of the time, or it says nothing: every element, attribute and order that
is not known here to mean the same to both makes it step aside. A test compares the two over a corpus and its mutations.
"""

from __future__ import annotations

import re
from itertools import islice

from lxml import etree

from aggregator.poll import quickatom, quickrss, wishes
from aggregator.poll.quickshape import ATOM, AsideError, must_be_readable, nonblank
from aggregator.poll.rawfeed import RawEntry, RawFeed

MAX_ITEMS = 5000
CHANNEL_CHARS = 50_000
TAIL_CHARS = 4000
ITEM = re.compile(r"<(?:[\w.-]+:)?(?:item|entry)[\s/>]", re.IGNORECASE)

_ITEM = re.compile(ITEM.pattern.encode(), re.IGNORECASE)
# What may stand before the root element, in plain ASCII; a document type may not. Nothing is tried in another way: blanks can
# be divided in very many.
_PLAIN = rb"[\t\r\n -;=@-~]"  # but for `<`, `>` and `?`
_PROLOG = re.compile(
    rb"(?:<\?" + _PLAIN + rb"{0,500}\?>|<!--" + _PLAIN + rb"{0,2000}-->|\s{1,200}+){0,50}+(?=<(?:rss|feed)[\s>])"
)
_ASIDE = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z))|<!--.*?(?:-->|\Z)", re.DOTALL)
_BOM = b"\xef\xbb\xbf"
_MAX_NAMESPACES = 200
_MAX_ROOT_BYTES = 20_000
_MAX_UTF8_BYTES = 4  # of one character
_NOTHING = RawEntry()


def read(body: bytes, *, language: str | None = None, notes: tuple[str, ...] = ()) -> RawFeed | None:
    """A document in UTF-8 as its format says it; None when it has to be read by a parser that knows more."""
    prolog = _PROLOG.match(body, len(_BOM) if body.startswith(_BOM) else 0)
    if prolog is None:
        return None
    body = body[prolog.end() :].rstrip(b" \t\r\n\0")
    if _is_too_much(body):
        return None
    try:
        return _document(etree.fromstring(body, _parser()), body, language, notes)
    except (AsideError, etree.XMLSyntaxError, UnicodeError):
        return None


def _is_too_much(body: bytes) -> bool:
    """Whether a document has more items, or declares more, than is worth building a tree of."""
    if body.find(b">", 0, _MAX_ROOT_BYTES) < 0:
        return True
    if len(body) < MAX_ITEMS * len("<item/>") or body.count(b"<") <= MAX_ITEMS:
        return False
    return sum(1 for _ in islice(_ITEM.finditer(body), MAX_ITEMS + 1)) > MAX_ITEMS


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )


def _document(root: etree._Element, body: bytes, language: str | None, notes: tuple[str, ...]) -> RawFeed:
    # A namespace may be declared further in; that is looked at where it matters.
    nested = body.find(b"xmlns", body.index(b">")) > 0
    if nested and body.count(b"xmlns:") > _MAX_NAMESPACES:
        raise AsideError
    must_be_readable(root, body)
    if root.tag == "rss":
        feed = quickrss.read(root, nested, language)
    elif root.tag == f"{ATOM}feed":
        feed = quickatom.read(root, nested, language)
    else:
        raise AsideError
    around = _around(body)
    return RawFeed(
        version=feed.version,
        title=feed.said.title,
        link=nonblank(feed.said.link if feed.said.link is not None else feed.said.permanent),
        language=nonblank(feed.language),
        authors=feed.said.authors,
        entries=tuple(entry for entry in feed.entries if entry != _NOTHING),
        ttl_minutes=wishes.ttl_minutes(around),
        skip_hours=wishes.skip_hours(around),
        skip_days=wishes.skip_days(around),
        notes=notes,
    )


def _around(body: bytes) -> tuple[str, ...]:
    """What stands before the items, and the end of the document."""
    first = _ITEM.search(body, 0, CHANNEL_CHARS * _MAX_UTF8_BYTES)
    head = body[: first.start() if first else CHANNEL_CHARS * _MAX_UTF8_BYTES]
    tail = body[-TAIL_CHARS * _MAX_UTF8_BYTES :]
    pieces = head.decode("utf-8", "ignore")[:CHANNEL_CHARS], tail.decode("utf-8", "ignore")[-TAIL_CHARS:]
    return tuple(map(_without_comments, pieces))


def _without_comments(piece: str) -> str:
    if "<!--" not in piece:
        return piece
    ended, begun = piece.find("]]>"), piece.find("<![CDATA[")
    if 0 <= ended < begun or begun < 0 <= ended:
        piece = piece[ended + 3 :]  # it begins inside a CDATA section
    return _ASIDE.sub(lambda match: match[1] or "", piece)
