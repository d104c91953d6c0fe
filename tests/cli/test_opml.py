"""`sources import` and `sources export`."""

from __future__ import annotations

import json
import time

from aggregator.config import opml
from tests.cli.conftest import Desk


def sources(desk: Desk) -> list[tuple[str, str]]:
    return [(row["name"], row["url"]) for row in map(json.loads, desk("sources", "list", "--json").out.splitlines())]


def put_list(desk: Desk, outlines: list[opml.Outline]) -> str:
    path = desk.root / "mine.opml"
    path.write_bytes(opml.write("mine", outlines))
    return str(path)


def test_a_list_comes_in_with_groups_and_duplicates_are_named(desk: Desk) -> None:
    desk.configure("/known.xml")
    path = put_list(
        desk,
        [
            opml.Outline("一个", "https://a.example/feed", folders=("芯片", "新闻")),
            opml.Outline("已有", desk.upstream.url_for("/known.xml")),
            opml.Outline("known", "https://b.example/feed"),
            opml.Outline("一个", "https://a.example/feed#again"),
        ],
    )
    before = (desk.root / "sources.yaml").read_text(encoding="utf-8")
    result = desk("sources", "import", path)
    assert result.code == 0, result.err
    assert result.out == "2 added · 2 polled already · 0 not read\n"
    assert "mine.opml:12  已有 is polled as `known`" in result.err.replace(str(desk.root) + "/", "")
    text = (desk.root / "sources.yaml").read_text(encoding="utf-8")
    assert text.startswith(before.rstrip())
    assert "  - group: 芯片 / 新闻\n    sources:\n      - name: 一个\n        url: https://a.example/feed\n" in text
    assert sources(desk)[1:] == [("known 2", "https://b.example/feed"), ("一个", "https://a.example/feed")]
    assert desk("sources", "import", path).out.startswith("0 added")
    assert (desk.root / "sources.yaml").read_text(encoding="utf-8") == text


def test_what_goes_out_comes_in_again(desk: Desk) -> None:
    desk("sources", "import", put_list(desk, [opml.Outline("一个", "https://a.example/?x=1&y=2", folders=("甲", "乙"))]))
    desk("sources", "export", str(desk.root / "out.opml"))
    assert desk("sources", "export").out.encode() == (desk.root / "out.opml").read_bytes()
    (outline,) = opml.read((desk.root / "out.opml").read_bytes(), "x").outlines
    assert (outline.title, outline.url, outline.folders) == ("一个", "https://a.example/?x=1&y=2", ("甲", "乙"))


def test_thousands_of_feeds(desk: Desk) -> None:
    path = put_list(desk, [opml.Outline(f"名 {n}", f"https://h{n}.example/feed", folders=(f"组 {n % 40}",)) for n in range(3000)])
    begun = time.monotonic()
    assert desk("sources", "import", path).out.startswith("3000 added")
    assert time.monotonic() - begun < 10
    assert len(sources(desk)) == 3000


def test_a_bomb_changes_nothing_and_says_where(desk: Desk) -> None:
    before = (desk.root / "sources.yaml").read_bytes()
    (desk.root / "bomb.opml").write_text('<?xml version="1.0"?>\n<!DOCTYPE opml [<!ENTITY a "b">]>\n<opml><body/></opml>')
    failed = desk("sources", "import", str(desk.root / "bomb.opml"))
    assert failed.code == 2
    assert "bomb.opml:2:1" in failed.err
    assert (desk.root / "sources.yaml").read_bytes() == before
    assert desk("sources", "import", str(desk.root / "absent.opml")).code == 2


def test_what_is_no_feed_is_left_out_and_named(desk: Desk) -> None:
    desk.configure(
        extra="  - {name: 论文, kind: arxiv, categories: [cs.LG]}\n  - {name: 页, kind: page, url: 'https://a.example/'}\n"
        "  - {name: 星, kind: github, watch: stars, user: ann}\n  - {name: 库, kind: github, repository: a/b}\n"
    )
    written = desk("sources", "export")
    assert [one.title for one in opml.read(written.out.encode(), "x").outlines] == ["论文", "库"]
    assert "2 sources are no feeds that another reader could poll: 页, 星" in written.err
