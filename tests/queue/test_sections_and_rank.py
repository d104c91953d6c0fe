"""Sections and scores: predicted with reasons that add up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.model import Publication, Score, Section
from aggregator.queue import rank
from aggregator.queue.sections import kind_of, predict

HOUSE = Publication(
    "简报", "", "zh-CN", "Asia/Shanghai", "https://example.org/",
    (Section("news", "业界新闻"), Section("papers", "论文"), Section("projects", "开源项目"), Section("posts", "博文")),
)  # fmt: skip
ENGLISH = Publication(
    "Weekly", "", "en", "UTC", "https://example.org/", (Section("a", "Industry news"), Section("b", "Research papers"))
)
NOW = datetime(2026, 9, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("title", "url", "section"),
    [
        ("Efficient Quantization", "https://arxiv.org/abs/2401.00001", "papers"),
        ("Tencent/ncnn: 20240102", "https://github.com/Tencent/ncnn/releases/tag/20240102", "projects"),
        ("某厂发布新款处理器，7nm工艺", "https://mp.weixin.qq.com/s/1", "news"),
        ("一文详解卷积优化原理", "https://mp.weixin.qq.com/s/2", "posts"),
        ("CVPR2026 | 新的剪枝算法", "https://mp.weixin.qq.com/s/3", "papers"),
        ("How we made inference faster: a deep dive", "https://example.com/blog/x", "posts"),
    ],
)
def test_rules_find_the_section(title: str, url: str, section: str) -> None:
    guess = predict(HOUSE, title=title, url=url, source="s")
    assert guess.slug == section
    assert 0 < guess.confidence < 1
    assert guess.reasons


def test_a_source_that_is_set_to_a_section_leans_there_but_is_not_bound() -> None:
    assert predict(HOUSE, title="随便一个标题", url="https://example.org/", source="s", source_section="posts").slug == "posts"
    paper = predict(HOUSE, title="A paper", url="https://arxiv.org/abs/2401.00001", source="s", source_section="posts")
    assert (paper.slug, paper.second) == ("papers", "posts")


def test_without_a_rule_the_first_section_is_a_guess_without_confidence() -> None:
    guess = predict(HOUSE, title="晚安", url=None, source="s")
    assert (guess.slug, guess.confidence) == ("news", 0.0)


def test_sections_of_another_publication_are_recognised_by_their_titles() -> None:
    assert [kind_of(section) for section in ENGLISH.sections] == ["news", "papers"]
    assert predict(ENGLISH, title="x", url="https://arxiv.org/abs/2401.00001", source="s").slug == "b"


def scored(title: str, summary: str = "", record: rank.SourceRecord | None = None, age_days: int = 0) -> Score:
    terms = rank.keywords({"量化": 2.0, "低比特量化": 3.0, "NPU": 1.0, "广告": -5.0})
    subject = rank.Subject(title, summary, "s", record or rank.SourceRecord(), NOW - timedelta(days=age_days))
    return rank.score(rank.Ranking(terms), subject, NOW)


def test_reasons_add_up_to_the_score() -> None:
    found = scored("低比特量化与NPU", "NPU 广告", rank.SourceRecord(100, 20, 0.5), age_days=90)
    assert found.value == pytest.approx(sum(reason.points for reason in found.reasons))
    assert len(found.reasons) >= 4


def test_a_term_inside_a_longer_one_counts_once() -> None:
    assert scored("低比特量化").value == 3.0
    assert scored("低比特量化和量化").value == 5.0


def test_the_title_counts_more_than_the_summary_and_words_are_whole() -> None:
    assert scored("NPU").value > scored("", "NPU").value > 0
    assert scored("INPUT").value == 0


def test_a_source_that_is_taken_often_leads() -> None:
    often = scored("x", record=rank.SourceRecord(40, 20))
    seldom = scored("x", record=rank.SourceRecord(400, 2))
    assert often.value > seldom.value > scored("x").value


def test_old_news_sinks_and_the_future_does_not_rise() -> None:
    assert scored("NPU", age_days=60).value < scored("NPU").value
    assert scored("NPU", age_days=-900).value == scored("NPU").value


def test_a_summary_and_links_say_more_than_a_title() -> None:
    title, url = "轻舟：让手表听懂方言", "https://mp.weixin.qq.com/s/4"
    paper = predict(
        HOUSE, title=title, url=url, source="s", summary="研究者提出一种方法，论文见 https://arxiv.org/abs/2401.00002 。"
    )
    code = predict(
        HOUSE, title=title, url=url, source="s", links=["https://github.com/some/thing"], summary="开源工具，几行代码即可使用"
    )
    assert (paper.slug, code.slug) == ("papers", "projects")
    assert any("summary says" in reason.text for reason in paper.reasons)
    assert any("links to a paper" in reason.text for reason in paper.reasons)


def test_a_source_counts_by_what_was_taken_of_what_was_seen() -> None:
    few, many = (scored("x", record=rank.SourceRecord(seen, 10)).value for seen in (20, 2000))
    assert few > many > 0
