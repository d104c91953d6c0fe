"""What one face does while another does something else: nothing that was decided is lost."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from aggregator.app import deciding, drafting
from aggregator.app.ingest import Ingest
from aggregator.app.workspace import open_workspace
from aggregator.cli.context import now
from aggregator.model import Entry
from aggregator.publish import staging
from tests.cli.conftest import Desk, item, rss

OLD = "# 测试简报 (2020-01-02)\n\n## 论文\n\n- [旧闻 | 某号](https://example.org/old)  \n摘要：一段。  \n"


def filled(desk: Desk, count: int = 3) -> list[int]:
    """So many pending candidates."""
    desk.configure("/blog.xml")
    desk.serve("/blog.xml", rss(*(item(number, f"第{number}条") for number in range(1, count + 1))))
    desk("poll")
    return sorted(one["id"] for one in desk("queue", "list", "--json").json)


def titles(desk: Desk, slug: str = "draft") -> list[str]:
    """The titles of an issue's items."""
    (one,) = desk("issue", "show", slug, "--json").json
    return [each["title"] for section in one["sections"] for each in section["items"]]


def test_redo_after_an_import_leaves_the_archive_alone(desk: Desk) -> None:
    first, *_ = filled(desk)
    desk("queue", "approve", str(first))
    desk("undo")
    path = desk.root / "2020-01-02.md"
    path.write_text(OLD, encoding="utf-8")
    desk("import", str(path))
    assert desk("redo").code == 0
    assert titles(desk, "2020-01-02") == ["旧闻"]
    assert len(titles(desk)) == 1


def test_an_item_can_be_amended_away(desk: Desk, editor: Callable[[str], None]) -> None:
    desk("queue", "approve", *map(str, filled(desk)))
    desk("issue", "publish", "--yes", "--force")
    editor("text = ''.join(line for line in text.splitlines(True) if '第2条' not in line)")
    amended = desk("issue", "amend", "2026-09-02")
    assert amended.code == 0, amended.err
    assert sorted(titles(desk, "2026-09-02")) == ["第1条", "第3条"]


@pytest.mark.parametrize("face", ["edit", "outline"])
def test_what_is_approved_while_the_editor_is_open_stays(desk: Desk, face: str) -> None:
    first, second, _ = filled(desk)
    desk("queue", "approve", str(first))
    workspace = open_workspace(desk.root, os.environ)
    base = drafting.draft(workspace)
    text = drafting.text_of(workspace, base) if face == "edit" else drafting.outline_of(base)
    desk("queue", "approve", str(second))
    if face == "edit":
        drafting.save_text(workspace, None, text.replace("第1条", "改过"), now=now(), who="a", base=base)
    else:
        drafting.save_outline(workspace, text, now=now(), who="a", base=base)
    workspace.close()
    assert sorted(titles(desk)) == sorted(["改过" if face == "edit" else "第1条", "第2条"])


