"""What a page and its address say of where its news can be polled."""

from __future__ import annotations

import pytest

from aggregator.poll import discover
from aggregator.poll.knownhosts import known

PAGE = "https://blog.example/notes/first.html"


def read(head: str = "", body: str = "", url: str = PAGE) -> discover.Page:
    markup = f"<!DOCTYPE html><html><head><title>A blog</title>{head}</head><body>{body}</body></html>"
    return discover.read(markup.encode(), url=url, content_type="text/html")


@pytest.mark.parametrize(
    ("body", "is_feed"),
    [
        (b'<?xml version="1.0"?><!-- made here --><rss version="2.0"><channel/></rss>', True),
        (b'\xef\xbb\xbf<feed xmlns="http://www.w3.org/2005/Atom"/>', True),
        (b'<rdf:RDF xmlns:rdf="x"/>', True),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": []}', True),
        (b'{"items": []}', False),
        (b"<!DOCTYPE html><html><rss></html>", False),
        (b'<?xml version="1.0"?><urlset/>', False),
        (b"", False),
    ],
)
def test_a_feed_is_known_by_how_it_begins(body: bytes, is_feed: bool) -> None:
    assert discover.looks_like_feed(body, None) is is_feed


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://zhuanlan.zhihu.com/edge", [("rsshub", "/zhihu/zhuanlan/edge")]),
        ("https://www.zhihu.com/column/c_123", [("rsshub", "/zhihu/zhuanlan/c_123")]),
        ("https://www.zhihu.com/people/ann", [("rsshub", "/zhihu/posts/people/ann")]),
        ("https://www.zhihu.com/org/acme/posts", [("rsshub", "/zhihu/posts/org/acme")]),
        ("https://space.bilibili.com/42/video", [("rsshub", "/bilibili/user/video/42")]),
        ("https://github.com/trending/c++?since=weekly", [("rsshub", "/github/trending/weekly/c%2B%2B")]),
        ("https://github.com/trending", [("rsshub", "/github/trending/daily/any")]),
        (
            "https://mp.weixin.qq.com/s?__biz=MzA3MzI4MjgzMw==&mid=1&idx=1&sn=a",
            [("wewe-rss", "/feeds/MP_WXS_3073282833.atom"), ("rsshub", "/freewechat/profile/MzA3MzI4MjgzMw==")],
        ),
    ],
)
def test_what_has_no_feed_is_asked_of_a_bridge(url: str, wanted: list[tuple[str, str]]) -> None:
    (found,) = known(url)
    assert (found.kind, list(found.routes), found.options) == ("bridge", wanted, {})


def test_an_article_names_its_account_and_a_post_its_column() -> None:
    script = '<script>var biz = "MzA3MzI4MjgzMw==" || ""; var nickname = htmlDecode("示例号");</script>'
    (found,) = read(script, url="https://mp.weixin.qq.com/s/AbCdEf").found
    assert (found.title, found.routes[0]) == ("示例号", ("wewe-rss", "/feeds/MP_WXS_3073282833.atom"))
    post = read("", '<a href="https://zhuanlan.zhihu.com/edge-notes">专栏</a>', url="https://zhuanlan.zhihu.com/p/1")
    assert post.found[0].routes == (("rsshub", "/zhihu/zhuanlan/edge-notes"),)
    assert read("", "", url="https://mp.weixin.qq.com/s/AbCdEf").found == ()


