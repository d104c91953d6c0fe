"""What is learnt: titles as they arrived, models that are plain data, sums that add up, the same result every time."""

from __future__ import annotations

import builtins
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from aggregator.errors import AggregatorError, StoreError
from aggregator.model import Publication, Section
from aggregator.queue import rank, sections, training
from aggregator.queue.evaluate import worth
from aggregator.queue.linear import Linear
from aggregator.queue.titles import as_arrived, learnt_form

NOW = datetime(2026, 9, 1, tzinfo=UTC)
HOUSE = Publication(
    "简报", "", "zh-CN", "Asia/Shanghai", "https://example.org/",
    (Section("news", "业界新闻"), Section("posts", "博文")),
)  # fmt: skip
GOOD = ["端侧模型量化", "int8 量化推理", "手机 NPU 推理", "edge inference with int8", "量化感知训练"]
POOR = ["周末去哪里吃饭", "股市收盘点评", "早安语录", "weekend travel deals", "明星八卦速递"]


def examples() -> list[training.Example]:
    return [
        training.Example(learnt_form(f"{title} {number}"), label)
        for label, titles in ((True, GOOD), (False, POOR))
        for title in titles
        for number in range(8)
    ]


@pytest.fixture(scope="module")
def models() -> tuple[Linear, ...]:
    pytest.importorskip("sklearn")
    return training.train_rank(examples())


@pytest.mark.parametrize(
    ("printed", "arrived"),
    [
        ("someone/some-tool：一个小工具", "一个小工具"),
        ("someone/some-tool: a tool", "a tool"),
        ("[1911.00001] A Paper", "A Paper"),
        ("[CVPR2020] **粗体**标题", "粗体标题"),
        ("someone/some-tool:", "someone/some-tool:"),
        ("没有前缀：的标题", "没有前缀：的标题"),
    ],
)
def test_titles_lose_what_an_editor_put_around_them(printed: str, arrived: str) -> None:
    assert as_arrived(printed) == arrived


def test_what_was_taken_ranks_above_what_was_rejected(models: tuple[Linear, ...]) -> None:
    ranking = rank.Ranking(models=models)
    good = rank.score(ranking, rank.Subject("新的量化推理方法"), NOW)
    poor = rank.score(ranking, rank.Subject("周末股市速递"), NOW)
    assert good.value > 0 > poor.value


@pytest.mark.parametrize("title", ["量化推理 int8", "完全没有见过的字", "", "😀😀", "aaaa aaaa", "量" * 400])
def test_reasons_of_a_model_add_up_to_its_decision(models: tuple[Linear, ...], title: str) -> None:
    found = rank.score(rank.Ranking(models=models), rank.Subject(title), NOW)
    assert found.value == pytest.approx(sum(reason.points for reason in found.reasons), abs=1e-9)
    folded = learnt_form(title)
    assert found.value == pytest.approx(models[training.fold_of(folded)].decide(folded, {})[0], abs=2e-3)


def test_terms_are_words_that_stand_in_the_title(models: tuple[Linear, ...]) -> None:
    reasons = rank.score(rank.Ranking(models=models), rank.Subject("用 int8 做量化推理"), NOW).reasons
    named = [reason.text.split("`")[1] for reason in reasons if reason.text.startswith("`")]
    assert "int8" in named
    assert all(term in "用 int8 做量化推理" for term in named)


def test_training_twice_gives_the_same_model_whatever_the_order(models: tuple[Linear, ...]) -> None:
    again = training.train_rank(list(reversed(examples())))
    assert [model.dump() for model in again] == [model.dump() for model in models]


def test_a_model_survives_the_store_as_plain_json(models: tuple[Linear, ...]) -> None:
    back = Linear.load(json.loads(json.dumps(models[0].dump())))
    assert back.decide("量化推理", {}) == models[0].decide("量化推理", {})


@pytest.mark.parametrize(
    "data", [{}, {"format": 99}, {"format": 1, "outputs": 3}, {"format": 1, "outputs": [], "intercepts": []}]
)
def test_a_model_that_is_none_is_refused_in_words(data: dict[str, Any]) -> None:
    with pytest.raises(StoreError) as caught:
        Linear.load(data)
    assert caught.value.fix == "aggregator queue train"


def test_without_scikit_learn_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith(("sklearn", "scipy")):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(AggregatorError) as caught:
        training.train_rank(examples())
    assert "aggregator[rank]" in (caught.value.fix or "")


