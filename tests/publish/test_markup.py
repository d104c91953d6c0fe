"""Markdown and URLs on their way out: safe, complete, readable."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from aggregator.publish.content import issue_view
from aggregator.publish.inert import inert_markdown, is_active
from aggregator.publish.markup import absolute_url, as_uri, block_html, inline_html, inline_text, sanitise, unmistakable
from aggregator.publish.plain import plain_html
from aggregator.publish.texts import Texts
from aggregator.text import clean, html_to_text
from tests.publish.sample import ISSUES, PUBLICATION

BASE = "https://letters.example.org/issues/2026-01-01.md"

ACTIVE = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    '<a href="java&#x09;script:alert(1)">x</a>',
    "[x](javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "<javascript:alert(1)>",
    "[x][1]\n\n[1]: javascript:alert(1)",
    '<iframe src="https://example.org/"></iframe>',
    '<form action="https://example.org/"><input name="q"></form>',
    '<meta http-equiv="refresh" content="0;url=https://example.org/">',
    '<svg><animate onbegin="alert(1)"></svg>',
    '<p style="width: expression(alert(1))">x</p>',
    '<base href="https://example.org/">',
    '<object data="x.swf"></object>',
    "<style>@import 'https://example.org/';</style>",
    '<math><mi xlink:href="javascript:alert(1)">x</mi></math>',
    '> <form action="a\nb"><button>x</button></form>',
]


@pytest.mark.parametrize("markdown", ACTIVE)
def test_nothing_active_in_html(markdown: str) -> None:
    assert not is_active(block_html(markdown, BASE))
    assert not is_active(inline_html(markdown))


@pytest.mark.parametrize("markdown", ACTIVE)
def test_nothing_active_in_markdown(markdown: str) -> None:
    assert not is_active(block_html(inert_markdown(markdown), BASE))
    text = inert_markdown(f"- [t]({BASE})  \n摘要：{markdown}\n")
    assert "<script" not in text
    assert "<iframe" not in text
    assert "](javascript:" not in text
    assert inert_markdown(text) == text


@pytest.mark.parametrize(
    "markdown",
    [
        "- [标题 | 来源](https://example.org/a?b=1&c=(2))  \n摘要：`<script>` 是一个标签；`vector<T>` 也是。  \n",
        "```html\n<script>alert(1)</script>\n```\n",
        '<a rel="license" href="http://l.example.org/"><img alt="x" style="border-width:0" src="https://i.example.org/" /></a>',
        "<font color=red>注</font>：见 [原文](../a.md)。",
        "a < b && c > d，x<y",
        "<!-- 草稿 -->\n\n正文",
    ],
)
def test_harmless_markdown_keeps_every_byte(markdown: str) -> None:
    assert inert_markdown(markdown) == markdown


@given(st.text(alphabet=st.sampled_from(list("<>/=\"'`[]()!:#&;\\ \nabhjsonerrscipt")), max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_markdown_is_inert_afterwards(text: str) -> None:
    once = inert_markdown(text)
    assert not is_active(block_html(once, BASE))
    assert not is_active(inline_html(text))
    assert inert_markdown(once) == once


@pytest.mark.parametrize(
    "markdown",
    [
        "safe<object><p>x</object> text",
        "<p><b></p>x",
        "<a>x<style////>",
        "[x](y)<b></p><b>\n",
        "<table><p>a</table>b",
        "<mtext><b>x",
    ],
)
def test_crossed_tags_become_html_that_parses_strictly(markdown: str) -> None:
    issue = replace(ISSUES[0], lead=markdown, briefs=(markdown,), footer=markdown)
    view = issue_view(issue, PUBLICATION)
    for fragment in (view.lead, view.footer, *view.briefs):
        html5lib.HTMLParser(strict=True).parseFragment(fragment)


def test_raw_html_of_an_editor() -> None:
    assert block_html("<font color=red>注</font>一<br />二", BASE) == "<p>注一<br>二</p>"


@pytest.mark.parametrize("made", [inline_html, inline_text, lambda text: block_html(text, "")])
def test_character_references_bring_nothing_that_is_no_text(made: Callable[[str], str]) -> None:
    shown = made("a &#x202e;b &#8238;c &#x200b;d &#x7; *e* &#x85;f &#0;")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\ufffd]", shown)
    assert "□" in shown


def test_what_is_no_tag_stays_text() -> None:
    assert inline_html("std::vector<T>") == "std::vector&lt;T&gt;"
    assert inline_text("std::vector<T> 与 <b>粗</b>") == "std::vector<T> 与 粗"
    assert html_to_text(block_html("a < b\n\n`<script>`", BASE)) == "a < b\n<script>"


def test_bare_urls_become_links_without_the_punctuation_behind() -> None:
    html = block_html("见https://example.org/a_b_c?x=(1)，再看 (https://example.org/d)。", BASE)
    assert '<a href="https://example.org/a_b_c?x=(1)">https://example.org/a_b_c?x=(1)</a>，' in html
    assert '(<a href="https://example.org/d">https://example.org/d</a>)。' in html
    assert "<a" not in block_html("`https://example.org/`", BASE)
    assert block_html("[https://a.example](https://b.example/)", BASE).count("<a") == 1


def test_links_are_absolute_and_relative_images_are_not_printed() -> None:
    html = block_html("[a](../b.md) ![二维码](../qr.jpg) ![c](https://i.example.org/图.png)", BASE)
    assert 'href="https://letters.example.org/b.md"' in html
    assert html.count("<img") == 1
    assert "https://i.example.org/%E5%9B%BE.png" in html


def test_lines_are_lines() -> None:
    assert block_html("一\n二", BASE) == "<p>一<br>\n二</p>"


def test_commonmark_reads_tildes_and_bars_as_text() -> None:
    assert block_html("10~100倍，5~6倍 | a | b\n", BASE) == "<p>10~100倍，5~6倍 | a | b</p>"


def test_headings_inside_a_summary_stay_below_those_of_the_page() -> None:
    assert block_html("# 一\n\n###### 二", BASE) == "<p><strong>一</strong></p>\n<p><strong>二</strong></p>"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://例子.example/中 文?q=中|#x y", "https://xn--fsqu00a.example/%E4%B8%AD%20%E6%96%87?q=%E4%B8%AD%7C#x%20y"),
        ("https://example.org/%E4%B8%AD%zz", "https://example.org/%E4%B8%AD%25zz"),
        ("//example.org/a", None),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("https://user:secret@example.org/", None),
        ("http://[::1", None),
        ("", None),
        (None, None),
        ("mailto:a@example.org", "mailto:a@example.org"),
    ],
)
def test_addresses(url: str | None, expected: str | None) -> None:
    assert absolute_url(url) == expected


def test_the_same_identifier_always_becomes_the_same_uri() -> None:
    assert as_uri("第 1 期") == as_uri("第 1 期")
    assert as_uri("第 1 期") != as_uri("第 2 期")
    assert as_uri("https://example.org/期") == "https://example.org/%E6%9C%9F"


def test_titles_cannot_be_taken_for_markup() -> None:
    assert unmistakable("<b>x</b> a < b & c") == "＜b>x＜/b> a < b & c"


PLAIN = st.text(
    st.sampled_from("ab Z中文，。：“'\"!?-+.#|~^$%@/(){}09,;:\n\n \u3000\u00a0\u200b\u202e²👍🏽\t=<&*_[`"), max_size=14
)


@settings(max_examples=400)
@given(st.sampled_from(["", "a", "中"]), PLAIN, PLAIN)
def test_plain_text_is_as_by_way_of_the_parser(start: str, first: str, second: str) -> None:
    text = f"{start}{first}\n{start}{second}"
    plain = plain_html(text) if text.strip() else ""
    assert plain in {"", sanitise(str(MarkdownIt("commonmark", {"html": True, "breaks": True}).render(clean(text))), BASE)}


def test_a_text_is_parsed_once_and_the_last_ones_are_kept() -> None:
    asked: list[str] = []

    def make(text: str, base: str) -> str:
        asked.append(text)
        return f"{base}{text}"

    texts = Texts(2)
    assert [texts.get(make, text, "/") for text in ("a", "b", "a", "c", "a", "b")] == ["/a", "/b", "/a", "/c", "/a", "/b"]
    assert asked == ["a", "b", "c", "b"]
    other = Texts(2)
    other.put_in(texts.kept)
    assert (other.get(make, "b", "/"), other.is_new, other.get(make, "b", "?"), other.is_new) == ("/b", False, "?b", True)
