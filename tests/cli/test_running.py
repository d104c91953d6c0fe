"""`up`, `serve` and `daemon` as processes: what they print, what they answer, how they stop."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from werkzeug import Request, Response

from aggregator.app import keeping
from aggregator.app.ingest import Ingest
from aggregator.app.workspace import open_workspace
from aggregator.cli.context import now
from aggregator.cli.running import interruptible
from aggregator.model import Entry, Outcome, PollState
from aggregator.store.polls.unit import PollUnit
from tests.cli.conftest import Desk, item, rss


@contextmanager
def running(desk: Desk, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The program in a process of its own, ended with the block."""
    command = [sys.executable, "-m", "aggregator", "-C", str(desk.root), *arguments]
    environ = {name: value for name, value in os.environ.items() if name != "AGGREGATOR_NOW"} | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environ) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_for(process: subprocess.Popen[str], pattern: str) -> re.Match[str]:
    """The first line of output that matches; the test's own time limit ends a wait for what never comes."""
    assert process.stdout is not None
    seen = ""
    for line in process.stdout:
        seen += line
        found = re.search(pattern, line)
        if found:
            return found
    raise AssertionError(f"{pattern} never came: {seen}")


@pytest.mark.parametrize("number", [pytest.param(signal.SIGINT, marks=pytest.mark.slow), signal.SIGTERM])
def test_up_polls_serves_and_stops_cleanly(desk: Desk, number: signal.Signals) -> None:
    desk.configure("/good.xml")
    desk.serve("/good.xml", rss(item(1, "一条新闻")))
    with running(desk, "up", "--port", "0") as process:
        address = wait_for(process, r"http://127\.0\.0\.1:\d+/")[0]
        wait_for(process, r"1 polled · 0 unchanged · 1 new")
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - our own address
            assert answer.status == 200
            assert "一条新闻" in answer.read().decode()
        process.send_signal(number)
        out, _ = process.communicate(timeout=10)
    assert process.returncode == 0
    assert "stopped" in out
    assert "Traceback" not in out
    assert len(desk("queue", "list", "--json").json) == 1


def test_daemon_polls_and_stops_cleanly(desk: Desk) -> None:
    desk.configure("/good.xml")
    desk.serve("/good.xml", rss(item(1, "一条新闻")))
    with running(desk, "daemon") as process:
        wait_for(process, r"1 new")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=10)
    assert process.returncode == 0


@pytest.mark.parametrize("number", [pytest.param(signal.SIGINT, marks=pytest.mark.slow), signal.SIGTERM])
def test_a_poll_that_is_stopped_ends_in_order(desk: Desk, number: signal.Signals) -> None:
    last = threading.Event()
    names = [f"/s{at:02}.xml" for at in range(12)]
    for at, name in enumerate(names):
        body = rss(item(at, f"第{at}条新闻"))

        def answer(_request: Request, body: str = body, at: int = at) -> Response:
            if at == len(names) - 1:
                last.set()
            return Response(body, content_type="application/rss+xml")

        desk.upstream.expect_request(name).respond_with_handler(answer)
    with socket.create_server(("127.0.0.1", 0)) as mute:  # connections are taken, and never answered
        desk.configure(*names, extra=f"  - {{name: slow, url: http://127.0.0.1:{mute.getsockname()[1]}/}}\n")
        with running(desk, "poll") as process:
            assert last.wait(60)
            begun = time.monotonic()
            process.send_signal(number)
            out, _ = process.communicate(timeout=30)
            took = time.monotonic() - begun
    # Python ends itself by the signal where it came in the midst of an import; to a shell that is 130, too.
    assert process.returncode in {130, -signal.SIGINT}, out
    assert "Traceback" not in out
    assert took < 3
    desk.configure(*names)
    desk("poll", "--all")
    assert len(desk("entries", "list", "--json").json) == len(names)


@pytest.mark.parametrize("file", ["none yet", "there"])
def test_what_an_interrupt_strikes_while_it_is_stored_is_stored_all_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    if file == "there":
        desk("queue", "list")
    monkeypatch.setattr(keeping, "BATCH_ENTRIES", 1)
    desk.configure("/a.xml")
    desk.serve("/a.xml", rss(item(1, "端侧推理的新方法"), item(2, "招聘启事")))
    store = Ingest.entries
    struck: list[int] = []

    def strike(self: Ingest, unit: PollUnit, brought: Sequence[tuple[str, Sequence[Entry]]]) -> list[tuple[int, int]]:
        counts = store(self, unit, brought)
        if not struck:
            struck.append(len(counts))
            signal.raise_signal(signal.SIGTERM)
        return counts

    monkeypatch.setattr(Ingest, "entries", strike)
    assert desk("poll").code == 130
    assert struck == [1]
    assert len(desk("queue", "list", "--json").json) == 2
    assert " 0 new " in desk("poll", "--all").out


def test_of_whole_articles_few_wait_to_be_stored(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "BATCH_CHARS", 1000)
    desk.configure("/a.xml")
    workspace = open_workspace(desk.root, os.environ)
    keeper = keeping.Keeper(workspace, {}, now(), wanted=False)
    found = []
    for number in range(5):
        name = f"s{number}"
        entry = Entry(name, "1", None, f"第{number}篇关于端侧推理的文章", summary="字" * 100, content="字" * 300)
        keeper.take(Outcome(name, "ok", PollState(name), (entry,)))
        with workspace.store.read() as unit:
            found.append(sum(unit.sources.entry_counts().values()))
    keeper.finish({}, {})
    assert found == [0, 0, 3, 3, 3]
    assert keeper.report.new == 5


def test_a_taken_port_is_said(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = desk("serve", "--port", port)
    assert result.code == 2
    assert port in result.err
    assert "--port" in result.err


def test_the_loop_outlives_errors_and_reads_sources_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import UTC, datetime

    from aggregator.app import loop
    from aggregator.app.workspace import open_workspace

    desk.configure("/good.xml")
    desk.serve("/good.xml", rss(item(1, "一条新闻")))
    told: list[str] = []
    failed: list[Exception] = []
    naps = 0

    def nap(_seconds: float) -> None:
        nonlocal naps
        naps += 1
        if naps == 1:
            desk.configure(text="publication: [")
        elif naps == 2:
            desk.configure("/good.xml", extra="  - {name: later, url: http://127.0.0.1:9/}\n")
        else:
            raise KeyboardInterrupt

    class Elapsed:
        """Every look at the clock is ten minutes later."""

        now = 0.0

        def monotonic(self) -> float:
            self.now += 600
            return self.now

        sleep = staticmethod(nap)

    monkeypatch.setattr(loop, "time", Elapsed())
    workspace = open_workspace(desk.root, os.environ)
    with pytest.raises(KeyboardInterrupt):
        loop.keep_polling(workspace, clock=lambda: datetime.now(UTC), every_minutes=5, tell=told.append, failed=failed.append)
    workspace.close()
    assert [type(error).__name__ for error in failed] == ["ConfigError"]
    assert any("read again" in line for line in told)
    assert any("later" in line for line in told)


def test_a_signal_while_a_class_is_made_is_an_interrupt() -> None:
    class Struck:
        def __set_name__(self, owner: type, name: str) -> None:
            signal.raise_signal(signal.SIGTERM)

    with pytest.raises(KeyboardInterrupt), interruptible():
        type("Made", (), {"struck": Struck()})
