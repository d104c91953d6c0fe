"""The review as an editor uses it: every button does what it says, in the store."""

from __future__ import annotations

import re

import pytest
from pytest_httpserver import HTTPServer

from aggregator.app import deciding, drafting
from aggregator.web.labels import TABLE
from tests.web.conftest import Browser

SCRIPTS = {'<script src="/static/htmx.min.js" defer>', '<script src="/static/review.js" type="module">'}


def rows(page: str) -> list[int]:
    """The candidates that a page lists."""
    return [int(number) for number in re.findall(r'role="option" id="r(\d+)"', page)]


def selected(page: str) -> list[int]:
    """The candidate under the cursor."""
    return [int(number) for number in re.findall(r'role="option" id="r(\d+)"[^>]*aria-selected="true"', page)]


@pytest.mark.parametrize(
    ("action", "status", "section"),
    [
        ("approve", "approved", "papers"),
        ("approve:news", "approved", "news"),
        ("reject", "rejected", "papers"),
        ("defer", "deferred", "papers"),
    ],
)
def test_a_button_decides_in_the_store(browser: Browser, action: str, status: str, section: str) -> None:
    number = browser.candidate()
    answer = browser.post("/decide", id=number, action=action, back="/?status=all")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/?status=all"
    found = deciding.get(browser.workspace, number)
    assert (found.status.value, found.section) == (status, section)


def test_an_approved_candidate_stands_in_the_draft_page(browser: Browser) -> None:
    number = browser.candidate("草稿里要有这一条", summary="一句话的摘要")
    browser.press("/decide", id=number, action="approve")
    assert "草稿里要有这一条" in browser.get("/draft").text
    page = browser.get("/draft/preview").text
    assert "草稿里要有这一条" in page
    assert "一句话的摘要" in page
    assert number in [item.candidate_id for item in drafting.draft(browser.workspace).items]


def test_the_page_says_once_what_was_done_and_offers_to_undo_it(browser: Browser) -> None:
    number, following = browser.candidate("要撤销的一条"), browser.candidate("接着看的一条", score=50)
    page = browser.press("/decide", id=number, action="reject", next=following)
    assert "不用：要撤销的一条" in page
    assert selected(page) == [following]
    assert f'<article class="card" id="c{following}"' in page
    assert 'class="flash' not in browser.get("/").text
    event = re.search(r'name="event" value="(\d+)"', page)
    assert event
    assert "已撤销" in browser.press("/undo", event=event[1])
    assert browser.status(number) == "pending"
    assert "已重做" in browser.press("/redo")
    assert browser.status(number) == "rejected"


def test_an_undo_takes_back_only_what_it_names(browser: Browser) -> None:
    first, second = browser.candidate(), browser.candidate()
    page = browser.press("/decide", id=first, action="reject")
    event = re.search(r'name="event" value="(\d+)"', page)
    assert event
    browser.press("/decide", id=second, action="defer")
    assert TABLE["error.moved_on"][0] in browser.press("/undo", event=event[1])
    assert (browser.status(first), browser.status(second)) == ("rejected", "deferred")


def test_the_best_come_first_and_filters_narrow_the_list(browser: Browser) -> None:
    low, high = browser.candidate("低分 zebra", score=-3), browser.candidate("高分 zebra", score=9)
    assert rows(browser.get("/?q=zebra").text) == [high, low]
    assert high not in rows(browser.get("/?section=news").text)
    assert high not in rows(browser.get("/?status=rejected").text)
    assert browser.get("/?section=nowhere").status_code == 400
    assert browser.get("/?status=nonsense").status_code == 400


def test_a_long_queue_comes_in_pieces(fresh: Browser) -> None:
    for number in range(60):
        fresh.candidate(f"one of many {number}")
    first = fresh.get("/").text
    assert len(rows(first)) == 40
    more = re.search(r'data-more href="([^"]+)"', first)
    assert more
    further = fresh.get(more[1].replace("&amp;", "&")).text
    assert len(rows(further)) == 60
    assert selected(further) == [rows(first)[-1]]


