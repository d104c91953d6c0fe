"""What stands around the issues: redirects, the list of sources, search."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import etree

from aggregator.app.publishing import blogroll
from aggregator.model import Issue, Source
from aggregator.publish.blogroll import BlogrollEntry
from aggregator.publish.files import write_documents
from aggregator.publish.formats import documents, edition, plan
from aggregator.publish.program import search_version
from aggregator.publish.search import SearchIndex
from aggregator.publish.standing import Standing
from tests.publish.sample import BASE_URL, ISSUES, PUBLICATION, house_print


def _made(issues: object, **more: object) -> dict[str, bytes]:
    found = documents(PUBLICATION, issues, house_print, **more)  # type: ignore[arg-type]
    return {document.path: document.body for document in found}


def test_a_former_address_leads_on_and_the_guid_stays() -> None:
    before = _made(ISSUES)
    renamed = replace(ISSUES[0], redirects=("2026-06-13", "2026-06-14"))
    made = _made((renamed, *ISSUES[1:]))
    for slug in renamed.redirects:
        page = made[f"issues/{slug}/index.html"].decode()
        assert 'content="0; url=../../issues/2026-06-15/"' in page
        assert f'<link rel="canonical" href="{BASE_URL}issues/2026-06-15/">' in page
    assert "/tiny/issues/2026-06-13/ /tiny/issues/2026-06-15/ 301" in made["_redirects"].decode().splitlines()
    assert made["feed.xml"] == before["feed.xml"]
    assert "2026-06-13" not in made["sitemap.xml"].decode()


@pytest.mark.parametrize("slug", ["2026-06-01", "../x", "a/b", "", "..", 'x" onload="', "2026-06-15"])
def test_no_redirect_covers_an_issue_or_leaves_its_folder(slug: str) -> None:
    made = _made((replace(ISSUES[0], redirects=(slug,)), *ISSUES[1:]))
    assert set(made) == set(_made(ISSUES))
    assert made["issues/2026-06-01/index.html"] == _made(ISSUES)["issues/2026-06-01/index.html"]


def test_the_list_of_sources_by_section_at_both_places() -> None:
    sources = (
        BlogrollEntry("A & B", "https://a.example.org/feed.xml?x=1&y=2", "https://a.example.org/", "posts"),
        BlogrollEntry("  无栏目 ", "https://b.example.org/atom.xml"),
    )
    made = _made(ISSUES, sources=sources)
    assert made["sources.opml"] == made[".well-known/recommendations.opml"]
    root = etree.fromstring(made["sources.opml"])
    assert root.get("version") == "2.0"
    body = root.find("body")
    assert body is not None
    assert [(o.get("text"), o.get("xmlUrl")) for o in body][1:] == [("无栏目", "https://b.example.org/atom.xml")]
    assert body[0].attrib == {
        "type": "rss",
        "text": "A & B",
        "title": "A & B",
        "xmlUrl": "https://a.example.org/feed.xml?x=1&y=2",
        "htmlUrl": "https://a.example.org/",
        "category": "/博文",
    }
    assert 'rel="blogroll"' in made["index.html"].decode()
    assert "sources.opml" not in _made(ISSUES)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://127.0.0.1:4000/feeds/x.atom", "feed"),
        ("http://rsshub:1200/x", "feed"),
        ("http://10.1.2.3/feed", "feed"),
        ("https://bridge.home.arpa/feed", "feed"),
        ("https://user:pw@example.org/feed", "feed"),
        ("https://example.org/feed?access_token=abc", "feed"),
        ("https://example.org/feed?apikey=abc", "feed"),
        ("https://example.org:8443/feed", "feed"),
        ("https://api.github.com/repos/a/b/releases", "github"),
    ],
)
def test_no_private_address_and_no_secret_is_shown(url: str, kind: str) -> None:
    assert blogroll([Source("x", kind, (url,))]) == ()


def test_public_feeds_are_shown_and_muted_ones_are_not() -> None:
    sources = [Source("x", "feed", ("https://example.org/feed",), section="posts")]
    assert blogroll(sources) == (BlogrollEntry("x", "https://example.org/feed", "", "posts"),)
    assert blogroll([replace(sources[0], muted=True)]) == ()


def test_the_search_page_lists_titles_and_needs_no_script() -> None:
    page = _made(ISSUES)["search/index.html"].decode()
    assert "<script" not in page
    assert "tiny/runner：用 8 KB 内存运行" in page
    searching = [one for one in plan(edition(PUBLICATION, ISSUES, search=True), house_print) if one.path.startswith("search/")]
    bodies = {one.path: one.make().decode() for one in searching}
    assert '<script type="module" src="search.js"></script>' in bodies["search/index.html"]
    assert "tiny/runner：用 8 KB 内存运行" in bodies["search/index.html"]
    assert "innerHTML" not in bodies["search/search.js"]


def _publish(root: Path, issues: Sequence[Issue]) -> tuple[str, ...]:
    found = edition(PUBLICATION, issues, search=True)
    planned, standing = list(plan(found, house_print)), Standing(root)
    pages = [one for one in planned if one.path.startswith("issues/") and one.path.endswith("/index.html")]
    with SearchIndex(standing, found, pages) as index:
        return write_documents(root, index.joined(planned), standing=standing).written


@pytest.mark.skipif(not search_version(), reason="the extra `site` is not installed")
def test_the_index_stands_until_a_page_changes(tmp_path: Path) -> None:
    assert "pagefind/1/pagefind.js" in _publish(tmp_path, ISSUES)
    entry = json.loads((tmp_path / "pagefind/1/pagefind-entry.json").read_text())
    assert sum(language["page_count"] for language in entry["languages"].values()) == 3
    assert _publish(tmp_path, ISSUES) == ()
    (tmp_path / "pagefind/1/pagefind.js").write_text("broken")
    assert _publish(tmp_path, ISSUES) == ("pagefind/1/pagefind.js",)
    shutil.rmtree(tmp_path / "pagefind")
    assert "pagefind/1/pagefind.js" in _publish(tmp_path, ISSUES)
    changed = replace(ISSUES[0], lead="另一段导读。")
    assert any(path.startswith("pagefind/1/index") for path in _publish(tmp_path, (changed, *ISSUES[1:])))


@pytest.mark.skipif(not search_version(), reason="the extra `site` is not installed")
def test_old_issues_share_an_index_and_the_newest_have_their_own(tmp_path: Path) -> None:
    first = ISSUES[0].date
    assert first is not None
    issues = [
        replace(ISSUES[0], slug=str(day), date=day, guid="", published_at=None, lead=f"Lead {day}")
        for day in (first + timedelta(days=count) for count in range(52))
    ]
    _publish(tmp_path, issues)
    counts = [json.loads((tmp_path / f"pagefind/{one}/pagefind-entry.json").read_text())["languages"] for one in (1, 2, 3)]
    assert [sum(language["page_count"] for language in count.values()) for count in counts] == [40, 10, 2]
    assert 'data-bundles="3"' in (tmp_path / "search/index.html").read_text()
    issues[51] = replace(issues[51], lead="Another lead")
    written = _publish(tmp_path, issues)
    assert any(path.startswith("pagefind/3/") for path in written)
    assert not [path for path in written if path.startswith(("pagefind/1/", "pagefind/2/"))]
    assert not list(tmp_path.rglob("*.tmp"))


def test_search_without_pages_is_no_index(tmp_path: Path) -> None:
    with SearchIndex(Standing(tmp_path), edition(PUBLICATION, (), search=True), ()) as index:
        assert list(index.joined(())) == []
    pages = [one for one in plan(edition(PUBLICATION, (), search=True), house_print) if one.path.startswith("search/")]
    assert [one.path for one in pages] == ["search/index.html"]
