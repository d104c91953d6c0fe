"""Which candidate an entry is a copy of, among many with like titles and among many with the very same one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from aggregator.app.folding import ASKED, COMPARED, NEWEST, TWINS, Titles
from aggregator.queue.similar import Match, Rarity, Titled, best_match, may_copy, tells
from aggregator.store.store import Store, Unit

NOW = datetime(2026, 9, 1, tzinfo=UTC)


def twins(work: Titled, other: Titled) -> bool:
    """Whether two works of the very same title are copies."""
    return work.title == other.title and may_copy(work, other) and tells(work.title)


TITLE = "某公司把语音助手搬到了手表上，离线也能用"
WORDS = [
    "watch",
    "speech",
    "kernel v2",
    "NPU",
    "int4",
    "release",
    "手表",
    "语音助手",
    "离线运行",
    "芯片",
    "发布",
    "の",
    "ＭＮＮ",
    "é",
    "|",
]


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[Unit]:
    store = Store(f"sqlite:///{tmp_path / 'a.db'}")
    with store.write() as unit:
        yield unit
    store.close()


def work(number: int, *, title: str = TITLE, source: str = "", days: float = 0) -> Titled:
    return Titled(number, title, frozenset({source or f"s{number}"}), NOW - timedelta(days=days))


def one_match(unit: Unit, titles: Titles, one: Titled) -> Match | None:
    return titles.matches(unit, [one])[0]


def plain_match(titles: Titles, one: Titled) -> Match | None:
    """The candidate most like a work, by the rules as they are told: of twins the newest, else of those that share the most."""
    for other in reversed(titles.held.values()):
        if twins(one, other):
            return Match(other.id, 1.0, True)
    asked: list[int] = []
    for bucket in titles.rarity.anchors(one.title, ASKED):
        asked += titles.by_bucket.get(bucket, [])[-NEWEST:]
    shared = [(count, owner) for owner, count in Counter(asked).items() if count > 1]
    if len(shared) > COMPARED:
        shared = sorted(shared, reverse=True)[:COMPARED]
    return best_match(one, [titles.held[owner] for _, owner in shared], titles.rarity)


def test_every_short_way_leads_where_the_plain_one_does(unit: Unit) -> None:
    random, titles, kinds = Random(7), Titles.prepare(unit, NOW), Counter[object]()  # noqa: S311
    for number in range(1, 1500):
        title = " ".join(random.choices(WORDS, k=random.randint(1, 7)))
        one = work(number, title=title, source=random.choice("abcdef"), days=random.uniform(0, 40))
        found = one_match(unit, titles, one)
        assert found == plain_match(titles, one)
        kinds[found and found.same] += 1
        if found and found.same:
            titles.join(found.id, *one.sources)
        else:
            titles.remember(unit, [one])
    assert min(kinds[None], kinds[False], kinds[True]) > 50


def test_a_copy_is_found_behind_candidates_of_its_title_that_it_is_no_copy_of(unit: Unit) -> None:
    titles = Titles.prepare(unit, NOW)
    titles.remember(unit, [work(1, days=1), *(work(number, days=20) for number in range(2, TWINS + 1))])
    assert one_match(unit, titles, work(100)) == Match(1, 1.0, True)
    assert one_match(unit, titles, work(100, source="s1")) != Match(1, 1.0, True)


def test_a_title_that_says_nothing_has_no_copies(unit: Unit) -> None:
    titles = Titles.prepare(unit, NOW)
    titles.remember(unit, [work(1, title="早安")])
    assert one_match(unit, titles, work(2, title="早安")) is None


def test_what_joined_is_no_copy_again(unit: Unit) -> None:
    titles = Titles.prepare(unit, NOW)
    titles.remember(unit, [work(1)])
    titles.join(1, "s2")
    found = one_match(unit, titles, work(2))
    assert found is not None
    assert not found.same


def test_only_so_many_of_one_title_are_asked(unit: Unit) -> None:
    titles = Titles.prepare(unit, NOW)
    titles.remember(unit, [work(number, source="a") for number in range(1, 3000)])
    assert len(titles.by_title[TITLE]) == TWINS


def test_the_works_of_one_source_share_its_set(unit: Unit) -> None:
    titles = Titles.prepare(unit, NOW)
    assert titles.only("a") == frozenset({"a"})
    assert titles.only("a") is titles.only("a")
    assert titles.only("a") != titles.only("b")


def test_what_features_say_together_is_the_same_in_whatever_order() -> None:
    random, rarity = Random(3), Rarity()  # noqa: S311
    for _ in range(300):
        rarity.learn(" ".join(random.choices(WORDS, k=5)))
    weights = [rarity.weight(word) for word in WORDS]
    assert len({sum(random.sample(weights, len(weights))) for _ in range(200)}) == 1
