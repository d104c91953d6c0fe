"""One line of text: the short way for what needs no mending says what the long way says."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from aggregator.text import clean, clean_line

_CHARS = st.sampled_from(
    [*"ab 中　\t\n", " ", " ", "\u200b", "\u200d", "\ufeff", "\u2028", "\u2066", "\xad", "\ue000", "\x85", "😀"]
)


@given(st.lists(_CHARS, max_size=12).map("".join) | st.text(max_size=20), st.sampled_from([None, 1, 3, 500]))
def test_a_line_is_cleaned_and_its_blanks_are_one(text: str, limit: int | None) -> None:
    line = re.sub(r"\s+", " ", clean(text.replace("\u2028", " ").replace("\u2029", " "))).strip()
    assert clean_line(text, limit) == (line if limit is None or len(line) <= limit else line[:limit].rstrip())
