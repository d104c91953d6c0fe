"""Polling in processes of their own: outcomes, and what breaks a reader."""

from __future__ import annotations

import errno
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from aggregator.model import Outcome, PollState, Source
from aggregator.poll.forkserver import _prepare
from aggregator.poll.process import COMMAND, FORK, ForkServer, Process
from aggregator.poll.run import poll_sources
from aggregator.poll.settings import PollSettings
from aggregator.poll.transport import tls_context
from tests.poll.raw_upstream import answer, says, upstream

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
SETTINGS = PollSettings(allow_private_networks=(ip_network("127.0.0.0/8"),), kinds="tests.poll.poll_kinds:KINDS", processes=1)


def source(name: str, *urls: str, **fields: Any) -> Source:
    return Source(**{"name": name, "kind": "lines", "urls": urls, **fields})


def poll(*sources: Source, **settings: Any) -> dict[str, Outcome]:
    """Polls for the first time; outcomes by source, one of each."""
    with poll_sources([(each, PollState(each.name)) for each in sources], replace(SETTINGS, **settings), NOW) as run:
        outcomes = list(run)
    assert sorted(outcome.source for outcome in outcomes) == sorted(each.name for each in sources)
    return {outcome.source: outcome for outcome in outcomes}


def say(request: Request) -> Response:
    return Response(request.path.rpartition("/")[2].replace("+", " "))


def test_nothing_to_poll_is_nothing() -> None:
    assert poll() == {}


