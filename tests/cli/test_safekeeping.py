"""Copies of the store, its text, and the way back."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import stat
import sys
from contextlib import closing
from pathlib import Path

import pytest

from aggregator.store.dump import MAGIC, OF_THE_MOMENT, TABLES
from aggregator.store.tables import METADATA
from tests.cli.conftest import Desk, item, rss

STATE = (
    ("queue", "list", "--status", "all", "--json"),
    ("issue", "list", "--json"),
    ("entries", "list", "--json"),
    ("log", "--json"),
    ("sources", "list", "--json"),
)


def state(desk: Desk) -> list[str]:
    return [desk(*command).out for command in STATE]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the store of the busy workspace is kept, which is made once."""
    return tmp_path_factory.mktemp("kept") / "aggregator.db"


@pytest.fixture
def busy(desk: Desk, kept: Path) -> Desk:
    """A workspace in which most has happened once: drafted, rejected, deferred, undone."""
    desk.configure("/a.xml")
    titles = ["端侧推理的新方法", "四比特量化 \u202e反", "招聘启事", "编译器的一次更新", "另一件事"]
    desk.serve("/a.xml", rss(*(item(at, title, text=f"第{at}条的正文，讲的是{title}。") for at, title in enumerate(titles, 1))))
    if kept.exists():
        shutil.copy(kept, desk.root / "aggregator.db")
        return desk
    assert desk("poll").code == 0
    for command in (
        ("approve", "1", "--section", "news"),
        ("approve", "2", "--section", "papers"),
        ("reject", "3"),
        ("defer", "4"),
        ("more-like", "2"),
    ):
        assert desk("queue", *command).code == 0
    assert desk("undo").code == 0
    assert desk("backup", str(kept)).code == 0
    return desk


