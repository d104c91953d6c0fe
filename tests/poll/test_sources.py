"""Source kinds: what all of them promise, and each one's fixture pairs through the Fetcher seam."""

from __future__ import annotations

import asyncio
import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import aggregator.poll.sources
from aggregator.errors import ConfigError, ParseError
from aggregator.model import Source
from aggregator.poll.sources import KINDS
from aggregator.urls import is_http
from tests.poll.feedcases import Case, FileFetcher, cases, check

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SAMPLES = {
    "feed": Source("s", "feed", ("https://blog.example/feed", "http://bridge.example/feed")),
    "arxiv": Source("s", "arxiv", (), options={"categories": ["cs.CV", "cs.LG"]}),
    "github": Source("s", "github", (), options={"repository": "acme/kern"}),
    "bridge": Source("s", "bridge", (), options={"origins": ["https://hub.example"], "route": "/zhihu/zhuanlan/edge"}),
    "hackernews": Source("s", "hackernews", (), options={"query": "int4"}),
    "huggingface": Source("s", "huggingface", ()),
    "gitlab": Source("s", "gitlab", (), options={"project": "acme/kern"}),
    "mailbox": Source("s", "mailbox", (), options={"path": "/var/mail/weekly"}),
    "openreview": Source("s", "openreview", (), options={"venue": "ICLR.cc/2026/Conference"}),
    "page": Source("s", "page", ("https://a.example/news",), options={"items": "article"}),
    "sitemap": Source("s", "sitemap", ("https://a.example/sitemap.xml",)),
    "submissions": Source("s", "submissions", (), options={"repository": "acme/weekly", "labels": ["a b"]}),
    "reddit": Source("s", "reddit", (), options={"community": "r/smallmodels"}),
    "youtube": Source("s", "youtube", (), options={"channel": "UC" + "a" * 22}),
}
# A page is what this kind reads.
READS_PAGES = {"page"}
# Files of this machine, and nothing asked for over a network.
LOCAL = {"mailbox"}
PAGE = "https://github.com/acme/kern/releases/tag"
RELEASES = [
    {
        "id": 1,
        "tag_name": "v2.0",
        "name": "Faster",
        "draft": False,
        "prerelease": False,
        "published_at": "2024-01-02T00:00:00Z",
        "html_url": f"{PAGE}/v2.0",
        "body_html": "<p>INT4<script>x</script></p>",
        "author": {"login": "ada"},
    },
    {"id": 2, "tag_name": "v2.1-rc1", "name": "", "prerelease": True, "html_url": f"{PAGE}/v2.1-rc1"},
    {"id": 3, "tag_name": "next", "draft": True, "html_url": f"{PAGE}/next"},
]
NEWEST = "&sortBy=submittedDate&sortOrder=descending&start=0&max_results="


@pytest.fixture(autouse=True)
def _no_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AGGREGATOR_GITHUB_TOKEN", "GITHUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)


def poll(source: Source, fetcher: FileFetcher, url: str | None = None, now: datetime = NOW):  # type: ignore[no-untyped-def]
    poller = KINDS[source.kind]
    return asyncio.run(poller.poll(source, url or poller.addresses(source)[0], fetcher, now))


def test_every_file_is_in_the_registry_and_has_pairs() -> None:
    folder = Path(aggregator.poll.sources.__file__).parent
    assert {path.stem for path in folder.glob("*.py")} - {"__init__"} == set(KINDS)
    assert all(cases(kind) for kind in KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_documents_itself_and_names_addresses(kind: str) -> None:
    poller = KINDS[kind]
    assert poller.kind == kind
    assert type(poller).__doc__
    for option in poller.options:
        assert option.name.isidentifier()
        assert len(option.help) > 5
        default = tuple if option.type is list else option.type
        assert option.default is None or isinstance(option.default, default)
    found = poller.addresses(SAMPLES[kind])
    assert found
    assert all(is_http(url) or (kind in LOCAL and url.startswith("file:///")) for url in found)
    assert poller.needs_url == bool(SAMPLES[kind].urls)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - LOCAL))