def many(feeds: HTTPServer, count: int, *orders: str) -> list[Source]:
    """`count` good sources, each on a host of its own, with sources that give orders between them."""
    urls = [f"http://127.0.1.{n + 1}:{feeds.port}/say/{n}" for n in range(count)]
    good = [source(f"good{n}", url) for n, url in enumerate(urls)]
    bad = [source(order, f"http://127.0.2.{n + 1}:{feeds.port}/say/{order}") for n, order in enumerate(orders)]
    return [*good[: count // 2], *bad, *good[count // 2 :]]


def failed(outcomes: dict[str, Outcome]) -> dict[str, str | None]:
    return {name: outcome.error_code for name, outcome in outcomes.items() if outcome.outcome != "ok"}


@pytest.fixture(scope="module")
def wide() -> Iterator[HTTPServer]:
    """/say/WORD on every loopback address."""
    server = HTTPServer(host="0.0.0.0")
    server.expect_request(re.compile("^/say/")).respond_with_handler(say)
    server.start()
    yield server
    server.clear()
    server.stop()


def test_many_sources_are_divided_among_processes(wide: HTTPServer) -> None:
    got = poll(*many(wide, 120), processes=2)
    assert {outcome.outcome for outcome in got.values()} == {"ok"}
    assert len({outcome.state.feed_title for outcome in got.values()}) == 2
    assert len(wide.log) == 120


def test_few_sources_are_polled_by_one(wide: HTTPServer) -> None:
    got = poll(*many(wide, 10), processes=4)
    assert len({outcome.state.feed_title for outcome in got.values()}) == 1


def test_a_reader_that_dies_costs_its_source_alone(wide: HTTPServer) -> None:
    got = poll(*many(wide, 12, "die", "memory"))
    assert failed(got) == {
        "die": "E259",
        "memory": "E259",
    }
    assert got["die"].state.failures == 1
    assert [len(outcome.entries) for name, outcome in got.items() if name.startswith("good")] == [1] * 12


def test_a_reader_that_computes_too_long_is_stopped(wide: HTTPServer) -> None:
    got = poll(*many(wide, 12, "spin"), parse_cpu_seconds=0.3)
    assert failed(got) == {"spin": "E258"}
    assert len({outcome.state.feed_title for name, outcome in got.items() if name != "spin"}) == 1  # the same process went on


@pytest.mark.slow
def test_a_reader_that_cannot_be_interrupted_is_replaced(wide: HTTPServer) -> None:
    got = poll(*many(wide, 12, "hang"), parse_wall_seconds=1.5)
    assert failed(got) == {"hang": "E258"}
    assert got["hang"].state.failures == 1


def test_a_process_that_cannot_start_is_an_outcome_not_a_hang() -> None:
    got = poll(source("a", "http://127.0.0.1:9/"), kinds="no_such_module:KINDS")["a"]
    assert (got.outcome, got.error_code) == ("failed", "E259")
    assert "no_such_module" in str(got.error)


def test_a_host_that_asked_for_quiet_is_left_alone_by_all_its_sources() -> None:
    with upstream(says(answer(b"slow down", "429 Too Many Requests", retry_after="7200"))) as server:
        got = poll(*(source(f"s{n}", f"{server.url}/{n}") for n in range(5)), host_gap_seconds=0.01, host_concurrency=1)
        assert len(server.requests) == 1
    assert {outcome.outcome for outcome in got.values()} == {"limited"}
    assert sorted(outcome.state.failures for outcome in got.values()) == [0, 0, 0, 0, 1]
    for outcome in got.values():
        assert outcome.state.next_poll_at
        assert outcome.state.next_poll_at >= NOW + timedelta(minutes=119)


def processes(*columns: str) -> list[list[str]]:
    """The processes of this machine that are alive, but for the one that lists them."""
    wanted = [f"-o{column}=" for column in ("stat", "comm", *columns)]
    listed = subprocess.run(["ps", "-A", *wanted], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in listed.splitlines()]
    return [row[-len(columns) :] for row in rows if not row[0].startswith("Z") and row[1] != "ps"]


def children_of(parent: str) -> set[str]:
    return {pid for pid, its in processes("pid", "ppid") if its == parent}


def children() -> set[str]:
    return children_of(str(os.getpid()))


def test_stopping_early_keeps_what_was_yielded_and_leaves_nobody_behind(wide: HTTPServer) -> None:
    jobs = [(each, PollState(each.name)) for each in [*many(wide, 4), source("never", wide.url_for("/say/x"), kind="slow")]]
    before = children()
    with poll_sources(jobs, SETTINGS, NOW) as run:
        first = next(run)
        started = time.monotonic()
    assert first.outcome == "ok"
    assert time.monotonic() - started < 3
    assert children() - before == set()
    assert list(run) == []


def test_a_server_that_was_started_already_is_used_and_ends_with_the_run(wide: HTTPServer) -> None:
    before = children()
    server = ForkServer()
    assert len(children() - before) == 1
    jobs = [(each, PollState(each.name)) for each in many(wide, 3)]
    with poll_sources(jobs, SETTINGS, NOW, server=server) as run:
        assert len(children() - before) == 1
        assert [outcome.outcome for outcome in run] == ["ok", "ok", "ok"]
    assert children() - before == set()


def test_all_processes_come_from_one_server(wide: HTTPServer) -> None:
    jobs = [(each, PollState(each.name)) for each in many(wide, 120)]
    with poll_sources(jobs, replace(SETTINGS, processes=2), NOW) as run:
        next(run)
        (server,) = children()
        assert len(children_of(server)) == 2
    assert children_of(server) == set()


def test_a_server_that_died_before_it_was_asked_is_replaced(wide: HTTPServer) -> None:
    server = ForkServer()
    os.kill(int(next(iter(children()))), signal.SIGKILL)
    jobs = [(each, PollState(each.name)) for each in many(wide, 2)]
    with poll_sources(jobs, SETTINGS, NOW, server=server) as run:
        assert [outcome.outcome for outcome in run] == ["ok", "ok"]


def test_a_process_that_dies_when_its_server_is_dead_costs_nobody_else(wide: HTTPServer) -> None:
    jobs = [(each, PollState(each.name)) for each in many(wide, 12, "orphan")]
    with poll_sources(jobs, SETTINGS, NOW) as run:
        got = {outcome.source: outcome for outcome in run}
    assert failed(got) == {"orphan": "E259"}
    assert len(got) == 13


@pytest.mark.slow
def test_a_process_that_hangs_when_its_server_is_dead_is_ended(wide: HTTPServer) -> None:
    jobs = [(each, PollState(each.name)) for each in many(wide, 12, "stuck orphan")]
    with poll_sources(jobs, replace(SETTINGS, parse_wall_seconds=1.0), NOW) as run:
        pids = {next(run).state.feed_title}
        got = {outcome.source: outcome for outcome in run}
    assert failed(got) == {"stuck orphan": "E258"}
    assert not {f"by {pid}" for (pid,) in processes("pid")} & pids


def born(process: Process) -> int:
    until = time.monotonic() + 20
    while not process.pulse.pid and time.monotonic() < until:
        pass
    assert process.pulse.pid
    return process.pulse.pid


@pytest.fixture
def server() -> Iterator[ForkServer]:
    made = ForkServer()
    yield made
    made.end()


def test_one_that_is_not_asked_ends_with_its_channel(server: ForkServer) -> None:
    process = server.process()
    pid = born(process)
    process.channel.close()
    assert server.exit_code(pid, 10) == 0
    process.end()


def test_an_answer_that_nobody_read_is_not_taken_for_another(server: ForkServer) -> None:
    one, other = server.process(), server.process()
    pids = born(one), born(other)
    one.channel.close()
    server._control.send(COMMAND.pack(pids[0]))  # as far as an interrupted question came
    assert other.exit_code(0.0) == -signal.SIGKILL
    assert server.exit_code(pids[0], 0.0) is None  # it is buried
    born(third := server.process())
    for process in (one, other, third):
        process.end()


def test_a_process_that_gets_too_few_descriptors_is_none(server: ForkServer) -> None:
    with tempfile.TemporaryFile() as file:
        socket.send_fds(server._control, [COMMAND.pack(FORK)], [file.fileno()])
    process = server.process()
    born(process)
    process.end()


def test_what_cannot_be_prepared_is_left_to_whoever_needs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nonexistent")
    tls_context.cache_clear()
    one, other = socket.socketpair()
    with one, other:
        _prepare(one)
    with pytest.raises(OSError, match="No such file"):
        tls_context()


def test_a_server_that_cannot_be_started_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> subprocess.Popen[bytes]:
        raise OSError(errno.EAGAIN, "no more processes")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    with pytest.raises(OSError, match="no more processes"):
        ForkServer()


INTERRUPTED = """
import sys
from datetime import UTC, datetime
from ipaddress import ip_network
from aggregator.model import PollState, Source
from aggregator.poll.run import poll_sources
from aggregator.poll.settings import PollSettings

def main():
    sources = [Source("good", "lines", (sys.argv[1],)), Source("slow", "slow", ("http://127.0.0.1/",))]
    jobs = [(source, PollState(source.name)) for source in sources]
    settings = PollSettings(allow_private_networks=(ip_network("127.0.0.0/8"),), kinds="tests.poll.poll_kinds:KINDS")
    try:
        for outcome in poll_sources(jobs, settings, datetime.now(UTC)):
            print(outcome.source, outcome.outcome, flush=True)
    except KeyboardInterrupt:
        loaded = {"httpx", "httpcore", "feedparser", "lxml"} & set(sys.modules)
        print("interrupted", sorted(loaded), flush=True)

main()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_stop_the_processes_within_three_seconds(wide: HTTPServer, number: signal.Signals) -> None:
    paths = os.pathsep.join([str(ROOT), str(Path(__file__).parent)])
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, f"http://127.0.0.1:{wide.port}/say/one"],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": paths},
    )
    assert process.stdout
    with process, process.stdout:
        assert process.stdout.readline() == "good ok\n"
        started = time.monotonic()
        process.send_signal(number)
        rest = process.stdout.read()
        process.wait(5)
        while group_alive(process.pid) and time.monotonic() - started < 3:
            pass
    assert not group_alive(process.pid)
    assert time.monotonic() - started < 3
    assert rest == ("interrupted []\n" if number == signal.SIGINT else "")


def group_alive(group: int) -> bool:
    return [str(group)] in processes("pgid")


GOOD = [
    "ok",
    "etag",
    "lastmod",
    "weak-etag",
    "gzip",
    "deflate",
    "chunked",
    "r301",
    "r302",
    "r307",
    "r308",
    "r-relative",
    "r-chain",
    "ua",
    "vary-ct",
]
BAD = {
    "r-loop": "E206",
    "r-file": "E209",
    "r-js": "E209",
    "404": "E207",
    "410": "E211",
    "429": "E207",
    "503": "E207",
    "500": "E207",
    "slow-body": "E204",
    "reset": "E210",
    "short": "E210",
    "endless": "E205",
    "etag-304-always": "E210",
}


@pytest.mark.shared
@pytest.mark.slow
def test_what_the_conformance_server_does(shared: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    script = shared / "conformance" / "serve.py"
    server = subprocess.Popen([sys.executable, str(script), "--port", str(port)], stdout=subprocess.PIPE)
    assert server.stdout
    with server, server.stdout:
        server.stdout.readline()
        sources = [source(name, f"http://127.0.0.1:{port}/s/{name}/feed.xml") for name in (*GOOD, *BAD)]
        got = poll(*sources, deadline_seconds=3.0)
        server.kill()
    assert {name: got[name].outcome for name in GOOD} == dict.fromkeys(GOOD, "ok")
    assert {name: got[name].error_code for name in BAD} == BAD
