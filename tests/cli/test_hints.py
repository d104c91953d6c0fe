"""What the archive has met of a new work: shown in words, never dropped."""

from __future__ import annotations

import pytest

from aggregator.model import Candidate, Link, SeenIn, Status
from aggregator.store.hints import hint_keys, with_hints
from tests.cli.conftest import Desk, item, rss

OLD = (
    "# 测试简报 (2020-01-02)\n\n## 开源项目\n\n- [someone/something：一个工具 | 某号](https://mp.weixin.qq.com/s/abc)  \n"
    "论文：https://arxiv.org/abs/1911.00001  \n代码：https://github.com/someone/something  \n摘要：一段摘要。  \n"
)


def test_a_release_of_a_printed_repository_is_told_as_later_news(desk: Desk) -> None:
    path = desk.root / "2020-01-02.md"
    path.write_text(OLD, encoding="utf-8")
    assert desk("import", str(path)).code == 0
    desk.configure("/blog.xml")
    release = "https://github.com/Someone/Something/releases/tag/v2.0"
    paper = "https://www.alphaxiv.org/abs/1911.00001v2"
    desk.serve("/blog.xml", rss(item(1, "新版本", link=release), item(2, "又一篇", link=paper)))
    assert "2 new" in desk("poll").out
    ids = {one["title"]: one["id"] for one in desk("queue", "list", "--json").json}
    assert "same repository, earlier news, in issue 2020-01-02" in desk("queue", "show", str(ids["新版本"])).out
    assert "same paper, other article, in issue 2020-01-02" in desk("queue", "show", str(ids["又一篇"])).out


def candidate(url: str, *links: str) -> Candidate:
    made = tuple(Link("", "link", link) for link in links)
    return Candidate(7, Status.PENDING, "x", "x", url, url, "news", 0.5, 0.0, "s", links=made)


def test_papers_and_repositories_that_a_work_links_to_are_hints_and_each_item_once() -> None:
    one = candidate("https://example.org/1", "https://arxiv.org/pdf/1911.00001", "https://github.com/Some/Thing.git")
    assert hint_keys(one) == {"arxiv:1911.00001": "same paper", "github:some/thing": "same repository"}
    assert hint_keys(candidate("https://github.com/some/thing")) == {}
    met = {"arxiv:1911.00001": [("2020-01-02", 3)], "github:some/thing": [("2020-01-02", 3), ("2020-01-16", 9)]}
    found = with_hints([one], {7: [SeenIn("2019-12-01", 1, "same link")]}, met)[7]
    assert [(seen.item_id, seen.relation) for seen in found] == [(1, "same link"), (3, "same paper"), (9, "same repository")]


def test_what_the_ranking_lacks_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.configure("/a.xml")
    desk.serve("/a.xml", rss(item(1, "端侧量化")))
    desk("poll")
    assert "0 works taken" in desk("queue", "why", "1").err
    monkeypatch.setattr("aggregator.queue.training.available", lambda: False)
    told = desk("queue", "why", "1")
    assert "aggregator[rank]" in told.err
    assert "端侧 in the title" in told.out
    doctor = desk("doctor")
    assert "aggregator[rank]" in doctor.out
    assert doctor.code == 0