def test_every_kind_hands_on_a_304(kind: str) -> None:
    polled = poll(SAMPLES[kind], FileFetcher(b"", status=304))
    assert polled.not_modified
    assert polled.entries == ()


@pytest.mark.parametrize("kind", sorted(set(KINDS) - READS_PAGES - LOCAL))
def test_every_kind_refuses_a_page(kind: str) -> None:
    with pytest.raises(ParseError) as caught:
        poll(SAMPLES[kind], FileFetcher(b"<html><title>Busy</title></html>", "text/html"))
    assert caught.value.code == "E252"


@pytest.mark.parametrize("case", [case for kind in KINDS if kind != "feed" for case in cases(kind)], ids=lambda case: case.name)
def test_pair(case: Case) -> None:
    fetcher = FileFetcher(case.path.read_bytes(), case.media_type)
    if "error" in case.expected:
        with pytest.raises(ParseError) as caught:
            poll(case.source, fetcher, case.url, case.now)
        assert caught.value.code == case.expected["error"]
        assert caught.value.why
    else:
        check(poll(case.source, fetcher, case.url, case.now), case.expected)


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({"categories": ["cs.CV", "cs.LG"]}, "https://rss.arxiv.org/rss/cs.CV+cs.LG"),
        (
            {"categories": ["cs.LG"], "query": "abs:quantization", "max_results": 9000, "base_url": "http://127.0.0.1:1/"},
            f"http://127.0.0.1:1/api/query?search_query=(cat:cs.LG)+AND+(abs:quantization){NEWEST}2000",
        ),
        (
            {"categories": ["cs.CV", "cs.LG"], "mode": "api"},
            f"https://export.arxiv.org/api/query?search_query=cat:cs.CV+OR+cat:cs.LG{NEWEST}100",
        ),
    ],
)
def test_arxiv_addresses(options: dict[str, object], wanted: str) -> None:
    assert KINDS["arxiv"].addresses(Source("s", "arxiv", (), options=options)) == (wanted,)


@pytest.mark.parametrize(
    "source",
    [
        Source("s", "feed", ()),
        Source("s", "feed", ("file:///x",)),
        Source("s", "arxiv", ()),
        Source("s", "arxiv", (), options={"categories": ["cs.CV&x=1"]}),
        Source("s", "arxiv", (), options={"categories": ["cs.CV"], "announce": ["news"]}),
        Source("s", "arxiv", (), options={"query": "abs:x", "mode": "rss"}),
        Source("s", "arxiv", (), options={"categories": ["cs.CV"], "base_url": "file:///"}),
        Source("s", "github", ()),
        Source("s", "github", (), options={"repository": "../x"}),
        Source("s", "github", (), options={"repository": "a/b", "watch": "issues"}),
        Source("s", "github", (), options={"watch": "stars"}),
        Source("s", "github", (), options={"watch": "stars", "user": "a/b"}),
        Source("s", "github", (), options={"watch": "search"}),
        Source("s", "mailbox", ()),
        Source("s", "mailbox", (), options={"path": "x", "entries": "all"}),
        Source("s", "openreview", ()),
        Source("s", "openreview", (), options={"venue": "a b"}),
        Source("s", "openreview", (), options={"venue": "TMLR", "search": "x"}),
        Source("s", "openreview", (), options={"invitation": "TMLR"}),
        Source("s", "github", (), options={"repository": "a/b", "api_url": "ftp://x"}),
        Source("s", "bridge", (), options={"route": "/x"}),
        Source("s", "bridge", (), options={"origins": ["https://hub.example"]}),
        Source("s", "bridge", (), options={"origins": ["file:///x"], "route": "/x"}),
        Source("s", "bridge", (), options={"origins": ["https://hub.example"], "route": "/../x"}),
        Source("s", "bridge", (), options={"origins": ["https://hub.example"], "route": "/x", "service": "own"}),
        Source("s", "hackernews", (), options={"tag": "poll"}),
        Source("s", "huggingface", (), options={"watch": "models"}),
        Source("s", "huggingface", (), options={"watch": "models", "author": "a/b"}),
        Source("s", "gitlab", (), options={"project": "alone"}),
        Source("s", "gitlab", (), options={"project": "a/b", "watch": "stars"}),
        Source("s", "gitlab", (), options={"project": "a/b", "base_url": "file:///x"}),
        Source("s", "page", ()),
        Source("s", "page", ("https://a.example/",), options={"items": "[["}),
        Source("s", "sitemap", ()),
        Source("s", "submissions", ()),
        Source("s", "submissions", (), options={"repository": "a/b", "state": "new"}),
        Source("s", "reddit", ()),
        Source("s", "reddit", (), options={"community": "a/../b"}),
        Source("s", "reddit", (), options={"community": "abc", "order": "best"}),
        Source("s", "youtube", ()),
        Source("s", "youtube", (), options={"channel": "@handle"}),
        Source("s", "youtube", (), options={"channel": "UC" + "a" * 22, "playlist": "PL0123456789"}),
    ],
    ids=lambda source: f"{source.kind} {dict(source.options) or source.urls}",
)
def test_what_names_no_address_is_an_error_with_a_fix(source: Source) -> None:
    with pytest.raises(ConfigError) as caught:
        KINDS[source.kind].addresses(source)
    assert caught.value.fix
    assert source.name in caught.value.what


