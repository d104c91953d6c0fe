"""`add`: several pages at once, and pages that fail at first."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Desk


def page(title: str, text: str) -> str:
    return f'<html lang="zh-CN"><head><title>{title}</title></head><body><article><p>{text}</p></article></body></html>'


def test_several_pages_come_in_their_order_and_one_that_is_none_stops_no_other(desk: Desk) -> None:
    for name in ("a", "b"):
        desk.serve(f"/{name}", page(f"标题 {name}", "这一段讲的是端侧推理的量化方法，以及它带来的速度。"), "text/html")
    added = desk("add", desk.upstream.url_for("/a"), "javascript:alert(1)", desk.upstream.url_for("/b"), "--json")
    assert added.code == 1
    assert [row["title"] for row in added.json] == ["标题 a", "标题 b"]
    assert "E407" in added.err


def test_a_page_that_fails_is_marked_and_filled_in_by_a_later_poll(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.upstream.expect_ordered_request("/p").respond_with_data("busy", status=503)
    (added,) = desk("add", desk.upstream.url_for("/p"), "--json").json
    assert "could not be read" in added["warnings"][0]
    monkeypatch.setenv("AGGREGATOR_NOW", "2026-09-02T03:30:00+00:00")
    desk("poll")  # too early: nothing is asked
    desk.serve("/p", page("后来读到的标题", "这一段讲的是端侧推理的量化方法，以及它带来的速度。"), "text/html")
    monkeypatch.setenv("AGGREGATOR_NOW", "2026-09-02T04:30:00+00:00")
    desk("poll")
    (found,) = desk("queue", "list", "--json").json
    assert (found["title"], found["warnings"]) == ("后来读到的标题", [])
    assert found["summary"].startswith("这一段讲的")
    asked = len(desk.upstream.log)
    monkeypatch.setenv("AGGREGATOR_NOW", "2026-09-04T04:30:00+00:00")
    desk("poll")
    assert len(desk.upstream.log) == asked


def test_what_the_editor_wrote_meanwhile_stays(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.upstream.expect_ordered_request("/p").respond_with_data("busy", status=503)
    (added,) = desk("add", desk.upstream.url_for("/p"), "--json").json
    desk("queue", "edit", str(added["id"]), "--title", "我的标题", "--summary", "我的摘要。")
    desk.serve("/p", page("页面的标题", "这一段讲的是端侧推理的量化方法，以及它带来的速度。"), "text/html")
    monkeypatch.setenv("AGGREGATOR_NOW", "2026-09-02T05:00:00+00:00")
    desk("poll")
    (found,) = desk("queue", "list", "--json").json
    assert (found["title"], found["summary"], found["warnings"]) == ("我的标题", "我的摘要。", [])


def test_a_page_that_keeps_failing_is_given_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.upstream.expect_request("/p").respond_with_data("busy", status=503)
    desk("add", desk.upstream.url_for("/p"))
    for day in (3, 4, 6, 10, 20):
        monkeypatch.setenv("AGGREGATOR_NOW", f"2026-09-{day:02}T05:00:00+00:00")
        desk("poll")
    assert len(desk.upstream.log) == 5


def test_a_page_that_is_not_there_is_not_asked_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.upstream.expect_request("/p").respond_with_data("", status=404)
    desk("add", desk.upstream.url_for("/p"))
    monkeypatch.setenv("AGGREGATOR_NOW", "2026-09-09T05:00:00+00:00")
    desk("poll")
    assert len(desk.upstream.log) == 1
