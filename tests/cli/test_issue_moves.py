"""The draft by single moves: stars, briefs, cuts, moves, titles; all of them undone by `undo`."""

from __future__ import annotations

import io

import pytest

from tests.cli.conftest import Desk, item, rss

FEED = rss(
    item(1, "【独家】端侧大模型量化实战：把模型压到4比特，手机也能跑", text="<p>一段摘要。</p>"),
    item(2, "某厂发布新款处理器"),
    item(3, "重磅！另一款芯片流片 | blog头条"),
)


@pytest.fixture
def ids(desk: Desk) -> list[str]:
    """Three polled candidates, in the order of the feed."""
    desk.configure("/blog.xml")
    desk.serve("/blog.xml", FEED)
    desk("poll")
    found = {candidate["title_raw"]: str(candidate["id"]) for candidate in desk("queue", "list", "--json").json}
    return [next(number for title, number in found.items() if word in title) for word in ("量化", "处理器", "流片")]


def status(desk: Desk, number: str) -> str:
    return desk("queue", "show", number, "--json").json[0]["status"]


def draft(desk: Desk) -> dict:  # type: ignore[type-arg]
    shown = desk("issue", "show", "--json")
    assert shown.code == 0, shown.err
    return shown.json[0]


def test_a_star_approves_and_fills_the_headline(desk: Desk, ids: list[str]) -> None:
    assert desk("issue", "star", ids[0]).code == 0
    assert status(desk, ids[0]) == "approved"
    assert draft(desk)["headline"].startswith("端侧大模型量化实战")
    assert "headline" in draft(desk)["untouched"]
    desk("issue", "star", ids[0], "--off")
    assert draft(desk)["headline"] == ""
    desk("undo")
    assert draft(desk)["headline"]
    desk("undo")
    assert status(desk, ids[0]) == "pending"
    assert draft(desk)["lead"] is None


def test_a_candidate_becomes_a_brief_and_is_published_with_it(desk: Desk, ids: list[str]) -> None:
    desk("queue", "approve", *ids)
    desk("issue", "brief", ids[1])
    shown = draft(desk)
    assert shown["briefs"] == ["某厂发布新款处理器"]
    assert shown["opener"]
    assert {each["candidate"] for part in shown["sections"] for each in part["items"]} == {int(ids[0]), int(ids[2])}
    assert shown["lead"].startswith("本期2条。")
    assert status(desk, ids[1]) == "approved"
    assert desk("issue", "publish", "--yes", "--force").code == 0
    assert status(desk, ids[1]) == "published"


def test_undo_brings_an_item_back_from_the_briefs(desk: Desk, ids: list[str]) -> None:
    desk("queue", "approve", ids[1])
    desk("issue", "brief", ids[1])
    desk("undo")
    assert draft(desk)["briefs"] == []
    assert sum(len(part["items"]) for part in draft(desk)["sections"]) == 1


def test_pasted_lines_become_briefs(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("• 第一条\n\n2. 第二条\n- **第三**条\n—— 破折号\n• 第一条\n"))
    assert desk("issue", "brief", "-").code == 0
    assert draft(desk)["briefs"] == ["第一条", "第二条", "**第三**条", "破折号"]
    assert desk("issue", "brief", "abc").code == 2


def test_what_is_cut_returns_with_the_editors_words(desk: Desk, ids: list[str]) -> None:
    desk("queue", "approve", *ids)
    desk("issue", "retitle", ids[1], "编者的标题")
    assert desk("issue", "cut", ids[1]).code == 0
    back = desk("queue", "show", ids[1], "--json").json[0]
    assert (back["status"], back["title"], back["title_raw"]) == ("pending", "编者的标题", "某厂发布新款处理器")
    desk("undo")
    assert status(desk, ids[1]) == "approved"
    assert "编者的标题" in desk("issue", "show").out


def test_what_is_cut_for_later_returns_after_the_issue(desk: Desk, ids: list[str]) -> None:
    desk("queue", "approve", *ids)
    desk("issue", "cut", ids[2], "--later")
    assert status(desk, ids[2]) == "deferred"
    desk("issue", "publish", "--yes", "--force")
    assert status(desk, ids[2]) == "pending"


def test_a_typed_item_that_is_cut_becomes_a_candidate(desk: Desk, editor) -> None:  # type: ignore[no-untyped-def]
    editor(
        "text = text.replace('## 论文', '## 论文\\n\\n- [手写的条目 | 某处](https://typed.example.org/a)  \\n摘要：写了。', 1)"
    )
    assert desk("issue", "edit").code == 0
    (line,) = desk("issue", "items", "--json").json
    assert line["section"] == "papers"
    assert desk("issue", "cut", line["anchor"]).code == 0
    (made,) = desk("queue", "list", "--json").json
    assert (made["title"], made["section"], made["source"], made["summary"]) == ("手写的条目", "papers", "某处", "写了。")


def test_moves_and_titles(desk: Desk, ids: list[str]) -> None:
    desk("queue", "approve", *ids, "--section", "news")
    desk("issue", "move", ids[2], "posts")
    desk("issue", "move", ids[1], "news", "--at", "1")
    lines = desk("issue", "items", "--json").json
    assert [(line["section"], line["candidate"]) for line in lines] == [
        ("news", int(ids[1])),
        ("news", int(ids[0])),
        ("posts", int(ids[2])),
    ]
    assert desk("queue", "show", ids[2], "--json").json[0]["section"] == "posts"
    assert "blog头条" not in lines[2]["title"]
    assert desk("issue", "move", ids[2], "sports").code == 1
    assert desk("issue", "star", "999").code == 1
    assert desk("issue", "retitle", ids[2], " ").code == 1


def test_what_was_prefilled_is_marked(desk: Desk, ids: list[str], editor) -> None:  # type: ignore[no-untyped-def]
    desk("queue", "approve", ids[0])
    assert "as prefilled: lead" in desk("issue", "show").err
    assert "[C106]" in desk("issue", "check").out
    editor("text = text.replace('本期1条。', '本期1条：')")
    desk("issue", "edit")
    assert "as prefilled: lead" not in desk("issue", "show").err
    assert "the lead is as prefilled" not in desk("issue", "check").out