def test_github_asks_the_api_only_with_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source("s", "github", (), options={"repository": "https://github.com/acme/kern", "token_env": "KERN_TOKEN"})
    poller = KINDS["github"]
    atom = "https://github.com/acme/kern/releases.atom"
    assert poller.addresses(source) == (atom,)
    monkeypatch.setenv("KERN_TOKEN", "secret")
    api = "https://api.github.com/repos/acme/kern/releases?per_page=50"
    assert poller.addresses(source) == (api, atom)
    assert poller.addresses(replace(source, urls=(api, atom))) == (api, atom)
    fetcher = FileFetcher(json.dumps(RELEASES).encode(), "application/json")
    polled = poll(source, fetcher)
    assert fetcher.asked[0][1]["Authorization"] == "Bearer secret"
    (entry,) = polled.entries
    assert (entry.guid, entry.title) == ("github:acme/kern@v2.0", "acme/kern v2.0: Faster")
    assert (entry.content, entry.author) == ("<p>INT4</p>", "ada")
    assert entry.published_at == datetime(2024, 1, 2, tzinfo=UTC)
    assert [(link.role, link.url) for link in entry.links] == [("code", "https://github.com/acme/kern")]
    poll(source, FileFetcher((Path(__file__).parent / "fixtures/github/releases.xml").read_bytes()), atom)


def test_the_token_stays_with_the_api(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    fetcher = FileFetcher((Path(__file__).parent / "fixtures/github/releases.xml").read_bytes())
    poll(SAMPLES["github"], fetcher, "https://github.com/acme/kern/releases.atom")
    assert "Authorization" not in fetcher.asked[0][1]


@pytest.mark.parametrize("body", [b'{"message": "Bad credentials"}', b"[[", b"[" * 100_000])
def test_an_error_of_the_api_is_an_error(body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    with pytest.raises(ParseError) as caught:
        poll(SAMPLES["github"], FileFetcher(body, "application/json"))
    assert caught.value.fix


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({"venue": "TMLR"}, "/notes?content.venueid=TMLR&sort=tmdate%3Adesc&limit=200"),
        (
            {"invitation": "ICLR.cc/2026/Conference/-/Submission", "limit": 5000},
            "/notes?invitation=ICLR.cc/2026/Conference/-/Submission&sort=cdate%3Adesc&limit=1000",
        ),
        ({"search": "edge ai"}, "/notes/search?term=edge%20ai&content=all&group=all&source=forum&limit=200"),
    ],
)
def test_openreview_addresses(options: dict[str, object], wanted: str) -> None:
    (url,) = KINDS["openreview"].addresses(Source("s", "openreview", (), options=options))
    assert url == f"https://api2.openreview.net{wanted}"