def test_a_disk_that_fills_up_while_files_are_written_unpublishes_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk("queue", "approve", *map(str, filled(desk)))
    written = 0
    real = staging.write_temporary

    def filling(*arguments: object) -> Path:
        nonlocal written
        written += 1
        if written > 4:
            raise OSError(28, "No space left on device")
        return real(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(staging, "write_temporary", filling)
        assert desk("issue", "publish", "--yes", "--force").code != 0
    assert desk("publish").code == 0
    assert (desk.root / "feeds/issues/2026-09-02/index.html").is_file()
    assert len(titles(desk, "2026-09-02")) == 3


def test_a_corrected_address_is_met_again(desk: Desk) -> None:
    first, second, _ = filled(desk)
    assert desk("queue", "edit", str(first), "--url", "https://example.org/permanent").code == 0
    desk.upstream.clear()
    desk.serve("/blog.xml", rss(item(9, "换了标题的同一篇", link="http://www.example.org/permanent")))
    assert "0 new · 1 folded" in desk("poll", "--all").out
    refused = desk("queue", "edit", str(second), "--url", "https://example.org/permanent")
    assert refused.code == 1
    assert "merge" in refused.err
    desk("undo")
    assert desk("queue", "show", str(first), "--json").json[0]["url"] == "https://blog.example.org/1"


def test_merging_keeps_an_approval_and_the_links(desk: Desk) -> None:
    first, second, _ = filled(desk)
    desk("queue", "approve", str(first), "--section", "papers")
    before = desk("queue", "list", "--status", "all", "--json").out
    assert desk("queue", "merge", str(first), str(second)).code == 0
    (winner,) = desk("queue", "show", str(second), "--json").json
    assert winner["status"] == "approved"
    (draft,) = desk("issue", "show", "--json").json
    (printed,) = [each for section in draft["sections"] for each in section["items"]]
    assert "https://blog.example.org/1" in [printed["url"], *(link["url"] for link in printed["links"])]
    desk("queue", "reject", str(second))
    assert titles(desk) == []
    desk("undo", "2")
    assert desk("queue", "list", "--status", "all", "--json").out == before


def test_an_editor_that_saves_another_encoding_loses_nothing(desk: Desk, editor: Callable[[str], None]) -> None:
    desk("queue", "approve", str(filled(desk)[0]))
    editor("path.write_bytes(text.replace('第1条', '乱码').encode('gbk')); raise SystemExit")
    result = desk("issue", "edit")
    assert result.code == 2
    assert "UTF-8" in result.err
    assert titles(desk) == ["第1条"]


def test_a_published_issue_is_not_edited_but_amended(desk: Desk, editor: Callable[[str], None]) -> None:
    desk("queue", "approve", str(filled(desk)[0]))
    desk("issue", "publish", "--yes", "--force")
    editor("text = text.replace('第1条', '别的')")
    result = desk("issue", "edit", "2026-09-02")
    assert result.code == 1
    assert "amend" in result.err


def test_the_draft_has_the_sections_that_are_configured_now(desk: Desk) -> None:
    first, second, _ = filled(desk)
    desk("queue", "approve", str(first), "--section", "posts")
    path = desk.root / "sources.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("slug: papers, title: 论文", "slug: research, title: 研究"), encoding="utf-8"
    )
    desk("queue", "approve", str(second), "--section", "research")
    (draft,) = desk("issue", "show", "--json").json
    names = {section["name"]: len(section["items"]) for section in draft["sections"]}
    assert names == {"业界新闻": 0, "研究": 1, "开源项目": 0, "博文": 1}


def test_a_folder_may_have_any_name(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> None:
    root = tmp_path_factory.mktemp("odd") / "a?b%41#c 中"
    root.mkdir()
    (root / "sources.yaml").write_text((desk.root / "sources.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    desk.root = root
    assert desk("queue", "list").code == 0
    assert (root / "aggregator.db").is_file()


def test_odd_input_is_no_bug_of_the_program(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for arguments in (("queue", "list", "--search", "\udcff"), ("queue", "list", "--limit", "9" * 30)):
        assert "E999" not in desk(*arguments).err
    monkeypatch.setenv("AGGREGATOR_DATABASE_URL", "mysqlx://user:s3cret@host/db")
    result = desk("queue", "list")
    assert result.code == 1
    assert "s3cret" not in result.err
    monkeypatch.setenv("AGGREGATOR_NOW", "yesterday")
    assert desk("sources", "list").code == 2 or "E999" not in desk("sources", "list").err


def test_an_undo_that_was_offered_before_something_else_was_decided_is_refused(desk: Desk) -> None:
    from aggregator.app import history
    from aggregator.errors import QueueError

    first, second, _ = filled(desk)
    workspace = open_workspace(desk.root, os.environ)
    deciding.decide(workspace, "approve", [first], now=now(), who="a")
    offered = desk("log", "--json").json[0]["id"]
    desk("queue", "reject", str(second))
    with pytest.raises(QueueError):
        history.undo(workspace, 1, now=now(), who="a", expected=offered)
    workspace.close()
    assert len(titles(desk)) == 1


def test_a_copy_does_not_join_what_was_rejected_while_the_poll_ran(desk: Desk) -> None:
    desk.configure("/one.xml", "/two.xml")
    workspace = open_workspace(desk.root, os.environ)
    entries = [Entry(name, "1", f"https://{name}.example/1", "端侧推理框架发布新版本") for name in ("one", "two")]
    with workspace.store.write() as unit:
        ingest = Ingest.prepare(workspace, unit, now())
        assert ingest.entries(unit, [("one", entries[:1])]) == [(1, 0)]
    (first,) = desk("queue", "list", "--json").json
    assert desk("queue", "reject", str(first["id"])).code == 0
    with workspace.store.write() as unit:
        assert ingest.entries(unit, [("two", entries[1:])]) == [(1, 0)]
    (second,) = desk("queue", "list", "--json").json
    assert second["url"] == "https://two.example/1"
