"""`sources add`: from the address of a page to a line in sources.yaml."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Desk, item, rss

FEED = rss(item(1, "第一篇"), item(2, "第二篇", date="Tue, 25 Aug 2026 08:00:00 GMT"), title="端侧笔记")


def html(head: str = "") -> str:
    return f"<!DOCTYPE html><html><head><title>A blog</title>{head}</head><body><p>Words</p></body></html>"


def configured(desk: Desk) -> str:
    return (desk.root / "sources.yaml").read_text(encoding="utf-8")


def test_a_feed_is_shown_and_written(desk: Desk) -> None:
    desk.serve("/feed.xml", FEED)
    url = desk.upstream.url_for("/feed.xml")
    added = desk("sources", "add", url, "--section", "posts")
    assert added.code == 0, added.err
    assert "2 entries, about 1 a week" in added.err
    assert "2026-09-01  第一篇" in added.err
    assert configured(desk).endswith(f"- name: 端侧笔记\n    url: {url}\n    section: posts\n")
    again = desk("sources", "add", url)
    assert again.code == 2
    assert "E138" in again.err


def test_a_page_leads_to_its_feed_and_what_is_covered_is_told(desk: Desk) -> None:
    desk.configure("/other.xml")
    desk.serve("/other.xml", rss(item(1, "第一篇")))
    desk("poll")
    desk.serve("/feed.xml", FEED)
    desk.serve("/", html('<link rel="alternate" type="application/rss+xml" href="feed.xml">'), "text/html")
    added = desk("sources", "add", desk.upstream.url_for("/"))
    assert added.code == 0, added.err
    assert "1 of them in the queue already" in added.err
    assert desk.upstream.url_for("/feed.xml") in configured(desk)


def test_of_many_a_person_chooses_and_a_script_says_first(desk: Desk) -> None:
    desk.serve("/a.xml", FEED)
    desk.serve("/same.xml", FEED)
    desk.serve("/b.xml", rss(item(7, "另一篇"), title="另一个"))
    links = "".join(f'<link rel="alternate" type="application/rss+xml" href="/{name}.xml">' for name in ("a", "same", "b"))
    desk.serve("/blog/", html(links), "text/html")
    before = configured(desk)
    asked = desk("sources", "add", desk.upstream.url_for("/blog/"))
    assert asked.code == 2
    assert "2 feeds were found" in asked.err
    assert configured(desk) == before
    assert desk("sources", "add", desk.upstream.url_for("/blog/"), "--first", "--name", "博客").code == 0
    assert configured(desk).endswith(f"- name: 博客\n    url: {desk.upstream.url_for('/a.xml')}\n")


def test_a_usual_place_is_found(desk: Desk) -> None:
    desk.serve("/blog/index.xml", FEED)
    desk.serve("/blog/", html(), "text/html")
    added = desk("sources", "add", desk.upstream.url_for("/blog/"))
    assert added.code == 0, added.err
    assert desk.upstream.url_for("/blog/index.xml") in configured(desk)


def test_where_there_is_no_feed_it_says_what_was_tried(desk: Desk) -> None:
    desk.serve("/", html(), "text/html")
    for place in ("atom.xml", "feed.atom", "feed.xml", "feed/", "index.rss", "index.xml", "rss.xml", "rss/", "rss/feed.xml"):
        desk.upstream.expect_request(f"/{place}").respond_with_data("", status=404)
    url = desk.upstream.url_for("/")
    failed = desk("sources", "add", url)
    assert failed.code == 1
    assert "[E203]" in failed.err
    assert "no link rel=alternate; tried /atom.xml /feed.atom /feed.xml /feed/ … (all 404)" in failed.err
    assert f"aggregator add {url}" in failed.err


def test_a_feed_that_a_page_names_and_that_is_none_is_told(desk: Desk) -> None:
    desk.serve("/", html('<link rel="alternate" type="application/rss+xml" href="/broken.xml">'), "text/html")
    desk.serve("/broken.xml", "<html>no</html>", "text/html")
    failed = desk("sources", "add", desk.upstream.url_for("/"))
    assert failed.code == 1
    assert "[E203]" in failed.err
    assert "/broken.xml" in failed.err


def test_what_the_page_names_and_cannot_be_read_does_not_end_the_search(desk: Desk) -> None:
    desk.serve("/", html('<link rel="alternate" type="application/rss+xml" href="/broken.xml">'), "text/html")
    desk.serve("/broken.xml", "<html>no</html>", "text/html")
    desk.serve("/feed.xml", FEED)
    assert desk("sources", "add", desk.upstream.url_for("/")).code == 0
    assert desk.upstream.url_for("/feed.xml") in configured(desk)


def test_a_site_that_shuts_its_pages_may_have_its_feed_open(desk: Desk) -> None:
    desk.upstream.expect_request("/blog/").respond_with_data("no", status=403)
    desk.serve("/blog/feed.xml", FEED)
    assert desk("sources", "add", desk.upstream.url_for("/blog/")).code == 0
    assert desk.upstream.url_for("/blog/feed.xml") in configured(desk)


def test_what_has_no_feed_comes_through_the_bridges_of_the_workspace(desk: Desk) -> None:
    path = desk.root / "sources.yaml"
    given = path.read_text(encoding="utf-8")
    asked = desk("sources", "add", "https://zhuanlan.zhihu.com/edge")
    assert asked.code == 1
    assert "no bridge is set" in asked.err
    assert "write `rsshub: https://…` under `bridges:`" in asked.err
    path.write_text(f"bridges:\n  rsshub: {desk.upstream.url_for('/').rstrip('/')}\n{given}", encoding="utf-8")
    desk.serve("/zhihu/zhuanlan/edge", rss(item(1, "第一篇"), title="端侧专栏"))
    added = desk("sources", "add", "https://zhuanlan.zhihu.com/edge")
    assert added.code == 0, added.err
    assert configured(desk).endswith('- name: 端侧专栏\n    kind: bridge\n    url: "{rsshub}/zhihu/zhuanlan/edge"\n')
    assert desk("poll").code == 0
    assert "第一篇" in desk("queue", "list").out
    assert "E138" in desk("sources", "add", "https://zhuanlan.zhihu.com/edge").err


def test_an_address_without_its_scheme(desk: Desk) -> None:
    assert "no bridge is set" in desk("sources", "add", "zhuanlan.zhihu.com/edge").err


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/hostname", "nonsense"])
def test_what_is_no_address(desk: Desk, url: str) -> None:
    assert "E137" in desk("sources", "add", url).err
