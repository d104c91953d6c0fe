# ruff: noqa: E501 - documents as they come
"""The quick reading says what feedparser says, or nothing: over documents of every kind, and over what chance makes of them."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from aggregator.errors import ParseError
from aggregator.model import Source
from aggregator.poll import entries, fastpath, parse, quicknames, sanitise
from aggregator.poll.encoding import decode
from aggregator.protocols import Polled
from tests.poll.feedcases import URL, cases

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SOURCE = Source("s", "feed", (URL,))

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/" xmlns:slash="http://purl.org/rss/1.0/modules/slash/">
<channel><title>Tiny chips &amp; co</title><link>https://tiny.example/</link><description>d</description><language>zh</language>
<atom:link rel="self" href="https://tiny.example/feed"/><ttl>60</ttl><skipHours><hour>3</hour></skipHours>
<image><url>https://tiny.example/i.png</url><title>Tiny</title><link>https://tiny.example/</link></image>
<item><title>端侧推理 &lt;b&gt;快&lt;/b&gt; 一倍</title><link>https://tiny.example/a?x=1&amp;y=2</link><guid isPermaLink="false">a1</guid>
<pubDate>Fri, 20 Nov 2026 08:00:00 +0800</pubDate><dc:creator>someone</dc:creator><category>edge</category><category domain="u">x</category>
<description>short</description><content:encoded><![CDATA[<p>Long, see <a href="/b">b</a></p><!-- kept apart -->]]></content:encoded>
<enclosure url="https://tiny.example/a.mp3" type="audio/mpeg" length="12"/><media:thumbnail url="t.png"/><slash:comments>3</slash:comments></item>
<item><guid>https://tiny.example/b</guid><title>B: R&amp;amp;D</title><author>ed@tiny.org (Ed Itor)</author><dc:date>2026-11-19</dc:date></item>
<item><description>only a description, caf\u00e9 and na\u00efve</description></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB"><title type="html">Nets &amp;amp; bolts</title><id>urn:x:1</id>
<link href="https://nets.example/"/><link rel="self" href="https://nets.example/atom"/><updated>2026-11-20T00:00:00Z</updated>
<author><name>The Editors</name><email>e@nets.example</email></author><generator uri="u" version="1">g</generator>
<entry><title>Int4 kernels</title><id>tag:nets.example,2026:1</id><link rel="alternate" href="https://nets.example/1"/>
<link rel="related" type="application/pdf" href="https://arxiv.org/pdf/2611.00001"/><published>2026-11-19T10:00:00+01:00</published>
<updated>2026-11-20T10:00:00Z</updated><author><name>A</name></author><author><name>B</name><uri>https://b.example</uri></author>
<category term="k" label="Kernels"/><summary type="html">&lt;p&gt;s&lt;/p&gt;</summary><content type="html">&lt;p&gt;c &lt;img src="i.png"&gt;&lt;/p&gt;</content>
<link rel="enclosure" href="https://nets.example/1.zip" type="application/zip" length="7"/></entry>
<entry><title type="text">a &lt; b</title><id>https://nets.example/2</id><updated>2026-11-18T10:00:00Z</updated><content>plain &lt;b&gt;</content></entry>
</feed>"""
FILMS = """<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns:media="http://search.yahoo.com/mrss/" xmlns="http://www.w3.org/2005/Atom"
 xmlns:gd="http://schemas.google.com/g/2005"><link rel="self" href="https://films.example/feed"/><id>yt:channel:1</id><title>Films</title>
<author><name>Films</name><uri>https://films.example/c</uri><gd:image rel="r" src="s.png"/></author><published>2026-01-01T00:00:00+00:00</published>
<entry><id>yt:video:1</id><yt:videoId>1</yt:videoId><title>Int8 in a minute</title><link rel="alternate" href="https://films.example/1"/>
<author><name>Films</name></author><published>2026-11-19T10:00:00+00:00</published><updated>2026-11-20T10:00:00+00:00</updated>
<media:group><media:title>Int8 in a minute!</media:title><media:content url="https://films.example/v/1" type="video/mp4" width="640"/>
<media:thumbnail url="https://films.example/1.jpg"/><media:description>All about int8
and a <b/> link</media:description><media:community><media:starRating count="1" max="5"/><media:statistics views="9"/></media:community></media:group></entry>
</feed>""".replace("<b/>", "&lt;b&gt;")
BASED = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0"><title>Based</title><id>https://based.example/f</id>
<entry><title type="html">One</title><link href="https://based.example/1/" rel="alternate"/><id>https://based.example/1</id>
<published>2026-11-19T10:00:00+00:00</published><content type="html" xml:base="https://based.example/1/">&lt;a href="x"&gt;x&lt;/a&gt;</content>
<summary type="html">&lt;a href="s"&gt;s&lt;/a&gt;</summary><link rel="replies" href="https://based.example/1/#c" thr:count="3"/></entry>
<entry><title type="html">Two</title><link href="https://based.example/2/"/><id>https://based.example/2</id>
<content type="html" xml:base="https://based.example/2/">&lt;a href="y"&gt;y&lt;/a&gt;</content><summary type="html">&lt;a href="t"&gt;t&lt;/a&gt;</summary></entry>
<entry><title>Three</title><id>https://based.example/3</id><summary type="html">&lt;a href="u"&gt;u&lt;/a&gt;</summary></entry></feed>"""
PRESS = """<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"
 xmlns:forum="http://forum.example/ns"><channel><title>Press</title><link>https://press.example/</link><description/><dc:creator>all</dc:creator>
<cloud domain="d.example" port="80"/><site xmlns="com-wordpress:feed-additions:1">77</site>
<item><title>One</title><link>https://press.example/1</link><description>said of one</description><author>ed@press.example</author>
<atom:link rel="standout" href="https://press.example/1"/><forum:pinned>No</forum:pinned><forum:by id="7"/><media:keywords>edge, npu,,x</media:keywords>
<media:content url="https://press.example/1.jpg"><media:credit>who</media:credit><media:description>a picture</media:description></media:content>
<post-id xmlns="com-wordpress:feed-additions:1">1</post-id></item>
<item><title>Two</title><media:group><media:content url="u"><media:title>t</media:title></media:content><media:content url="v"/></media:group></item>
</channel></rss>"""
BEGINNINGS = {"rss": RSS, "atom": ATOM, "films": FILMS, "based": BASED, "press": PRESS}
ELEMENTS = [
    "<title>again</title>", "<title type='xhtml'><b>x</b></title>", "<link>https://z.example/</link>", "<link href='r' rel='alternate'/>", "<link/>",
    "<guid>7</guid>", "<guid isPermaLink='TRUE'>g</guid>", "<id>i</id>", "<description>dd</description>", "<description/>", "<summary>s</summary>",
    "<content type='text'>c</content>", "<content src='x'/>", "<pubDate>2026年1月2日</pubDate>", "<pubDate>soon</pubDate>", "<updated>1 Jan 2026</updated>",
    "<author>x@y.example</author>", "<author><name>n</name></author>", "<author/>", "<category/>", "<category domain='q'/>", "<category term='t'/>",
    "<category>edge</category>", "<comments>https://z.example/c</comments>", "<source url='u'>t</source>", "<source><title>st</title></source>",
    "<enclosure url='e' href='f'/>", "<image><title>i</title></image>", "<language>en</language>", "<ttl>5</ttl>", "<unknown>u</unknown>",
    "<title xml:lang='de'>d</title>", "<summary xml:base='http://b.example/'>s</summary>", "<cloud domain='d'/>", "<textInput><title>q</title></textInput>",
    "<expirationDate>x</expirationDate>", "<creator>c</creator>", "<created>2026-01-01</created>", "<item><title>inner</title></item>", "<entry/>",
    "<dc:title xmlns:dc='http://purl.org/dc/elements/1.1/'>dct</dc:title>", "<q:title xmlns:q='http://q.example/'>qt</q:title>",
    "<content:encoded xmlns:content='http://q.example/'>odd</content:encoded>", "<t:in-reply-to xmlns:t='http://purl.org/syndication/thread/1.0' ref='r'/>",
    "<media:title xmlns:media='http://search.yahoo.com/mrss/'>m</media:title>", "<p xmlns='http://www.w3.org/1999/xhtml'>x</p>",
    "<m:title xmlns:m='http://search.yahoo.com/mrss/'>mt</m:title>", "<m:credit xmlns:m='http://search.yahoo.com/mrss/' role='r'>c</m:credit>",
    "<m:description xmlns:m='http://search.yahoo.com/mrss/'>about</m:description>", "<m:keywords xmlns:m='http://search.yahoo.com/mrss/'>k, l</m:keywords>",
    "<m:description xmlns:m='http://search.yahoo.com/mrss/' type='plain'>&lt;b&gt;x&lt;/b&gt;</m:description>",
    "<m:content xmlns:m='http://search.yahoo.com/mrss/' url='u'><m:description type='html'>in it</m:description></m:content>",
    "<m:group xmlns:m='http://search.yahoo.com/mrss/'><m:title>gt</m:title><m:thumbnail url='t'/></m:group>",
    "<f:topic xmlns:f='http://forum.example/ns'>yes</f:topic>", "<F:topic xmlns:F='http://forum.example/ns'>yes</F:topic>",
    "<dc:creator xmlns:dc='http://forum.example/ns'>odd</dc:creator>", "<title:detail xmlns:title='http://forum.example/ns'>odd</title:detail>",
    "<f:x xmlns:f='http://forum.example/ns' y='1'>text</f:x>", "<content xmlns='http://www.w3.org/2005/Atom' xml:base='https://other.example/'>&lt;a href='q'&gt;q&lt;/a&gt;</content>",
    "<summary type='html' xml:base='https://else.example/p/'>&lt;a href='q'&gt;q&lt;/a&gt;</summary>", "<id>rel</id>", "<link href='rel/x'/>", "<cloud/>",
    "<itunes:author xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'>pod</itunes:author>",
]  # fmt: skip
TEXTS = ["", " ", "\u00a0", "Ã©", "\u0085", "x", "a&amp;b;", "<b>bold</b>", "</b>", "&nbsp;", "&bogus;", "http:///x", "//h/p", "?q&amp;r;", "a@b.cd (N)", "2026-11-01",
         "Mon, 02 Nov 2026 25:00:00 GMT", "1.11.2026", "true", "urn:a", "[x]", "https://例.example/路"]  # fmt: skip
