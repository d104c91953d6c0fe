"""One page -> its facts, and capturing a pasted address."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.errors import FetchError, UsageError
from aggregator.poll import extract
from aggregator.poll.capture import Captured, capture
from aggregator.poll.page import PageFacts, read_page
from tests.poll.feedcases import FIXTURES, FileFetcher

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)

WECHAT, ARXIV, BLOG, REPOSITORY = (
    (FIXTURES / "pages" / f"{name}.html").read_text("utf-8") for name in ("wechat", "arxiv", "blog", "repository")
)
TEMPORARY = "https://mp.weixin.qq.com/s?src=3&timestamp=1578277230&ver=1&signature=abc"


def read(markup: str | bytes, url: str, content_type: str | None = "text/html; charset=utf-8") -> PageFacts:
    body = markup if isinstance(markup, bytes) else markup.encode()
    return read_page(body, url=url, content_type=content_type, headers={}, now=NOW)


def test_a_wechat_article() -> None:
    facts = read(WECHAT, TEMPORARY)
    assert facts.url == "https://mp.weixin.qq.com/s?__biz=MzA3&mid=26&idx=1&sn=ab"
    assert (facts.title, facts.site, facts.author) == ("端侧推理&量化：新版发布", "示例账号", "小李")
    assert facts.published_at == datetime(2020, 1, 6, 2, 20, 30, tzinfo=UTC)
    assert facts.summary.splitlines()[0] == "某团队今天开源了端侧推理框架，支持四比特量化，速度提升了两倍。"
    assert "点击" not in facts.summary
    assert "项目地址" not in facts.summary
    assert {(link.role, link.url) for link in facts.links} == {
        ("code", "https://github.com/acme/Edge-Run"),
        ("paper", "https://arxiv.org/abs/2401.01234"),
    }
    assert facts.language == "zh"
    assert facts.warnings == ()


@pytest.mark.parametrize("path", sorted((FIXTURES / "pages").glob("*.json")), ids=lambda path: path.stem)
def test_pages_as_sites_make_them(path: Path) -> None:
    wanted = json.loads(path.read_text("utf-8"))
    facts = read(path.with_suffix(".html").read_text("utf-8"), wanted.pop("url"))
    found = {
        "title": facts.title,
        "site": facts.site,
        "authors": list(facts.authors),
        "published_at": facts.published_at.isoformat() if facts.published_at else None,
        "language": facts.language,
        "image": facts.image,
        "summary": facts.summary,
        "links": [[link.role, link.url] for link in facts.links],
        "found_url": facts.url,
    }
    assert {name: found[name] for name in wanted} == wanted


def test_a_wechat_link_that_expires_is_flagged() -> None:
    facts = read(WECHAT.replace("msg_link", "x"), TEMPORARY)
    assert "signature=abc" in facts.url
    assert any("expires" in warning for warning in facts.warnings)


def test_a_deleted_wechat_article_is_not_an_article() -> None:
    facts = read(
        '<html><body><div class="weui-msg__title">该内容已被发布者删除</div></body></html>', "https://mp.weixin.qq.com/s/abc"
    )
    assert not facts.readable
    assert "该内容已被发布者删除" in facts.warnings[0]
    assert facts.site == ""


def test_an_arxiv_abstract() -> None:
    facts = read(ARXIV, "https://arxiv.org/abs/2401.01234v2")
    assert facts.url == "https://arxiv.org/abs/2401.01234"
    assert (facts.title, facts.site, facts.authors) == ("Small nets & more", "arXiv", ("Jane Doe", "Wei Li"))
    assert facts.published_at == datetime(2024, 1, 3, tzinfo=UTC)
    assert facts.summary.startswith("We show that small nets suffice.")
    assert facts.tags == ("2401.01234",)
    assert [(link.role, link.url) for link in facts.links] == [("paper", facts.url), ("code", "https://github.com/acme/small")]


def test_a_repository() -> None:
    facts = read(REPOSITORY, "https://github.com/acme/small/")
    assert (facts.title, facts.site, facts.summary) == ("acme/small: Tiny nets", "GitHub", "Tiny nets for tiny chips.")
    assert [(link.role, link.url) for link in facts.links] == [
        ("code", "https://github.com/acme/small"),
        ("paper", "https://arxiv.org/abs/2401.01234"),
    ]


def test_a_blog_post() -> None:
    facts = read(BLOG, "https://blog.example/p/1?utm_source=x")
    assert facts.url == "https://blog.example/p/1"
    assert (facts.title, facts.site, facts.authors) == ("Quantising at the edge", "Some Blog", ("Ann", "Bob"))
    assert facts.published_at == datetime(2024, 5, 6, 5, 8, 9, tzinfo=UTC)
    assert facts.language == "en-GB"
    assert facts.description == "What we learnt."
    first, second = facts.summary.splitlines()[:2]
    assert first == "The first real paragraph says something of substance about the subject."
    assert second == "The second one links to its code, and ends here."
    assert [link.url for link in facts.links] == ["https://github.com/acme/other"]


def test_a_page_may_not_claim_another_host() -> None:
    markup = '<html><head><link rel="canonical" href="https://bank.example/"><title>t</title></head><body></body></html>'
    assert read(markup, "https://evil.example/a").url == "https://evil.example/a"


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("发布时间：2024年9月1日 08:30", datetime(2024, 9, 1, 0, 30, tzinfo=UTC)),
        ("2024-09-01 08:30:15", datetime(2024, 9, 1, 0, 30, 15, tzinfo=UTC)),
        ("2099年9月1日", None),
    ],
)
def test_a_written_chinese_date(written: str, wanted: datetime | None) -> None:
    assert read(f'<html lang="zh-CN"><body><p>{written}</p></body></html>', "https://a.example/1").published_at == wanted


def test_gbk_is_read_by_its_meta_element() -> None:
    markup = '<html><head><meta charset="gb2312"><title>量化推理引擎</title></head><body></body></html>'
    facts = read(markup.encode("gbk"), "https://a.example/1", "text/html")
    assert (facts.title, facts.language) == ("量化推理引擎", "zh")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "text/html"),
        (b"%PDF-1.7 x", "application/pdf"),
        (b"\x89PNG\r\n", None),
        (b"{}", "application/json"),
        (b"<title>Just a moment...</title>", "text/html"),
    ],
)
def test_what_is_no_page_leaves_what_the_address_tells(body: bytes, content_type: str | None) -> None:
    facts = read(body, "https://github.com/acme/kern/blob/main/a.pdf", content_type)
    assert not facts.readable
    assert facts.title == "acme/kern"
    assert facts.warnings


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 50_000 + "x",
        "<a href='" * 50_000,
        "<title>" + "<" * 100_000,
        "<p>" * 100_000,
        '<script type="application/ld+json">' + "[" * 100_000 + "</script>",
        '<meta property="og:title" content="\ud800">'.encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
        "<html lang='\x00'><svg><title><script>alert(1)</script></title>",
    ],
    ids=["nested", "quotes", "less", "paragraphs", "json", "surrogate", "svg"],
)
def test_hostile_html_is_read_safely(markup: str) -> None:
    facts = read(markup, "https://a.example/1")
    assert "<script" not in facts.title + facts.summary + facts.description + facts.site
    assert len(facts.title) <= 500
    assert len(facts.summary) <= 400


SOUP = (
    '<html lang="en"><head><title>Small chips</title></head><body><div class="x1"><div>We have new boards.</div></div>'
    "<div class='x2'><div>{}</div></div><div class='x3'>Write to us, we are glad to hear from you.</div></body></html>"
).format(
    "".join(
        f"<p>Paragraph {number} says that small chips can do more than people think, and shows it.</p>" for number in range(9)
    )
)


def test_the_extra_finds_the_article_on_a_page_of_unknown_layout(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("trafilatura")
    assert read(SOUP, "https://a.example/1").summary.startswith("Paragraph 0 says that small chips")
    monkeypatch.setattr(extract, "installed", lambda: False)
    assert read(SOUP, "https://a.example/1").summary


def test_what_would_have_told_more_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extract, "installed", lambda: False)
    page = b"<html><title>Small chips</title><body><div>Menu</div></body></html>"
    assert "aggregator[extract]" in captured("https://a.example/1", FileFetcher(page, "text/html")).hint
    assert captured("https://a.example/1", FileFetcher(BLOG.encode(), "text/html")).hint == ""


def test_the_text_and_the_image_of_an_article_are_kept() -> None:
    found = captured(
        "https://mp.weixin.qq.com/s/abc", FileFetcher((FIXTURES / "pages/wechat-article.html").read_bytes(), "text/html")
    )
    assert "让缓存一直留在芯片里" in found.entry.content
    assert "style" not in found.entry.content
    assert [one.url for one in found.entry.enclosures] == ["https://mmbiz.qpic.example/cover/0?wx_fmt=jpeg"]


def captured(url: str, fetcher: FileFetcher) -> Captured:
    return asyncio.run(capture(url, fetcher, NOW))


class RefusingFetcher(FileFetcher):
    async def get(self, url: str, **_: object):  # type: ignore[no-untyped-def, override]
        raise FetchError("403 Forbidden", why="the host refuses us", http_status=403)


def test_capture_makes_an_entry() -> None:
    found = captured("https://blog.example/p/1?utm_source=x", FileFetcher(BLOG.encode(), "text/html"))
    assert found.fetched
    assert found.source_name == "Some Blog"
    assert (found.entry.source, found.entry.url, found.entry.author) == ("captured", "https://blog.example/p/1", "Ann")
    assert found.entry.guid == found.entry.url
    assert found.entry.summary.startswith("<p>The first real paragraph")
    assert found.entry.arrived_at == NOW
    assert found.warnings == ()


def test_capture_of_a_paper_asks_for_its_abstract() -> None:
    fetcher = FileFetcher(ARXIV.encode(), "text/html")
    found = captured("http://arxiv.org/pdf/2401.01234v2.pdf", fetcher)
    assert fetcher.asked[-1][0] == "https://arxiv.org/abs/2401.01234"
    assert found.entry.title == "Small nets & more"


def test_capture_follows_what_a_wrapper_points_to() -> None:
    fetcher = FileFetcher(BLOG.encode(), "text/html")
    captured("https://link.zhihu.com/?target=https%3A//blog.example/p/1", fetcher)
    assert fetcher.asked[0][0] == "https://blog.example/p/1"


def test_capture_of_a_page_that_fails_keeps_the_address() -> None:
    found = captured(" https://github.com/acme/kern ", RefusingFetcher(b""))
    assert not found.fetched
    assert (found.entry.title, found.entry.url, found.source_name) == ("acme/kern", "https://github.com/acme/kern", "")
    assert "403 Forbidden" in found.warnings[0]


def test_capture_of_an_expiring_link_that_fails_says_both() -> None:
    found = captured(TEMPORARY, RefusingFetcher(b""))
    assert any("expires" in warning for warning in found.warnings)
    assert any("403" in warning for warning in found.warnings)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/hostname", "no address", "https://user:pw@h.example/", ""])
def test_capture_of_no_address_is_an_error(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        captured(url, FileFetcher(b""))
    assert caught.value.fix


TEXT = "<p>这一段讲的是端侧推理的量化方法，以及它带来的速度。</p>"


@pytest.mark.parametrize(
    ("window", "heading", "url", "title", "site"),
    [
        ("新芯片发布 – 某某位", "新芯片发布", "https://www.a.example/1", "新芯片发布", "某某位"),
        ("新机评测_某浪科技_某浪网", "新机评测", "https://tech.a.example/1", "新机评测", "某浪网"),
        ("芯片笔记 - 某社区 - 连接开发者与智能计算的一切", "芯片笔记", "https://a.example/1", "芯片笔记", "某社区"),
        ("板子怎么选 - 版块 - 某某社区 - Powered by Forum!", "板子怎么选", "https://a.example/1", "板子怎么选", "某某社区"),
        ("模型的新年-36某", "模型的新年", "https://a.example/1", "模型的新年", "36某"),
        ("My Notes: On small chips", "On small chips", "https://a.example/1", "On small chips", "My Notes"),
        ("Kernels, fast | Acme Technical Blog", "", "https://developer.acme.example/1", "Kernels, fast", "Acme Technical Blog"),
        # A hyphen or a colon of its own is no separator.
        ("A-B testing at the edge", "A-B testing at the edge", "https://a.example/1", "A-B testing at the edge", "a.example"),
        ("ncnn: a framework", "", "https://a.example/1", "ncnn: a framework", "a.example"),
        ("上篇：量化 - 下篇", "上篇：量化 - 下篇", "https://a.example/1", "上篇：量化 - 下篇", "a.example"),
    ],
)
def test_a_title_stands_without_the_name_of_its_site(window: str, heading: str, url: str, title: str, site: str) -> None:
    facts = read(f"<html><title>{window}</title><body><h1>{heading}</h1>{TEXT}</body></html>", url)
    assert (facts.title, facts.site) == (title, site)
