"""The feeds at their seam: what a reader gets from the bytes."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import feedparser
import pytest
from lxml import etree

from aggregator.model import Issue, Item, Publication
from aggregator.publish.formats.atom import AtomRenderer
from aggregator.publish.formats.jsonfeed import JsonFeedRenderer
from aggregator.publish.formats.rss import RssRenderer
from tests.publish.sample import BASE_URL, ENGLISH, ISSUES, PUBLICATION

ATOM = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"


def _rss(path: str = "feed.xml", publication: Publication = PUBLICATION, issues: Sequence[Issue] = ISSUES) -> Any:
    made = {document.path: document.body for document in RssRenderer().render(publication, issues)}
    return etree.fromstring(made[path])[0]


def _atom(path: str = "atom.xml", publication: Publication = PUBLICATION, issues: Sequence[Issue] = ISSUES) -> Any:
    made = {document.path: document.body for document in AtomRenderer().render(publication, issues)}
    return etree.fromstring(made[path])


def _json(path: str = "feed.json", publication: Publication = PUBLICATION, issues: Sequence[Issue] = ISSUES) -> Any:
    made = {document.path: document.body for document in JsonFeedRenderer().render(publication, issues)}
    return json.loads(made[path])


def _guids(channel: Any) -> list[str]:
    return [item.findtext("guid") for item in channel.findall("item")]


def test_channel_of_rss() -> None:
    channel = _rss()
    assert channel.findtext("title") == "小芯片周记"
    assert channel.findtext("link") == BASE_URL
    assert channel.findtext("language") == "zh-CN"
    assert channel.findtext("lastBuildDate") == "Mon, 15 Jun 2026 00:00:00 +0000"
    (own,) = channel.findall(f"{ATOM}link")
    assert dict(own.attrib) == {"href": BASE_URL + "feed.xml", "rel": "self", "type": "application/rss+xml"}


def test_hub_stands_in_both_and_is_not_the_channels_link() -> None:
    publication = replace(PUBLICATION, hub="https://hub.example.org/")
    assert _rss(publication=publication).findtext("link") == BASE_URL
    for found in (_rss(publication=publication), _atom(publication=publication)):
        hubs = [link.get("href") for link in found.findall(f"{ATOM}link") if link.get("rel") == "hub"]
        assert hubs == ["https://hub.example.org/"]
    assert _json(publication=publication)["hubs"] == [{"type": "WebSub", "url": "https://hub.example.org/"}]


def test_newest_first_with_the_instants_of_the_issues() -> None:
    dates = [item.findtext("pubDate") for item in _rss().findall("item")]
    assert dates == [
        "Mon, 15 Jun 2026 00:00:00 +0000",
        "Mon, 01 Jun 2026 02:00:00 +0000",
        "Mon, 11 May 2026 01:30:00 +0000",
    ]
    updated = [entry.findtext(f"{ATOM}updated") for entry in _atom().findall(f"{ATOM}entry")]
    assert updated == ["2026-06-15T00:00:00+00:00", "2026-06-03T08:15:00+00:00", "2026-05-11T01:30:00+00:00"]
    assert _atom().findtext(f"{ATOM}updated") == "2026-06-15T00:00:00+00:00"


def test_guid_is_the_permalink_or_what_it_was_first_published_under() -> None:
    newest, _, oldest = _rss().findall("item")
    assert newest.findtext("guid") == BASE_URL + "issues/2026-06-15/"
    assert newest.find("guid").get("isPermaLink") == "true"
    assert oldest.findtext("guid") == "https://old.example.org/tiny/2026-05-10/"
    assert oldest.find("guid").get("isPermaLink") == "false"
    assert oldest.findtext("link") == BASE_URL + "issues/2026-05-11/"


def test_guids_survive_a_new_date_an_amendment_and_another_title() -> None:
    issues = [replace(issue, guid=guid) for issue, guid in zip(ISSUES, _guids(_rss()), strict=True)]
    moved = replace(
        issues[0],
        date=date(2026, 6, 20),
        headline="改名",
        updated_at=datetime(2026, 6, 30, tzinfo=UTC),
        sections=tuple(
            replace(part, items=tuple(replace(item, title="新题", url="https://x.example.org/") for item in part.items))
            for part in issues[0].sections
        ),
    )
    after = [moved, *issues[1:]]
    assert _guids(_rss(issues=after)) == _guids(_rss())
    assert _guids(_rss("items.xml", issues=after)) == _guids(_rss("items.xml"))
    assert [entry.findtext(f"{ATOM}id") for entry in _atom("items.atom", issues=after).findall(f"{ATOM}entry")] == _guids(
        _rss("items.xml")
    )


def test_an_amendment_moves_updated_and_nothing_else_of_the_dates() -> None:
    amended = (replace(ISSUES[0], updated_at=datetime(2026, 7, 1, tzinfo=UTC)), *ISSUES[1:])
    assert _rss(issues=amended).findall("item")[0].findtext("pubDate") == "Mon, 15 Jun 2026 00:00:00 +0000"
    entry = _atom(issues=amended).find(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}published") == "2026-06-15T00:00:00+00:00"
    assert entry.findtext(f"{ATOM}updated") == "2026-07-01T00:00:00+00:00"
    assert _json(issues=amended)["items"][0]["date_modified"] == "2026-07-01T00:00:00Z"


@pytest.mark.parametrize("guid", ["no uri at all", "javascript:alert(1)", "中文", "urn:uuid:nonsense", "http://[::1"])
def test_a_guid_that_is_no_uri_becomes_one(guid: str) -> None:
    issues = (replace(ISSUES[0], guid=guid),)
    entries = [entry for path in ("atom.xml", "items.atom") for entry in _atom(path, issues=issues).findall(f"{ATOM}entry")]
    identifiers = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert all(re.fullmatch(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", found) for found in identifiers)
    assert len(set(identifiers)) == len(identifiers)


@pytest.mark.parametrize("guid", ["tag:example.org,2026:one", "urn:uuid:0b9d2a3e-1111-4222-8333-444455556666"])
def test_a_guid_that_is_a_uri_stays(guid: str) -> None:
    assert _guids(_rss(issues=(replace(ISSUES[0], guid=guid),))) == [guid]


def test_a_guid_claimed_twice_stays_the_older_ones() -> None:
    issues = (replace(ISSUES[0], guid="https://old.example.org/tiny/2026-05-10/"), *ISSUES[1:])
    assert _guids(_rss(issues=issues)) == _guids(_rss())


def test_full_text_with_absolute_urls_and_the_lead_as_summary() -> None:
    second = _rss().findall("item")[1]
    content = second.findtext("{http://purl.org/rss/1.0/modules/content/}encoded")
    assert "要点：" in content
    assert "5~6 倍" in content
    assert "<code>&lt;T&gt;</code>" in content
    assert second.findtext("description") == (
        "<p>两段导读。</p>\n<p>第二段提到 a &lt; b &amp;&amp; c &gt; d，还有 ]]&gt; 与 {{ 花括号 }}。</p>"
    )
    relative = _rss().findall("item")[0].findtext("{http://purl.org/rss/1.0/modules/content/}encoded")
    assert f'href="{BASE_URL}about.md"' in relative
    assert [category.text for category in second.findall("category")] == ["论文", "开源项目"]


def test_authors_reach_rss_and_atom_always_has_one() -> None:
    assert {item.findtext(f"{DC}creator") for item in _rss().findall("item")} == {"周记编辑部"}
    creators = [item.findtext(f"{DC}creator") for item in _rss("items.xml").findall("item")]
    assert creators[0] == "无名博客"
    assert creators[1] == "周记编辑部"
    assert _atom(publication=ENGLISH).findtext(f"{ATOM}author/{ATOM}name") == "Tiny Chips Weekly"


def test_an_item_links_to_its_target_and_says_where_it_came_from() -> None:
    entry = _atom("items.atom").findall(f"{ATOM}entry")[3]
    links = [dict(link.attrib) for link in entry.findall(f"{ATOM}link")]
    via = BASE_URL + "issues/2026-06-01/#2605.00001"
    title = "小芯片周记 (2026-06-01)：vector＜T> 也能省内存/R&D 新闻"
    assert links == [
        {"href": "https://papers.example.org/abs/2605.00001", "rel": "alternate", "type": "text/html"},
        {"href": via, "rel": "via", "type": "text/html", "title": title},
        {"href": "https://code.example.org/sleep/well", "rel": "related", "title": "代码"},
    ]
    item = _json("items.json")["items"][3]
    assert item["url"] == item["id"] == via
    assert item["external_url"] == "https://papers.example.org/abs/2605.00001"


def test_addresses_are_encoded() -> None:
    link = _rss("items.xml").findall("item")[4].findtext("link")
    assert link == "https://xn--fsqu00a.example.org/%E8%B7%AF%E5%BE%84/a%20b?q=%E4%B8%AD%20%E6%96%87"
    guid = _rss("items.xml").findall("item")[4].findtext("guid")
    assert guid.isascii()
    assert guid.startswith(BASE_URL + "issues/2026-06-01/#")


def test_items_of_one_issue_keep_their_order_in_atom() -> None:
    updated = [entry.findtext(f"{ATOM}updated") for entry in _atom("items.atom").findall(f"{ATOM}entry")]
    assert updated == sorted(updated, reverse=True)
    assert len(set(updated)) == len(updated)
    assert _atom("items.atom").findtext(f"{ATOM}updated") == updated[0]


def test_a_section_feed_holds_the_items_of_its_section() -> None:
    assert len(_rss("sections/papers/feed.xml").findall("item")) == 2
    assert _rss("sections/papers/feed.xml").findtext("link") == BASE_URL + "sections/papers/"
    assert _guids(_rss("sections/papers/feed.xml")) == _guids(_rss("items.xml"))[3:5]


def test_the_last_twenty() -> None:
    first = ISSUES[-1]
    many = [
        replace(first, date=first.date + timedelta(days=day), published_at=first.published_at + timedelta(days=day), guid="")
        for day in reversed(range(25))
        if first.date and first.published_at
    ]
    assert len(_rss(issues=many).findall("item")) == 20
    assert _guids(_rss(issues=many))[0].endswith("/issues/2026-06-04/")


def test_readers_agree_on_all_formats() -> None:
    for paths in (("feed.xml", "atom.xml", "feed.json"), ("items.xml", "items.atom", "items.json")):
        documents = {
            document.path: document.body
            for renderer in (RssRenderer(), AtomRenderer(), JsonFeedRenderer())
            for document in renderer.render(PUBLICATION, ISSUES)
        }
        rss, atom = (feedparser.parse(io.BytesIO(documents[path])) for path in paths[:2])
        assert not rss.bozo
        assert not atom.bozo
        items = json.loads(documents[paths[2]])["items"]
        assert [entry.id for entry in rss.entries] == [entry.id for entry in atom.entries] == [item["id"] for item in items]
        assert [entry.title for entry in rss.entries] == [entry.title for entry in atom.entries] == [i["title"] for i in items]
        assert [entry.link for entry in rss.entries] == [entry.link for entry in atom.entries]
        contents = [entry.content[0].value for entry in atom.entries]
        assert [entry.content[0].value for entry in rss.entries] == contents


@pytest.mark.parametrize(
    "title", ["", "   ", "\x00\x08", "**", "<br>", "a\ud800b", "\ufffe", "x" * 10_000, "]]>", "&copy;", "<b>"]
)
def test_any_title_gives_a_feed_that_parses(title: str) -> None:
    part = ISSUES[0].sections[0]
    item = Item(title=title, url=None, summary=title, anchor="one")
    issues = (replace(ISSUES[0], headline=title, name=title, sections=(replace(part, name=title, items=(item,)),)),)
    for path in ("feed.xml", "items.xml"):
        assert _rss(path, issues=issues).findall("item")[0].findtext("title").strip()
    for path in ("atom.xml", "items.atom"):
        assert _atom(path, issues=issues).find(f"{ATOM}entry").findtext(f"{ATOM}title").strip()


def test_feeds_without_issues_parse_and_have_an_instant_that_is_no_clocks() -> None:
    assert _rss(issues=()).findtext("lastBuildDate") == "Sat, 01 Jan 2000 00:00:00 +0000"
    assert _atom("items.atom", issues=()).findtext(f"{ATOM}updated") == "2000-01-01T00:00:00+00:00"
    assert _json(issues=())["items"] == []


def test_guids_stay_whatever_is_amended() -> None:
    def guids(issues: Sequence[Issue]) -> list[list[str]]:
        feeds = [_rss(path, issues=issues).findall("item/guid") for path in ("feed.xml", "items.xml")]
        return [[guid.text or "" for guid in feed] for feed in feeds]

    before = guids(ISSUES)
    old = ISSUES[1]
    parts = [
        replace(
            part,
            name=part.name + "!",
            items=tuple(replace(item, title="Another", url="https://e.example.org/", id=None) for item in part.items),
        )
        for part in old.sections
    ]
    amended = replace(old, headline="Another", lead="Another", sections=tuple(parts), updated_at=datetime(2026, 7, 1, tzinfo=UTC))
    assert guids((ISSUES[0], amended, ISSUES[2])) == before
    # A new date keeps what the issue was first published under.
    renamed = replace(
        amended, slug="2026-06-02", date=date(2026, 6, 2), guid=f"{BASE_URL}issues/{old.slug}/", redirects=(old.slug,)
    )
    assert guids((ISSUES[0], renamed, ISSUES[2])) == before