ATTRIBUTES = [("type", "html"), ("type", "TEXT"), ("rel", "self"), ("href", "h"), ("url", "u"), ("base", "http://b.example/"), ("lang", "fr"), ("mode", "base64"),
              ("isPermaLink", "true"), ("isPermaLink", "false"), ("domain", "d"), ("version", "0.91"), ("lastmod", "2026-01-01"), ("term", ""), ("label", "L"), ("{http://www.w3.org/XML/1998/namespace}base", "https://set.example/d/"),
              ("{http://www.w3.org/XML/1998/namespace}base", "sub/"), ("{http://purl.org/syndication/thread/1.0}count", "2")]  # fmt: skip


def read(text: str, *, quick: bool) -> Polled | str:
    try:
        raw = parse.read_raw(text, quick=quick)
        return formed(entries.normalise(raw, url=URL, base=URL, source=SOURCE, now=NOW))
    except ParseError as error:
        return error.code


def formed(polled: Polled) -> Polled:
    """Without the note on the form: parsers do not agree on which characters a name may hold (XML 1.0, fourth and fifth edition),
    and of a document that is cut off one of them sees the whole entries alone."""
    return replace(polled, notes=tuple(note for note in polled.notes if "not well-formed" not in note))


def mutated(text: str, chance: random.Random) -> str:
    """A well-formed relative of a document: elements added, copied, moved and removed, texts and attributes changed."""
    root = etree.fromstring(text[text.find("?>") + 2 if text.startswith("<?") else 0 :].strip().encode())
    for _ in range(chance.randint(1, 3)):
        elements = list(root.iter("*"))
        one, other = chance.choice(elements), chance.choice(elements)
        match chance.randrange(8):
            case 0 | 1:
                namespace = etree.QName(one).namespace if chance.random() < 0.8 else None
                made = etree.fromstring(chance.choice(ELEMENTS))
                if namespace and not etree.QName(made).namespace:
                    for each in made.iter("*"):
                        each.tag = f"{{{namespace}}}{each.tag}"
                one.insert(chance.randint(0, len(one)), made)
            case 2:
                one.text = chance.choice(TEXTS)
            case 3:
                one.set(*chance.choice(ATTRIBUTES))
            case 4:
                if one is not root and one not in other.iterancestors() and one is not other:
                    other.append(one)
            case 5 | 6:
                aside = chance.choice([etree.Comment(" <b> &amp; "), etree.ProcessingInstruction("php", "echo 1")])
                aside.tail = chance.choice(TEXTS)
                one.insert(chance.randint(0, len(one)), aside)
            case _:
                if one is not root and (parent := one.getparent()) is not None:
                    parent.remove(one)
    return etree.tostring(root, encoding="unicode")


