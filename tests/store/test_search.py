"""Searching what was seen: any substring of two characters up, in both languages, and an index that keeps up with changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from aggregator.model import (
    Arrival,
    Entry,
    Issue,
    IssueSection,
    IssueStatus,
    Item,
    NewCandidate,
    Score,
    SearchFilter,
    SectionGuess,
    Status,
)
from aggregator.store.store import Store

NOW = datetime(2026, 9, 1, tzinfo=UTC)
ALL = SearchFilter()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with three candidates and one published issue."""
    opened = Store(f"sqlite:///{tmp_path}/a.db")
    with opened.write() as unit:
        unit.entries.add(
            [arrival(1, "端侧大模型量化实战"), arrival(2, "Ncnn speeds up on RISC-V", "posts"), arrival(3, "ＡＩ芯片新品")], NOW
        )
        item = Item("阿里开源推理引擎MNN", "https://github.com/alibaba/MNN", "机器之报", summary="支持低比特。", anchor="mnn")
        unit.issues.save(
            Issue(
                "2026-08-01",
                date(2026, 8, 1),
                status=IssueStatus.PUBLISHED,
                briefs=("某厂的新芯片流片",),
                sections=(IssueSection("开源", "projects", (item,)),),
            )
        )
    yield opened
    opened.close()


def arrival(number: int, title: str, section: str = "news") -> Arrival:
    entry = Entry("一个源", f"g{number}", f"https://e.example/{number}", title)
    keys = (f"k{number}",)
    guess = SectionGuess(section, 0.5)
    return Arrival(
        entry, keys, new=NewCandidate(keys, title, entry.url, entry.url, guess, Score(1.0), "一个源", summary="摘要文字")
    )


def candidates(store: Store, *terms: str, wanted: SearchFilter = ALL) -> list[str]:
    with store.write() as unit:
        unit.search.refresh()
    with store.read() as unit:
        return [hit.title for hit in unit.search.candidates(terms, wanted, 10)]


@pytest.mark.parametrize(
    ("terms", "found"),
    [
        (("量化",), ["端侧大模型量化实战"]),
        (("型量化实",), ["端侧大模型量化实战"]),
        (("实战",), ["端侧大模型量化实战"]),
        (("cn",), ["Ncnn speeds up on RISC-V"]),
        (("ncnn", "risc-v"), ["Ncnn speeds up on RISC-V"]),
        (("-v",), ["Ncnn speeds up on RISC-V"]),
        (("ai",), ["ＡＩ芯片新品"]),
        (("摘要",), ["ＡＩ芯片新品", "Ncnn speeds up on RISC-V", "端侧大模型量化实战"]),
        (("量化", "芯片"), []),
        (('"', "or"), []),
        (("zz",), []),
    ],
)
def test_any_part_of_a_text_from_two_characters_up(store: Store, terms: tuple[str, ...], found: list[str]) -> None:
    assert candidates(store, *terms) == found


def test_filters(store: Store) -> None:
    assert candidates(store, "摘要", wanted=SearchFilter(section="posts")) == ["Ncnn speeds up on RISC-V"]
    assert candidates(store, "摘要", wanted=SearchFilter(status=Status.APPROVED)) == []
    assert len(candidates(store, "摘要", wanted=SearchFilter(source="一个"))) == 3
    assert candidates(store, "摘要", wanted=SearchFilter(since=datetime(2026, 10, 1, tzinfo=UTC))) == []


def test_the_index_keeps_up_with_changes(store: Store) -> None:
    assert candidates(store, "后来") == []
    with store.write() as unit:
        unit.candidates.patch({"candidate": {"1": {"title": "后来的题目"}}})
        late = Arrival(Entry("另一个源", "g9", "https://e.example/9", "another name of it"), ("k9",), candidate_id=2)
        unit.entries.add([late], NOW)
        assert unit.search.stale()
    assert candidates(store, "后来") == ["后来的题目"]
    assert candidates(store, "端侧大模型") == ["后来的题目"]  # the title that it arrived with
    assert candidates(store, "another name") == ["Ncnn speeds up on RISC-V"]
    with store.read() as unit:
        assert not unit.search.stale()


def test_an_index_that_lost_a_part_is_made_anew(store: Store) -> None:
    assert candidates(store, "量化")
    with store._engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER search_candidate_on_entry_insert")
    assert candidates(store, "量化") == ["端侧大模型量化实战"]


def test_items_and_briefs_of_published_issues(store: Store) -> None:
    with store.write() as unit:
        unit.search.refresh()
    with store.read() as unit:
        (item,) = unit.search.items(["mnn"], ALL, 5)
        assert (item.kind, item.issue, item.section, item.source) == ("item", "2026-08-01", "projects", "机器之报")
        assert unit.search.items(["低比特"], SearchFilter(issue="2026-08-01"), 5)
        assert not unit.search.items(["低比特"], SearchFilter(issue="2026-09-01"), 5)
        assert not unit.search.items(["低比特"], SearchFilter(section="papers"), 5)
        assert [hit.title for hit in unit.search.briefs(["芯片"], ALL, 5)] == ["某厂的新芯片流片"]
        assert unit.search.related(["推理引", "mnn"], 5)[0].title == item.title


def test_where_did_this_run(store: Store) -> None:
    with store.write() as unit:
        (issue,) = unit.issues.find(status=IssueStatus.PUBLISHED)
        unit.issues.set_keys(issue, [(issue.items[0].id or 0, "github:alibaba/mnn", "same repository")])
        assert [hit.issue for hit in unit.search.ran(["github:alibaba/mnn"])] == ["2026-08-01"]
        assert unit.search.ran(["github:other/mnn"]) == []
        unit.issues.save(replace(issue, status=IssueStatus.DRAFT))
        assert unit.search.ran(["github:alibaba/mnn"]) == []
