"""Near-same titles: copies, hints, series."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.queue.similar import Rarity, Titled, best_match, may_copy, tells
from aggregator.queue.wording import contradict, core, numbers, of_one_mould

NOW = datetime(2026, 9, 1, tzinfo=UTC)
COMMON = ["发布新版本", "一文读懂原理", "入门教程", "最新进展", "release notes", "how to use it", "weekly update"]


@pytest.fixture
def rarity() -> Rarity:
    made = Rarity()
    for number in range(30):
        for title in COMMON:
            made.learn(f"{title} {number}")
    return made


def match(rarity: Rarity, one: str, other: str, *, days: float = 1, source: str = "b") -> str:
    found = best_match(
        Titled(1, one, frozenset("a"), NOW), [Titled(2, other, frozenset(source), NOW - timedelta(days=days))], rarity
    )
    return "none" if found is None else "same" if found.same else "hint"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("某公司把语音助手搬到了手表上，离线也能用", "某公司把语音助手搬到了手表上，离线也能用！"),
        ("干货 | 语音助手怎样在手表上离线运行", "语音助手怎样在手表上离线运行"),
        ("【第12期】@某人：语音助手怎样在手表上离线运行", "[视频]语音助手怎样在手表上离线运行"),
        ("Running speech models on a wristwatch", "Running Speech Models on a Wristwatch"),
    ],
)
def test_copies(rarity: Rarity, one: str, other: str) -> None:
    assert match(rarity, one, other) == "same"
    assert match(rarity, other, one) == "same"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Watchlib v0.5.0 release brings speech", "Watchlib v0.6.0 release brings speech"),
        ("手表语音识别从零开始（一）", "手表语音识别从零开始（二）"),
        ("手表语音识别从零开始（上）", "手表语音识别从零开始（下）"),
        ("论手表领域的语音识别内卷现象", "论冰箱领域的语音识别内卷现象"),
        ("每日语音论文速递 6月10日", "每日语音论文速递 6月11日"),
        ("每天两小时，学完这套保姆级的手表开发讲义，附高清课件", "每天两小时，学完这套保姆级的服务器运维讲义，附高清课件"),
    ],
)
def test_parts_of_a_series_are_no_copies(rarity: Rarity, one: str, other: str) -> None:
    assert match(rarity, one, other) != "same"


def test_a_source_does_not_copy_itself_and_old_news_is_not_new(rarity: Rarity) -> None:
    title = "某公司把语音助手搬到了手表上，离线也能用"
    assert match(rarity, title, title, source="a") == "hint"
    assert match(rarity, title, title, days=30) == "none"


def test_short_titles_say_nothing(rarity: Rarity) -> None:
    assert match(rarity, "早安", "早安") == "none"


def test_what_was_decided_takes_no_copies_in(rarity: Rarity) -> None:
    title = "某公司把语音助手搬到了手表上，离线也能用"
    decided = Titled(2, title, frozenset("b"), NOW, decided=True)
    found = best_match(Titled(1, title, frozenset("a"), NOW), [decided], rarity)
    assert found is not None
    assert not found.same


def test_numbers_contradict_only_when_both_have_their_own() -> None:
    assert contradict("手表 2 发布", "手表 3 发布")
    assert not contradict("手表 2 发布", "手表发布")
    assert not contradict("手表 2 发布", "手表 2 在 2026 年发布")


def test_much_that_is_rare_in_both_makes_less_likeness_do(rarity: Rarity) -> None:
    one = "长空公司开源手表语音引擎，三万行代码全部公开，耗电只有从前的四成，已有七家厂商采用"
    other = "长空公司开源手表语音引擎：三万行代码人人可用，业内怎么看"
    assert match(rarity, one, other) == "hint"
    for number in range(600):
        rarity.learn(f"别的消息第{number}条")
    assert match(rarity, one, other) == "same"


def test_a_plural_is_no_other_word(rarity: Rarity) -> None:
    assert (
        match(rarity, "某大学 Transformers 全面综述，看这篇论文就够了", "某大学 Transformer 全面综述，看这篇论文就够了") == "same"
    )


@pytest.mark.parametrize(
    ("title", "days", "source"), [(T, d, s) for T in ("早安", "腾讯开源推理框架") for d in (1, 30) for s in "ab"]
)
def test_the_short_way_for_the_very_same_title_says_what_the_long_one_says(
    rarity: Rarity, title: str, days: float, source: str
) -> None:
    work = Titled(1, title, frozenset("a"), NOW)
    other = Titled(2, title, frozenset(source), NOW - timedelta(days=days))
    found = best_match(work, [other], rarity)
    assert (may_copy(work, other) and tells(title)) == (found is not None and found.same)


@pytest.mark.parametrize(
    ("title", "matter"),
    [
        ("突发！长空公司把手表业务卖了", "长空公司把手表业务卖了"),
        ("面试题系列：手表系统的七连问", "手表系统的七连问"),
        ("长空公司把手表业务卖了（附全文）", "长空公司把手表业务卖了"),
        ("长空公司把手表业务卖了 | 留言送表", "长空公司把手表业务卖了"),
        ("弄懂手表协处理器，看这一篇就够了", "弄懂手表协处理器"),
        ("手表语音识别从零开始（上）", "手表语音识别从零开始（上）"),
        ("手表日报（6月8日）", "手表日报（6月8日）"),
        ("突发！", "突发！"),
    ],
)
def test_the_matter_of_a_title(title: str, matter: str) -> None:
    assert core(title) == matter


def test_numbers_counted_in_chinese_are_numbers() -> None:
    assert numbers("六个技巧，二十三条经验") == {"6", "23"}
    assert numbers("第三章 一步步来") == frozenset()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("倒数三天 | 手表开发营交作业赢好礼", "手表开发营倒计时：最后一周 交作业赢好礼"),
        ("长空公司恭祝各位新年快乐", "祝各位新年快乐"),
        ("一图读懂《手表数据保护法（草案）》", "《手表数据保护法》全文发布"),
        ("手表省电的六个技巧", "手表省电的8个技巧"),
    ],
)
def test_what_excludes_itself(one: str, other: str) -> None:
    assert contradict(one, other)
    assert contradict(other, one)
    assert not contradict(one, one) or "快乐" in one


def test_titles_made_to_take_long_to_compare_do_not() -> None:
    begun = time.process_time()
    of_one_mould("a" * 500 + "甲", "ab" * 250 + "乙")
    assert time.process_time() - begun < 0.5


@pytest.fixture
def learnt(rarity: Rarity) -> Rarity:
    """A rarity that has seen enough to tell what is rare."""
    for number in range(600):
        rarity.learn(f"别的消息第{number}条")
    return rarity


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("面试题系列：Watchkeeper 夺命连环9问", "《我想进大厂》之Watchkeeper夺命连环9问"),
        ("《腕上编程基础》正式出版！", "《腕上编程基础》终于上市了！"),
        ("曝长空拟20亿收购Wristbit！", "欲将腕上架构收入囊中，长空打算花费20亿收购Wristbit"),
        ("看片神器腕上视频突遭下架：上亿用户慌了", "腕上视频突遭下架？！"),
        ("WatchOS到底是不是套壳系统？", "腕上OS到底是不是套壳系统？（终于讲明白了）"),
    ],
)
def test_one_story_in_other_words(learnt: Rarity, one: str, other: str) -> None:
    assert match(learnt, one, other) == "same"
    assert match(learnt, other, one) == "same"


@pytest.mark.parametrize(
    ("one", "other", "days"),
    [
        ("弄懂 Wristbit，看这一篇就够了", "消息不丢的设计，看这一篇就够了", 1),
        ("曝长空拟20亿收购Wristbit！", "长空二季度卖出20亿块手表", 1),
        ("《腕上编程基础》正式出版！", "《腕上编程基础》终于上市了！", 8),
        ("活动 | 为今年 Wristbit 内容划重点", "活动 | 为今年 Anklebit 内容划重点", 1),
    ],
)
def test_what_only_resembles_is_no_copy(learnt: Rarity, one: str, other: str, days: float) -> None:
    assert match(learnt, one, other, days=days) != "same"
    assert match(learnt, other, one, days=days) != "same"


def test_a_copy_is_found_behind_what_is_more_alike_and_none(learnt: Rarity) -> None:
    work = Titled(1, "手表语音识别从零开始（二）附代码", frozenset("a"), NOW)
    part = Titled(2, "手表语音识别从零开始（一）附代码", frozenset("b"), NOW)
    copy = Titled(3, "转载 | 手表语音识别从零开始（二）", frozenset("c"), NOW)
    found = best_match(work, [part, copy], learnt)
    assert found is not None
    assert (found.id, found.same) == (3, True)
