"""Reading and writing are inverse: for every text, and for every issue that is made here."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from aggregator.issue.house import escape_plain, normal, normal_item, parse, render
from aggregator.issue.house.item import print_item
from aggregator.issue.house.normal import meaning
from aggregator.issue.house.reader import read
from aggregator.model import Issue, Item, Publication
from aggregator.text import clean_line
from tests.issue.strategies import issues, items, texts_at_random, words

_COMMONMARK = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


@given(text=texts_at_random)
@settings(deadline=None)
def test_an_unchanged_text_is_written_back_byte_for_byte(publication: Publication, text: str) -> None:
    issue = parse(text, publication=publication).issue
    assert render(issue, publication) == (text or render(issue, publication))


@given(text=texts_at_random)
@settings(deadline=None)
def test_every_line_belongs_to_one_block(publication: Publication, text: str) -> None:
    tree, _ = read(text, publication)
    stops = [0, *(block.stop for block in tree.blocks)]
    starts = [block.end - len(tree.core(block)) for block in tree.blocks]
    assert [*starts, len(tree.lines)] == stops


@given(issue=issues)
@settings(deadline=None, max_examples=25)
def test_an_issue_made_here_reads_back_as_it_is(publication: Publication, issue: Issue) -> None:
    made = normal(issue, publication)
    read_back = parse(render(made, publication), publication=publication).issue
    assert meaning(read_back) == meaning(made)
    assert len(made.items) == len(issue.items)


@given(issue=issues)
@settings(deadline=None, max_examples=25)
def test_another_profile_is_no_other_law(english: Publication, issue: Issue) -> None:
    made = normal(issue, english)
    read_back = parse(render(made, english), publication=english).issue
    assert meaning(read_back) == meaning(made)


@given(item=items)
@settings(deadline=None)
def test_the_normal_form_is_reached_at_once(publication: Publication, item: Item) -> None:
    once = normal_item(item, publication)
    assert normal_item(once, publication) == once
    assert once.url is None or item.url is not None


@given(title=words, source=words, summary=words)
@settings(deadline=None)
def test_a_renderer_shows_the_plain_text_that_went_in(publication: Publication, title: str, source: str, summary: str) -> None:
    title, source, summary = (clean_line(text) for text in (title, source, f"文{summary}"))
    item = Item(escape_plain(title), "https://x.example/1", escape_plain(source), summary=escape_plain(summary))
    shown = _COMMONMARK.render(print_item(normal_item(item, publication), publication.profile))
    link = re.search(r'<a href="https://x\.example/1">(.*?)</a>', shown, re.DOTALL)
    assert link
    expected = f"{title}|{source}" if source else title
    assert _letters(link[1]).replace("｜", "|") == _letters(html.escape(expected)).replace("｜", "|")
    assert _letters(html.escape(summary)) in _letters(shown)


def _letters(markup: str) -> str:
    return re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]+>", "", markup)))


SHAPES: dict[str, Callable[[str], str]] = {
    "as printed": str,
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "a byte order mark": lambda text: "\ufeff" + text,
    "no line end at its end": lambda text: text.rstrip("\n"),
    "blanks at line ends": lambda text: re.sub(r"(?m)(?<=\S)$", " \t", text),
}


@given(before=issues, after=issues, shape=st.sampled_from(list(SHAPES)))
@settings(deadline=None, max_examples=60)
def test_any_change_of_a_written_issue_is_written(publication: Publication, before: Issue, after: Issue, shape: str) -> None:
    text = SHAPES[shape](render(normal(before, publication), publication))
    assert render(parse(text, publication=publication).issue, publication) == text
    changed = normal(replace(after, slug=before.slug), publication)
    written = render(replace(changed, verbatim=text), publication)
    assert meaning(normal(parse(written, publication=publication).issue, publication)) == meaning(changed)
