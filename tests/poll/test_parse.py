"""Bytes -> entries: the fixture pairs, the corpus, and documents made to break a parser."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.errors import ParseError
from aggregator.model import Source
from aggregator.poll.encoding import codec_of, decode
from aggregator.poll.parse import MAX_ENTRIES, parse_feed
from aggregator.poll.sanitise import clean_html, plain_title
from aggregator.protocols import Polled
from tests.poll.feedcases import URL, Case, cases, check

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


PIECES = [
    "<item>", "</item>", "<title>", "</title>", "<![CDATA[", "]]>", "&#0;", "&lt;script&gt;", "\x1b[31m", "\u202e", "<b", '"',
    "中", "&amp;", "<link>", "javascript:x", "</rss>",
]  # fmt: skip


def parse(body: bytes | str, content_type: str | None = "application/xml") -> Polled:
    raw = body if isinstance(body, bytes) else body.encode()
    return parse_feed(raw, url=URL, content_type=content_type, source=Source("s", "feed", (URL,)), now=NOW)


def rss(items: str) -> str:
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>{items}</channel></rss>'


@pytest.mark.parametrize("case", cases("feed"), ids=lambda case: case.name)
def test_pair(case: Case) -> None:
    expected, body = case.expected, case.path.read_bytes()

    def read() -> Polled:
        return parse_feed(body, url=URL, content_type=expected.get("content_type"), source=case.source, now=case.now)

    if "error" in expected:
        with pytest.raises(ParseError) as caught:
            read()
        assert caught.value.code == expected["error"]
        assert caught.value.what
        assert caught.value.why
        assert caught.value.fix
    else:
        check(read(), expected)


def test_the_address_asked_is_stored_and_the_one_that_answered_resolves() -> None:
    polled = parse_feed(
        rss("<item><link>a</link></item>").encode(),
        url="https://new.example/d/feed",
        source_url="https://old.example/feed",
        content_type=None,
        source=Source("s", "feed", ("https://old.example/feed",)),
        now=NOW,
        headers={"content-location": "/e/feed.xml"},
    )
    (entry,) = polled.entries
    assert entry.source_url == "https://old.example/feed"
    assert entry.url == "https://new.example/e/a"
    assert entry.arrived_at == NOW
    assert entry.source == "s"


def test_a_bare_file_name_is_not_opened(tmp_path: Path) -> None:
    secret = tmp_path / "feed.xml"
    secret.write_text(rss("<item><title>local</title></item>"))
    with pytest.raises(ParseError):
        parse(str(secret))


def test_only_the_first_entries_of_too_many_are_read_and_it_is_said() -> None:
    polled = parse(rss("".join(f"<item><title>{number}</title></item>" for number in range(MAX_ENTRIES + 7))))
    assert [entry.title for entry in (polled.entries[0], polled.entries[-1])] == ["0", str(MAX_ENTRIES - 1)]
    assert any("7 more" in note for note in polled.notes)


def test_long_texts_are_cut() -> None:
    item = f"<title>{'t' * 9000}</title><guid>{'g' * 9000}</guid><link>https://x.example/{'l' * 3000}</link>"
    (entry,) = parse(rss(f"<item>{item}<description>{'d ' * 90000}</description></item>")).entries
    assert len(entry.title) == 500
    assert re.fullmatch("sha256:[0-9a-f]{64}", entry.guid)
    assert entry.url is None
    assert len(entry.summary) <= 20_000


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            rss("<item><title>x</title>" + "".join(f"<category>{n}</category>" for n in range(20_000)) + "</item>"),
            id="categories",
        ),
        pytest.param(
            rss("<item><title>x</title><itunes:keywords>" + ",".join(map(str, range(50_000))) + "</itunes:keywords></item>"),
            id="keywords",
        ),
        pytest.param(rss(f"<item><pubDate>{'1 ' * 200_000}</pubDate></item>"), id="long date"),
        pytest.param(rss(f"<item><description>{'&lt;div&gt;' * 20_000}</description></item>"), id="nested html"),
        pytest.param(rss("<item><title>" + "<!--" * 100_000), id="open comments"),
        pytest.param(rss("<item><title>" + "&" * 200_000 + "</title></item>"), id="ampersands"),
        pytest.param(rss("<item><title>" + "<" * 200_000), id="open tags"),
        pytest.param(rss("<a" + "a" * 200_000), id="open name"),
        pytest.param("<!DOCTYPE " + "\"'[<!--" * 40_000 + rss(""), id="doctype"),
        pytest.param("a\n" * 500_000, id="lines of text"),
        pytest.param('{"version":"https://jsonfeed.org/version/1.1","items":' + "[" * 200_000, id="nested json"),
        pytest.param('{"version":"https://jsonfeed.org/version/1.1","items":[{"id":' + "9" * 200_000 + "}]}", id="long number"),
        pytest.param(rss("<item " + " ".join(f"xmlns:n{n}='u'" for n in range(5000)) + "/>"), id="namespaces"),
    ],
)
def test_what_is_built_to_take_long_takes_no_time(body: str) -> None:
    started = time.process_time()
    with suppress(ParseError):
        parse(body)
    assert time.process_time() - started < 3


@pytest.mark.parametrize(
    "junk", ["</gml:pos>", "<item<textinput<link>", "&#xD800;<b", '<x xmlns:a="', "<media:content url='//['/>"]
)
def test_no_exception_of_the_parser_gets_out(junk: str) -> None:
    with suppress(ParseError):
        parse(f'<?xml version="1.0"?><rss version="2.0"><channel>{junk}<item><title>a</title></item></channel></rss>')


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_whatever_comes_is_clean_or_refused(pieces: list[str]) -> None:
    try:
        polled = parse(f"<rss><channel>{''.join(pieces)}")
    except ParseError:
        return
    for entry in polled.entries:
        assert not UNWANTED.search("".join((entry.title, entry.summary, entry.content, entry.guid, entry.url or "")))
        assert entry.guid
        assert entry.url is None or entry.url.startswith(("http://", "https://"))


@pytest.mark.parametrize(
    ("markup", "wanted"),
    [
        ("<p>a<script>b</script><style>c</style><iframe>d</iframe></p>", "<p>a</p>"),
        ('<a href="javascript:x">a</a>', '<a rel="noopener noreferrer">a</a>'),
        ('<a href="b" onclick="x" style="y" id="z">a</a>', '<a href="https://h.example/d/b" rel="noopener noreferrer">a</a>'),
        ('<img src="data:image/svg+xml,x" onerror=y alt="t">', '<img alt="t">'),
        ("<svg><p><style><g title='</style><img src=x onerror=y>'>", ""),
        ("5 < 6 & 7", "5 &lt; 6 &amp; 7"),
        ("a&#x202e;b&#8203;c", "abc"),
    ],
)
def test_nothing_active_survives(markup: str, wanted: str) -> None:
    found = clean_html(markup, "https://h.example/d/e")
    assert "onerror" not in found.replace("&lt;", "")
    if wanted:
        assert found == wanted


def test_a_plain_title_keeps_what_an_html_title_loses() -> None:
    assert plain_title("use <b> & <i>", "text") == "use <b> & <i>"
    assert plain_title("use <b>x</b> &amp; <i>", "html") == "use x &"
    assert plain_title("<script>x</script>a", "text") == "a"


@pytest.mark.parametrize("label", ["zip", "rot13", "idna", "utf-7", "undefined", "punycode", "unicode_escape", "", "x" * 500])
def test_codecs_that_the_web_does_not_know_are_not_used(label: str) -> None:
    assert codec_of(label) is None
    assert decode(f'<?xml version="1.0" encoding="{label}"?><a/>'.encode()).encoding == "utf-8"


def test_entity_attack_in_the_prolog_reads_nothing(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("TOP-SECRET")
    for doctype in (
        f'<!DOCTYPE r [<!ENTITY x SYSTEM "{secret.as_uri()}">]>',
        f'<!-- <rss> --><!DOCTYPE r SYSTEM "{secret.as_uri()}">',
    ):
        (entry,) = parse(
            f"<?xml version='1.0'?>{doctype}<rss><channel><item><title>a &x; b</title></item></channel></rss>"
        ).entries
        assert entry.title == "a &x; b"


@pytest.mark.shared
def test_the_corpus(shared: Path, tmp_path: Path) -> None:
    folder = shared / "conformance"
    with (tmp_path / "listing.jsonl").open("w", encoding="utf-8") as listing:
        for line in (folder / "corpus" / "cases.jsonl").read_text(encoding="utf-8").splitlines():
            listing.write(json.dumps(_listed(folder / "corpus", json.loads(line))) + "\n")
    command = [sys.executable, "-B", str(folder / "score.py"), str(tmp_path / "listing.jsonl"), "--json"]
    score = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    assert score["missing"] == 0
    # What is lost on purpose: SVG and MathML in summaries (they can act), and one entry listed several times.
    assert score["cases_all_right"] / score["cases"] >= 0.98
    assert score["by_field"]["robust"][0] == score["by_field"]["robust"][1]


def _listed(corpus: Path, case: dict[str, object]) -> dict[str, object]:
    url = f"http://127.0.0.1:8097/{case['path']}"
    try:
        polled = parse_feed(
            (corpus / str(case["path"])).read_bytes(),
            url=url,
            content_type=str(case["ct"]),
            source=Source("s", "feed", (url,)),
            now=NOW,
        )
    except ParseError as error:
        return {"case": case["id"], "ok": False, "error": str(error), "count": 0, "entries": []}
    entries = [
        {
            "title": entry.title, "link": entry.url, "id": entry.guid, "author": entry.author, "summary": entry.summary,
            "published": _iso(entry.published_at), "updated": _iso(entry.updated_at),
        }
        for entry in polled.entries
    ]  # fmt: skip
    emitted = "".join(entry.title + entry.summary + entry.content for entry in polled.entries)
    found = {"title": polled.feed_title, "link": polled.feed_link, "count": len(entries), "entries": entries, "emitted": emitted}
    return {"case": case["id"], "ok": True, "error": None, **found}


def _iso(instant: datetime | None) -> str | None:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ") if instant else None
