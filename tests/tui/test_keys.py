"""Keys of the full-screen review, and what the store holds after each."""

from __future__ import annotations

import random

import pytest
from textual.pilot import Pilot

from aggregator.app import deciding, drafting, history, sitting
from aggregator.app.workspace import Workspace
from aggregator.model import CandidateFilter, Status
from aggregator.tui.review import Review
from tests.tui.conftest import NOW, add, everything, make_desk, press, screen_text, sit, statuses


def test_each_key_decides_on_the_row_and_goes_on_to_the_next(workspace: Workspace) -> None:
    ids = add(workspace, *(f"题目{number}" for number in range(6)))
    press(workspace, "y", "n", "l", "2", "j", "n")
    assert statuses(workspace) == dict(
        zip(ids, ["approved", "rejected", "deferred", "approved", "pending", "rejected"], strict=True)
    )
    assert deciding.get(workspace, ids[3]).section == "papers"
    events = history.log(workspace, since=None, limit=None)
    assert [(event.action, event.subject) for event in reversed(events)] == [
        ("approve", str(ids[0])),
        ("reject", str(ids[1])),
        ("defer", str(ids[2])),
        ("approve", str(ids[3])),
        ("reject", str(ids[5])),
    ]


def test_arrows_digits_and_enter_suffice(workspace: Workspace) -> None:
    ids = add(workspace, *(f"题目{number}" for number in range(5)))
    # The fourth line of the menu is undo: approve, reject, defer, undo.
    press(workspace, "enter", "left", "right", "down", "3", "0", "down", "down", "down", "enter")
    assert [statuses(workspace)[number] for number in ids] == ["approved", "rejected", "approved", "pending", "pending"]
    press(workspace, "0", "3")
    assert list(statuses(workspace).values()).count("deferred") == 1


def test_a_full_width_sign_counts_as_its_key(workspace: Workspace) -> None:
    first, second, third = add(workspace, "甲", "乙", "丙")
    press(workspace, "ｙ", "２", "ｎ")
    assert statuses(workspace) == {first: "approved", second: "approved", third: "rejected"}
    assert deciding.get(workspace, second).section == "papers"


def test_a_hundred_fast_keys_are_a_hundred_decisions_in_order(workspace: Workspace) -> None:
    ids = add(workspace, *(f"题目{number}" for number in range(100)))
    keys = ["yynlyn"[number % 6] for number in range(100)]

    async def walk(pilot: Pilot[None]) -> None:
        for key in keys:
            pilot.app.post_message(_key(key))
        await pilot.pause()
        await pilot.press("j")

    sit(workspace, walk)
    events = list(reversed(history.log(workspace, since=None, limit=None)))
    names = {"y": "approve", "n": "reject", "l": "defer"}
    expected = [(names[key], str(number)) for key, number in zip(keys, ids, strict=True)]
    assert [(event.action, event.subject) for event in events] == expected


def _key(name: str) -> object:
    from textual.events import Key

    return Key(name, name)


def test_the_rest_is_rejected_as_one_step(workspace: Workspace) -> None:
    ids = add(workspace, "甲", "乙", "丙", "丁")
    press(workspace, "y", "N")
    assert list(statuses(workspace).values()).count("rejected") == 3
    press(workspace, "u")
    assert statuses(workspace) == {ids[0]: "approved"} | dict.fromkeys(ids[1:], "pending")
    press(workspace, "ctrl+r")
    assert list(statuses(workspace).values()).count("rejected") == 3


def test_the_rest_is_what_the_filter_shows(workspace: Workspace) -> None:
    ids = add(workspace, "芯片一", "模型一", "芯片二", "模型二")
    press(workspace, "slash", "芯", "片", "enter", "N")
    assert [statuses(workspace)[number] for number in ids] == ["rejected", "pending", "rejected", "pending"]


