"""Editing on a terminal: an error reopens the editor with the error on top, and no text is ever lost."""

from __future__ import annotations

import os
import pty
import select
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Desk

EDITOR = """\
import pathlib, sys
path = pathlib.Path(sys.argv[1])
seen = pathlib.Path({seen!r})
calls = len(list(seen.glob("*")))
seen.joinpath(str(calls)).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
text = path.read_text(encoding="utf-8")
if calls == 0:
    text = text.replace("\\nnews ", "\\nnonsense ", 1) if {spoil} else text
else:
    text = "\\n".join(line.replace("nonsense", "posts") for line in text.splitlines()) + "\\n"
path.write_text(text, encoding="utf-8")
"""
SECONDS = 60


def on_terminal(desk: Desk, answers: list[str], *arguments: str) -> tuple[int, str]:
    """Run the program on a pseudo-terminal and type the answers, each after the next question mark."""
    main, side = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "aggregator", "-C", str(desk.root), *arguments],
        stdin=side, stdout=side, stderr=side, cwd=Path(__file__).parents[2], env=os.environ | {"TERM": "dumb"},
    )  # fmt: skip
    os.close(side)
    said, waiting, end = "", list(answers), time.monotonic() + SECONDS
    while time.monotonic() < end:
        ready, _, _ = select.select([main], [], [], 0.2)
        if ready:
            try:
                piece = os.read(main, 65536)
            except OSError:
                break
            if not piece:
                break
            said += piece.decode(errors="replace")
            if waiting and said.rstrip().endswith(":"):
                os.write(main, (waiting.pop(0) + "\n").encode())
        elif process.poll() is not None:
            break
    os.close(main)
    return process.wait(timeout=SECONDS), said


@pytest.fixture
def typed(desk: Desk, editor) -> Desk:  # type: ignore[no-untyped-def]
    """A draft with one item in news."""
    editor("text = text.replace('## 业界新闻', '## 业界新闻\\n\\n- [一条 | 某处](https://a.example/x)  \\n摘要：一句。', 1)")
    assert desk("issue", "edit").code == 0
    return desk


def prepare(typed: Desk, monkeypatch: pytest.MonkeyPatch, *, spoil: bool) -> Path:
    seen = typed.root / "seen"
    seen.mkdir()
    script = typed.root / "editor.py"
    script.write_text(EDITOR.format(seen=str(seen), spoil=spoil), encoding="utf-8")
    monkeypatch.setenv("EDITOR", f"{sys.executable} {script}")
    monkeypatch.setenv("TMPDIR", str(typed.root))
    return seen


def test_an_error_reopens_the_editor_with_the_error_on_top(typed: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = prepare(typed, monkeypatch, spoil=True)
    code, said = on_terminal(typed, ["y"], "issue", "outline")
    assert code == 0, said
    assert "no section `nonsense`" in said
    second = (seen / "1").read_text(encoding="utf-8")
    assert second.startswith("# ")
    assert "nonsense" in second.splitlines()[0]
    assert "E506" in second.splitlines()[0]
    assert [line["section"] for line in typed("issue", "items", "--json").json] == ["posts"]


def test_who_gives_up_keeps_the_text(typed: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(typed, monkeypatch, spoil=True)
    code, said = on_terminal(typed, ["n"], "issue", "outline")
    assert code == 1
    (kept,) = typed.root.glob("aggregator-*.txt")
    assert kept.name in said
    assert "nonsense" in kept.read_text(encoding="utf-8")
    assert [line["section"] for line in typed("issue", "items", "--json").json] == ["news"]


BREAKING = """\
import pathlib, sys
path = pathlib.Path(sys.argv[1])
text = path.read_text(encoding="utf-8")
if text.startswith("<!--"):
    pathlib.Path(r"{seen}").write_text(text, encoding="utf-8")
    text = text.replace("[又一条 | 某处(", "[又一条 | 某处](")
else:
    text = text.replace("## 论文", "## 论文\\n\\n- [又一条 | 某处(https://a.example/more)", 1)
path.write_text(text, encoding="utf-8")
"""


@pytest.mark.parametrize(("answer", "broken"), [("y", False), ("n", True)])
def test_what_was_not_read_as_meant_reopens_the_editor(
    typed: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answer: str, broken: bool
) -> None:
    script, seen = tmp_path / "break.py", tmp_path / "seen.md"
    script.write_text(BREAKING.format(seen=seen), encoding="utf-8")
    monkeypatch.setenv("EDITOR", shlex.join([sys.executable, str(script)]))
    code, said = on_terminal(typed, [answer], "issue", "edit")
    assert (code, "saved draft" in said, "C004" in said) == (0, True, True)
    assert seen.is_file() is not broken
    assert broken or "C004] -->\n" in seen.read_text(encoding="utf-8")
    added = next(one for one in typed("issue", "items", "--json").json if one["title"].startswith("又一条"))
    assert (added["url"] is None) is broken


def test_nothing_changed_changes_nothing(typed: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(typed, monkeypatch, spoil=False)
    events = len(typed("log", "--json").json)
    code, said = on_terminal(typed, [], "issue", "edit")
    assert code == 0
    assert "nothing was changed" in said
    assert len(typed("log", "--json").json) == events


def test_the_draft_against_what_was_saved_by_hand(typed: Desk) -> None:
    anchor = typed("issue", "items", "--json").json[0]["anchor"]
    typed("issue", "star", anchor)
    shown = typed("issue", "diff").out
    assert "--- the draft as last saved by hand" in shown
    assert "+# 测试简报：一条" in shown
