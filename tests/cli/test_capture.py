"""`add`: several pages at once, and pages that fail at first."""

from __future__ import annotations

import io

import pytest

from tests.cli.conftest import Desk, item, rss


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


def test_a_page_that_a_feed_brought_under_another_address_is_the_same_work_and_fills_it_in(desk: Desk) -> None:
    title = "一家公司公布了在手机上运行大模型的完整方案"
    desk.configure("/a.xml")
    desk.serve("/a.xml", rss(item(1, title, link="https://mp.weixin.qq.com/s/Short1", date="Wed, 02 Sep 2026 01:00:00 GMT")))
    desk("poll")
    text = "这一段讲的是端侧推理的量化方法，以及它带来的速度。"
    desk.serve("/long", page(title, text).replace("</head>", '<meta name="date" content="2026-09-02"></head>'), "text/html")
    added = desk("add", desk.upstream.url_for("/long"))
    assert "known as pending 1" in added.err
    (found,) = desk("queue", "list", "--json").json
    assert found["url"] == "https://mp.weixin.qq.com/s/Short1"
    assert found["summary"] == text
    assert [one["source"] for one in found["entries"]] == ["a", "captured"]
    asked = len(desk.upstream.log)
    assert "known as pending 1" in desk("add", desk.upstream.url_for("/long")).err
    assert len(desk.upstream.log) == asked


def test_a_page_is_known_by_the_pasted_address_and_by_its_own(desk: Desk) -> None:
    own, pasted = desk.upstream.url_for("/article/1"), desk.upstream.url_for("/s/Short1")
    body = page("一个标题", "这一段讲的是端侧推理的量化方法，以及它带来的速度。")
    desk.serve("/s/Short1", body.replace("</head>", f'<link rel="canonical" href="{own}"></head>'), "text/html")
    assert desk("add", pasted).code == 0
    desk.configure("/a.xml")
    desk.serve("/a.xml", rss(item(1, "换了题目的一", link=pasted), item(2, "换了题目的二", link=own)))
    assert "0 new · 2 folded" in desk("poll").out
    asked = len(desk.upstream.log)
    assert "known as pending 1" in desk("add", pasted).err
    assert len(desk.upstream.log) == asked


def test_addresses_are_found_in_pasted_messages(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.serve("/a", page("第一个标题", "这一段讲的是端侧推理的量化方法，以及它带来的速度。"), "text/html")
    desk.serve("/b", page("另外一篇", "这一段讲的是编译器的算子融合，以及它带来的速度。"), "text/html")
    lines = f"【推荐】第一个{desk.upstream.url_for('/a')}，\n\n看 {desk.upstream.url_for('/b')} 。\nnothing here\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    added = desk("add", "-", "--json")
    assert [row["title"] for row in added.json] == ["第一个标题", "另外一篇"]
    assert added.err.count("E407") == 1
