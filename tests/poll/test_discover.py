"""What a page and its address say of where its news can be polled."""

from __future__ import annotations

import pytest

from aggregator.poll import discover

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
        (
            "https://zhuanlan.zhihu.com/edge",
            "bridge",
            {"origins": ["https://rsshub.app"], "route": "/zhihu/zhuanlan/edge"},
        ),
        ("https://www.zhihu.com/people/ann", "bridge", {"origins": ["https://rsshub.app"], "route": "/zhihu/posts/people/ann"}),
        ("https://huggingface.co/acme", "huggingface", {"watch": "models", "author": "acme"}),
        ("https://huggingface.co/papers", "huggingface", {"watch": "papers"}),
        ("https://news.ycombinator.com/show", "hackernews", {"tag": "show_hn"}),
        ("https://medium.com/@ann/a-post-123", "feed", "https://medium.com/feed/@ann"),
        ("https://ann.substack.com/p/a-post", "feed", "https://ann.substack.com/feed"),
    ],
)
def test_known_hosts(url: str, kind: str, said: object) -> None:
    (found,) = discover.known(url)
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
    assert discover.known(url) == ()


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
