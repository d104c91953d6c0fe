"""The check with the network: links that are dead, moved or silent, asked once a week; and mending."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Desk, item, rss

ISSUE = """\
# 测试简报 (2026-08-01)

**只为测试**

> 导读：本期2条。「新闻」甲，乙。

## 业界新闻

- [第一条 | 某处]({base}/here){end}
摘要：说的是第一件事,还有第二件；讲了一些别的话。
- [第二条 | 某处]({base}/gone?utm_source=x){end}
摘要：说的是另外一件事情，和上面的没有关系。
"""


def write(desk: Desk) -> Path:
    path = desk.root / "2026-08-01.md"
    path.write_text(ISSUE.format(end="  ", base=desk.upstream.url_for("").rstrip("/")), encoding="utf-8")
    return path


def codes(desk: Desk, *arguments: str) -> list[str]:
    return [one["code"] for one in desk("issue", "check", *arguments, "--json").json]


def test_links_are_asked_once_and_told_apart(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(desk)
    desk.upstream.expect_request("/here").respond_with_data("", status=301, headers={"Location": "/there"})
    desk.upstream.expect_request("/there").respond_with_data("<title>x</title>", content_type="text/html")
    desk.upstream.expect_request("/gone").respond_with_data("", status=404)
    assert "C311" not in codes(desk, str(path))
    monkeypatch.delenv("AGGREGATOR_OFFLINE")
    found = codes(desk, str(path))
    assert "C311" in found
    assert "C313" in found
    assert "C311" not in codes(desk, str(path), "--offline")
    asked = len(desk.upstream.log)
    assert codes(desk, str(path)) == found
    assert len(desk.upstream.log) == asked
    monkeypatch.setenv("AGGREGATOR_NOW", "2026-09-12T03:00:00+00:00")
    assert codes(desk, str(path)) == found
    assert len(desk.upstream.log) > asked


def test_what_is_certain_is_mended(desk: Desk) -> None:
    path = write(desk)
    before = codes(desk, str(path))
    assert {"C302", "C408"} <= set(before)
    done = desk("issue", "check", str(path), "--fix")
    assert "+摘要：说的是第一件事，还有" in done.err
    text = path.read_text(encoding="utf-8")
    assert "utm_source" not in text
    assert "第一件事，还有" in text
    assert not {"C302", "C408"} & set(codes(desk, str(path)))


def test_mending_the_draft_is_one_event(desk: Desk, editor) -> None:  # type: ignore[no-untyped-def]
    editor("text = text.replace('## 论文', '## 论文\\n\\n- [条目 | 某处](https://a.example/?utm_source=x)  \\n摘要：甲,乙。', 1)")
    desk("issue", "edit")
    desk("issue", "check", "--fix")
    shown = desk("issue", "show").out
    assert "utm_source" not in shown
    assert "甲，乙" in shown
    desk("undo")
    assert "甲,乙" in desk("issue", "show").out


def test_a_refusal_to_publish_names_the_shorter_way_that_mends_it(desk: Desk, editor: Callable[[str], None]) -> None:
    desk.configure("/blog.xml")
    desk.serve("/blog.xml", rss(*(item(number, f"第{number}条") for number in (1, 2, 3))))
    desk("poll")
    desk("queue", "approve", "1", "2", "--section", "news")
    editor("text = text.replace('本期', '这一期里，本期')")
    assert desk("issue", "edit").code == 0
    desk("queue", "approve", "3", "--section", "news")
    refused = desk("issue", "publish", "--yes")
    assert "C102" in refused.err
    assert "`aggregator issue check --fix` mends them" in refused.err
    assert desk("issue", "check", "--fix", "--offline").code == 0
    assert desk("issue", "publish", "--yes").code == 0
