"""Text of upstreams as a terminal shows it: one cell width for all who count it, and nothing that acts. Pure."""

from __future__ import annotations

import re
import unicodedata

from aggregator.text import clean, clean_line, fit

# Joiners and selectors change how wide a terminal draws a sign; programs disagree on how.
_JOINERS = re.compile("[\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff\U000e0020-\U000e007f]")


def line(text: str, columns: int | None = None) -> str:
    """One line, without control characters, cut to that many columns."""
    plain = _JOINERS.sub("", clean_line(text))
    return plain if columns is None else fit(plain, columns)


def block(text: str) -> str:
    """Several lines, without control characters, tabs as blanks."""
    return _JOINERS.sub("", clean(text)).expandtabs(4)


def narrow_key(character: str | None) -> str | None:
    """The ASCII key that a full-width or Chinese sign stands on (７, ？, 、), None for any other."""
    if character is None or len(character) != 1 or character.isascii():
        return None
    if character == "、":
        return "/"
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 and folded.isascii() and folded.isprintable() else None
