"""The pages: valid HTML, every internal link resolves, nothing active, both languages."""

from __future__ import annotations

import json
import posixpath
import re
from dataclasses import replace
from urllib.parse import unquote, urlsplit

import html5lib
import pytest
from lxml import etree

from aggregator.model import IssueSection, Item, Link
from aggregator.publish.formats import documents, edition
from aggregator.publish.formats.html import HtmlRenderer
from tests.publish.sample import BASE_URL, ENGLISH, ISSUES, PUBLICATION, house_print

X = "{http://www.w3.org/1999/xhtml}"
SITE = {document.path: document for document in documents(PUBLICATION, ISSUES, house_print)}
PAGES = sorted(path for path, one in SITE.items() if one.media_type == "text/html" and not path.startswith("wechat/"))
EMPTY = {document.path: document for document in documents(PUBLICATION, (), house_print)}


def _parse(body: bytes) -> etree._Element:
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("lxml"), strict=True)
    return parser.parse(body.decode()).getroot()


def _ids(root: etree._Element) -> list[str]:
    return [element.get("id") for element in root.iter() if element.get("id")]


@pytest.mark.parametrize("path", PAGES)
def test_html_parses_strictly_and_ids_are_unique(path: str) -> None:
    root = _parse(SITE[path].body)
    ids = _ids(root)
    assert len(ids) == len(set(ids))
    assert root.get("lang") == "zh-CN"
    assert len(list(root.iter(f"{X}h1"))) == 1
    assert root.find(f".//{X}main") is not None


@pytest.mark.parametrize("path", sorted(path for path in EMPTY if path.endswith(".html")))
def test_a_site_without_issues_is_a_site(path: str) -> None:
    _parse(EMPTY[path].body)


@pytest.mark.parametrize("path", PAGES)
def test_internal_links_resolve(path: str) -> None:
    root = _parse(SITE[path].body)
    base = urlsplit(BASE_URL).path
    for element in root.iter(f"{X}a", f"{X}link"):
        href = element.get("href") or ""
        if "about.md" in href:
            continue  # the editor's own link to a file of theirs
        parts = urlsplit(href)
        if parts.scheme and not href.startswith(BASE_URL):
            continue
        place = (
            parts.path.removeprefix(base) if parts.path.startswith("/") else posixpath.join(posixpath.dirname(path), parts.path)
        )
        target = posixpath.normpath(place) if place and not place.endswith("/") else posixpath.normpath(place + "index.html")
        target = path if not parts.path else target
        assert target in SITE, f"{path}: {href}"
        if parts.fragment:
            assert unquote(parts.fragment) in _ids(_parse(SITE[target].body)), f"{path}: {href}"


@pytest.mark.parametrize("path", PAGES)
def test_no_script_no_handler_no_foreign_host_in_the_pages_own_parts(path: str) -> None:
    root = _parse(SITE[path].body)
    assert not list(root.iter(f"{X}script", f"{X}iframe", f"{X}form", f"{X}style", f"{X}object"))
    assert not [key for element in root.iter() for key in element.attrib if str(key).startswith("on")]
    loaded = [element.get("href", "") for element in root.iter(f"{X}link") if element.get("rel") == "stylesheet"]
    assert len(loaded) == 1
    assert not urlsplit(loaded[0]).netloc


@pytest.mark.parametrize("path", PAGES)
def test_feeds_are_announced_rss_first(path: str) -> None:
    links = [link for link in _parse(SITE[path].body).iter(f"{X}link") if link.get("rel") == "alternate"]
    types = [link.get("type") for link in links][:3]
    assert types == ["application/rss+xml", "application/atom+xml", "application/feed+json"]


def test_an_issue_has_its_items_under_their_anchors_and_its_neighbours() -> None:
    root = _parse(SITE["issues/2026-06-01/index.html"].body)
    articles = [article.get("id") for article in root.iter(f"{X}article")]
    assert articles == ["2605.00001", "带-空格的锚", "tiny-runner"]
    relations = {a.get("rel"): a.get("href") for a in root.iter(f"{X}a") if a.get("rel") in {"prev", "next"}}
    assert relations == {"prev": "../../issues/2026-05-11/", "next": "../../issues/2026-06-15/"}
    text = "".join(root.itertext())
    for word in ("2026年6月1日", "第 2 期", "导读", "换了标志", "只剪一次；", "std::array<int, 4>", "仓库链接均为示例。"):
        assert word in text
    assert "alert(1)" not in "".join(root.find(f".//{X}main").itertext())


@pytest.mark.parametrize(
    "blank", ["\u200b", "\u3164", "\u2800\u00ad", "\u2060\ufe0f", "<script>alert(1)</script>", "<!-- x -->", " / "]
)
def test_no_link_and_no_heading_is_blank(blank: str) -> None:
    item = Item(
        title=blank, url="https://example.org/a", source=blank, tags=(blank,), links=(Link(blank, "code", "https://c.example/"),)
    )
    parts = tuple(IssueSection(blank, "", (replace(item, anchor=name),)) for name in "ab")
    hostile = replace(ISSUES[0], headline=blank, sections=parts)
    for one in documents(PUBLICATION, [hostile, *ISSUES[1:]], house_print):
        if one.media_type == "text/html" and not one.path.startswith("wechat/"):
            for element in _parse(one.body).iter(f"{X}a", f"{X}h1", f"{X}h2", f"{X}h3"):
                assert re.search(r"[^\W_]|[#/]", "".join(element.itertext()).replace("\u3164", "")), (
                    one.path,
                    dict(element.attrib),
                )
    html = next(one.body.decode() for one in documents(PUBLICATION, [hostile], house_print) if one.path == "feed.json")
    assert "<h2></h2>" not in html