def test_sections_are_learnt_and_the_second_best_is_known() -> None:
    pytest.importorskip("sklearn")
    labelled = [
        training.SectionExample(sections.Known(f"{title} {number}", None, ""), section)
        for section, titles in (("news", ["某厂财报公布", "新机亮相"]), ("posts", ["一步步学会编译", "读懂卷积"]))
        for title in titles
        for number in range(10)
    ]
    model = training.train_sections(labelled)
    guess = sections.predict(HOUSE, title="一步步读懂编译", url=None, source="", model=model)
    assert (guess.slug, guess.second) == ("posts", "news")
    assert 0.5 < guess.confidence < 1
    assert sections.predict(
        HOUSE, title="一步步读懂编译", url=None, source="s", source_section="news", model=model
    ).confidence < (guess.confidence)


def test_a_section_model_is_no_further_from_certain_for_what_naive_bayes_adds() -> None:
    numpy = pytest.importorskip("numpy")
    matrix, weights = numpy.eye(3), numpy.array([[2.0, 0.0, -1.0], [-2.0, 0.0, 1.0]])
    assert training._blended(matrix, weights, weights * 50, 0.7) == pytest.approx(weights)
    assert (training._blended(matrix, weights, weights * 0, 1.0) == weights / 2).all()
    assert (training._blended(matrix, weights, -weights, 0.0) == weights).all()


def known(title: str, summary: str) -> sections.Known:
    return sections.Known(title, None, "", sections.read_part(summary))


def test_works_with_a_summary_have_a_model_of_their_own_and_both_survive_the_store() -> None:
    pytest.importorskip("sklearn")
    labelled = [
        training.SectionExample(known(f"第{number}篇", summary), section)
        for section, summary in (("news", "某公司今日宣布量产"), ("posts", "本文手把手讲解优化经验"))
        for number in range(40)
    ]
    models = training.train_sections(labelled)
    assert models.read is not None
    back = sections.Models.load(json.loads(json.dumps(models.dump())))
    for model in (models, back):
        guess = sections.predict(HOUSE, title="第八篇", url=None, source="", summary="本文讲解经验", model=model)
        assert guess.slug == "posts"
        assert guess.confidence > 0.8
    assert sections.Models.load({"format": 1}) is None
    assert training.train_sections(labelled[:30] + labelled[40:60]).read is None


def test_a_wish_acts_on_the_term_that_lifts_most(models: tuple[Linear, ...]) -> None:
    ranking = rank.Ranking(rank.keywords({"芯片": 3.0}), models)
    assert rank.fired_term(ranking, "芯片开箱") == "芯片"
    assert rank.fired_term(rank.Ranking(), "hello worlds") == "worlds"
    # What is learnt weighs more than a keyword beside it, as `why` says.
    judged = rank.Ranking(rank.keywords({"端侧": 3.0}), models)
    shown = [one for one in rank.score(judged, rank.Subject("端侧 int8"), NOW).reasons if "`" in one.text or "端侧" in one.text]
    assert f"{rank.fired_term(judged, '端侧 int8')}" in max(shown, key=lambda one: one.points).text
    assert rank.fired_term(rank.Ranking(), "") is None
    wished = rank.Ranking(tastes={"芯片": -1.5})
    found = rank.score(wished, rank.Subject("芯片开箱"), NOW)
    assert found.value == -1.5
    assert "less" in found.reasons[0].text


def test_a_new_source_is_given_a_chance_that_fades() -> None:
    ranking = rank.Ranking(history=True)
    fresh, known = (rank.score(ranking, rank.Subject("x", record=rank.SourceRecord(seen)), NOW).value for seen in (0, 100))
    assert fresh > known > 0
    assert rank.score(ranking, rank.Subject("x", record=rank.SourceRecord(100, rejected=50)), NOW).value < 0


def test_more_copies_are_more_news() -> None:
    one, four = (rank.score(rank.Ranking(), rank.Subject("x", copies=copies), NOW).value for copies in (1, 4))
    assert four > one


def test_worth_of_an_order() -> None:
    best = worth([3.0, 2.0], [1.0, 0.0])
    assert (best.precision, best.recall_100) == (1.0, 1.0)
    assert worth([0.0], [1.0, 2.0, 3.0]).precision == 0.25
    assert worth([1.0], [2.0], weight=200).recall_100 == 0.0
    assert worth([1.0], [1.0]).precision == pytest.approx(1 / 1.5)
