"""Whose name is printed after a title, when the source only passes on what others wrote."""

from __future__ import annotations

import json

import pytest

from aggregator.app.naming import Names
from aggregator.model import Entry, Source
from tests.cli.conftest import Desk, item, rss


def names(*sources: Source) -> Names:
    return Names({source.name: source for source in sources})


HN = Source("HN", "hackernews", ("https://hn.algolia.com/api/v1/search_by_date",))


@pytest.mark.parametrize(
    ("source", "url", "printed"),
    [
        (HN, "https://www.chips.example/deep-dive", "chips.example"),
        (HN, "https://news.ycombinator.com/item?id=1", "Hacker News"),
        (HN, "https://zhuanlan.zhihu.com/p/1", "知乎"),
        (HN, "https://mp.weixin.qq.com/s/abc", ""),
        (HN, "https://github.com/acme/kern", ""),
        (HN, "https://huggingface.co/acme/kern-1b", ""),
        (HN, "https://huggingface.co/blog/kern", "Hugging Face"),
        (HN, "https://arxiv.org/abs/2601.00001", ""),
        (HN, None, ""),
        (Source("papers", "openreview", ("https://api2.openreview.net/notes",)), "https://openreview.net/forum?id=x", ""),
        (Source("daily", "huggingface", ("https://huggingface.co/api/daily_papers",)), "https://arxiv.org/abs/2601.00001", ""),
        (Source("r/ml", "reddit", ("https://www.reddit.com/r/ml/.rss",)), "https://lab.example/post", "lab.example"),
        (Source("r/ml", "feed", ("https://www.reddit.com/r/ml/.rss",)), "https://lab.example/post", "lab.example"),
        (Source("HN rss", "feed", ("https://hnrss.org/newest?points=100",)), "https://lab.example/post", "lab.example"),
        (Source("周刊", "mailbox", ("file:///m",), options={"entries": "links"}), "https://lab.example/post", "lab.example"),
        (Source("周刊", "mailbox", ("file:///m",)), "https://lab.example/post", "周刊"),
        (Source("账号", "bridge", ("https://bridge.example/feeds/1.atom",)), "https://mp.weixin.qq.com/s/abc", "账号"),
        (Source("频道", "youtube", ("https://www.youtube.com/feeds/videos.xml",)), "https://www.youtube.com/watch?v=1", "频道"),
        (Source("博客", "feed", ("https://blog.example/feed",)), "https://elsewhere.example/1", "博客"),
    ],
)
def test_the_name_is_that_of_whoever_wrote_it(source: Source, url: str | None, printed: str) -> None:
    assert names(source).printed(Entry(source.name, "g", url, "t")) == printed


@pytest.mark.parametrize(
    ("feed", "url", "printed"),
    [
        ("https://www.qlab.example/feed", "https://qlab.example/2026/1.html", "我们的叫法"),
        ("https://tf.example/feeds/posts/default", "https://tf.example/2026/1.html", "我们的叫法"),
        ("https://big.example/research/blog/rss.xml", "https://big.example/research/blog/one", "我们的叫法"),
        ("https://big.example/research/blog/rss.xml", "https://big.example/shop/one", "big.example"),
        ("https://many.example/feed/@ann", "https://many.example/@bo/one", "many.example"),
        ("https://many.example/ann/rss", "https://many.example/ann/one", "我们的叫法"),
        ("https://many.example/ann/rss", "https://many.example/annabel/one", "many.example"),
    ],
)
def test_a_site_of_a_source_has_the_name_that_the_source_has(feed: str, url: str, printed: str) -> None:
    assert names(HN, Source("我们的叫法", "feed", (feed,))).printed(Entry("HN", "g", url, "t")) == printed


def test_a_story_of_a_site_that_is_polled_too_is_printed_under_its_name(desk: Desk) -> None:
    home = desk.upstream.url_for("/").rstrip("/")
    blog = f"  - {{name: 量子实验室, kind: feed, url: '{home}/feed'}}\n"
    desk.configure(extra=blog + f"  - {{name: HN, kind: hackernews, base_url: '{home}'}}\n")
    story = {"author": "ann", "created_at": "2026-09-01T08:00:00Z", "points": 90, "num_comments": 3}
    hits = [
        story | {"objectID": "1", "title": "Four bits are enough", "url": f"{home}/2026/four-bits"},
        story | {"objectID": "2", "title": "A kernel for tiny chips", "url": "https://github.com/acme/kern"},
        story | {"objectID": "3", "title": "Why caches matter", "url": "https://www.chips.example/caches"},
    ]
    desk.serve("/api/v1/search_by_date", json.dumps({"hits": hits}), "application/json")
    desk.serve("/feed", rss(item(1, "别的文章")))
    assert desk("poll").code == 0
    printed = {row["title"]: row["source"] for row in desk("queue", "list", "--json").json}
    assert printed == {
        "别的文章": "量子实验室",
        "Four bits are enough": "量子实验室",
        "A kernel for tiny chips": None,
        "Why caches matter": "chips.example",
    }