def test_what_an_upstream_said_is_text_on_every_page(browser: Browser) -> None:
    nasty = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}"
    number = browser.candidate(nasty, url="javascript:alert(1)", summary=nasty, author=nasty, tags=(nasty,), warnings=(nasty,))
    said = browser.press("/decide", id=number, action="approve", back=f"/candidate/{number}")
    for page in (said, *(browser.get(path).text for path in ("/?status=all", "/draft", "/log", f"/candidate/{number}"))):
        assert "&lt;script&gt;" in page
        assert set(re.findall(r"<script[^>]*>", page)) <= SCRIPTS
        assert "<img" not in page
        assert not re.search(r"(?:href|src|action)=.?javascript:", page)


def test_target_links_lead_away_safely(browser: Browser) -> None:
    number = browser.candidate("一个链接", url="https://example.org/a?b=1&c=2")
    page = browser.get(f"/candidate/{number}").text
    assert '<a href="https://example.org/a?b=1&amp;c=2" target="_blank" rel="noopener noreferrer"' in page


def test_a_pasted_url_is_captured_with_its_title(browser: Browser, httpserver: HTTPServer) -> None:
    page = "<html><head><title>抓来的标题</title></head><body><p>正文</p></body></html>"
    httpserver.expect_request("/page").respond_with_data(page, content_type="text/html; charset=utf-8")
    said = browser.press("/add", url=httpserver.url_for("/page"))
    assert "已加入" in said
    assert "抓来的标题" in said
    assert "早已在队列里" in browser.press("/add", url=httpserver.url_for("/page"))


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "", "not a url"])
def test_what_is_no_url_is_refused_with_a_message(browser: Browser, url: str) -> None:
    assert "E407" in browser.press("/add", url=url)


def test_mistakes_are_said_on_the_page_and_change_nothing(browser: Browser) -> None:
    assert "E401" in browser.press("/decide", id=999_999_999, action="approve")
    number = browser.candidate()
    assert "E404" in browser.press("/decide", id=number, action="approve:nowhere")
    assert browser.status(number) == "pending"
    for fields in ({"id": number, "action": "destroy"}, {"id": "x", "action": "reject"}, {"id": number, "action": "reject:news"}):
        assert browser.post("/decide", **fields).status_code == 400
    assert browser.get("/candidate/999999999999999999999999").status_code == 404


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil.example", "/decide", "/feeds/", "/?a\r\nb"])
def test_the_way_back_is_always_one_of_our_pages(browser: Browser, back: str) -> None:
    number = browser.candidate()
    assert browser.post("/decide", id=number, action="reject", back=back).headers["location"] == "/"


def test_publishing_asks_first_and_then_shows_the_issue_to_readers(fresh: Browser) -> None:
    assert fresh.get("/feeds/").status_code == 404
    assert "E502" in fresh.press("/publish", confirm="yes", date="2026-09-01", back="/draft")
    number = fresh.candidate("An item for the first issue", summary="What it is about, in a sentence.")
    fresh.press("/decide", id=number, action="approve")
    assert TABLE["error.unconfirmed"][1] in fresh.press("/publish", date="2026-09-01", back="/draft")
    assert TABLE["error.date"][1] in fresh.press("/publish", date="soon", confirm="yes", back="/draft")
    assert fresh.status(number) == "approved"
    said = fresh.press("/publish", date="2026-09-01", confirm="yes", force="yes", back="/draft")
    assert 'href="/feeds/issues/2026-09-01/"' in said
    assert fresh.status(number) == "published"
    page = fresh.get("/feeds/issues/2026-09-01/")
    assert page.status_code == 200
    assert "An item for the first issue" in page.text
    assert "E504" in fresh.press("/decide", id=fresh.candidate(), action="approve") + fresh.press(
        "/publish", date="2026-09-01", confirm="yes", force="yes", back="/draft"
    )


def test_sources_and_log_show_what_is_known(browser: Browser) -> None:
    assert "示例来源" in browser.get("/sources").text
    number = browser.candidate("为记录而设的一条")
    browser.press("/decide", id=number, action="defer")
    page = browser.get("/log").text
    assert page.index("留到下期") < page.index("为记录而设的一条")
    assert browser.get("/healthz").text == "ok\n"


def test_both_languages_have_all_the_words(fresh: Browser) -> None:
    for chinese, english in TABLE.values():
        assert chinese
        assert english
        assert sorted(re.findall(r"\{\w+\}", chinese)) == sorted(re.findall(r"\{\w+\}", english))
    page = fresh.get("/").text
    assert '<html lang="en">' in page
    assert "Queue" in page
