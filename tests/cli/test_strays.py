"""Undo and redo of a merge when polls brought copies meanwhile; and what undo and redo are called."""

from __future__ import annotations

from tests.cli.conftest import Desk, item, rss

FIRST = "手表芯片开箱体验与散热测试"
SECOND = "语音助手怎样在手环上离线运行"


def merged(desk: Desk) -> tuple[int, int]:
    """Two candidates, the second of which was merged into the first."""
    desk.configure("/blog.xml")
    desk.serve(
        "/blog.xml",
        rss(item(1, FIRST, link="https://a.example.org/1"), item(2, SECOND, link="https://a.example.org/2")),
    )
    assert desk("poll").code == 0
    ids = {one["title"]: one["id"] for one in desk("queue", "list", "--json").json}
    assert desk("queue", "merge", str(ids[SECOND]), str(ids[FIRST])).code == 0
    return ids[FIRST], ids[SECOND]


def copies(desk: Desk, candidate_id: int) -> list[tuple[str, str]]:
    (one,) = desk("queue", "show", str(candidate_id), "--json").json
    return sorted((copy["source"], copy["title"]) for copy in one["entries"])


def bring(desk: Desk, path: str, title: str, link: str) -> None:
    desk.serve(path, rss(item(9, title, link=link)))
    assert "1 folded" in desk("poll", "--all").out


def test_a_copy_that_came_while_two_were_one_goes_where_it_belongs(desk: Desk) -> None:
    first, second = merged(desk)
    desk.configure("/blog.xml", "/other.xml")
    bring(desk, "/other.xml", "转载：手环与语音", "https://a.example.org/2")
    assert ("other", "转载：手环与语音") in copies(desk, first)
    assert desk("undo").code == 0
    assert copies(desk, first) == [("blog", FIRST)]
    assert copies(desk, second) == [("blog", SECOND), ("other", "转载：手环与语音")]
    assert desk("redo").code == 0
    assert len(copies(desk, first)) == 3


def test_a_copy_that_came_while_they_were_apart_is_not_lost_by_redo(desk: Desk) -> None:
    first, second = merged(desk)
    assert desk("undo").code == 0
    desk.configure("/blog.xml", "/other.xml")
    bring(desk, "/other.xml", "转载：手环与语音", "https://a.example.org/2")
    assert len(copies(desk, second)) == 2
    assert desk("redo").code == 0
    assert len(copies(desk, first)) == 3
    assert desk("undo").code == 0
    assert len(copies(desk, second)) == 2


def shown(desk: Desk, candidate_id: int) -> dict[str, object]:
    (one,) = desk("queue", "show", str(candidate_id), "--json").json
    return {name: one[name] for name in ("title", "url", "source", "author", "summary", "tags", "links", "section")}


def test_what_a_copy_told_the_winner_goes_with_it(desk: Desk) -> None:
    first, _ = merged(desk)
    desk("undo")
    before = shown(desk, first)
    desk("redo")
    desk.configure("/blog.xml", "/other.xml")
    text = "这一段讲的是手环上的语音助手，以及它带来的速度。" * 12
    link = '<a href="https://github.com/someone/voice">code</a>'
    desk.serve("/other.xml", rss(item(9, "手环与语音", link="https://a.example.org/2", text=f"<![CDATA[<p>{text}</p>{link}]]>")))
    assert "1 folded" in desk("poll", "--all").out
    assert str(shown(desk, first)["summary"]).startswith("这一段讲的是手环")
    assert desk("undo").code == 0
    assert shown(desk, first) == before
    assert desk("redo").code == 0
    assert str(shown(desk, first)["summary"]).startswith("这一段讲的是手环")


def test_the_editors_summary_survives_the_undo_of_a_merge(desk: Desk) -> None:
    first, second = merged(desk)
    desk("undo")
    desk("queue", "edit", str(first), "--summary", "我的摘要。")
    desk("queue", "merge", str(second), str(first))
    desk.configure("/blog.xml", "/other.xml")
    bring(desk, "/other.xml", "转载：手环与语音", "https://a.example.org/2")
    assert desk("undo").code == 0
    assert shown(desk, first)["summary"] == "我的摘要。"


def test_a_winner_without_summary_has_that_of_the_other_until_the_merge_is_undone(desk: Desk) -> None:
    first, second = merged(desk)
    desk("undo")
    desk("queue", "edit", str(second), "--summary", "另一条的摘要。")
    desk("queue", "approve", str(first))
    desk("queue", "merge", str(second), str(first))
    assert shown(desk, first)["summary"] == "另一条的摘要。"
    assert "另一条的摘要。" in desk("issue", "show").out
    assert desk("undo").code == 0
    assert shown(desk, first)["summary"] is None
    assert "另一条的摘要。" not in desk("issue", "show").out


def test_undo_redo_and_the_log_name_the_verb(desk: Desk) -> None:
    first, second = merged(desk)
    assert f"undid merge {second} into {first}" in desk("undo").err
    assert f"did again merge {second} into {first}" in desk("redo").err
    assert f"undid merge {second} into {first}" in desk("undo").err
    newest, before, *_ = desk("log", "--json").json
    assert (newest["action"], newest["subject"]) == ("undo", f"merge {second} into {first}")
    assert (before["action"], before["subject"]) == ("redo", f"merge {second} into {first}")
