"""Published files over HTTP: fresh, small, resumable, and never a file from elsewhere."""

from __future__ import annotations

import gzip
import http.client
import os
from pathlib import Path

import brotli
import pytest

from tests.web.conftest import Browser

FEED = (
    '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>'
    + "<item><title>条目</title></item>" * 200
    + "</channel></rss>"
).encode()


@pytest.fixture
def feeds(browser: Browser) -> Path:
    folder = browser.workspace.feeds
    folder.mkdir(exist_ok=True)
    (folder / "feed.xml").write_bytes(FEED)
    (folder / "issues" / "2026-09-01").mkdir(parents=True, exist_ok=True)
    (folder / "issues" / "2026-09-01" / "index.html").write_text("<!DOCTYPE html><title>一期</title>", encoding="utf-8")
    return folder


def plain(browser: Browser, path: str, **headers: str) -> tuple[int, http.client.HTTPMessage, bytes]:
    """One request exactly as written: no coding is offered, no path is tidied up."""
    connection = http.client.HTTPConnection("127.0.0.1", browser.port, timeout=10)
    try:
        connection.putrequest(headers.pop("method", "GET"), path, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


@pytest.mark.usefixtures("feeds")
def test_a_feed_is_sent_whole_with_its_validators(browser: Browser) -> None:
    status, headers, body = plain(browser, "/feeds/feed.xml")
    assert (status, body) == (200, FEED)
    assert headers["content-type"] == "application/rss+xml; charset=utf-8"
    assert headers["etag"].startswith('"')
    assert headers["last-modified"].endswith("GMT")
    assert "script-src 'self' 'wasm-unsafe-eval';" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.usefixtures("feeds")
def test_who_has_it_gets_304(browser: Browser) -> None:
    _, headers, _ = plain(browser, "/feeds/feed.xml")
    tag, date = headers["etag"], headers["last-modified"]
    for asked in (
        {"If_None_Match": tag},
        {"If_None_Match": f'"other", W/{tag}'},
        {"If_None_Match": "*"},
        {"If_Modified_Since": date},
    ):
        status, again, body = plain(browser, "/feeds/feed.xml", **asked)
        assert (status, body, again["etag"]) == (304, b"", tag)
    for asked in (
        {"If_None_Match": '"other"', "If_Modified_Since": date},
        {"If_Modified_Since": "Mon, 01 Jan 2001 00:00:00 GMT"},
        {"If_Modified_Since": "garbage"},
    ):
        assert plain(browser, "/feeds/feed.xml", **asked)[0] == 200


def test_a_changed_file_is_sent_anew(browser: Browser, feeds: Path) -> None:
    _, before, _ = plain(browser, "/feeds/feed.xml")
    fresh = feeds / "feed.tmp"
    fresh.write_bytes(FEED + b"\n")
    fresh.replace(feeds / "feed.xml")
    status, after, body = plain(browser, "/feeds/feed.xml", If_None_Match=before["etag"])
    assert (status, body) == (200, FEED + b"\n")
    assert after["etag"] != before["etag"]
    (feeds / "feed.xml").unlink()
    assert plain(browser, "/feeds/feed.xml")[0] == 404


@pytest.mark.usefixtures("feeds")
@pytest.mark.parametrize(
    ("offered", "coding"),
    [
        ("br, gzip;q=0.5", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("x-gzip", "gzip"),
        ("*", "br"),
        ("*;q=0.1, br;q=0", "gzip"),
        ("identity", None),
        ("gzip;q=0", None),
        ("gzip;q=nonsense", None),
    ],
)
def test_compressed_for_those_who_ask(browser: Browser, offered: str, coding: str | None) -> None:
    _, whole, _ = plain(browser, "/feeds/feed.xml")
    status, headers, body = plain(browser, "/feeds/feed.xml", Accept_Encoding=offered)
    assert (status, headers["content-encoding"], headers["vary"]) == (200, coding, "Accept-Encoding")
    assert {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[coding](body) == FEED
    assert len(body) == int(headers["content-length"])
    assert (len(body) < len(FEED)) == (headers["etag"] != whole["etag"]) == (coding is not None)
    assert plain(browser, "/feeds/feed.xml", Accept_Encoding=offered, If_None_Match=headers["etag"])[0] == 304


@pytest.mark.usefixtures("feeds")
def test_head_sends_the_headers_alone(browser: Browser) -> None:
    status, headers, body = plain(browser, "/feeds/feed.xml", method="HEAD")
    assert (status, body, headers["content-length"]) == (200, b"", str(len(FEED)))
    assert plain(browser, "/feeds/feed.xml", method="POST")[0] == 405


@pytest.mark.usefixtures("feeds")
@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-99", 0, 99),
        ("bytes=100-", 100, len(FEED) - 1),
        ("bytes=-50", len(FEED) - 50, len(FEED) - 1),
        ("bytes=5-9999999", 5, len(FEED) - 1),
    ],
)
def test_a_part_of_it(browser: Browser, asked: str, first: int, last: int) -> None:
    status, headers, body = plain(browser, "/feeds/feed.xml", Range=asked, Accept_Encoding="gzip")
    assert (status, body) == (206, FEED[first : last + 1])
    assert headers["content-range"] == f"bytes {first}-{last}/{len(FEED)}"
    assert headers["content-encoding"] is None


@pytest.mark.usefixtures("feeds")
def test_parts_that_cannot_be(browser: Browser) -> None:
    status, headers, _ = plain(browser, "/feeds/feed.xml", Range="bytes=9999999-")
    assert (status, headers["content-range"]) == (416, f"bytes */{len(FEED)}")
    for asked in ("bytes=9-5", "bytes=0-1,5-6", "lines=1-2", "bytes=-", "bytes=" + "9" * 400 + "-"):
        assert plain(browser, "/feeds/feed.xml", Range=asked)[0] == 200
    tag = headers_of(browser)["etag"]
    assert plain(browser, "/feeds/feed.xml", Range="bytes=0-1", If_Range=tag)[0] == 206
    assert plain(browser, "/feeds/feed.xml", Range="bytes=0-1", If_Range='"older"')[0] == 200
    assert plain(browser, "/feeds/feed.xml", Range="bytes=0-1", If_Range=f"W/{tag}")[0] == 200


def headers_of(browser: Browser) -> http.client.HTTPMessage:
    return plain(browser, "/feeds/feed.xml")[1]


@pytest.mark.parametrize(
    ("name", "body", "kind"),
    [
        ("atom.xml", b'<?xml version="1.0"?><!-- <rss> --><feed xmlns="http://www.w3.org/2005/Atom"/>', "application/atom+xml"),
        ("sitemap.xml", b'<?xml version="1.0"?><urlset/>', "application/xml"),
        ("feed.json", b'{"version": "https://jsonfeed.org/version/1.1"}', "application/feed+json"),
        ("issue.json", b'{"date": "2026-09-01"}', "application/json"),
        ("issue.md", b"# One", "text/markdown"),
        ("sources.opml", b"<opml/>", "text/x-opml"),
        ("style.css", b"p {}", "text/css"),
    ],
)
def test_media_types(browser: Browser, feeds: Path, name: str, body: bytes, kind: str) -> None:
    (feeds / name).write_bytes(body)
    assert plain(browser, f"/feeds/{name}")[1]["content-type"] == f"{kind}; charset=utf-8"


@pytest.mark.usefixtures("feeds")
def test_a_folder_is_its_index(browser: Browser) -> None:
    status, headers, _ = plain(browser, "/feeds/issues/2026-09-01")
    assert (status, headers["location"]) == (308, "/feeds/issues/2026-09-01/")
    status, headers, body = plain(browser, "/feeds/issues/2026-09-01/")
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "一期".encode() in body
    assert plain(browser, "/feeds")[1]["location"] == "/feeds/"
    assert plain(browser, "/feeds/issues/")[0] == 404


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/../sources.yaml",
        "/feeds/%2e%2e/sources.yaml",
        "/feeds/..%2fsources.yaml",
        "/feeds/issues/%2e%2e/%2e%2e/sources.yaml",
        "/feeds/..%5csources.yaml",
        "/feeds//feed.xml",
        "/feeds/%00",
        "/feeds/.hidden",
        "/feeds/.git/config",
        "/feeds/out",
        "/feeds/outside/sources.yaml",
        "/feeds/pipe",
        "/feeds/" + "a" * 5000,
        "/static/../server.py",
        "/static/%2e%2e/server.py",
    ],
)
def test_nothing_but_published_files_is_sent(browser: Browser, feeds: Path, path: str) -> None:
    (feeds / ".hidden").write_text("hidden", encoding="utf-8")
    if not (feeds / "pipe").exists():
        (feeds / "out").symlink_to(browser.workspace.root / "sources.yaml")
        (feeds / "outside").symlink_to(browser.workspace.root)
        os.mkfifo(feeds / "pipe")
    status, _, body = plain(browser, path)
    assert status == 404
    assert "端侧周报".encode() in body
    assert b"publication:" not in body
    assert b"import" not in body


def test_recommendations_may_be_found(browser: Browser, feeds: Path) -> None:
    (feeds / ".well-known").mkdir(exist_ok=True)
    (feeds / ".well-known" / "recommendations.opml").write_text("<opml/>", encoding="utf-8")
    assert plain(browser, "/feeds/.well-known/recommendations.opml")[0] == 200