def test_a_key_is_about_all_that_is_marked(workspace: Workspace) -> None:
    ids = add(workspace, "甲", "乙", "丙", "丁")
    press(workspace, "x", "j", "x", "3")
    assert [statuses(workspace)[number] for number in ids] == ["approved", "pending", "approved", "pending"]
    assert len(history.log(workspace, since=None, limit=None)) == 1
    press(workspace, "u")
    assert set(statuses(workspace).values()) == {"pending"}


def test_brief_headline_and_merge(workspace: Workspace) -> None:
    brief, star, winner, loser = add(workspace, "小新闻一条", "头条", "同一件事", "同一件事的另一篇")
    press(workspace, "h", "asterisk", "j", "m", "k", "enter")
    draft = drafting.draft(workspace)
    assert draft.briefs == ("小新闻一条",)
    assert [(item.candidate_id, item.starred) for item in draft.items] == [(star, True)]
    assert statuses(workspace)[brief] == "approved"
    assert [one.id for one in everything(workspace)] == [brief, star, winner]
    assert deciding.get(workspace, loser).merged_into == winner


def test_title_and_summary_are_edited_in_place(workspace: Workspace) -> None:
    (number,) = add(workspace, "旧题")

    async def walk(pilot: Pilot[None]) -> None:
        await pilot.press("e", "end", "B", "tab", "新", "ctrl+s")

    sit(workspace, walk)
    edited = deciding.get(workspace, number)
    assert edited.title == "旧题B"
    assert edited.summary == "新第0条的摘要。"


def test_the_lead_is_written_and_undone(workspace: Workspace) -> None:
    add(workspace, "甲")
    press(workspace, "y", "i", "本", "期", "ctrl+s")
    assert drafting.draft(workspace).lead.startswith("本期")
    before = drafting.draft(workspace).lead
    press(workspace, "u")
    assert drafting.draft(workspace).lead != before


def test_the_outline_carries_stars_and_takes_out(workspace: Workspace) -> None:
    first, second, third = add(workspace, "甲", "乙", "丙")
    press(workspace, "y", "y", "2", "tab", "J", "asterisk", "tab")
    names = [(part.slug, [item.candidate_id for item in part.items]) for part in drafting.draft(workspace).sections]
    assert names == [("news", [second, first]), ("papers", [third]), ("code", [])]
    assert [item.candidate_id for item in drafting.draft(workspace).items if item.starred] == [first]
    press(workspace, "tab", "end", "3", "home", "n")
    names = [(part.slug, [item.candidate_id for item in part.items]) for part in drafting.draft(workspace).sections]
    assert names == [("news", [first]), ("papers", []), ("code", [third])]
    assert statuses(workspace)[second] == "pending"


def test_publishing_asks_once(workspace: Workspace) -> None:
    ids = add(workspace, "甲", "乙")

    async def walk(pilot: Pilot[None]) -> None:
        await pilot.press("y", "N", "P", "escape")
        assert statuses(workspace)[ids[0]] == "approved"
        await pilot.press("P", "enter")
        assert "2026-09-01" in screen_text(pilot)

    sit(workspace, walk)
    assert statuses(workspace) == {ids[0]: "published", ids[1]: "rejected"}
    assert (workspace.feeds / "feed.xml").is_file()


def test_a_refused_key_says_why_and_changes_nothing(workspace: Workspace) -> None:
    add(workspace, "甲")

    async def walk(pilot: Pilot[None]) -> None:
        await pilot.press("u")
        assert "nothing to undo" in screen_text(pilot)
        await pilot.press("9")
        assert "no section 9" in screen_text(pilot)

    sit(workspace, walk)
    assert history.log(workspace, since=None, limit=None) == []


def test_the_next_sitting_begins_at_the_same_row(workspace: Workspace) -> None:
    ids = add(workspace, *(f"题目{number}" for number in range(40)))
    press(workspace, "y", "pagedown", *["j"] * 6, "n")

    async def walk(pilot: Pilot[None]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, Review)
        assert screen.list.current is not None
        assert screen.list.current.id == ids[28]
        assert "题目28" in screen_text(pilot)

    sit(workspace, walk)