def test_an_issue_without_a_headline_is_listed_with_some_of_its_titles() -> None:
    long = "很长的标题" * 2000
    first = replace(ISSUES[-1].sections[0], items=(Item(title=f"`code` & <b>x</b> {long}", anchor="a"),))
    bare = replace(ISSUES[-1], headline="", sections=(first, *ISSUES[-1].sections[1:]))
    [page] = [one for one in HtmlRenderer().render(PUBLICATION, [bare]) if one.path == "archive/index.html"]
    [teaser] = _parse(page.body).findall(f".//{X}span[@class='teaser']")
    words = "".join(teaser.itertext())
    assert words.startswith("code & x 很长的标题")
    assert "greenhouse that waters itself" in words
    assert len(words) < 300
    assert b"teaser" not in SITE["archive/index.html"].body


def test_lists_leave_room_beside_a_title_of_10_000_characters() -> None:
    long = "标题" * 5000
    items = (Item(title=long, anchor="a"), Item(title="short", anchor="b"))
    hostile = replace(ISSUES[-1], headline=long, sections=(replace(ISSUES[-1].sections[0], items=items),))
    made = {one.path: one.body for one in HtmlRenderer().render(PUBLICATION, [ISSUES[0], hostile])}
    for path, count in {"index.html": 1, "archive/index.html": 1, "search/index.html": 1, "sections/news/index.html": 1}.items():
        long_ones = [one for one in _parse(made[path]).iter() if one.get("class") == "long"]
        assert ["".join(one.itertext()).count("标题") >= 5000 for one in long_ones] == [True] * count, path
    assert len(_parse(made["issues/2026-06-15/index.html"]).findall(f".//{X}span[@class='long']")) == 1
    assert b'class="long"' not in made["issues/2026-05-11/index.html"]


def test_a_list_that_shows_a_title_is_made_again_with_it() -> None:
    def key(title: str, headline: str) -> str:
        sections = (replace(ISSUES[0].sections[0], items=(Item(title=title, anchor="a"),)),)
        made = edition(PUBLICATION, [replace(ISSUES[0], headline=headline, sections=sections)])
        return next(one.key for one in HtmlRenderer().plan(made) if one.path == "archive/index.html")

    assert key("One", "") != key("Another", "")
    assert key("One", "Headline") == key("Another", "Headline")


def test_bad_urls_lose_their_link_and_keep_their_title() -> None:
    page = SITE["issues/2026-06-15/index.html"].body.decode()
    assert "كلمة عربية" in page
    assert "data:text" not in page
    assert "\x00" not in page
    assert "\u202e" not in page


def test_open_graph_and_canonical() -> None:
    page = SITE["issues/2026-06-15/index.html"].body.decode()
    address = BASE_URL + "issues/2026-06-15/"
    assert f'<link rel="canonical" href="{address}">' in page
    assert f'<meta property="og:url" content="{address}">' in page
    assert '<meta property="og:locale" content="zh_CN">' in page
    assert '<meta property="article:published_time" content="2026-06-15T00:00:00+00:00">' in page


def test_pages_speak_english_for_another_language() -> None:
    site = {document.path: document.body.decode(errors="replace") for document in HtmlRenderer().render(ENGLISH, ISSUES)}
    page = site["issues/2026-06-15/index.html"]
    assert '<html lang="en">' in page
    for word in ("Skip to the content", "15 June 2026", "No. 3", "Previous issue"):
        assert word in page
    assert "订阅" not in site["subscribe/index.html"]


def test_the_error_page_works_at_any_depth() -> None:
    page = SITE["404.html"].body.decode()
    assert 'href="/tiny/style.css"' in page
    assert 'name="robots" content="noindex"' in page


def test_an_item_without_an_anchor_and_one_that_takes_the_pages_own() -> None:
    part = ISSUES[0].sections[0]
    items = (Item(title="a"), Item(title="b", anchor="main"), Item(title="c", anchor="posts"))
    issue = replace(ISSUES[0], sections=(replace(part, items=items),))
    made = {document.path: document.body for document in HtmlRenderer().render(PUBLICATION, (issue,))}
    ids = _ids(_parse(made["issues/2026-06-15/index.html"]))
    assert len(ids) == len(set(ids))
    assert "posts" in ids


def test_style_sheet_has_dark_and_print() -> None:
    style = SITE["style.css"].body.decode()
    for part in ("prefers-color-scheme: dark", "@media print", "overflow-wrap: anywhere", ":focus-visible"):
        assert part in style
    assert "url(" not in style


def test_twin_has_the_shape_of_the_contract() -> None:
    twin = json.loads(SITE["issues/2026-06-01.json"].body)
    assert list(twin) == [
        "date",
        "number",
        "slug",
        "title",
        "status",
        "lead",
        "briefs",
        "sections",
        "published_at",
        "updated_at",
    ]
    item = twin["sections"][1]["items"][0]
    assert list(item) == ["id", "title", "source", "url", "tags", "links", "summary"]
    assert item["links"][2] == {"label": "", "role": "demo", "url": None}
    assert twin["updated_at"] == "2026-06-03T08:15:00Z"


def test_sitemap_lists_every_page_but_the_error_page() -> None:
    root = etree.fromstring(SITE["sitemap.xml"].body)
    listed = {element.text for element in root.iter("{*}loc")}
    expected = {BASE_URL + re.sub(r"index\.html$", "", path) for path in PAGES if path != "404.html"}
    assert listed == expected
    assert f"Sitemap: {BASE_URL}sitemap.xml" in SITE["robots.txt"].body.decode()
