"""Published issues that change: amendments, files edited by hand, a date that slips."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Desk, item, rss


@pytest.fixture
def published(desk: Desk) -> Desk:
    """A workspace with one published issue, of 2026-09-02."""
    desk.configure("/blog.xml")
    desk.serve("/blog.xml", rss(item(1, "第一条新闻标题", text="<p>一段摘要。</p>"), item(2, "第二条新闻标题")))
    desk("poll")
    numbers = [str(one["id"]) for one in desk("queue", "list", "--json").json]
    desk("queue", "approve", *numbers)
    done = desk("issue", "publish", "--yes", "--force")
    assert done.code == 0, done.err
    return desk


def test_an_amendment_is_recorded_and_shown(published: Desk, editor) -> None:  # type: ignore[no-untyped-def]
    editor("text = text.replace('第一条新闻标题 |', '勘误后的标题 |')")
    assert published("issue", "amend", "2026-09-02").code == 0
    shown = published("issue", "diff", "2026-09-02").out
    assert "--- 2026-09-02 as published" in shown
    assert any(line.startswith("-") and "第一条新闻标题" in line for line in shown.splitlines())
    assert any(line.startswith("+") and "勘误后的标题" in line for line in shown.splitlines())
    assert "amend" in published("log").out
    assert published("issue", "show", "2026-09-02", "--json").json[0]["updated_at"] is not None


def test_a_file_edited_by_hand_is_noticed_and_taken_over(published: Desk) -> None:
    path = published.root / "feeds/issues/2026-09-02.md"
    before = published("issue", "show", "2026-09-02", "--json").json[0]
    path.write_text(path.read_text(encoding="utf-8").replace("第二条新闻标题", "手改的标题"), encoding="utf-8")
    noticed = published("issue", "diff", "2026-09-02")
    assert "手改的标题" in noticed.out
    assert "import" in noticed.err
    assert published("import", str(path)).out.startswith("kept")
    assert published("import", str(path), "--replace").out.startswith("replaced")
    after = published("issue", "show", "2026-09-02", "--json").json[0]
    assert "手改的标题" in str(after["sections"])
    assert [each["anchor"] for part in after["sections"] for each in part["items"]] == [
        each["anchor"] for part in before["sections"] for each in part["items"]
    ]
    assert after["number"] == before["number"]
    assert "amend" in published("log").out
    assert published("import", str(path), "--replace").out.startswith("unchanged")


def test_a_date_that_slips(published: Desk) -> None:
    guid = (published.root / "feeds/feed.xml").read_text(encoding="utf-8").split("<guid")[1].split("</guid>")[0].split(">")[1]
    assert published("issue", "rename", "2026-09-02", "2026-09-05").code == 0
    feeds = published.root / "feeds"
    assert not (feeds / "issues/2026-09-02.md").exists()
    assert "(2026-09-05)" in (feeds / "issues/2026-09-05.md").read_text(encoding="utf-8")
    assert f">{guid}</guid>" in (feeds / "feed.xml").read_text(encoding="utf-8")
    assert "2026-09-05" in (feeds / "issues/2026-09-02/index.html").read_text(encoding="utf-8")  # the redirect
    (one,) = [each for each in published("issue", "list", "--json").json if each["number"]]
    assert (one["slug"], one["redirects"]) == ("2026-09-05", ["2026-09-02"])
    assert published("issue", "rename", "2026-09-02", "2026-09-06").code == 1
    back = published("issue", "rename", "2026-09-05", "2026-09-02")
    assert back.code == 0
    assert published("issue", "show", "2026-09-02", "--json").json[0]["redirects"] == ["2026-09-05"]


def test_an_old_address_is_not_taken_by_another_issue(published: Desk) -> None:
    published("issue", "rename", "2026-09-02", "2026-09-05")
    published.serve("/two.xml", rss(item(9, "下一期的新闻标题")))
    published.configure("/two.xml")
    published("poll")
    number = published("queue", "list", "--json").json[0]["id"]
    published("queue", "approve", str(number))
    refused = published("issue", "publish", "--yes", "--force", "--date", "2026-09-02")
    assert refused.code == 1
    assert "E504" in refused.err


def test_an_issue_lists_only_what_is_past(published: Desk, editor) -> None:  # type: ignore[no-untyped-def]
    editor("text = text.replace('## 论文', '## 论文\\n\\n- [又一条 | 某处](https://a.example/y)  \\n摘要：另一句。', 1)")
    assert published("issue", "edit").code == 0
    done = published("issue", "publish", "--yes", "--date", "2026-08-20", "--force")
    assert done.code == 0, done.err
    assert "2026-09-02" not in published("issue", "show", "2026-08-20").out
    assert "C113" not in [one["code"] for one in published("issue", "check", "2026-08-20", "--json").json]
