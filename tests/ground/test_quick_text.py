"""Text is looked at quickly first: the long way says the same."""

from __future__ import annotations

import re
from html import unescape
from unicodedata import normalize

from hypothesis import given
from hypothesis import strategies as st

from aggregator.text import clean, fold, html_to_text, trim

_SENTENCE_END = re.compile(r"[。！？!?；;…]+[”’」』）)\"']*|\.(?=\s|$)[”’)\"']*")
_SENTENCES = st.lists(st.sampled_from([*"。！？!?；;…”’」）)\"'. \n，,字a", "word", "词语", "v1.5"]), max_size=60).map("".join)


@given(_SENTENCES, st.integers(3, 60))
def test_trim_cuts_at_the_last_of_all_sentence_ends(text: str, limit: int) -> None:
    text = text.strip()
    ends = [found.end() for found in _SENTENCE_END.finditer(text, 0, limit)]
    if len(text) > limit and ends and ends[-1] >= limit // 3:
        assert trim(text, limit) == text[: ends[-1]].rstrip()
    else:
        assert trim(text, limit) == text or trim(text, limit).endswith("…")


@given(st.text(st.sampled_from("ab &;<>\n\t\r\x00\x1c\x85\xa0\xad\u200b\u2028\u202e\u3000\ufeff量。"), max_size=60))
def test_plain_text_loses_what_is_unwanted_and_runs_of_white_space(text: str) -> None:
    text = text.replace("<", "")
    lines = [" ".join(line.split()) for line in clean(unescape(text)).split("\n")]
    assert html_to_text(text) == "\n".join(line for line in lines if line)


@given(st.text(st.one_of(st.characters(), st.sampled_from("，：！？（）；…ＡＢＣ１２ｶﾞ가e\u0301量化"))))
def test_folding_is_nfkc_and_case_folding(text: str) -> None:
    assert fold(text) == (text.lower() if text.isascii() else normalize("NFKC", text).casefold())
