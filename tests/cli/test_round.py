"""The whole round through the command line: upstream, queue, issue, feeds."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import feedparser
import pytest

from tests.cli.conftest import Desk, item, rss

FEED = rss(
    item(1, "端侧大模型量化实战", text="<p>把模型压到4比特。</p><script>alert(1)</script>"),
    item(2, "某厂发布新款处理器"),
    item(3, "A paper", link="https://arxiv.org/abs/2401.00001v2"),
)


def filled(desk: Desk) -> dict[str, int]:
    """Poll one feed; the ids of its candidates by title."""
    desk.configure("/blog.xml")
    desk.serve("/blog.xml", FEED, ETag='"v1"')
    assert desk("poll").code == 0
    return {candidate["title"]: candidate["id"] for candidate in desk("queue", "list", "--json").json}


def test_from_an_upstream_to_a_feed_that_readers_read(desk: Desk) -> None:
    ids = filled(desk)
    assert len(ids) == 3
    assert desk("queue", "approve", *map(str, ids.values())).code == 0
    published = desk("issue", "publish", "--yes", "--force")
    assert published.code == 0, published.err
    feed = feedparser.parse((desk.root / "feeds/feed.xml").read_bytes())
    assert not feed.bozo
    (entry,) = feed.entries
    assert "2026-09-02" in entry.title
    assert entry.published_parsed[:3] == (2026, 9, 2)
    assert "端侧大模型量化实战" in entry.content[0].value
    assert "alert(1)" not in entry.content[0].value
    assert "https://arxiv.org/abs/2401.00001" in entry.content[0].value
    assert (desk.root / "feeds/issues/2026-09-02.md").read_text(encoding="utf-8").startswith("---\nlayout: default")
    assert len(feedparser.parse((desk.root / "feeds/items.xml").read_bytes()).entries) == 3
    for name in ("atom.xml", "feed.json", "index.html", "issues/2026-09-02/index.html"):
        assert (desk.root / "feeds" / name).stat().st_size > 0
    statuses = {candidate["status"] for candidate in desk("queue", "list", "--status", "all", "--json").json}
    assert statuses == {"published"}


def test_publishing_again_changes_no_byte(desk: Desk) -> None:
    desk("queue", "approve", *map(str, filled(desk).values()))
    desk("issue", "publish", "--yes", "--force")

    def files() -> dict[Path, tuple[bytes, int]]:
        found = (path for path in (desk.root / "feeds").rglob("*") if path.is_file())
        return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in found}

    before = files()
    again = desk("publish")
    assert "0 written" in again.err
    assert files() == before
    shutil.rmtree(desk.root / "feeds")
    desk("publish")
    assert {path: body for path, (body, _) in before.items()} == {path: path.read_bytes() for path in before}


def test_the_last_line_of_a_poll_and_a_second_poll_that_brings_nothing(desk: Desk) -> None:
    filled(desk)
    again = desk("poll", "--all")
    assert again.out.splitlines()[-1].startswith("1 polled · 1 unchanged · 0 new · 0 folded · 0 failed · ")
    assert desk("poll").out.startswith("0 polled")
    report = desk("poll", "--all", "--json").json[0]
    assert (report["polled"], report["unchanged"], report["new"]) == (1, 1, 0)
    assert report["sources"][0]["name"] == "blog"


def test_the_candidate_shape_of_the_contract(desk: Desk) -> None:
    filled(desk)
    candidates = desk("queue", "list", "--json").json
    assert [one["score"] for one in candidates] == sorted((one["score"] for one in candidates), reverse=True)
    paper = next(one for one in candidates if one["title"] == "A paper")
    assert set(paper) >= {
        "id", "status", "title", "title_raw", "url", "canonical_url", "section", "section_confidence", "score", "source",
        "author", "published_at", "arrived_at", "summary", "tags", "links", "entries", "seen_in",
    }  # fmt: skip
    assert paper["canonical_url"] == "https://arxiv.org/abs/2401.00001"
    assert paper["section"] == "papers"
    assert paper["published_at"] == "2026-09-01T08:00:00Z"
    assert paper["entries"][0]["guid"] == "g3"
    assert paper["author"] is None
    best = candidates[0]
    assert best["title"] == "端侧大模型量化实战"
    assert best["summary"] == "把模型压到4比特。"


def test_why_adds_up_to_the_score(desk: Desk) -> None:
    ids = filled(desk)
    (found,) = desk("queue", "why", str(ids["端侧大模型量化实战"]), "--json").json
    assert found["score"] == pytest.approx(sum(reason["points"] for reason in found["score_reasons"]))
    assert "量化" in desk("queue", "why", str(ids["端侧大模型量化实战"])).out


def test_copies_of_one_work_fold(desk: Desk) -> None:
    desk.configure("/blog.xml", "/other.xml")
    desk.serve("/blog.xml", FEED)
    desk.serve("/other.xml", rss(item(9, "同一篇论文的另一个标题", link="http://arxiv.org/pdf/2401.00001.pdf")))
    assert "3 new · 1 folded" in desk("poll").out
    (paper,) = (one for one in desk("queue", "list", "--json").json if len(one["entries"]) > 1)
    assert {copy["source"] for copy in paper["entries"]} == {"blog", "other"}


def test_every_decision_can_be_undone_and_done_again(desk: Desk) -> None:
    ids = list(filled(desk).values())
    everything = ("queue", "list", "--status", "all", "--json")
    before = desk(*everything).out, desk("issue", "show").out
    desk("queue", "approve", str(ids[0]), "--section", "posts")
    desk("queue", "reject", str(ids[1]))
    desk("queue", "defer", str(ids[2]))
    desk("queue", "edit", str(ids[0]), "--title", "我的标题", "--summary", "我的摘要。")
    desk("queue", "merge", str(ids[1]), str(ids[2]))
    after = desk(*everything).out, desk("issue", "show").out
    assert "我的标题" in after[1]
    assert "我的摘要。" in after[1]
    assert desk("undo", "5").code == 0
    assert (desk(*everything).out, desk("issue", "show").out) == before
    assert desk("redo", "5").code == 0
    assert (desk(*everything).out, desk("issue", "show").out) == after
    actions = [event["action"] for event in desk("log", "--json").json]
    assert actions == ["redo"] * 5 + ["undo"] * 5 + ["merge", "edit", "defer", "reject", "approve"]


def test_decisions_from_standard_input(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    import io
    import sys

    first, second, third = filled(desk).values()
    monkeypatch.setattr(
        sys, "stdin", io.StringIO(f"approve {first} papers\n# a comment\n\nreject {second} 99\ndefer {third}\nsing\n")
    )
    done = desk("queue", "apply", "-")
    assert done.code == 1
    assert "line 4" in done.err
    assert "line 6" in done.err
    statuses = {one["id"]: (one["status"], one["section"]) for one in desk("queue", "list", "--status", "all", "--json").json}
    assert statuses[first] == ("approved", "papers")
    assert statuses[second][0] == "pending", "a line is done whole or not at all"
    assert statuses[third][0] == "deferred"


def test_editing_the_draft_changes_the_store(desk: Desk, editor: Callable[[str], None]) -> None:
    ids = filled(desk)
    desk("queue", "approve", *map(str, ids.values()))
    editor("text = text.replace('某厂发布新款处理器', '改过的标题')")
    edited = desk("issue", "edit")
    assert edited.code == 0, edited.err
    (draft,) = desk("issue", "show", "--json").json
    titles = [one["title"] for section in draft["sections"] for one in section["items"]]
    assert "改过的标题" in titles
    assert len(titles) == 3
    desk("undo")
    assert "改过的标题" not in desk("issue", "show").out


def test_a_removed_item_is_pending_again(desk: Desk, editor: Callable[[str], None]) -> None:
    ids = filled(desk)
    desk("queue", "approve", *map(str, ids.values()))
    editor("text = ''.join(line for line in text.splitlines(True) if '处理器' not in line)")
    assert desk("issue", "outline").code == 0
    assert [one["title"] for one in desk("queue", "list", "--json").json] == ["某厂发布新款处理器"]
    (draft,) = desk("issue", "show", "--json").json
    assert sum(len(section["items"]) for section in draft["sections"]) == 2


def test_a_published_issue_is_amended_and_never_overwritten(desk: Desk, editor: Callable[[str], None]) -> None:
    first, *others = filled(desk).values()
    desk("queue", "approve", str(first))
    desk("issue", "publish", "--yes", "--force")
    desk("queue", "approve", *map(str, others))
    refused = desk("issue", "publish", "--yes", "--force")
    assert refused.code == 1
    assert "E504" in refused.err
    guid = feedparser.parse((desk.root / "feeds/feed.xml").read_bytes()).entries[0].id
    editor("text = text.replace('端侧大模型量化实战', '端侧大模型量化实战（勘误）')")
    assert desk("issue", "amend", "2026-09-02").code == 0
    (entry,) = feedparser.parse((desk.root / "feeds/feed.xml").read_bytes()).entries
    assert "勘误" in entry.content[0].value
    assert entry.id == guid
    assert desk("issue", "publish", "--yes", "--force", "--date", "2026-09-16").code == 0
    assert [one["slug"] for one in desk("issue", "list", "--json").json][1:] == ["2026-09-16", "2026-09-02"]


def test_deferred_candidates_return_with_the_next_draft(desk: Desk) -> None:
    first, second, _ = filled(desk).values()
    desk("queue", "approve", str(first))
    desk("queue", "defer", str(second))
    assert second not in [one["id"] for one in desk("queue", "list", "--json").json]
    desk("issue", "publish", "--yes", "--force")
    assert second in [one["id"] for one in desk("queue", "list", "--json").json]


def test_a_captured_page_and_one_that_cannot_be_fetched(desk: Desk) -> None:
    page = (
        "<html lang=zh><head><title>一个页面</title><meta property='og:site_name' content='某站'></head>"
        "<body><p>正文第一段，足够长的一段文字。</p></body></html>"
    )
    desk.configure()
    desk.serve("/page", page, content_type="text/html; charset=utf-8")
    good, bad = desk.upstream.url_for("/page"), desk.upstream.url_for("/missing")
    added = desk("add", good, bad, "--section", "posts", "--json")
    assert added.code == 0
    one, other = added.json
    assert (one["title"], one["source"], one["section"]) == ("一个页面", "某站", "posts")
    assert other["url"] == bad
    assert other["warnings"]
    again = desk("add", good)
    assert "known as pending" in again.err
    assert len(desk("queue", "list", "--json").json) == 2


def test_importing_fills_the_archive_and_the_queue_knows_what_ran(desk: Desk) -> None:
    text = (
        "# 测试简报 (2020-01-02)\n\n**只为测试**\n\n## 论文\n\n"
        "- [1911.00001] [一篇旧论文 | 某号](https://mp.weixin.qq.com/s/abc)  \n"
        "代码：https://github.com/someone/something  \n摘要：一段摘要。  \n"
    )
    folder = desk.root / "old"
    folder.mkdir()
    (folder / "2020-01-02.md").write_text(text, encoding="utf-8")
    first = desk("import", str(folder))
    assert first.code == 0, first.err
    assert "imported" in first.out
    assert "unchanged" in desk("import", str(folder)).out
    desk.configure("/blog.xml")
    desk.serve(
        "/blog.xml",
        rss(
            item(1, "换了标题", link="https://arxiv.org/abs/1911.00001"),
            item(2, "新版本", link="https://github.com/Someone/Something"),
        ),
    )
    desk("poll")
    seen = {one["title"]: one["seen_in"] for one in desk("queue", "list", "--json").json}
    assert seen["换了标题"][0] == {"issue": "2020-01-02", "item_id": seen["换了标题"][0]["item_id"], "relation": "same paper"}
    assert seen["新版本"][0]["relation"] == "same repository"
    desk("publish")
    assert (desk.root / "feeds/issues/2020-01-02.md").read_text(encoding="utf-8") == text


def test_a_long_queue_is_listed_by_its_first_hundred_and_whole_as_json(desk: Desk) -> None:
    desk.configure("/many.xml")
    desk.serve("/many.xml", rss(*(item(number, f"标题 {number} 号") for number in range(120))))
    desk("poll")
    listed = desk("queue", "list")
    assert len(listed.out.splitlines()) == 100
    assert "the first 100" in listed.err
    assert len(desk("queue", "list", "--limit", "110").out.splitlines()) == 110
    whole = desk("queue", "list", "--json").json
    assert len(whole) == 120
    assert [line.split()[0] for line in listed.out.splitlines()] == [str(one["id"]) for one in whole[:100]]
