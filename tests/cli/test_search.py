"""Search from the command line: words, addresses, topics, likeness."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Desk, item, rss

PAST = """\
# 测试简报 ({date})

**只为测试**

> 导读：本期1条。「开源」引擎。

- {brief}

## 开源项目

- [{title} | 某处]({url}){end}
摘要：支持低比特推理，{words}。
"""


@pytest.fixture
def archive(desk: Desk) -> Desk:
    """Two past issues and a candidate."""
    for day, title, url, brief, words in (
        ("2026-07-01", "轻量引擎QNN开源", "https://github.com/lab/qnn", "一条**小事**", "首发"),
        ("2026-08-01", "QNN 2.0：更快的引擎", "https://example.org/qnn2", "QNN上了新闻", "跑得快"),
        ("2026-08-15", "QNNKit上线", "https://example.org/kit", "别的", "工具"),
    ):
        path = Path(desk.root / f"{day}.md")
        path.write_text(PAST.format(end="  ", date=day, title=title, url=url, brief=brief, words=words), encoding="utf-8")
        desk("import", str(path))
    desk.configure("/blog.xml")
    desk.serve("/blog.xml", rss(item(1, "轻量引擎又一个")))
    desk("poll")
    return desk


def found(desk: Desk, *arguments: str) -> list[tuple[str, str | None]]:
    return [(hit["kind"], hit["issue"]) for hit in desk("search", *arguments, "--json").json]


def test_words(archive: Desk) -> None:
    assert found(archive, "轻量") == [("item", "2026-07-01"), ("candidate", None)]
    assert found(archive, "低比特", "跑得") == [("item", "2026-08-01")]
    assert found(archive, "小事") == [("brief", "2026-07-01")]
    assert found(archive, "qnn", "--issue", "2026-07-01") == [("item", "2026-07-01")]
    assert found(archive, "轻量", "--status", "pending") == [("candidate", None)]
    assert found(archive, "轻量", "--since", "2026-08-02") == [("candidate", None)]
    assert found(archive, "qnn", "--section", "news") == []
    assert archive("search", "轻").code == 2
    assert archive("search").code == 2
    assert archive("search", "qnn", "--status", "nothing").code == 2


def test_where_did_this_run(archive: Desk) -> None:
    assert found(archive, "https://github.com/lab/qnn/") == [("item", "2026-07-01")]
    assert found(archive, "https://github.com/lab/other") == []


def test_a_page_that_no_issue_printed_is_found_by_its_address(archive: Desk) -> None:
    (waiting,) = archive("queue", "list", "--json").json
    assert found(archive, waiting["url"]) == [("candidate", None)]
    archive("queue", "reject", str(waiting["id"]))
    (hit,) = archive("search", waiting["url"], "--json").json
    assert (hit["id"], hit["status"]) == (waiting["id"], "rejected")


def test_a_page_is_told_once_when_an_issue_printed_it(archive: Desk) -> None:
    (waiting,) = archive("queue", "list", "--json").json
    archive("queue", "approve", str(waiting["id"]))
    archive("issue", "publish", "--yes", "--force")
    assert [kind for kind, _ in found(archive, waiting["url"])] == ["item"]


def test_a_topic_through_the_issues(archive: Desk) -> None:
    told = archive("search", "--topic", "QNN", "--json").json
    assert [one["issue"] for one in told] == ["2026-07-01", "2026-08-01"]
    assert [hit["kind"] for hit in told[1]["hits"]] == ["item", "brief"]


def test_what_only_mentions_a_topic_is_told_apart(archive: Desk) -> None:
    told = archive("search", "--topic", "低比特", "--json").json
    assert [(one["issue"], len(one["hits"]), len(one["mentions"])) for one in told] == [
        ("2026-07-01", 0, 1),
        ("2026-08-01", 0, 1),
        ("2026-08-15", 0, 1),
    ]
    assert "  (projects)  QNNKit上线" in archive("search", "--topic", "低比特").out
    assert archive("search", "--topic", "没有这个").out == ""


def test_an_issue_that_is_renamed_or_amended_is_found_as_it_is_now(archive: Desk, editor) -> None:  # type: ignore[no-untyped-def]
    editor("text = text.replace('跑得快', '跑得稳')")
    archive("issue", "amend", "2026-08-01")
    archive("issue", "rename", "2026-08-01", "2026-08-03")
    assert found(archive, "跑得快") == []
    assert found(archive, "得稳") == [("item", "2026-08-03")]


def test_related(archive: Desk) -> None:
    number = archive("queue", "list", "--json").json[0]["id"]
    assert found(archive, "--related", str(number))[0] == ("item", "2026-07-01")


def test_what_says_nothing_beside_an_address_or_a_topic_is_refused(desk: Desk) -> None:
    desk.configure("/one.xml")
    for asked in (("https://example.org/1",), ("--topic", "x"), ("--related", "1")):
        said = desk("search", *asked, "--section", "news")
        assert (said.code, "--section says nothing beside" in said.err) == (2, True), said
