"""`aggregator review` as a command: without a terminal, from a pipe, and on a terminal of its own."""

from __future__ import annotations

import io
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Desk
from tests.cli.test_round import filled


def test_without_a_terminal_it_says_what_to_use_instead(desk: Desk) -> None:
    refused = desk("review")
    assert refused.code == 2
    assert "--plain" in refused.err
    assert "E704" in refused.err
    assert "\x1b" not in refused.err + refused.out


def test_plain_reads_one_answer_a_line(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(desk)
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\nn\n"))
    done = desk("review", "--plain", "--lang", "en")
    assert done.code == 0
    assert done.err == "2 decisions, 1 pending\n"
    statuses = [one["status"] for one in desk("queue", "list", "--status", "all", "--json").json]
    assert sorted(statuses) == ["approved", "pending", "rejected"]
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert "决定 0 次" in desk("review", "--plain").err
    assert desk("review", "--plain", "--lang", "xx").code == 2


@pytest.mark.slow
def test_on_a_terminal_the_editor_gets_it_and_gives_it_back(desk: Desk, tmp_path: Path) -> None:
    filled(desk)
    script = tmp_path / "edit.py"
    script.write_text(
        "import pathlib, sys\npath = pathlib.Path(sys.argv[1])\n"
        "assert sys.stdin.isatty()\npath.write_text('改过的题目\\n\\n' + path.read_text().partition('\\n\\n')[2])\n",
        encoding="utf-8",
    )
    environ = {**os.environ, "TERM": "xterm-256color", "EDITOR": f"{sys.executable} {script}", "PYTHONPATH": str(Path.cwd())}
    main, side = pty.openpty()
    command = [sys.executable, "-m", "aggregator", "-C", str(desk.root), "review"]
    process = subprocess.Popen(command, stdin=side, stdout=side, stderr=side, env=environ, start_new_session=True)
    os.close(side)
    try:
        _until(main, "待审".encode())
        os.write(main, b"e")
        _until(main, "改过的题目".encode())
        os.write(main, b"yq")
        _until(main, None)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()
        os.close(main)
    approved = desk("queue", "list", "--status", "approved", "--json").json
    assert [one["title"] for one in approved] == ["改过的题目"]


def _until(terminal: int, wanted: bytes | None, seconds: float = 20) -> None:
    """Read what is drawn until it holds `wanted`, or until the program has ended."""
    seen, end = b"", time.monotonic() + seconds
    while time.monotonic() < end and (wanted is None or wanted not in seen):
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                seen += os.read(terminal, 65536)
            except OSError:
                return
    assert wanted is None or wanted in seen
