"""Numbers as editors write them: digits, full-width digits, Chinese numerals. Pure."""

from __future__ import annotations

import unicodedata

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
# One group: a number of up to three digits.
NUMBER = r"([0-9０-９]{1,3}|[一二三四五六七八九十百两零〇]{1,5})"


def number_of(text: str) -> int | None:
    """The number that a text is, None for one that is none: 18, １８, 十八, 二十, 一百零五, 二〇."""
    folded = unicodedata.normalize("NFKC", text)
    if folded.isascii() and folded.isdigit():
        return int(folded)
    if all(char in _DIGITS for char in text):
        return int("".join(str(_DIGITS[char]) for char in text)) if text else None
    total, digit = 0, 0
    for char in text:
        if char in "十百":
            total += (digit or 1) * (10 if char == "十" else 100)
            digit = 0
        elif char in _DIGITS:
            digit = _DIGITS[char]
        else:
            return None
    return total + digit