def differing(documents: Iterator[str]) -> tuple[list[str], int]:
    """The documents that are read differently, and how many were read quickly."""
    wrong, taken = [], 0
    for text in documents:
        if fastpath.read(text.strip().encode()) is None:
            continue
        taken += 1
        if read(text, quick=True) != read(text, quick=False):
            wrong.append(text)
    return wrong, taken


def related(text: str, count: int, seed: int) -> Iterator[str]:
    chance = random.Random(seed)  # noqa: S311
    yield text
    for _ in range(count):
        yield mutated(text, chance)


@pytest.mark.parametrize("name", BEGINNINGS)
def test_usual_documents_are_read_quickly_and_alike(name: str) -> None:
    text = BEGINNINGS[name]
    assert fastpath.read(text.encode("utf-8", "replace")) is not None
    found = read(text, quick=True)
    assert isinstance(found, Polled)
    assert found == read(text, quick=False)
    assert found.entries
    assert found.feed_title


@pytest.mark.parametrize("name", BEGINNINGS)
def test_what_chance_makes_of_them_is_read_alike(name: str) -> None:
    wrong, taken = differing(related(BEGINNINGS[name], 160, 11))
    assert wrong == []
    assert taken > 20


@pytest.mark.slow
@pytest.mark.parametrize("name", BEGINNINGS)
def test_thousands_of_them_are_read_alike(name: str) -> None:
    wrong, _ = differing(related(BEGINNINGS[name], 8000, 12))
    assert wrong == []