def test_openreview_keeps_what_holds_a_word() -> None:
    body = (Path(__file__).parent / "fixtures/openreview/venue.api").read_bytes()
    source = Source("s", "openreview", (), options={"venue": "TMLR", "include": ["Quantization"]})
    assert [entry.guid for entry in poll(source, FileFetcher(body, "application/json")).entries] == ["openreview:Qa1Zx9"]


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        (
            {
                "origins": ["https://a.example/", "https://b.example"],
                "route": "zhihu/zhuanlan/edge",
                "include": ["C++"],
                "limit": 5,
            },
            [f"https://{host}.example/zhihu/zhuanlan/edge?filter_title=C%5C%2B%5C%2B&limit=5" for host in "ab"],
        ),
        (
            {"service": "wewe-rss", "origins": ["https://w.example"], "route": "MzA3MzI4MjgzMw==", "exclude": ["a", "b"]},
            ["https://w.example/feeds/MP_WXS_3073282833.atom?title_exclude=a%7Cb&limit=30"],
        ),
        (
            {"service": "wechat2rss", "origins": ["https://c.example"], "route": "0a1b", "include": ["x"]},
            ["https://c.example/feed/0a1b.xml"],
        ),
        (
            {"service": "rss-bridge", "origins": ["https://r.example/"], "route": "bridge=Demo&context=By user&u=ann"},
            ["https://r.example/?action=display&format=Atom&bridge=Demo&context=By%20user&u=ann"],
        ),
    ],
)
def test_bridge_addresses(options: dict[str, object], wanted: list[str]) -> None:
    assert list(KINDS["bridge"].addresses(Source("s", "bridge", (), options=options))) == wanted


def test_a_bridge_is_told_the_filters_at_addresses_that_are_given_too() -> None:
    given = ("https://w.example/feeds/MP_WXS_1.atom?limit=3", "https://hub.example/x")
    found = KINDS["bridge"].addresses(Source("s", "bridge", given, options={"include": ["量化"]}))
    assert found[0] == "https://w.example/feeds/MP_WXS_1.atom?limit=3&title_include=%E9%87%8F%E5%8C%96"
    assert found[1].startswith("https://hub.example/x?filter_title=")


def test_hacker_news_asks_for_points() -> None:
    (url,) = KINDS["hackernews"].addresses(
        Source("s", "hackernews", (), options={"query": "edge ai", "points": 80, "comments": 3})
    )
    assert "query=edge%20ai&tags=story&numericFilters=points%3E%3D80%2Cnum_comments%3E%3D3" in url


def test_a_watched_page_is_a_new_entry_when_its_text_changes_and_only_then() -> None:
    source = Source("s", "page", ("https://a.example/",), options={"area": "main"})

    def state(main: str, around: str) -> str:
        body = f"<html><title>t</title><body>{around}<main>{main}</main></body></html>"
        return poll(source, FileFetcher(body.encode(), "text/html")).entries[0].guid

    assert state("<p>one</p>", "ad 1") == state("<p>one </p>", "ad 2")
    assert state("<p>one</p>", "") != state("<p>two</p>", "")


def test_an_index_of_sitemaps_is_followed_once_newest_first_and_packed_ones_are_read() -> None:
    index = b"<sitemapindex>%s</sitemapindex>"
    part = b"<sitemap><loc>https://a.example/%d.xml.gz</loc><lastmod>2026-11-%02d</lastmod></sitemap>"

    class Site(FileFetcher):
        async def get(self, url: str, **kwargs: object):  # type: ignore[no-untyped-def, override]
            number = url.rpartition("/")[2].partition(".")[0]
            if number.isdigit():
                self.body = gzip.compress(b"<urlset><url><loc>https://a.example/page-%d</loc></url></urlset>" % int(number))
            return await super().get(url)

    site = Site(index % b"".join(part % (day, day) for day in range(1, 9)), "application/xml")
    polled = poll(Source("s", "sitemap", ("https://a.example/sitemap.xml",)), site)
    assert [entry.url for entry in polled.entries] == [f"https://a.example/page-{day}" for day in (8, 7, 6, 5, 4)]
    assert len(site.asked) == 6


