"""`queue read`: pages of candidates of which a feed told the title alone."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import pytest

from aggregator.app import loop, reading
from aggregator.app.workspace import open_workspace
from tests.cli.conftest import Desk, item, rss

TEXT = "这一段讲的是端侧推理的量化方法，以及它带来的速度。"


def page(title: str, text: str = TEXT, more: str = "") -> str:
    return f'<html lang="zh-CN"><head><title>{title}</title></head><body><article><p>{text}</p>{more}</article></body></html>'


def polled(desk: Desk, *titles: str) -> list[int]:
    """The ids of candidates that a feed of titles alone brought."""
    desk.configure("/a.xml")
    items = [item(number, title, link=desk.upstream.url_for(f"/p{number}")) for number, title in enumerate(titles)]
    desk.serve("/a.xml", rss(*items))
    desk("poll")
    by_title = {row["title"]: row["id"] for row in desk("queue", "list", "--json").json}
    return [by_title[title] for title in titles]


def shown(desk: Desk, one: int) -> dict[str, object]:
    (found,) = desk("queue", "show", str(one), "--json").json
    return found


def asked(desk: Desk, path: str) -> int:
    return sum(request.path == path for request, _ in desk.upstream.log)


def test_the_top_of_the_queue_is_read_once_and_keeps_what_the_feed_told(desk: Desk) -> None:
    first, second = polled(desk, "量化方法开箱", "天气不错")
    before = {one: shown(desk, one) for one in (first, second)}
    desk.serve("/p0", page("页面上的另一个标题", more='<p>代码在 <a href="https://github.com/a/b">这里</a></p>'), "text/html")
    done = desk("queue", "read", "--top", "1")
    assert "1 of 1 pages read" in done.err
    found = shown(desk, first)
    assert found["title"] == found["title_raw"] == "量化方法开箱"
    assert str(found["summary"]).startswith("这一段讲的")
    assert [link["url"] for link in found["links"]] == ["https://github.com/a/b"]  # type: ignore[attr-defined]
    assert found["source"] == before[first]["source"] == "a"
    assert shown(desk, second) == before[second]
    assert "nothing to read" in desk("queue", "read", "--top", "1").err
    assert asked(desk, "/p0") == 1


def test_the_score_counts_the_summary_too_and_still_adds_up(desk: Desk) -> None:
    (one,) = polled(desk, "开箱一台手表")
    desk.serve("/p0", page("x"), "text/html")
    desk("queue", "read", str(one))
    why = desk("queue", "why", str(one), "--json").json[0]
    assert sum(reason["points"] for reason in why["score_reasons"]) == pytest.approx(why["score"], abs=1e-3)
    assert any("量化" in reason["text"] for reason in why["score_reasons"])


def test_what_stands_in_the_draft_gets_its_summary_and_nothing_that_the_editor_wrote_is_lost(desk: Desk) -> None:
    first, second = polled(desk, "量化方法开箱", "端侧天气不错")
    desk("queue", "approve", str(first), str(second), "--section", "papers")
    desk("queue", "edit", str(second), "--summary", "我的摘要。")
    desk.serve("/p0", page("x"), "text/html")
    assert "1 of 1 pages read" in desk("queue", "read").err
    text = desk("issue", "show").out
    assert TEXT in text
    assert "我的摘要。" in text
    assert shown(desk, first)["section"] == "papers"
    assert asked(desk, "/p1") == 0
    assert desk("undo").code == 0  # the last decision of the editor, not what was read
    assert "我的摘要。" not in desk("issue", "show").out


def test_a_page_that_fails_is_marked_and_read_by_a_later_poll_into_the_draft(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    (one,) = polled(desk, "量化方法开箱")
    desk("queue", "approve", str(one))
    desk.upstream.expect_ordered_request("/p0").respond_with_data("busy", status=503)
    assert "0 of 1 pages read" in desk("queue", "read").err
    assert "could not be read" in str(shown(desk, one)["warnings"])
    assert "nothing to read" in desk("queue", "read").err
    desk.serve("/p0", page("x"), "text/html")
    monkeypatch.setenv("AGGREGATOR_NOW", "2026-09-02T04:30:00+00:00")
    desk("poll")
    assert TEXT in desk("issue", "show").out
    assert shown(desk, one)["warnings"] == []


def test_a_page_that_is_gone_is_asked_for_again_only_by_name(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    (one,) = polled(desk, "量化方法开箱")
    desk.upstream.expect_request("/p0").respond_with_data("", status=404)
    desk("queue", "read", "--top", "5")
    monkeypatch.setenv("AGGREGATOR_NOW", "2026-09-12T04:30:00+00:00")
    desk("poll")
    assert "nothing to read" in desk("queue", "read", "--top", "5").err
    assert asked(desk, "/p0") == 1
    desk("queue", "read", str(one))
    assert asked(desk, "/p0") == 2


def test_what_was_rejected_is_not_read(desk: Desk) -> None:
    (one,) = polled(desk, "量化方法开箱")
    desk("queue", "reject", str(one))
    done = desk("queue", "read", str(one))
    assert (done.code, "E402" in done.err) == (1, True)
    assert asked(desk, "/p0") == 0


def test_while_sources_are_polled_what_was_approved_is_read(desk: Desk) -> None:
    first, _ = polled(desk, "量化方法开箱", "天气不错")
    desk("queue", "approve", str(first))
    desk.serve("/p0", page("x"), "text/html")
    told: list[str] = []
    naps: list[None] = []

    def healthy() -> None:
        naps.append(None)
        if len(naps) > 1:
            raise KeyboardInterrupt

    def failed(error: Exception) -> None:
        raise error

    opened = open_workspace(desk.root, os.environ)
    with pytest.raises(KeyboardInterrupt):
        loop.keep_polling(
            opened,
            clock=lambda: datetime(2026, 9, 2, 3, 1, tzinfo=UTC),
            every_minutes=1,
            tell=told.append,
            failed=failed,
            healthy=healthy,
        )
    assert reading.wanted(opened) == []
    opened.close()
    assert any(line.startswith(f"✓ read {first}") for line in told)
    assert TEXT in desk("issue", "show").out
