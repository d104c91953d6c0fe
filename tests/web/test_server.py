"""Where the server listens, and how it ends."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from aggregator.app.workspace import Workspace
from aggregator.errors import UsageError
from aggregator.web import server
from tests.web.conftest import NOW, Browser, make_workspace


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    opened = make_workspace(tmp_path_factory.mktemp("server"))
    yield opened
    opened.close()


def test_it_answers_at_the_address_it_gives(browser: Browser) -> None:
    assert browser.address == f"http://127.0.0.1:{browser.port}/"
    assert browser.get("/healthz").status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.0.2.1", "no such host"])
def test_other_machines_are_kept_out(workspace: Workspace, host: str) -> None:
    with pytest.raises(UsageError) as raised, server.serving(workspace, host=host, port=0, clock=lambda: NOW):
        pass
    assert raised.value.code == "E710"
    assert raised.value.fix


def test_a_given_port_that_is_taken_is_an_error(browser: Browser, workspace: Workspace) -> None:
    with pytest.raises(UsageError) as raised, server.serving(workspace, host="127.0.0.1", port=browser.port, clock=lambda: NOW):
        pass
    assert raised.value.code == "E711"
    assert raised.value.why
    assert raised.value.fix


def test_without_a_port_the_next_free_one_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(server.listen("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr(server, "FIRST_PORT", port)
        monkeypatch.setattr(server, "LAST_PORT", port + 20)
        with closing(server.listen("127.0.0.1", None)) as found:
            assert port < found.getsockname()[1] <= port + 20
        monkeypatch.setattr(server, "LAST_PORT", port)
        with pytest.raises(UsageError):
            server.listen("127.0.0.1", None)


def test_it_stops_at_once_in_spite_of_open_and_stalled_connections(workspace: Workspace) -> None:
    with ExitStack() as clients:
        with server.serving(workspace, host="localhost", port=0, clock=lambda: NOW) as address:
            port = int(address.rsplit(":", 1)[1].strip("/"))
            kept = clients.enter_context(closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)))
            kept.request("GET", "/healthz")
            kept.getresponse().read()
            for start in (
                b"",
                b"GET / HTTP/1.1\r\nHost: x",
                b"POST /decide HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: 9\r\n\r\n" % port,
            ):
                stalled = clients.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
                stalled.sendall(start)
            leaving = time.monotonic()
        assert time.monotonic() - leaving < 3
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()


def test_stalled_clients_do_not_keep_a_reader_waiting(browser: Browser) -> None:
    with ExitStack() as clients:
        for _ in range(50):
            stalled = clients.enter_context(socket.create_connection(("127.0.0.1", browser.port), timeout=5))
            stalled.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-a: ")
        begun = time.monotonic()
        assert browser.get("/").status_code == 200
        assert time.monotonic() - begun < 3


def test_a_client_that_never_asks_is_shown_out(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "REQUEST_SECONDS", 0.05)
    with server.serving(workspace, host="127.0.0.1", port=0, clock=lambda: NOW) as address:
        port = int(address.rsplit(":", 1)[1].strip("/"))
        with socket.create_connection(("127.0.0.1", port), timeout=5) as stalled:
            stalled.sendall(b"GET / HTTP/1.1\r\n")
            assert stalled.recv(100) == b""


def test_the_folder_of_the_pages_is_complete() -> None:
    folder = Path(server.__file__).parent
    assert {path.name for path in (folder / "static").iterdir()} == {
        "style.css",
        "icon.svg",
        "htmx.min.js",
        "htmx.LICENSE.txt",
        "review.js",
        "wire.js",
        "list.js",
        "drag.js",
    }