@pytest.fixture
def other(busy: Desk, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Another workspace with the same sources, and nothing in its store."""
    made = Desk(tmp_path_factory.mktemp("other"), busy.upstream, busy._capsys)
    made.configure("/a.xml")
    return made


def exported(desk: Desk) -> str:
    done = desk("export")
    assert done.code == 0
    return done.out


def test_what_is_exported_is_restored_whole(busy: Desk, other: Desk, tmp_path: Path) -> None:
    assert busy("issue", "publish", "--yes", "--force", "--date", "2026-09-02").code == 0
    assert busy("queue", "approve", "4", "--section", "papers").code == 0
    text = exported(busy)
    assert text.startswith(MAGIC)
    assert sum(line.startswith("decision ") for line in text.splitlines()) == len(busy("log", "--json").json)
    assert "\u202e" not in text
    file = tmp_path / "store.txt"
    file.write_text(text, encoding="utf-8")
    done = other("restore", str(file), "--json")
    assert done.code == 0, done.err
    assert done.json[0]["rows"]["entry"] == 5
    assert state(other) == state(busy)
    assert exported(other) == text
    assert other("publish").code == 0
    for path in (busy.root / "feeds").rglob("*.xml"):
        assert (other.root / "feeds" / path.relative_to(busy.root / "feeds")).read_bytes() == path.read_bytes()
    # Life goes on: undo knows the decisions, and ids that were given are not given again.
    assert other("undo").code == busy("undo").code == 0
    assert other("queue", "approve", "5", "--section", "posts").code == 0
    assert busy("queue", "approve", "5", "--section", "posts").code == 0
    assert other("issue", "show").out == busy("issue", "show").out


def test_an_export_says_the_same_as_long_as_nothing_changes(busy: Desk) -> None:
    before = exported(busy)
    assert exported(busy) == before
    assert busy("queue", "approve", "5", "--section", "posts").code == 0
    after = exported(busy)
    gone = [line for line in before.splitlines() if line not in set(after.splitlines())]
    assert {line.split(" ")[0] for line in gone} <= {"candidate", "issue", "aggregator"}
    assert [line for line in after.splitlines() if line.startswith("decision ")][: before.count("\ndecision ")]


def test_an_export_is_read_from_a_pipe(busy: Desk, other: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(exported(busy)))
    assert other("restore", "-").code == 0
    assert state(other) == state(busy)


def test_a_copy_is_restored_whole(busy: Desk, other: Desk, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    done = busy("backup", str(copy), "--json")
    assert done.code == 0, done.err
    assert done.json == [{"path": str(copy), "bytes": copy.stat().st_size}]
    assert other("restore", str(copy)).code == 0
    assert state(other) == state(busy)


@pytest.mark.parametrize("length", [4096, 16384])
def test_a_copy_in_longer_or_shorter_pages_is_restored_whole(busy: Desk, other: Desk, tmp_path: Path, length: int) -> None:
    copy = tmp_path / "copy.db"
    assert busy("backup", str(copy)).code == 0
    with closing(sqlite3.connect(copy, isolation_level=None)) as raw:
        raw.execute(f"PRAGMA page_size = {length}")
        raw.execute("VACUUM")
        assert raw.execute("PRAGMA page_size").fetchone() == (length,)
        raw.execute("PRAGMA journal_mode = WAL")  # as a file that was copied by hand
    assert other("restore", str(copy)).code == 0
    assert state(other) == state(busy)
    assert not list(other.root.glob(".aggregator.*.tmp"))


def test_a_copy_lands_beside_the_database_or_in_a_folder_and_never_on_a_file(busy: Desk, tmp_path: Path) -> None:
    (busy.root / "aggregator.db").chmod(0o600)
    path = Path(busy("backup", "--json").json[0]["path"])
    assert path.parent == busy.root
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.name == "aggregator.db.20260902T030000Z.db"
    again = busy("backup")
    assert again.code == 1
    assert "E311" in again.err
    (tmp_path / "kept").mkdir()
    assert busy("backup", str(tmp_path / "kept")).code == 0
    assert (tmp_path / "kept" / path.name).stat().st_size > 10_000
    assert "E311" in busy("backup", str(tmp_path / "nowhere" / "copy.db")).err
    assert not list(busy.root.glob("*.tmp")) + list(tmp_path.glob("**/*.tmp"))


def test_what_is_there_is_replaced_on_demand_only_and_kept(busy: Desk, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    assert busy("backup", str(copy)).code == 0
    then = state(busy)
    assert busy("queue", "approve", "5", "--section", "posts").code == 0
    now = state(busy)
    refused = busy("restore", str(copy))
    assert refused.code == 1
    assert "E313" in refused.err
    assert state(busy) == now
    done = busy("restore", str(copy), "--replace", "--json")
    assert done.code == 0, done.err
    assert state(busy) == then
    kept = done.json[0]["before"]
    assert busy("restore", kept, "--replace").code == 0
    assert state(busy) == now


SPOILT: dict[str, tuple[str, str]] = {
    "\naggregator": ("\nhello", "E312"),
    '"schema": "': ('"schema": "9', "E307"),
    "\ncandidate {": ("\ncandidat {", "E312"),
    '"section_reasons"': ('"section_raisins"', "E312"),
    "\nentry {": ("\nentry [{", "E312"),
    '"arrived_at": "2': ('"arrived_at": "x', "E312"),
    '"arrived_at": "2026-09-02T03:00:00+00:00"': ('"arrived_at": "2026-09-02T03:00:00"', "E312"),
    '\ncandidate {"id": 1,': ('\ncandidate {"id": 1000000000000000000000,', "E312"),
    '"merged_into": null': ('"merged_into": "1"', "E312"),
    '"canonical_url": "': ('"canonical_url": "\\ud800', "E312"),
    '"second": null': ('"second": {"zh": "论文"}', "E312"),
    '"starred": false': ('"starred": null', "E312"),
    '"tags": []': ('"tags": ' + "[" * 100_000, "E312"),
    '"item": ': ('"item": "x', "E312"),
}


def test_what_is_no_export_changes_nothing(busy: Desk, tmp_path: Path) -> None:
    before, text = state(busy), f"\n{exported(busy)}"
    assert all(text.count(part) for part in SPOILT)
    spoilt = [(text.replace(part, other)[1:], code) for part, (other, code) in SPOILT.items()]
    for given, code in (*spoilt, ("", "E312"), (text[1 : len(text) // 2], "E312"), (text[1 : text.rindex("\nend")], "E312")):
        file = tmp_path / "spoilt.txt"
        file.write_text(given, encoding="utf-8")
        done = busy("restore", str(file), "--replace")
        assert (done.code, code in done.err) == (1, True), (given[:100], done.err)
    assert state(busy) == before
    assert not list(busy.root.glob("*before-restore*"))


def test_what_is_no_copy_changes_nothing(busy: Desk, tmp_path: Path) -> None:
    before = state(busy)
    copy = tmp_path / "copy.db"
    assert busy("backup", str(copy)).code == 0
    whole = copy.read_bytes()
    for spoilt in (whole[:5000], whole[:8192] + b"\xff" * 16384 + whole[24576:], whole[:16]):
        copy.write_bytes(spoilt)
        done = busy("restore", str(copy), "--replace")
        assert (done.code, "E306" in done.err) == (1, True), done.err
    assert state(busy) == before
    assert "E312" in busy("restore", str(tmp_path / "missing")).err
    assert busy("restore", str(tmp_path)).code == 1


def test_a_copy_of_a_newer_program_changes_nothing(busy: Desk, other: Desk, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    assert busy("backup", str(copy)).code == 0
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9001'")
    before = exported(busy), exported(other)
    for desk, how in ((busy, ["--replace"]), (other, [])):
        done = desk("restore", str(copy), *how)
        assert (done.code, "E307" in done.err) == (1, True), done.err
    assert (exported(busy), exported(other)) == before


def test_what_was_there_is_kept_where_an_old_copy_cannot_be_upgraded(busy: Desk, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    assert busy("backup", str(copy)).code == 0
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")  # its upgrade meets what is there already
    assert busy("restore", str(copy), "--replace").code == 1
    (kept,) = busy.root.glob("*before-restore.db")
    assert kept.stat().st_size > 10_000


def test_an_export_with_bytes_that_are_no_utf8_changes_nothing(busy: Desk, tmp_path: Path) -> None:
    before, file = state(busy), tmp_path / "spoilt.txt"
    text = exported(busy).encode()
    assert "端侧".encode() in text
    file.write_bytes(text.replace("端侧".encode(), "端侧".encode("gbk"), 1))
    done = busy("restore", str(file), "--replace")
    assert (done.code, "E312" in done.err) == (1, True), done.err
    assert state(busy) == before


def test_nothing_is_restored_while_a_poll_runs(busy: Desk, tmp_path: Path) -> None:
    import fcntl

    file = tmp_path / "store.txt"
    file.write_text(exported(busy), encoding="utf-8")
    with (busy.root / ".aggregator.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert busy("restore", str(file), "--replace").code == 75


def test_every_table_is_exported_or_left_out_on_purpose() -> None:
    assert set(TABLES) | set(OF_THE_MOMENT) == set(METADATA.tables)
    for at, name in enumerate(TABLES):
        for key in METADATA.tables[name].foreign_keys:
            assert TABLES.index(key.column.table.name) < at


def test_lines_hold_json(busy: Desk) -> None:
    said = [line.partition(" ") for line in exported(busy).splitlines()[1:]]
    assert {name for name, _, _ in said} <= {*TABLES, "end"}
    assert all(isinstance(json.loads(row), dict) for _, _, row in said)
