"""What judges a work looks quickly first; the long way says the same."""

from __future__ import annotations

import math
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.app.copying import READ_CHARS, SUMMARY_CHARS, copy_of
from aggregator.app.naming import Names
from aggregator.model import Entry, Link
from aggregator.queue import leads, rank
from aggregator.queue.cues import _LATIN, GROUP_OF, cues
from aggregator.queue.linear import GRAMS, MAX_CHARS, Linear, grams
from aggregator.text import contains_term, fold

_PIECES = [*sorted(GROUP_OF)[::7], "开", "源", "发", "布", "提", "c++", "risc-v", "-", "+", " ", "é", "gpu", "gpus", "量化", "，"]
_TEXTS = st.lists(st.sampled_from(_PIECES), max_size=30).map("".join)


@given(_TEXTS)
def test_telling_words_are_found_wherever_they_stand(text: str) -> None:
    latin = {word for word in _LATIN.findall(text) if word in GROUP_OF}
    chinese = {word for word in GROUP_OF if not word.isascii() and word in text}
    assert cues(text) == sorted(latin | chinese)


@given(st.text("ab 量化", max_size=12))
def test_grams_are_all_pieces_of_one_to_three_characters(text: str) -> None:
    assert grams(text) == [text[at : at + size] for size in GRAMS for at in range(len(text) - size + 1)]


_KNOWN = ["a", "b", " ", "量", "ab", "量化", "化a", "aba", "a b", "量化量"]
_MODEL = Linear(
    ("one", "two"),
    (0.25, -0.5),
    {gram: (1.0 + at / 7, math.sin(at), math.cos(3 * at)) for at, gram in enumerate(_KNOWN)},
    {"fact": (0.5, -0.25)},
)


def _contributions(text: str, output: int) -> dict[str, float]:
    counts = {gram: count for gram, count in Counter(grams(text)).items() if gram in _MODEL.grams}
    raw = {gram: (1 + math.log(count)) * _MODEL.grams[gram][0] for gram, count in counts.items()}
    length = math.sqrt(math.fsum(value * value for value in raw.values())) or 1.0
    return {gram: value / length * _MODEL.grams[gram][output + 1] for gram, value in raw.items()}


@given(st.text("ab 量化", max_size=2 * MAX_CHARS), st.sampled_from([0, 1]), st.floats(-2, 2))
def test_a_decision_is_the_sum_of_what_its_n_grams_and_facts_say(text: str, output: int, fact: float) -> None:
    said = math.fsum(_contributions(text, output).values()) + fact * _MODEL.extra["fact"][output]
    decided = _MODEL.decide(text, {"fact": fact, "unknown": 9.0}, _MODEL.vector(text))
    assert decided[output] == pytest.approx(_MODEL.intercepts[output] + said, abs=1e-9)


@given(st.text("ab 量化", max_size=40), st.sampled_from([0, 1]))
def test_a_term_has_its_characters_share_of_every_n_gram(text: str, output: int) -> None:
    counts, said = Counter(grams(text)), _contributions(text, output)
    share = [0.0] * len(text)
    for size in GRAMS:
        for at in range(len(text) - size + 1):
            gram = text[at : at + size]
            for place in range(at, at + size):
                share[place] += said.get(gram, 0.0) / (counts[gram] * size)
    terms = _MODEL.terms(text, output)
    assert "".join(term for term, _ in terms) == text
    at = 0
    for term, points in terms:
        assert points == pytest.approx(math.fsum(share[at : at + len(term)]), abs=1e-9)
        at += len(term)


_TERMS = {"量化": 2.0, "低比特量化": 3.0, "NPU": 1.0, "edge": 1.5, "e": 0.5, "Ｃｏｒｅ ML": 1.0}


@given(*[st.lists(st.sampled_from([*_TERMS, *"低比特量化 ,.ae", "npus"]), max_size=12).map("".join)] * 2)
def test_keywords_count_once_in_the_title_or_else_the_summary(title: str, summary: str) -> None:
    words = rank.keywords(_TERMS)
    left, expected = fold(title), []
    for keyword in words:
        if contains_term(left, keyword.folded):
            left = left.replace(keyword.folded, " ")
            expected.append((keyword.points, f"{keyword.term} in the title"))
        elif contains_term(fold(summary), keyword.folded):
            expected.append((round(keyword.points * rank.SUMMARY_SHARE, 4), f"{keyword.term} in the summary"))
    found = rank.score(rank.Ranking(words), rank.Subject(title, summary), datetime(2030, 1, 1, tzinfo=UTC))
    assert [(reason.points, reason.text) for reason in found.reasons] == expected


def _entry(title: str, text: str) -> Entry:
    return Entry("s", "g", "https://a.example/1", title, content=text)


def test_a_summary_that_repeats_a_long_title_is_none() -> None:
    title = "量化" * 240
    assert copy_of(Names({}), _entry(title, f"<p>{title}</p>")).summary == ""
    assert copy_of(Names({}), _entry(title, f"<p>{title}</p>"), text=title[:READ_CHARS]).summary == ""
    assert copy_of(Names({}), _entry(title, "<p>量化</p>")).summary == "量化"
    assert len(copy_of(Names({}), _entry("量化", f"<p>{title}</p>")).summary) == SUMMARY_CHARS


def test_links_are_collected_once_and_the_very_same_ones_at_no_cost() -> None:
    code, paper = Link("", "code", "https://github.com/a/b"), Link("", "paper", "https://arxiv.org/abs/1911.05289")
    same = Link("", "paper", "http://arxiv.org/pdf/1911.05289v2")
    target = "https://a.example/1"
    assert leads.collected(target, (code, paper), [target, "https://b.example/2"], (paper, code)) == (code, paper)
    assert leads.collected(target, (code,), [target], (paper, same)) == (code, paper)
    assert leads.collected(paper.url, (), [target, paper.url], (same, code)) == (code,)
    assert leads.collected(target, (), [target, code.url], ()) == (code,)
