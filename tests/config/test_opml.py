"""OPML in and out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.config import opml
from aggregator.config.opml import Outline
from aggregator.errors import ConfigError

LIST = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>我的订阅</title></head><body>
<outline text="端侧"><!-- here -->
  <outline text="芯片">
    <outline type="rss" text="一个博客" xmlUrl="https://a.example/feed?x=1&amp;y=2" htmlUrl="https://a.example/"/>
  </outline>
  <outline type="rss" title="Only a title" xmlUrl="https://b.example/feed" category="/news/chips,papers"/>
</outline>
<outline text="loose &nbsp;&bogus; AT&T" xmlurl=" https://c.example/feed "/>
<outline type="rss" text="no address"/>
<outline type="rss" text="bad address" xmlUrl="javascript:alert(1)"/>
<outline type="include" text="another list" xmlUrl="https://d.example/list.opml"/>
</body></opml>
"""


def test_folders_categories_and_problems_with_their_lines() -> None:
    found = opml.read(LIST.encode(), "mine.opml")
    assert found.title == "我的订阅"
    assert found.outlines == (
        Outline("一个博客", "https://a.example/feed?x=1&y=2", "https://a.example/", ("端侧", "芯片"), (), 5),
        Outline("Only a title", "https://b.example/feed", "", ("端侧",), (("news", "chips"), ("papers",)), 7),
        Outline("loose &bogus; AT&T", "https://c.example/feed", "", (), (), 9),
    )
    assert [str(problem.place) for problem in found.problems] == ["mine.opml:10", "mine.opml:11"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<html><body>no</body></html>", "E155"),
        (b"", "E155"),
        (b"plain text", "E155"),
        (b'<!DOCTYPE opml [<!ENTITY a "aaaa">]><opml><body/></opml>', "E156"),
        (b'<!DOCTYPE opml SYSTEM "file:///etc/hostname"><opml/>', "E156"),
        (b'<opml>\n<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/hostname"/></opml>', "E156"),
        (b"<opml><body>" + b'<outline text="x">' * 101, "E156"),
        (b"<opml><body><outline " + b'a="bbbbbbbbbbbbbbbbbbbbbb" ' * 200 + b"/>", "E156"),
    ],
)
def test_what_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(ConfigError) as caught:
        opml.read(data, "x.opml")
    assert caught.value.code == code
    assert str(caught.value.place).startswith("x.opml")


def test_a_file_that_is_cut_off_is_read_as_far_as_it_goes() -> None:
    found = opml.read(LIST[: LIST.index('<outline text="loose')].encode(), "x.opml")
    assert len(found.outlines) == 2
    assert found.problems[0].code == "E155"


def test_gbk_is_read_by_its_declaration() -> None:
    data = LIST.replace("UTF-8", "GBK").encode("gbk")
    assert opml.read(data, "x.opml").outlines[0].folders == ("端侧", "芯片")


def test_more_than_a_list_may_hold_is_capped_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opml, "MAX_OUTLINES", 2)
    found = opml.read(LIST.encode(), "x.opml")
    assert len(found.outlines) == 2
    assert found.problems[-1].code == "E156"


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=30)
OUTLINES = st.builds(
    Outline,
    title=NAMES,
    url=st.sampled_from(["https://a.example/?x=1&y=2", "https://b.example/<>".replace("<>", "%3C%3E"), "http://c.example/路"]),
    folders=st.lists(NAMES, max_size=3).map(tuple),
)


@given(st.lists(OUTLINES, max_size=8))
def test_what_is_written_is_read_again(outlines: list[Outline]) -> None:
    written = opml.write("t", outlines)
    read = opml.read(written, "x.opml")
    assert not read.problems
    # Folders gather what was apart, so the order may change.
    assert sorted((one.title, one.url, one.folders) for one in read.outlines) == sorted(
        (one.title, one.url, one.folders) for one in outlines
    )
    assert opml.write("t", outlines) == written


@pytest.mark.shared
def test_lists_of_other_readers(shared: Path) -> None:
    folder = shared / "conformance/corpus"
    wrong = []
    for line in (folder / "opml.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        try:
            found = opml.read((folder / case["path"]).read_bytes(), "x.opml").outlines
        except ConfigError:
            found = ()
        if {(one.url, one.title) for one in found} != {(one["url"], one["title"]) for one in case["feeds"]}:
            wrong.append(case["id"])
    assert len(wrong) <= 3, wrong
