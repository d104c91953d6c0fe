"""Text helpers treat Chinese and English alike and let no control character through."""

from __future__ import annotations

import re
from html import unescape
from unicodedata import normalize

from hypothesis import given
from hypothesis import strategies as st

from aggregator.text import (
    clean,
    clean_line,
    contains_term,
    display_width,
    fit,
    fold,
    fold_title,
    head_text,
    html_to_text,
    tokens,
    trim,
)


@given(st.text())
def test_clean_text_is_valid_and_stays_clean(text: str) -> None:
    found = clean(text)
    found.encode("utf-8")
    assert clean(found) == found
    assert not any(ord(char) < 32 and char not in "\n\t" for char in found)


def test_clean_drops_what_hides_or_reverses() -> None:
    assert clean("a\u202eb\u200bc\x1b[31md\ud800") == "abc[31md"
    assert clean_line(" 一\u3000二\r\n\u00a0three ") == "一 二 three"


def test_fold_title_ignores_width_case_and_punctuation() -> None:
    assert fold_title("ＭＮＮ　发布：v1.0！") == fold_title("mnn 发布 V1.0")


def test_tokens_are_words_and_pairs_of_characters() -> None:
    assert list(tokens("TensorRT-LLM 支持INT4量化")) == ["tensorrt-llm", "支持", "int4", "量化"]
    assert list(tokens("低比特")) == ["低比", "比特"]


def test_a_latin_term_is_a_whole_word_and_a_chinese_one_is_found_anywhere() -> None:
    assert contains_term(fold("支持ARM架构"), "arm")
    assert not contains_term(fold("a charm"), "arm")
    assert contains_term(fold("charm on ARM"), "arm")
    assert contains_term("低比特量化方法", "量化")


def test_trim_ends_at_a_sentence_in_both_languages() -> None:
    assert trim("今天天气好。" * 10, 20) == "今天天气好。" * 3
    assert trim("One sentence. Another one here. " * 5, 35) == "One sentence. Another one here."
    assert trim("没有句号的一段话" * 10, 20).endswith("…")
    assert trim("short", 20) == "short"


@given(st.text(max_size=300), st.integers(min_value=5, max_value=80))
def test_trim_never_exceeds_its_limit(text: str, limit: int) -> None:
    assert len(trim(text, limit)) <= limit


def test_html_to_text_keeps_words_and_drops_scripts() -> None:
    assert html_to_text("<p>a<script>alert(1)</script> b &amp;lt;</p><ul><li>c</li></ul><style>x{}</style>") == "a b &lt;\nc"
    assert html_to_text("1 < 2 and 3 > 2") == "1 < 2 and 3 > 2"


def test_wide_characters_take_two_columns() -> None:
    assert display_width("ab中文") == 6
    assert display_width(fit("嵌入式人工智能", 9)) <= 9
    assert fit("short", 9) == "short"


_WORDS = ["word ", "量化。", "&amp;", "x" * 40, "1 < 2 ", " ", "\n"]
_TAGS = ["<p>", "</p>", "<br>", "<li>", "<a href='https://example.org/a-long-address'>", "</a>", "<img alt='a > b'>"]
_PIECES = st.sampled_from([*_WORDS, *_TAGS, "<script>hidden()</script>", "<!-- not shown -->"])


@given(st.lists(_PIECES, max_size=120), st.integers(5, 80))
def test_the_beginning_of_a_text_is_that_of_the_whole(pieces: list[str], limit: int) -> None:
    whole, head = html_to_text("".join(pieces)), head_text("".join(pieces), limit)
    assert head[:limit] == whole[:limit]


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
