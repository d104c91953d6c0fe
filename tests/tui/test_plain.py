"""The review without a screen, the search field, and where an item is carried."""

from __future__ import annotations

import io

import pytest

from aggregator.app import drafting
from aggregator.app.spots import carried, spots
from aggregator.app.workspace import Workspace
from aggregator.model import CandidateFilter, Issue, IssueSection, Item, Status
from aggregator.tui.plain import run
from aggregator.tui.query import filter_of, text_of
from aggregator.tui.shown import line, narrow_key
from tests.tui.conftest import add, make_desk, statuses


def answer(workspace: Workspace, *answers: str, asking: bool = False) -> tuple[int, list[str], str]:
    """Exit code, lines of data, talk."""
    out, talk = io.StringIO(), io.StringIO()
    code = run(make_desk(workspace), io.StringIO("".join(f"{one}\n" for one in answers)), out, talk, asking=asking)
    return code, out.getvalue().splitlines(), talk.getvalue()


def test_one_line_a_candidate_and_one_answer_a_line(workspace: Workspace) -> None:
    ids = add(workspace, "甲", "乙", "丙", "丁", "戊")
    code, lines, talk = answer(workspace, "y", "2", "s", "n", "u", "l")
    assert code == 0
    assert lines[0] == f"{ids[0]} (5) 50.0 新闻 | 来源0 | 甲"
    assert lines[1] == "Approved into 新闻: 甲"
    assert [statuses(workspace)[number] for number in ids] == ["approved", "approved", "pending", "deferred", "pending"]
    assert talk == "5 decisions, 2 pending\n"


def test_nothing_is_asked_where_nobody_answers(workspace: Workspace) -> None:
    add(workspace, "甲")
    assert answer(workspace)[2] == "0 decisions, 1 pending\n"
    assert "[y,n," in answer(workspace, asking=True)[2]


def test_an_answer_that_is_none_fails_a_script_and_is_told_to_a_person(workspace: Workspace) -> None:
    (number,) = add(workspace, "甲")
    code, lines, _ = answer(workspace, "yes please", "y")
    assert code == 1
    assert "`yes please` is no answer" in lines[1]
    assert statuses(workspace)[number] == "approved"
    assert answer(workspace, "?", "bogus", asking=True)[0] == 0


def test_the_whole_round_from_a_pipe(workspace: Workspace) -> None:
    ids = add(workspace, "甲", "乙", "丙", "丁", "戊")
    code, lines, _ = answer(workspace, "h", "*", "e 新的题目", "y", f"m {ids[4]}", "w", "c", "P", "N")
    assert code == 0
    assert "Published 2026-09-01: 2 items" in "\n".join(lines)
    (issue,) = [one for one in drafting.issues(workspace) if one.slug != "draft"]
    assert [item.title for item in issue.items] == ["乙", "新的题目"]
    assert issue.briefs == ("甲",)
    assert statuses(workspace)[ids[4]] == "rejected"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", CandidateFilter()),
        ("端侧 int8", CandidateFilter(search="端侧 int8")),
        ("section:papers 量化", CandidateFilter(section="papers", search="量化")),
        ("status:deferred source:A\u00a0blog", CandidateFilter(statuses=(Status.DEFERRED,), source="A blog")),
        ("status:all", CandidateFilter(statuses=())),
        ("status:odd section:", CandidateFilter(search="status:odd section:")),
    ],
)
def test_the_search_field_reads_filters_and_writes_them_back(text: str, wanted: CandidateFilter) -> None:
    assert filter_of(text) == wanted
    assert filter_of(text_of(wanted)) == wanted


def test_an_item_is_carried_over_the_edge_of_its_section() -> None:
    parts = (("a", ["1", "2"]), ("b", []), ("c", ["3"]))
    sections = tuple(IssueSection(name, name, tuple(Item(title, anchor=title) for title in items)) for name, items in parts)
    draft = Issue(slug="draft", sections=sections)
    one, two, three = spots(draft)
    assert carried(draft, one, -1) is None
    assert carried(draft, one, 1) == ("a", 2)
    assert carried(draft, two, 1) == ("b", 1)
    assert carried(draft, three, -1) == ("b", 1)
    assert carried(draft, three, 1) is None


def test_signs_that_terminals_disagree_on_are_left_out() -> None:
    assert line("a\u200b\u202eb\ufe0f\x1b[2J") == "ab[2J"
    assert line("宽宽宽宽", 5) == "宽宽…"
    assert [narrow_key(sign) for sign in ("７", "？", "、", "量", "y", None)] == ["7", "?", "/", None, None, None]
