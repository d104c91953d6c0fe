"""Errors of a bridge that arrive as entries are failures; news about such errors is news."""

from __future__ import annotations

import pytest

from aggregator.errors import ParseError
from aggregator.poll.bridges import MAX_TITLE_CHARS, without_errors
from aggregator.poll.rawfeed import RawEntry, RawFeed, RawText


def feed(*titles: str) -> RawFeed:
    return RawFeed("rss20", entries=tuple(RawEntry(guid=title, title=RawText(title)) for title in titles))


@pytest.mark.parametrize(
    ("title", "expired"),
    [
        ("Bridge returned error 403! (19880)", False),
        ("Bridge returned error 500", False),
        ("RSS-Bridge: error 404", False),
        ("RSSHub error: this route is empty", False),
        ("Failed to fetch the feed", False),
        ("503 Service Unavailable", False),
        ("Error 429: Too Many Requests", False),
        ("Your login has expired", True),
        ("WeChat login expired, please log in again", True),
        ("Session expired", True),
        ("Invalid cookie: cookie expired", True),
        ("登录已过期，请重新登录", True),
        ("微信读书登录状态已失效", True),
        ("【提示】账号异常", True),
        ("请重新扫码登录", True),
        ("公众号文章获取失败", False),
    ],
)
def test_an_error_that_arrives_as_the_only_entry_is_a_failure(title: str, expired: bool) -> None:
    with pytest.raises(ParseError) as caught:
        without_errors(feed(title))
    assert caught.value.code == "E254"
    assert ("login has expired" in caught.value.what) is expired
    assert title[:20] in str(caught.value.why)


@pytest.mark.parametrize(
    "title",
    [
        "Session fixation attacks explained",
        "How we lost 500 million requests to a login bug",
        "Why cookies that never expire are a bad idea for everybody who runs a site with logins",
        "404 Media raises ten million for its newsroom",
        "账号安全：如何保护你的微信",
        "登录流程的设计",
        "Error handling in Rust",
        "请求调度在推理引擎中的实现",
    ],
)
def test_news_that_sounds_like_an_error_is_news(title: str) -> None:
    kept, errors = without_errors(feed(title))
    assert (len(kept.entries), errors) == (1, 0)


def test_an_error_among_entries_is_dropped_and_counted() -> None:
    kept, errors = without_errors(feed("一条新闻", "Bridge returned error 500! (20000)", "又一条"))
    assert ([entry.guid for entry in kept.entries], errors) == (["一条新闻", "又一条"], 1)
    kept, errors = without_errors(feed("一", "二", "Session expired"))
    assert (len(kept.entries), errors) == (3, 0)  # among news, a title about it is news


@pytest.mark.parametrize(
    "title",
    [
        "\n  “Bridge\treturned   error 404”",
        "【RSSHub】 route error",
        "rss-bridge: an error",
        "ERROR: FetchError: no",
        "… unable\u3000to fetch feed",
        "this route  is empty, please check the original site",
    ],
)
def test_an_error_is_known_however_its_title_is_set(title: str) -> None:
    kept, errors = without_errors(feed("一条新闻", title, "又一条"))
    assert ([entry.guid for entry in kept.entries], errors) == (["一条新闻", "又一条"], 1)


def test_the_first_word_of_an_error_is_looked_for_where_its_title_is_cut() -> None:
    kept, errors = without_errors(feed("一条新闻", " " * MAX_TITLE_CHARS + "Bridge returned error 404", "又一条"))
    assert (len(kept.entries), errors) == (3, 0)
