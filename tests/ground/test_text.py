"""Text helpers treat Chinese and English alike and let no control character through."""

from __future__ import annotations

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
