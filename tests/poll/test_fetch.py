"""One fetch: what is refused, what is followed, what is counted."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from typing import Any

import brotli
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from aggregator.errors import FetchError
from aggregator.model import RequestRecord, Validators
from aggregator.poll.fetch import HttpFetcher
from aggregator.poll.guard import refusal
from aggregator.poll.settings import PollSettings
from aggregator.protocols import Fetched
from tests.poll.raw_upstream import answer, says, upstream

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HERE = ip_network("127.0.0.1/32")


def fetch_all(*urls: str, settings: dict[str, Any] | None = None, **ask: Any) -> list[Fetched]:
    """Fetches one URL after the other with one fetcher."""

    async def run() -> list[Fetched]:
        fetcher = HttpFetcher(PollSettings(**{"allow_private_networks": (HERE,), **(settings or {})}), lambda: NOW)
        try:
            return [await fetcher.fetch(url, **ask) for url in urls]
        finally:
            await fetcher.aclose()

    return asyncio.run(run())


def fetch(url: str, **ask: Any) -> Fetched:
    return fetch_all(url, **ask)[0]


def refused(url: str, **ask: Any) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetch(url, **ask)
    assert caught.value.what
    assert caught.value.why
    assert caught.value.fix
    return caught.value


# ---------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "127.9.9.9",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:8.8.8.8",
        "::ffff:127.0.0.1",
        "2001::1",
        "2002:7f00:1::1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::808:808",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "ff02::1",
    ],
)
def test_only_public_addresses_pass(address: str) -> None:
    assert refusal(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "151.101.1.67", "2606:4700::1111", "64:ff9b::808:808"])
def test_public_addresses_pass(address: str) -> None:
    assert refusal(ip_address(address)) is None


def test_an_opened_network_opens_that_network_alone() -> None:
    assert refusal(ip_address("127.0.0.1"), [HERE]) is None
    assert refusal(ip_address("127.0.0.2"), [HERE])
    assert refusal(ip_address("::ffff:127.0.0.1"), [HERE])
    assert refusal(ip_address("fd00::5"), [ip_network("fd00::/64")]) is None


@pytest.mark.parametrize(
    "host",
    ["127.0.0.2", "2130706434", "0x7f000002", "127.2", "[::1]", "[::ffff:127.0.0.2]", "0.0.0.0", "169.254.169.254", "localhost."],
)
def test_a_private_address_is_refused_however_it_is_written(host: str) -> None:
    assert refused(f"http://{host}:9/", settings={"allow_private_networks": ()}).code in {"E201", "E202", "E209"}


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/feed", "http://2130706433/feed", "http://nowhere.invalid/feed"])
def test_a_host_that_is_not_asked_keeps_nobody_waiting(url: str) -> None:
    asked: list[RequestRecord] = []

    async def run() -> float:
        fetcher = HttpFetcher(PollSettings(host_gap_seconds=30.0), lambda: NOW)
        for _ in range(3):
            with pytest.raises(FetchError, match=r"is refused|cannot connect"):
                await fetcher.fetch(url, observer=asked.append)
        return fetcher.queues.ready_at(fetcher.queues.key(url)) - fetcher.queues.clock()

    assert asyncio.run(asyncio.wait_for(run(), 25)) <= 0
    assert len(asked) == 3


def test_a_host_that_gave_no_answer_was_asked() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/feed"

    async def run() -> float:
        fetcher = HttpFetcher(PollSettings(allow_private_networks=(HERE,), host_gap_seconds=30.0), lambda: NOW)
        with pytest.raises(FetchError, match="cannot connect"):
            await fetcher.fetch(url)
        return fetcher.queues.ready_at(fetcher.queues.key(url)) - fetcher.queues.clock()

    assert asyncio.run(run()) > 25


def test_the_address_that_was_checked_is_the_one_connected_to(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    httpserver.expect_request("/feed").respond_with_data("from 127.0.0.1", headers={"Connection": "close"})
    given = iter(["127.0.0.1", "127.0.0.2"])
    asked: list[str] = []

    def rebinding(host: str, port: int, *_: object, **__: object) -> list[tuple[Any, ...]]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(given), port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    url = f"http://rebind.example:{httpserver.port}/feed"
    assert fetch(url).body == b"from 127.0.0.1"
    assert asked == ["rebind.example"]
    assert httpserver.log[0][0].headers["Host"] == f"rebind.example:{httpserver.port}"
    assert refused(url).code == "E201"


def test_of_several_addresses_only_good_ones_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    with upstream(says(answer()), host="127.0.0.2") as private:
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, private.port)) for host in ("127.0.0.1", "127.0.0.2")]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        assert refused(f"http://two.example:{private.port}/").code == "E202"
    assert private.connections == 0


def test_tls_asks_for_the_name_not_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    names: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    server = socket.create_server(("127.0.0.1", 0))

    def shake() -> None:
        connection, _ = server.accept()
        with connection, pytest.raises((ssl.SSLError, OSError)):
            context.wrap_socket(connection, server_side=True)

    thread = threading.Thread(target=shake)
    thread.start()
    port = server.getsockname()[1]
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
    )
    error = refused(f"https://secure.example:{port}/")
    thread.join(5)
    server.close()
    assert error.code == "E202"
    assert "TLS" in str(error.why)
    assert names == ["secure.example"]


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.org/",
        "javascript:alert(1)",
        "data:text/xml,x",
        "http://",
        "http:///path",
        "example.org/feed",
        "http://user:secret@example.org/",
        "http://127.0.0.1\\@example.org/",
        "http://example.org:99999/",
        "http://example.org/\r\nX-Injected: 1",
        "http://example.org/\x00",
        "http://example.org/" + "a" * 9000,
        "http://１２７.0.0.1/",
    ],
)
def test_what_is_no_plain_web_address_is_refused(url: str) -> None:
    error = refused(url)
    assert error.code == "E209"
    assert "secret" not in f"{error.what} {error.why} {error.fix}"


# ---------------------------------------------------------------- what is sent


def test_a_request_is_honest_and_offers_what_can_be_undone(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/feed").respond_with_data("x")
    fetch(httpserver.url_for("/feed"), settings={"contact": "https://news.example/about"})
    fetch(httpserver.url_for("/feed"), headers={"User-Agent": "other/2"}, accept="text/html")
    first, second = (request.headers for request, _ in httpserver.log)
    assert first["User-Agent"].startswith("aggregator/")
    assert first["User-Agent"].endswith(" (+https://news.example/about)")
    assert "application/atom+xml" in first["Accept"]
    assert first["Accept-Encoding"] == "gzip, deflate, br"
    assert "If-None-Match" not in first
    assert (second["User-Agent"], second["Accept"]) == ("other/2", "text/html")


def test_validators_go_back_byte_for_byte() -> None:
    etag, modified = b'W/"\xe9\xff\x80,x"', b"Mon, 3 Nov 2025 10:00:00 +0000 ; odd"
    with upstream(says(answer(etag=etag, last_modified=modified), answer(b"", "304 Not Modified", content_length="0"))) as server:
        first = fetch(server.url)
        second = fetch(server.url, validators=first.validators)
    sent = server.requests[1].split(b"\r\n")
    assert b"if-none-match: " + etag in sent
    assert b"if-modified-since: " + modified in sent
    assert second.not_modified
    assert second.validators == first.validators
    assert second.body == b""


def test_huge_validators_are_not_kept(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/feed").respond_with_data(
        "x", headers={"ETag": '"' + "e" * 5000 + '"', "Last-Modified": "yesterday"}
    )
    assert fetch(httpserver.url_for("/feed")).validators == Validators(None, "yesterday")


def test_a_304_that_nobody_asked_for_is_an_error(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/feed").respond_with_data("", status=304)
    assert refused(httpserver.url_for("/feed")).code == "E210"


def test_a_header_that_cannot_be_written_is_refused(httpserver: HTTPServer) -> None:
    assert refused(httpserver.url_for("/feed"), headers={"User-Agent": "a\r\nX-Injected: 1"}).code == "E209"
    assert not httpserver.log


# ---------------------------------------------------------------- redirects


def redirects(httpserver: HTTPServer, *hops: tuple[str, int, str]) -> None:
    for path, status, location in hops:
        httpserver.expect_request(path).respond_with_data("", status=status, headers={"Location": location})
    httpserver.expect_request("/end").respond_with_data("the end")


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [
        ((301,), "/end"),
        ((308, 301), "/end"),
        ((302,), None),
        ((303,), None),
        ((307,), None),
        ((302, 301), None),
        ((301, 302), "/h1"),
    ],
)
def test_only_leading_permanent_redirects_are_permanent(
    httpserver: HTTPServer, statuses: tuple[int, ...], moved: str | None
) -> None:
    last = len(statuses) - 1
    redirects(httpserver, *((f"/h{n}", status, "/end" if n == last else f"h{n + 1}") for n, status in enumerate(statuses)))
    records: list[RequestRecord] = []
    got = fetch(httpserver.url_for("/h0"), observer=records.append)
    assert got.body == b"the end"
    assert got.final_url == httpserver.url_for("/end")
    assert got.permanent_url == (moved and httpserver.url_for(moved))
    assert [record.status for record in records] == [*statuses, 200]


def test_a_redirect_loop_ends(httpserver: HTTPServer) -> None:
    redirects(httpserver, ("/a", 302, "/b"), ("/b", 302, "/a"))
    assert refused(httpserver.url_for("/a")).code == "E206"
    assert len(httpserver.log) == 11


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("", "E206"),
        ("file:///etc/passwd", "E209"),
        ("http:///etc/passwd", "E209"),
        ("http://a:b@127.0.0.1/", "E209"),
        ("http://127.0.0.2/", "E201"),
        ("http://[::1]:1/", "E201"),
    ],
)
def test_every_hop_is_guarded(httpserver: HTTPServer, location: str, code: str) -> None:
    redirects(httpserver, ("/a", 301, location))
    assert refused(httpserver.url_for("/a")).code == code


def test_https_is_not_left_for_http() -> None:
    import httpx

    class Canned(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            return httpx.Response(301, headers={"location": "http://example.org/feed"}, stream=httpx.ByteStream(b""))

    async def run() -> None:
        await HttpFetcher(PollSettings(), lambda: NOW, transport=Canned()).get("https://example.org/feed")

    with pytest.raises(FetchError, match="redirects") as caught:
        asyncio.run(run())
    assert caught.value.code == "E206"


def test_a_location_in_raw_utf8_is_followed() -> None:
    with upstream(says(answer(b"", "302 Found", location="/订阅 x".encode()), answer(b"there"))) as server:
        assert fetch(server.url).body == b"there"
    assert server.requests[1].startswith(b"GET /%E8%AE%A2%E9%98%85%20x HTTP/1.1")


def test_secrets_stay_with_their_origin(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/other").respond_with_data("there")
    with upstream(says(answer(b"", "302 Found", location=httpserver.url_for("/other")))) as server:
        fetch(server.url, headers={"Authorization": "Bearer t0ken", "X-Key": "t0ken", "User-Agent": "mine"})
    assert b"t0ken" in server.requests[0]
    headers = httpserver.log[0][0].headers
    assert "t0ken" not in str(headers)
    assert headers["User-Agent"] == "mine"


# ---------------------------------------------------------------- bytes and time


CODINGS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
}
RAW_DEFLATE = zlib.compressobj(wbits=-15)


@pytest.mark.parametrize("coding", CODINGS)
def test_offered_codings_are_undone(httpserver: HTTPServer, coding: str) -> None:
    text = "嵌入式 feed ".encode() * 20_000
    httpserver.expect_request("/feed").respond_with_data(CODINGS[coding](text), headers={"Content-Encoding": coding})
    assert fetch(httpserver.url_for("/feed")).body == text


def test_raw_deflate_and_two_gzip_members_are_undone() -> None:
    raw = RAW_DEFLATE.compress(b"raw") + RAW_DEFLATE.flush()
    both = gzip.compress(b"one ") + gzip.compress(b"two") + b"\0\0"
    with upstream(says(answer(raw, content_encoding="deflate"), answer(both, content_encoding="gzip"))) as server:
        assert [got.body for got in fetch_all(server.url, server.url)] == [b"raw", b"one two"]


@pytest.mark.parametrize(
    ("body", "coding", "code"),
    [
        (gzip.compress(b"x" * 1000, mtime=0)[:-12], "gzip", "E208"),
        (gzip.compress(b"x" * 1000, mtime=0)[:-8] + b"\0" * 8, "gzip", "E208"),
        (b"plain", "gzip", "E208"),
        (brotli.compress(b"x" * 1000)[:-1], "br", "E208"),
        (b"plain text", "br", "E208"),
        (gzip.compress(gzip.compress(b"x", mtime=0), mtime=0), "gzip, gzip", "E208"),
        (b"x", "zstd", "E208"),
        (gzip.compress(bytes(40 * 1024 * 1024), mtime=0), "gzip", "E205"),
        (zlib.compress(bytes(40 * 1024 * 1024)), "deflate", "E205"),
        (brotli.compress(bytes(40 * 1024 * 1024), quality=5), "br", "E205"),
    ],
)
def test_broken_stacked_and_exploding_codings_fail(httpserver: HTTPServer, body: bytes, coding: str, code: str) -> None:
    httpserver.expect_request("/feed").respond_with_data(body, headers={"Content-Encoding": coding})
    assert refused(httpserver.url_for("/feed")).code == code


def test_a_body_is_read_up_to_the_cap(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/feed").respond_with_data("x" * 1000)
    assert len(fetch(httpserver.url_for("/feed"), max_bytes=1000).body) == 1000
    assert refused(httpserver.url_for("/feed"), max_bytes=999).code == "E205"


def endless(_: Request) -> Response:
    def chunks() -> Iterator[bytes]:
        while True:
            yield b" " * 65536

    return Response(chunks(), mimetype="application/rss+xml")


def test_an_endless_body_stops_at_the_cap(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/feed").respond_with_handler(endless)
    assert refused(httpserver.url_for("/feed")).code == "E205"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (answer(b"half", content_length="400") + b"", "E204"),
        (b"HTTP/1.1 200 OK\r\nX-", "E204"),
        (b"", "E204"),
        (b"HTTP/1.1 200 OK\r\n" + b"X-Pad: " + b"a" * 300_000 + b"\r\n\r\n", "E210"),
        (b"HTTP/1.1 200 OK\r\n" + b"X-Pad: aaaaaaaaaaaaaaa\r\n" * 20_000 + b"\r\n", "E210"),
        (b"<rss/>" * 10 + b"\r\n\r\n", "E210"),
        (answer(content_length="-1"), "E210"),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", "E210"),
        (answer(b"part", "206 Partial Content"), "E210"),
    ],
)
def test_answers_that_are_none_end_in_time(raw: bytes, code: str) -> None:
    with upstream(says(raw)) as server:
        assert refused(server.url, settings={"deadline_seconds": 0.3}).code == code


def test_a_flood_of_100_continue_ends_in_time() -> None:
    def flood(connection: socket.socket, _head: bytes) -> None:
        while True:
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 500)

    with upstream(flood) as server:
        assert refused(server.url, settings={"deadline_seconds": 0.5}).code == "E204"


def test_a_body_cut_off_is_an_error() -> None:
    def cut(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(answer(b"half", content_length="400"))
        connection.shutdown(socket.SHUT_RDWR)

    with upstream(cut) as server:
        assert refused(server.url).code == "E210"


def test_the_deadline_holds_over_all_redirects() -> None:
    gate = threading.Event()

    def late(connection: socket.socket, _head: bytes) -> None:
        gate.wait(0.15)
        connection.sendall(answer(b"", "302 Found", location="/again"))

    with upstream(late) as server:
        assert refused(server.url, settings={"deadline_seconds": 0.5}).code == "E204"
    assert 2 <= len(server.requests) <= 5


def test_time_that_the_process_spent_elsewhere_is_given_back() -> None:
    gate = threading.Event()

    async def run(url: str) -> bytes:
        fetcher = HttpFetcher(PollSettings(allow_private_networks=(HERE,), deadline_seconds=0.3), lambda: NOW)
        loop, arrived = asyncio.get_running_loop(), asyncio.Event()
        arrivals.append(lambda: loop.call_soon_threadsafe(arrived.set))
        task = asyncio.create_task(fetcher.get(url))
        await arrived.wait()
        fetcher.extend_deadlines(5)
        got = await task
        await fetcher.aclose()
        return got.body

    arrivals: list[Callable[[], object]] = []

    def late(connection: socket.socket, _head: bytes) -> None:
        arrivals[0]()
        gate.wait(0.4)
        connection.sendall(answer(b"late"))

    with upstream(late) as server:
        assert asyncio.run(run(server.url)) == b"late"


# ---------------------------------------------------------------- connections


def test_connections_are_kept_for_the_next_request() -> None:
    with upstream(says(answer(b"one"), answer(b"two"))) as server:
        assert [got.body for got in fetch_all(server.url, server.url)] == [b"one", b"two"]
        assert server.connections == 1


def test_an_answer_nobody_asked_for_is_never_taken_for_the_next() -> None:
    with upstream(says(answer(b"one") + answer(b"POISONED"), answer(b"two"))) as server:
        assert [got.body for got in fetch_all(server.url, server.url)] == [b"one", b"two"]
        assert server.connections == 2


def test_a_connection_closed_while_idle_is_no_failure() -> None:
    def once(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(answer(b"fresh"))
        connection.shutdown(socket.SHUT_RDWR)

    with upstream(once) as server:
        assert [got.body for got in fetch_all(server.url, server.url, server.url)] == [b"fresh"] * 3


def test_nobody_there_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert refused(f"http://127.0.0.1:{port}/").code == "E202"
    assert refused("http://no-such-host.invalid/").code == "E202"


# ---------------------------------------------------------------- statuses


@pytest.mark.parametrize(
    ("status", "headers", "code", "wait"),
    [
        (404, {}, "E207", None),
        (410, {}, "E211", None),
        (500, {"Retry-After": "nonsense"}, "E207", None),
        (429, {"Retry-After": "120"}, "E207", 120.0),
        (429, {"Retry-After": "Mon, 02 Mar 2026 12:10:00 GMT"}, "E207", 600.0),
        (429, {"x-ratelimit-reset": str(int(NOW.timestamp()) + 90)}, "E207", 90.0),
        (403, {"x-ratelimit-reset": "90"}, "E207", None),
        (429, {"Retry-After": "-5"}, "E207", None),
        (429, {"Retry-After": "99999999999"}, "E207", 31 * 86400.0),
        (503, {"Retry-After": "Mon, 02 Mar 2020 12:10:00 GMT"}, "E207", 0.0),
        (999, {}, "E207", None),
    ],
)
def test_a_status_that_is_no_success(
    httpserver: HTTPServer, status: int, headers: dict[str, str], code: str, wait: float | None
) -> None:
    httpserver.expect_request("/feed").respond_with_data("<rss/>", status=status, headers=headers)
    error = refused(httpserver.url_for("/feed"))
    assert (error.http_status, error.code, error.retry_after_seconds) == (status, code, wait)


def test_a_410_behind_a_redirect_is_not_the_source_gone(httpserver: HTTPServer) -> None:
    redirects(httpserver, ("/a", 301, "/gone"))
    httpserver.expect_request("/gone").respond_with_data("", status=410)
    assert refused(httpserver.url_for("/a")).code == "E207"