@pytest.mark.parametrize(
    ("url", "kind", "said"),
    [
        ("https://github.com/acme/kern/tree/main", "github", {"repository": "acme/kern"}),
        ("https://github.com/acme/kern/tags", "github", {"repository": "acme/kern", "watch": "tags"}),
        ("https://github.com/acme", "feed", "https://github.com/acme.atom"),
        ("https://www.youtube.com/channel/UCaaaaaaaaaaaaaaaaaaaaaa/videos", "youtube", {"channel": "UC" + "a" * 22}),
        ("https://www.youtube.com/playlist?list=PL0123456789", "youtube", {"playlist": "PL0123456789"}),
        ("https://gitlab.com/acme/tools/kern/-/tags", "gitlab", {"project": "acme/tools/kern"}),
        ("https://gitlab.example/acme/kern", "gitlab", {"project": "acme/kern", "base_url": "https://gitlab.example"}),
        ("https://arxiv.org/list/cs.LG/recent", "arxiv", {"categories": ["cs.LG"]}),
        ("https://old.reddit.com/r/smallmodels/new", "reddit", {"community": "smallmodels"}),
        ("https://huggingface.co/acme", "huggingface", {"watch": "models", "author": "acme"}),
        ("https://openreview.net/group?id=ICLR.cc/2026/Conference", "openreview", {"venue": "ICLR.cc/2026/Conference"}),
        ("https://github.com/topics/tinyml", "github", {"watch": "search", "topics": ["tinyml"], "stars": 20}),
        ("https://github.com/ann?tab=stars", "github", {"watch": "stars", "user": "ann"}),
        ("https://blog.csdn.net/ann/article/details/1", "feed", "https://blog.csdn.net/ann/rss/list"),
        ("https://huggingface.co/papers", "huggingface", {"watch": "papers"}),
        ("https://news.ycombinator.com/show", "hackernews", {"tag": "show_hn"}),
        ("https://medium.com/@ann/a-post-123", "feed", "https://medium.com/feed/@ann"),
        ("https://ann.substack.com/p/a-post", "feed", "https://ann.substack.com/feed"),
    ],
)
def test_known_hosts(url: str, kind: str, said: object) -> None:
    (found,) = known(url)
    assert found.kind == kind
    assert said == (found.url or dict(found.options))


@pytest.mark.parametrize(
    "url",
    [
        "https://blog.example/",
        "https://github.com/",
        "https://www.zhihu.com/question/1",
        "https://huggingface.co/blog",
        "https://medium.com/feed/@ann",
        "https://arxiv.org/abs/2401.01234",
        "x",
    ],
)
def test_other_addresses_tell_nothing(url: str) -> None:
    assert known(url) == ()


def test_alternates_before_links_and_comments_last() -> None:
    head = (
        '<base href="/sub/">'
        '<link rel="alternate" type="application/rss+xml" title="Comments" href="comments.xml">'
        '<link rel="alternate" type="application/atom+xml; charset=utf-8" title="Posts" href="posts.xml">'
        '<link rel="alternate" type="application/json+oembed" href="o.json"><link rel="alternate" hreflang="de" href="/de/">'
        '<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">'
    )
    page = read(head, '<a href="/rss.xml">RSS</a><a href="https://other.example/feed">theirs</a><a href="/index.html">x</a>')
    assert [(found.url, found.title) for found in page.found] == [
        ("https://blog.example/sub/posts.xml", "Posts"),
        ("https://blog.example/sub/comments.xml", "Comments"),
        ("https://blog.example/rss.xml", ""),
    ]


def test_the_canonical_link_names_a_known_host() -> None:
    page = read('<link rel="canonical" href="https://github.com/acme/kern">', url="https://mirror.example/kern")
    assert page.canonical == "https://github.com/acme/kern"
    assert page.found[0].options == {"repository": "acme/kern"}


def test_a_page_of_a_handle_names_its_channel() -> None:
    page = read(body='<script>var d = {"externalId":"UCbbbbbbbbbbbbbbbbbbbbbb"}</script>', url="https://www.youtube.com/@ann")
    assert page.found[0].options == {"channel": "UC" + "b" * 22}
    assert read(body='{"externalId":"UCbbbbbbbbbbbbbbbbbbbbbb"}').found == ()


def test_usual_places_in_the_folder_and_at_the_root() -> None:
    places = discover.usual_places("https://blog.example/en/posts/first.html?x=1")
    assert places[0] == "https://blog.example/en/posts/atom.xml"
    assert "https://blog.example/rss/feed.xml" in places
    assert len(places) == len(set(places)) == 18
    assert len(discover.usual_places("https://blog.example")) == 9


def test_a_page_built_to_break_a_parser_is_a_page_that_names_nothing() -> None:
    assert discover.read(b"<div>" * 100_000, url=PAGE, content_type="text/html").found == ()
