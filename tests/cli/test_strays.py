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


def test_undo_redo_and_the_log_name_the_verb(desk: Desk) -> None:
    first, second = merged(desk)
    assert f"undid merge {second} into {first}" in desk("undo").err
    assert f"did again merge {second} into {first}" in desk("redo").err
    assert f"undid merge {second} into {first}" in desk("undo").err
    newest, before, *_ = desk("log", "--json").json
    assert (newest["action"], newest["subject"]) == ("undo", f"merge {second} into {first}")
    assert (before["action"], before["subject"]) == ("redo", f"merge {second} into {first}")