def test_fixtures_are_read_alike() -> None:
    texts = [decode(case.path.read_bytes()).text for case in cases("feed") if case.path.stat().st_size < 20_000]
    assert [text for text in texts if read(text, quick=True) != read(text, quick=False)] == []


@pytest.mark.shared
@pytest.mark.slow
def test_the_corpus_and_its_relatives_are_read_alike(shared: Path) -> None:
    taken = 0
    for path in sorted((shared / "conformance" / "corpus" / "files").glob("*/*")):
        text = decode(path.read_bytes()).text.strip("\ufeff \t\r\n\x00")
        if text[:1] in {"{", "["}:
            continue
        assert read(text, quick=True) == read(text, quick=False), path
        if fastpath.read(text.encode("utf-8", "replace")) is None:
            continue
        wrong, count = differing(related(text, 5 if len(text) < 30_000 else 1, len(text)))
        assert wrong == [], path
        taken += count
    assert taken > 250


@pytest.mark.parametrize(("count", "different", "quickly"), [(49, 3, True), (50, 3, False), (120, 200, True), (400, 400, False)])
def test_an_entry_of_many_categories_is_read_alike(count: int, different: int, quickly: bool) -> None:
    told = "".join(f"<category>c{number % different}</category>" for number in range(count))
    text = RSS.replace("<category>edge</category>", told)
    assert (fastpath.read(text.encode()) is not None) is quickly
    assert read(text, quick=True) == read(text, quick=False)


def test_vocabularies_are_those_that_feedparser_knows() -> None:
    from feedparser.mixin import _FeedParserMixin as Parser
    from feedparser.util import FeedParserDict

    assert {uri.lower() for uri in Parser.namespaces if uri} == quicknames.KNOWN
    assert {prefix.lower() for prefix in Parser.namespaces.values() if prefix} <= quicknames.TAKEN
    handled = (re.match("_(?:start|end)_([^_]+)_", name) for name in dir(Parser))
    assert {match[1].lower() for match in handled if match} <= quicknames.TAKEN
    assert {name.partition("_")[0] for name in FeedParserDict.keymap if "_" in name} <= quicknames.TAKEN