def test_a_packed_sitemap_that_is_a_bomb_is_refused() -> None:
    with pytest.raises(ParseError) as caught:
        poll(SAMPLES["sitemap"], FileFetcher(gzip.compress(b" " * 20_000_000), "application/gzip"))
    assert caught.value.code == "E255"


REPOSITORY = {
    "full_name": "Acme/Kern",
    "html_url": "https://github.com/Acme/Kern",
    "description": "Tiny kernels",
    "created_at": "2026-11-01T00:00:00Z",
    "stargazers_count": 60,
    "topics": ["int4"],
    "owner": {"login": "Acme"},
}


def test_github_searches_new_repositories() -> None:
    source = Source("s", "github", (), options={"watch": "search", "query": "topic:tinyml stars:>=50", "days": 10})
    fetcher = FileFetcher(json.dumps({"total_count": 1, "items": [REPOSITORY, 7]}).encode(), "application/json")
    (entry,) = poll(source, fetcher).entries
    assert fetcher.asked[0][0].endswith("&q=topic:tinyml%20stars:>=50+created:>=2026-11-11")
    assert (entry.guid, entry.title, entry.tags) == ("github:acme/kern", "Acme/Kern: Tiny kernels", ("int4",))
    assert entry.summary == "Tiny kernels · 60 stars"
    assert [(link.role, link.url) for link in entry.links] == [("code", "https://github.com/Acme/Kern")]


def test_github_searches_by_topic_and_stars() -> None:
    options = {"watch": "search", "topics": ["tinyml", "edge-ai"], "stars": 50, "query": "language:c++"}
    (url,) = KINDS["github"].addresses(Source("s", "github", (), options=options))
    assert url.endswith("&q=topic:tinyml%20topic:edge-ai%20stars:>=50%20language:c%2B%2B")


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({}, ["v2.0", "py-1.9", "v1.8-nightly"]),
        ({"include": ["v*"]}, ["v2.0", "v1.8-nightly"]),
        ({"include": ["v*"], "exclude": ["*-nightly"]}, ["v2.0"]),
        ({"bare_tags": False}, ["v2.0", "v1.8-nightly"]),
    ],
)
def test_github_keeps_the_tags_that_the_rules_name(options: dict[str, object], wanted: list[str]) -> None:
    tags = {"v2.0": "&lt;p&gt;Faster&lt;/p&gt;", "py-1.9": "No content.", "v1.8-nightly": "x"}
    entries = "".join(
        f'<entry><id>tag:github.com,2008:Repository/1/{tag}</id><link rel="alternate" href="{PAGE}/{tag}"/><title>{tag}</title>'
        f'<content type="html">{notes}</content></entry>'
        for tag, notes in tags.items()
    )
    body = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>r</title>{entries}</feed>'.encode()
    source = Source("s", "github", (), options={"repository": "acme/kern", "prereleases": True, **options})
    found = poll(source, FileFetcher(body, "application/atom+xml")).entries
    assert [entry.guid for entry in found] == [f"github:acme/kern@{tag}" for tag in wanted]


def test_github_lists_a_users_stars_by_the_day_they_were_given() -> None:
    source = Source("s", "github", (), options={"watch": "stars", "user": "ann"})
    body = json.dumps([{"starred_at": "2026-11-20T00:00:00Z", "repo": REPOSITORY}]).encode()
    (entry,) = poll(source, FileFetcher(body, "application/json")).entries
    assert entry.published_at == datetime(2026, 11, 20, tzinfo=UTC)
    assert KINDS["github"].addresses(source) == ("https://api.github.com/users/ann/starred?per_page=100",)
    with pytest.raises(ParseError):
        poll(source, FileFetcher(b'{"message": "Not Found"}', "application/json"))