def test_what_is_changed_elsewhere_appears_and_the_cursor_stays(workspace: Workspace) -> None:
    ids = add(workspace, "甲", "乙", "丙")

    async def walk(pilot: Pilot[None]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, Review)
        await pilot.press("j")
        deciding.decide(workspace, "approve", [ids[0]], now=NOW, who="other")
        add(workspace, "刚到", start=3)
        screen.look()
        await pilot.pause()
        assert screen.list.current is not None
        assert screen.list.current.id == ids[1]
        assert "刚到" in screen_text(pilot)
        assert "甲" not in screen_text(pilot).splitlines()[1]

    sit(workspace, walk)


def test_a_walk_of_decisions_and_back_leaves_the_store_as_it_was(workspace: Workspace) -> None:
    add(workspace, *(f"题目{number}" for number in range(14)))
    drafting.draft(workspace)
    before, text = everything(workspace), drafting.text_of(workspace, drafting.draft(workspace))
    chance = random.Random(7)  # noqa: S311 - the same walk at every run
    keys = [chance.choice(["y", "n", "l", "1", "2", "3", "h", "asterisk", "j", "k", "x"]) for _ in range(20)]
    press(workspace, *keys, "tab", "J", "3", "asterisk", "l", "tab", "N")
    steps = len(history.log(workspace, since=None, limit=None))
    assert steps > 10
    press(workspace, *["u"] * (steps + 1))
    assert everything(workspace) == before
    assert drafting.text_of(workspace, drafting.draft(workspace)) == text


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
def test_hostile_titles_are_plain_text(workspace: Workspace, size: tuple[int, int]) -> None:
    add(workspace, "[bold red]A[/] \x1b[31mred\x9b2J [@click=app.quit]x[/]", "👩‍👩‍👧‍👦 家庭 " + "宽" * 90)

    async def walk(pilot: Pilot[None]) -> None:
        text = screen_text(pilot)
        assert "[bold red]A[/]" in text
        assert "\x1b" not in text
        assert "\x9b" not in text
        await pilot.press("y", "tab")
        assert "A" in screen_text(pilot)
        await pilot.press("tab", "m", "escape", "0", "escape", "p", "escape", "c", "escape", "question_mark", "escape")
        assert pilot.app.return_value is None

    sit(workspace, walk, size=size)


def test_labels_are_chinese_or_english(workspace: Workspace) -> None:
    add(workspace, "甲")

    def shows(text: str) -> object:
        async def walk(pilot: Pilot[None]) -> None:
            assert text in screen_text(pilot)

        return walk

    sit(workspace, shows("Pending 1"), language="en")  # type: ignore[arg-type]
    sit(workspace, shows("待审 1"), language="zh-CN")  # type: ignore[arg-type]


def test_only_what_changes_is_counted_as_a_change(workspace: Workspace) -> None:
    ids = add(workspace, "甲", "乙")
    first = sitting.newest(workspace)
    assert sitting.newest(workspace) == first
    assert sitting.reject_rest(workspace, CandidateFilter(), now=NOW, who="tester") == 2
    assert sitting.newest(workspace) != first
    assert sitting.reject_rest(workspace, CandidateFilter(), now=NOW, who="tester") == 0
    assert {deciding.get(workspace, number).status for number in ids} == {Status.REJECTED}


def test_the_first_look_past_the_store_sees_what_the_store_sees(workspace: Workspace) -> None:
    ids = add(workspace, *(f"题目{number}" for number in range(8)))
    press(workspace, "y", "2", "n", "l", "h")
    deciding.decide(workspace, "approve", [ids[-1]], now=NOW, who="tester")
    desk, past = make_desk(workspace), make_desk(workspace)
    desk.load()
    past.open(0)
    assert past.rows == desk.rows
    assert (past.more, past.counts, past.sections) == (desk.more, desk.counts, desk.sections)
    assert not past.moved_on()
    past.open(5000)
    assert past.rows == desk.rows