def test_a_prefix_means_nothing_only_where_it_is_nobodys() -> None:
    assert quicknames.is_silent("{http://forum.example/ns}pinned", "forum")
    for uri, prefix in (
        ("http://forum.example/ns", "dc"),
        ("http://forum.example/ns", "Forum"),
        ("http://forum.example/ns", "title"),
        ("http://forum.example/ns", None),
        ("http://purl.org/dc/terms/", "forum"),
        ("HTTP://purl.org/dc/terms/", "forum"),
        ("http://backend.userland.com/rss2", "forum"),
        ("http://forum.example/" + "n" * 300, "forum"),
    ):
        assert not quicknames.is_silent(f"{{{uri}}}pinned", prefix)


def test_a_base_that_is_no_address_makes_relative_links_nothing() -> None:
    base = "https://based.example\u2067/1/"
    assert sanitise.clean_html('<a href="x">x</a> <a href="https://a.example/">a</a>', base) == (
        '<a rel="noopener noreferrer">x</a> <a href="https://a.example/" rel="noopener noreferrer">a</a>'
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<rss",
        '<!DOCTYPE rss [<!ENTITY a "b">]><rss version="2.0"><channel/></rss>',
        '<rss version="2.0"><channel><![CDATA[x]]><item/></rss>',
        '<!-- c --><!DOCTYPE rss><rss version="2.0"><channel/></rss>',
        "<?xml version='1.0'?>x<rss version='2.0'><channel/></rss>",
        '<rss version="0.91"><channel/></rss>',
        '<rss version="2.0"><channel><item><title>&nbsp;</title></item></channel></rss>',
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://b.example/"/>',
        "<feed/>",
        "<html><body/></html>",
    ],
)
def test_what_it_does_not_know_it_leaves(text: str) -> None:
    assert fastpath.read(text.encode("utf-8", "replace")) is None


BROKEN = [b"\xc2\x85", b"\xc0\x80", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xff", b"\0", b"\x1b$B", b"\xef\xbb\xbf", b"\xe2\x80", b"&#133;", b"&#x85;",
          b"&#0;", b"<!-- \xc2\x85 -->", b"<?php x ?>", b"]]>", b"\xe9", b"\xd6\xd0", b"~{VP~}", b"\r\n"]  # fmt: skip
DECLARED = [b"", b"<?xml version='1.0'?>", b'<?xml version="1.0" encoding="UTF-8"?>\n', b'<?xml version="1.0" encoding="iso-8859-1"?>', b'<?xml version="1.0" encoding="gbk"?>',
            b'<?xml version="1.0" encoding="none-such"?>', b"\xef\xbb\xbf", b"\xef\xbb\xbf<?xml version='1.0'?>", b"\n\n", b"<?xml version='1.0'?><!-- c --><?x y?>\n"]  # fmt: skip
TYPES = [
    None,
    "text/xml",
    "application/rss+xml; charset=utf-8",
    "text/xml; charset=ISO-8859-1",
    "text/xml; charset=gb2312",
    "text/xml; charset=hz",
]


def whole(body: bytes, content_type: str | None, *, quick: bool) -> Polled | str:
    try:
        if quick:
            return formed(parse.parse_feed(body, url=URL, content_type=content_type, source=SOURCE, now=NOW))
        decoded = decode(body, content_type)
        polled = entries.normalise(parse.read_raw(decoded.text, quick=False), url=URL, base=URL, source=SOURCE, now=NOW)
        return formed(replace(polled, notes=(*polled.notes, decoded.note)) if decoded.note else polled)
    except ParseError as error:
        return error.code


def damaged(text: str, chance: random.Random) -> bytes:
    """A document in UTF-8 with a declaration of some kind, and now and then with bytes that do not belong into it."""
    bare = text[text.find("?>") + 2 if text.startswith("<?") else 0 :].strip()
    body = chance.choice(DECLARED) + bare.encode()
    for _ in range(chance.choice([0, 0, 1, 2])):
        at = chance.randint(0, len(body))
        body = body[:at] + chance.choice(BROKEN) + body[at:]
    return body


