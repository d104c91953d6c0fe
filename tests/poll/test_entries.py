"""Raw entries become entries: what is plain takes a shorter way and comes out the same."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.model import Entry, Source
from aggregator.poll.entries import normalise
from aggregator.poll.rawfeed import RawDate, RawEntry, RawFeed, RawText
from aggregator.poll.sanitise import clean_html, nests_deeper, plain_title
from aggregator.text import clean_line

URL = "https://a.example/feed"
NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
SOURCE = Source("a", "feed", (URL,))


def entries(*raw: RawEntry) -> tuple[Entry, ...]:
    return normalise(RawFeed("rss20", entries=raw), url=URL, base=URL, source=SOURCE, now=NOW).entries


def written(chance: random.Random, alphabet: tuple[str, ...]) -> str:
    return "".join(chance.choices(alphabet, k=chance.randint(0, 6)))


_NAMES = ("Ann", "王", " ", "  ", "\u3000", "\u00a0", "\n", ".", "-", ":", "/", "'", "\u200b", "\ue000", "\x07", "b" * 150)


def test_names_and_tags_without_marks_are_as_with_marks_that_say_nothing() -> None:
    chance = random.Random(3)  # noqa: S311
    for _ in range(2000):
        names = tuple(name for name in (written(chance, _NAMES) for _ in range(4)) if clean_line(name) and len(name) < 190)
        # Empty brackets are taken away, and whoever has some is looked at closely.
        plain, bracketed = entries(RawEntry("1", authors=names), RawEntry("2", authors=tuple(f"{name}()" for name in names)))
        assert plain.authors == bracketed.authors


@pytest.mark.parametrize(
    ("authors", "wanted"),
    [
        (("a@a.example (Ann)", "Ann", "Ann <a@a.example>"), ("Ann",)),
        (("", " ", "王小明", "\u200b"), ("王小明",)),
        (tuple(f"Author {number}" for number in range(60)), tuple(f"Author {number}" for number in range(50))),
        (("x" * 3000, "x" * 2000), ("x" * 200,)),
    ],
)
def test_authors(authors: tuple[str, ...], wanted: tuple[str, ...]) -> None:
    assert [entry.authors for entry in entries(RawEntry("1", authors=authors), RawEntry("2", authors=authors))] == [
        wanted,
        wanted,
    ]


def test_tags_are_each_said_once() -> None:
    (entry,) = entries(RawEntry("1", tags=("AI", " AI ", "", "边缘\n计算", "\u200b")))
    assert entry.tags == ("AI", "边缘 计算")


def test_titles_without_marks_are_as_with_a_mark_that_says_nothing() -> None:
    chance = random.Random(5)  # noqa: S311
    for _ in range(2000):
        title = written(chance, _NAMES)
        assert {plain_title(title, kind) for kind in ("text", "html", "guess")} == {plain_title(f"{title}<i></i>", "html")}


@pytest.mark.parametrize("guid", ["", "0", " NULL ", "undefined", "(null)", "\u200bnone", "-\n"])
def test_a_placeholder_is_no_identity(guid: str) -> None:
    (entry,) = entries(RawEntry(guid, link="/1", title=RawText("t")))
    assert entry.guid == "https://a.example/1"


@pytest.mark.parametrize("guid", ["1", "nulls", "tag:a.example,2026:中文", "g" * 500])
def test_what_is_none_is_kept(guid: str) -> None:
    assert entries(RawEntry(f" {guid}\u200b", link="/1"))[0].guid == guid


def test_one_guid_on_several_works_names_none_of_them() -> None:
    one, same, other, alone = (RawEntry(guid, link=link) for guid, link in (("g", "/1"), ("g", "/1"), ("g", "/2"), ("h", "/3")))
    found = entries(one, same, other, alone)
    assert [entry.url for entry in found] == [f"https://a.example/{number}" for number in (1, 2, 3)]
    assert len({entry.guid for entry in found}) == 3
    assert found[2].guid == "h"
    assert found[0].guid == entries(other, one)[1].guid


def test_dates_are_clamped_each() -> None:
    def date(days: int) -> RawDate:
        return RawDate((NOW + timedelta(days=days)).isoformat())

    (entry,) = entries(RawEntry("1", published=date(-1), updated=date(-1)))
    assert entry.published_at == entry.updated_at == NOW - timedelta(days=1)
    (entry,) = entries(RawEntry("1", published=date(1), updated=date(3)))
    assert (entry.published_at, entry.updated_at) == (NOW, None)
    (entry,) = entries(RawEntry("1", updated=RawDate("odd", parsed=NOW), published=RawDate("odd")))
    assert (entry.published_at, entry.updated_at) == (None, NOW)
    (entry,) = entries(RawEntry("1", published=RawDate("1989-12-31T00:00:00Z")))
    assert entry.published_at is None


def test_depth_is_told_whatever_stands_beside_it() -> None:
    assert not nests_deeper("<b></b>" * 1000, 200)
    assert not nests_deeper("<b>" * 200 + "</b>" * 200, 200)
    assert nests_deeper("<b>" * 201 + "</b>" * 201, 200)
    assert nests_deeper("</i>" * 500 + "<b>" * 701, 200)


@pytest.mark.parametrize(
    "reference", ["&#8203;", "&#x202E;", "&ZeroWidthSpace;", "&shy;", "&#173", "&lrm;", "&#xfeff;", "&#13;", "&#1;"]
)
def test_references_make_no_character_that_is_not_wanted(reference: str) -> None:
    assert clean_html(f"<p>a &amp; &lt;b{reference}c</p>", URL).replace("\n", "") == "<p>a &amp; &lt;bc</p>"
