"""Several processes and one store: what the upstream's own log says of gaps, overlaps and repeats."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.cli.conftest import Desk, item, rss
from tests.cli.test_running import running, wait_for

GAP = 0.05
SLACK = 0.005  # the log is written by another thread than the one that accepts


@dataclass
class Host:
    """A host that writes down when each request began and when its answer left, by path."""

    server: HTTPServer
    log: list[tuple[str, float, float]] = field(default_factory=list)
    leads_to: Host | None = None
    wait_for: threading.Event | None = None

    def url(self, path: str) -> str:
        return str(self.server.url_for(path))

    def answer(self, request: Request) -> Response:
        began = time.monotonic()
        if self.wait_for is not None:
            self.wait_for.wait(30)
        if self.leads_to is not None:
            answer = Response("", status=302, headers={"Location": self.leads_to.url(request.path)})
        else:
            number = int(request.path.rpartition("/")[2].removesuffix(".xml"))
            answer = Response(rss(item(number, f"第{number}条")), content_type="application/rss+xml")
        self.log.append((request.path, began, time.monotonic()))
        return answer

    def assert_polite(self) -> None:
        """One request at a time, and the gap between the end of one and the beginning of the next."""
        spans = sorted((began, ended) for _, began, ended in self.log)
        pauses = [following[0] - earlier[1] for earlier, following in pairwise(spans)]
        assert not pauses or min(pauses) >= GAP - SLACK, sorted(pauses)[:5]

    def asked(self) -> Counter[str]:
        return Counter(path for path, _, _ in self.log)


@pytest.fixture
def hosts() -> Iterator[tuple[Host, Host]]:
    """Two hosts, told apart by their ports."""
    import re

    servers = [HTTPServer(host="127.0.0.1", threaded=True) for _ in range(2)]
    made = [Host(server) for server in servers]
    for server, host in zip(servers, made, strict=True):
        server.expect_request(re.compile("^/")).respond_with_handler(host.answer)
        server.start()
    yield made[0], made[1]
    for server in servers:
        server.clear()
        server.stop()


def configure(desk: Desk, urls: list[str], **defaults: str) -> None:
    """One source for each address, on hosts that are spared."""
    desk.configure(extra="".join(f"  - {{name: s{number}, url: '{url}'}}\n" for number, url in enumerate(urls)))
    path = desk.root / "sources.yaml"
    wanted = {"host_gap": f"{GAP}s", "host_concurrency": "1", **defaults}
    text = "".join(f"  {name}: {value}\n" for name, value in wanted.items())
    path.write_text(path.read_text(encoding="utf-8").replace("defaults:\n", f"defaults:\n{text}"), encoding="utf-8")


def start(desk: Desk, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "aggregator", "-C", str(desk.root), *arguments]
    environ = {name: value for name, value in os.environ.items() if name != "AGGREGATOR_NOW"}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ)


def titles(desk: Desk) -> list[str]:
    return sorted(one["title"] for one in desk("queue", "list", "--json").json)


@pytest.mark.slow
def test_a_redirect_into_another_processs_host_keeps_that_hosts_gap(desk: Desk, hosts: tuple[Host, Host]) -> None:
    first, second = hosts
    second.leads_to = first
    half = 30  # two processes take part from 51 sources on
    configure(
        desk,
        [first.url(f"/{number}.xml") for number in range(half)] + [second.url(f"/{half + number}.xml") for number in range(half)],
        processes="2",
    )
    polled = desk("poll")
    assert polled.out.startswith(f"{2 * half} polled · 0 unchanged · {2 * half} new"), polled
    assert set(first.asked().values()) == set(second.asked().values()) == {1}
    assert (len(first.log), len(second.log)) == (2 * half, half)
    first.assert_polite()
    second.assert_polite()


def test_a_second_poll_says_so_and_asks_nobody(desk: Desk, hosts: tuple[Host, Host]) -> None:
    host, _ = hosts
    host.wait_for = threading.Event()
    configure(desk, [host.url(f"/{number}.xml") for number in range(4)])
    with start(desk, "poll") as one:
        while not (desk.root / ".aggregator.hosts.lock").exists():  # made when the first request is about to leave
            time.sleep(0.01)
        busy = desk("poll", "--all")
        host.wait_for.set()
        out, _ = one.communicate(timeout=60)
    assert busy.code == 75
    assert "E750" in busy.err
    assert "4 new" in out
    assert host.asked() == Counter({f"/{number}.xml": 1 for number in range(4)})
    assert titles(desk) == [f"第{number}条" for number in range(4)]
    host.assert_polite()


@pytest.mark.slow
def test_up_and_polls_beside_it_ask_once_and_lose_nothing(desk: Desk, hosts: tuple[Host, Host]) -> None:
    host, _ = hosts
    configure(desk, [host.url(f"/{number}.xml") for number in range(6)])
    with running(desk, "up", "--port", "0") as up:
        wait_for(up, "polling what is due")
        with start(desk, "poll") as one, start(desk, "poll") as other:
            codes = [one.wait(60), other.wait(60)]
        wait_for(up, r"\d+ polled")
    assert set(codes) <= {0, 75}
    assert host.asked() == Counter({f"/{number}.xml": 1 for number in range(6)})
    assert titles(desk) == [f"第{number}条" for number in range(6)]
    host.assert_polite()


@pytest.mark.slow
def test_other_commands_that_ask_keep_the_gap_too(desk: Desk, hosts: tuple[Host, Host]) -> None:
    host, _ = hosts
    configure(desk, [host.url(f"/{number}.xml") for number in range(6)])
    with start(desk, "poll") as poll, start(desk, "sources", "check") as check:
        assert (poll.wait(60), check.wait(60)) == (0, 0)
    assert set(host.asked().values()) == {2}
    host.assert_polite()
    assert titles(desk) == [f"第{number}条" for number in range(6)]


@pytest.mark.slow
def test_two_workspaces_over_one_store_are_one_poller(
    desk: Desk, hosts: tuple[Host, Host], tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    host, _ = hosts
    host.wait_for = threading.Event()
    shared = tmp_path_factory.mktemp("shared")
    monkeypatch.setenv("AGGREGATOR_DATABASE_URL", f"sqlite:///{shared}/news.db")
    configure(desk, [host.url(f"/{number}.xml") for number in range(3)])
    other = tmp_path_factory.mktemp("other")
    (other / "sources.yaml").write_bytes((desk.root / "sources.yaml").read_bytes())
    with start(desk, "poll") as one:
        while not (shared / ".aggregator.hosts.lock").exists():
            time.sleep(0.01)
        busy = desk("-C", str(other), "poll")
        host.wait_for.set()
        assert one.wait(60) == 0
    assert busy.code == 75
    assert set(host.asked().values()) == {1}