@pytest.mark.parametrize("name", BEGINNINGS)
def test_bytes_are_read_as_their_text_is(name: str) -> None:
    chance = random.Random(21)  # noqa: S311
    cases = [(damaged(BEGINNINGS[name], chance), chance.choice(TYPES)) for _ in range(300)]
    assert [one for one in cases if whole(*one, quick=True) != whole(*one, quick=False)] == []
    assert sum(fastpath.read(body) is not None for body, _ in cases) > 50


def test_a_mended_document_takes_it_too() -> None:
    item = "<item><title>caf&eacute;\x0b</title><link>https://a.example/</link></item>"
    text = f'<rss version="2.0"><channel><title>R&D</title>{item}</channel></rss>'
    assert fastpath.read(text.encode("utf-8", "replace")) is None
    script = f"import sys\nfrom aggregator.poll import parse\nraw = parse.read_raw({text!r})\n"
    script += "assert raw.entries[0].title.value == 'café'\nassert 'feedparser' not in sys.modules"
    subprocess.run([sys.executable, "-c", script], check=True)
    assert read(text, quick=True) == read(text, quick=False)


@pytest.mark.parametrize("name", BEGINNINGS)
def test_a_document_that_is_cut_off_anywhere_is_read_alike(name: str) -> None:
    text = BEGINNINGS[name]
    first = min(at for mark in ("</item>", "</entry>") if (at := text.find(mark)) > 0)
    cuts = [text[:at] for at in range(first, len(text) - 1, 3)]
    assert [cut for cut in cuts if whole(cut.encode(), None, quick=True) != whole(cut.encode(), None, quick=False)] == []
    script = f"import sys\nfrom aggregator.poll import parse\nassert parse.read_raw({cuts[-1]!r}).entries\nassert 'feedparser' not in sys.modules"
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize(
    "before", ["\n" * 5000, "\r\n" * 60 + "<?x y?>", "<?x y?>\n" * 300, " " * 190 + "<!-- c -->" * 60, "<!--" * 500, "<?" * 500]
)
@pytest.mark.parametrize(
    "root", ["<!DOCTYPE html><html>", "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>", "<rss"]
)
def test_what_stands_before_the_root_is_passed_once(before: str, root: str) -> None:
    script = f"from aggregator.poll import fastpath\nassert fastpath.read({(before + root)!r}.encode()) is None"
    subprocess.run([sys.executable, "-c", script], check=True, timeout=20)  # tried in every way, it would take years


@pytest.mark.parametrize("item", ["<item/>", "<item><title>x</title></item>", "<item xmlns:a='b'/>"])
def test_more_items_than_are_read_are_not_even_looked_at(item: str) -> None:
    assert fastpath.read(f"<rss version='2.0'><channel>{item * (fastpath.MAX_ITEMS + 1)}</channel></rss>".encode()) is None
    namespaces = " ".join(f"xmlns:n{number}='u{number}'" for number in range(5000))
    assert fastpath.read(f"<rss version='2.0' {namespaces}><channel/></rss>".encode()) is None


@pytest.mark.parametrize(
    ("end", "minutes"),
    [
        ("<item><description><![CDATA[a <!-- b]]></description></item><ttl>60</ttl><item><description><![CDATA[--> c]]></description></item>", 60.0),
        (f"<item/><!--{'x' * 3900}<ttl>60</ttl>-->", None),
        (f"<item><description><![CDATA[{'y' * 5000} <!-- z ]]></description></item><ttl>60</ttl>", 60.0),
    ],
)  # fmt: skip
def test_a_wish_counts_where_it_is_no_comment(end: str, minutes: float | None) -> None:
    text = f"<rss version='2.0'><channel><title>t</title>{end}</channel></rss>"
    found = fastpath.read(text.encode())
    assert found is not None
    assert found.ttl_minutes == minutes


def test_what_a_channel_says_behind_its_items_is_not_lost_with_its_end() -> None:
    text = "<rss version='2.0'><channel><item><title>a</title></item><title>late</title><ttl>60</ttl><language>zh</language>"
    found = parse.read_raw(text)
    assert (found.title and found.title.value, found.ttl_minutes, found.language, len(found.entries)) == ("late", 60.0, "zh", 1)
