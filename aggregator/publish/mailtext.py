"""Sanitised HTML as the plain text of a mail: lists keep their marks, links their addresses. Pure."""

from __future__ import annotations

import re
from html import escape, unescape

from aggregator.text import html_to_text

_LINK = re.compile(r'<a href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_LIST = re.compile(r"<(/?)(ol|ul)\b([^>]*)>|<li\b([^>]*)>")
_START = re.compile(r'(?:start|value)="(\d+)"')


def plain_text(markup: str) -> str:
    """The text of HTML that markup.py has sanitised. `1.` and `*` stand before what a list counts or only lists; an address
    stands in angle brackets behind the words that lead to it, unless they are the address."""
    return html_to_text(_listed(_LINK.sub(_addressed, markup))) if "<" in markup else html_to_text(markup)


def _addressed(link: re.Match[str]) -> str:
    url, words = unescape(link[1]), html_to_text(link[2])
    return link[2] if not url or words == url else f"{link[2]} &lt;{escape(url, quote=False)}&gt;"


def _listed(markup: str) -> str:
    # The number of the next item of each list that is open, the innermost last; None where items are not counted.
    counts: list[int | None] = []

    def mark(match: re.Match[str]) -> str:
        closing, kind, attributes, of_item = match[1], match[2], match[3], match[4]
        if closing:
            del counts[-1:]
        elif kind:
            start = _START.search(attributes)
            counts.append((int(start[1]) if start else 1) if kind == "ol" else None)
        else:
            return f"{match[0]}{_bullet(counts, of_item)} "
        return match[0]

    return _LIST.sub(mark, markup)


def _bullet(counts: list[int | None], attributes: str) -> str:
    if not counts or counts[-1] is None:
        return "*"
    value = _START.search(attributes)
    number = int(value[1]) if value else counts[-1]
    counts[-1] = number + 1
    return f"{number}."
