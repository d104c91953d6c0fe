"""A document whose end is missing: what of it is whole. Pure.

An entry that ends in the middle is left to the next poll, which will find the whole of it: half a title would be another work.
"""

from __future__ import annotations

import re
from dataclasses import replace

from aggregator.poll import fastpath
from aggregator.poll.document import Document
from aggregator.poll.fastpath import ITEM
from aggregator.poll.rawfeed import RawFeed

HALF = "its last entry is half, and is left to the next poll"
_ITEM_END = re.compile(r"</(?:[\w.-]+:)?(?:item|entry)\s*>", re.IGNORECASE)
_CHANNEL_END = re.compile(r"</(?:[\w.-]+:)?channel\s*>", re.IGNORECASE)
_NOTHING = re.compile(r"</[^<>]{0,100}>|<[^<>]{0,5000}\Z|\s+")
_ENDS = {"rss": "</channel></rss>", "feed": "</feed>"}


def last_entry(text: str) -> str:
    """From where the last entry begins to the end; the whole text where there is none."""
    return text[max((match.start() for match in ITEM.finditer(text)), default=0) :]


def is_half(last: str) -> bool:
    """True for an entry, given from its beginning, that does not end."""
    return ITEM.match(last) is not None and _ITEM_END.search(last) is None


def is_partial(last: str) -> bool:
    """True when more entries may have followed the last one."""
    return _CHANNEL_END.search(last) is None


def read(prepared: Document, *, language: str | None) -> RawFeed | None:
    """The whole entries of a document that is cut off, read quickly; None where another parser has to try."""
    last = last_entry(prepared.text)
    half = is_half(last)
    whole = prepared.text[: len(prepared.text) - len(last)] if half else prepared.text
    end = max((match.end() for match in _ITEM_END.finditer(whole)), default=0)
    if not end or prepared.root not in _ENDS:
        return None
    if _NOTHING.sub("", whole[end:]):
        return None  # what a channel says behind its items
    notes = (*prepared.notes, HALF) if half else prepared.notes
    found = fastpath.read(f"{whole[:end]}{_ENDS[prepared.root]}".encode("utf-8", "replace"), language=language, notes=notes)
    return replace(found, partial=is_partial(last)) if found is not None else None
