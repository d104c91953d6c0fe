"""One connection, asked by a server that does what servers do: in pieces, too early, too much, or not at all."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from pathlib import Path
from typing import TypeVar

import httpx
import pytest

from aggregator.errors import FetchError
from aggregator.poll import http1, transport
from aggregator.poll.transport import GuardedTransport
from tests.poll.raw_upstream import RawUpstream, Script, answer, says, upstream

HERE = (ip_network("127.0.0.1/32"),)
PEM = Path(__file__).parent / "fixtures" / "secure.example.pem"
NAME = "secure.example"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
T = TypeVar("T")


@pytest.fixture
def resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every name leads to this machine."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)


@pytest.fixture(params=["plain", "tls"])
def secure(request: pytest.FixtureRequest, resolved: None) -> bool:
    return str(request.param) == "tls"


@contextmanager
def serving(script: Script, secure: bool = False) -> Iterator[RawUpstream]:
    context = None
    if secure:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(PEM)
    with upstream(script, tls=context) as server:
        server.url = server.url.replace("127.0.0.1", NAME if secure else "127.0.0.1")
        yield server


def run(main: Callable[[GuardedTransport], Awaitable[T]]) -> T:
    """What `main` gives; every connection has to be closed by then, and nobody may still wait for one."""

    async def guarded() -> T:
        trusted = ssl.create_default_context(cafile=str(PEM))
        asked = GuardedTransport(HERE, trusted)
        try:
            return await asyncio.wait_for(main(asked), 10)
        finally:
            await asked.aclose()
            waiting = asyncio.get_running_loop()._selector.get_map()  # type: ignore[attr-defined]
            assert len(waiting) <= 1, "the loop listens to itself alone"

    return asyncio.run(guarded())


async def ask(asked: GuardedTransport, url: str, method: str = "GET", **more: object) -> tuple[int, bytes]:
    response = await asked.handle_async_request(httpx.Request(method, url, **more))  # type: ignore[arg-type]
    assert isinstance(response.stream, httpx.AsyncByteStream)
    try:
        return response.status_code, b"".join([piece async for piece in response.stream])
    finally:
        await response.stream.aclose()


def asked_once(url: str, method: str = "GET", **more: object) -> tuple[int, bytes]:
    return run(lambda asked: ask(asked, url, method, **more))


def asked_in_turn(*urls: str) -> list[tuple[int, bytes]]:
    async def main(asked: GuardedTransport) -> list[tuple[int, bytes]]:
        return [await ask(asked, url) for url in urls]

    return run(main)


def then_closes(raw: bytes) -> Script:
    def script(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_RDWR)

    return script


# ---------------------------------------------------------------- answers that are right


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (answer(b"whole"), (200, b"whole")),
        (CHUNKED + b"3\r\nsma\r\n2;note=x\r\nll\r\n0\r\nX-Trailer: y\r\n\r\n", (200, b"small")),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n4\r\nmore\r\n0\r\n\r\n", (200, b"more")),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 400\r\n\r\n", (304, b"")),
        (b"HTTP/1.1 204 No Content\r\n\r\n", (204, b"")),
        (b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", (200, b"ok")),
        (b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok", (200, b"ok")),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + answer(b"late"), (200, b"late")),
    ],
)
def test_an_answer_may_come_whole_or_byte_by_byte(secure: bool, raw: bytes, expected: tuple[int, bytes]) -> None:
    def dripping(connection: socket.socket, _head: bytes) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in raw:
            connection.sendall(bytes((byte,)))

    for script in (says(raw), dripping):
        with serving(script, secure) as server:
            assert asked_in_turn(server.url, server.url) == [expected] * 2
            assert server.connections == 1


def test_a_body_may_end_with_the_connection(secure: bool) -> None:
    for version in (b"1.0", b"1.1"):
        with serving(then_closes(b"HTTP/" + version + b" 200 OK\r\n\r\nall of it"), secure) as server:
            assert asked_in_turn(server.url, server.url) == [(200, b"all of it")] * 2
            assert server.connections == 2


@pytest.mark.usefixtures("resolved")
def test_a_body_may_end_with_the_farewell_of_tls() -> None:
    def says_goodbye(connection: socket.socket, _head: bytes) -> None:
        assert isinstance(connection, ssl.SSLSocket)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nall of it")
        connection.unwrap()

    with serving(says_goodbye, secure=True) as server:
        assert asked_in_turn(server.url, server.url) == [(200, b"all of it")] * 2


def test_a_body_that_is_over_stays_over(secure: bool) -> None:
    with serving(says(answer(b"one"), answer(b"two")), secure) as server:

        async def main(asked: GuardedTransport) -> list[bytes]:
            response = await asked.handle_async_request(httpx.Request("GET", server.url))
            stream = response.stream
            assert isinstance(stream, httpx.AsyncByteStream)
            got = [piece async for piece in stream]
            got += [piece async for piece in stream]
            await stream.aclose()
            await stream.aclose()
            _, second = await ask(asked, server.url)
            return [*got, *[piece async for piece in stream], second]

        assert run(main) == [b"one", b"two"]
        assert server.connections == 1


def test_an_answer_to_head_has_no_body(secure: bool) -> None:
    with serving(says(b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n"), secure) as server:

        async def main(asked: GuardedTransport) -> list[tuple[int, bytes]]:
            return [await ask(asked, server.url, "HEAD") for _ in range(2)]

        assert run(main) == [(200, b"")] * 2
        assert server.connections == 1


def test_a_large_body_comes_through(secure: bool) -> None:
    body = bytes(range(256)) * 20_000
    with serving(says(answer(body)), secure) as server:
        assert asked_in_turn(server.url, server.url) == [(200, body)] * 2
        assert server.connections == 1


def test_headers_come_as_they_were_sent() -> None:
    with serving(says(answer(b"", etag=b'"\xe9\xff"', X_Odd="  a  b "))) as server:

        async def main(asked: GuardedTransport) -> list[tuple[bytes, bytes]]:
            response = await asked.handle_async_request(httpx.Request("GET", server.url))
            await response.aclose()
            return response.headers.raw

        assert run(main) == [(b"content-length", b"0"), (b"etag", b'"\xe9\xff"'), (b"X-Odd", b"a  b")]


# ---------------------------------------------------------------- what is sent


def test_a_large_body_is_sent_whole(secure: bool) -> None:
    body = bytes(range(256)) * 16_000 + b"\r\n\r\n"

    def when_whole(connection: socket.socket, part: bytes) -> None:
        if not part.startswith(b"POST"):  # what ends like a head is the body
            connection.sendall(answer(b"%d" % (len(part) + 4)))

    with serving(when_whole, secure) as server:
        assert asked_once(server.url, "POST", content=body) == (200, b"%d" % len(body))
        assert server.requests[1] == body[:-4]


def test_an_answer_that_comes_before_all_is_sent_is_heard() -> None:
    def early(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(answer(b"too much", "413 Content Too Large", connection="close"))
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(1 << 20):
            pass

    with serving(early) as server:
        assert asked_once(server.url, "POST", content=b"x" * 9_000_000) == (413, b"too much")


def test_a_request_that_cannot_be_written_is_not_sent() -> None:
    with serving(says(answer())) as server, pytest.raises(httpx.LocalProtocolError):
        asked_once(server.url, headers=[(b"X-Bad", b"a\r\nb")])
    assert server.requests == []


# ---------------------------------------------------------------- answers that are wrong


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"HTTP/1.1 200",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        answer(b"half", content_length="400"),
        CHUNKED,
        CHUNKED + b"5\r\nab",
        CHUNKED + b"5\r\nabcde\r\n",
        CHUNKED + b"0\r\n",
    ],
)
def test_a_connection_that_ends_too_early_is_an_error(secure: bool, raw: bytes) -> None:
    with serving(then_closes(raw), secure) as server:
        with pytest.raises(httpx.RemoteProtocolError):
            asked_once(server.url)
        assert server.connections == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nBad Name: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000,
        b"HTTP/1.1 200 OK\r\n" + b"X: a\r\n" * 60_000,
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
        CHUNKED + b"xyz\r\nab\r\n0\r\n\r\n",
        CHUNKED + b"-1\r\nab\r\n0\r\n\r\n",
        CHUNKED + b"2\r\nabcd\r\n0\r\n\r\n",
        CHUNKED + b"1" * 40 + b"\r\n",
        CHUNKED + b"2;" + b"x" * 200_000,
    ],
)
def test_what_is_no_http_is_an_error_and_ends_the_connection(secure: bool, raw: bytes) -> None:
    with serving(says(raw), secure) as server:
        with pytest.raises(httpx.RemoteProtocolError):
            asked_once(server.url)
        assert server.ended.wait(5)


def test_a_server_that_was_asked_to_switch_may_not_either() -> None:
    with serving(says(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\nConnection: upgrade\r\n\r\nother")) as server:
        with pytest.raises(httpx.RemoteProtocolError):
            asked_once(server.url, headers={"Upgrade": "other", "Connection": "upgrade"})
        assert server.ended.wait(5)


def test_a_reset_is_an_error() -> None:
    def reset(connection: socket.socket, _head: bytes) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    with serving(reset) as server, pytest.raises(httpx.ReadError):
        asked_once(server.url)


# ---------------------------------------------------------------- connections that are kept


@pytest.mark.parametrize(
    "raw",
    [
        answer(b"x", connection="close"),
        b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx",
        answer(b"x") + b"more than was announced",
        answer(b"x") + answer(b"y"),
    ],
)
def test_some_answers_are_the_last_on_their_connection(secure: bool, raw: bytes) -> None:
    with serving(says(raw), secure) as server:
        assert asked_in_turn(server.url, server.url) == [(200, b"x")] * 2
        assert server.connections == 2


def test_what_comes_while_a_connection_is_idle_is_no_answer(secure: bool) -> None:
    came = threading.Event()

    def twice(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(answer(b"asked"))
        asked.wait(5)
        connection.sendall(answer(b"POISONED"))
        came.set()

    async def main(of: GuardedTransport) -> list[bytes]:
        _, first = await ask(of, server.url)
        asked.set()
        await asyncio.to_thread(came.wait, 5)
        _, second = await ask(of, server.url)
        return [first, second]

    asked = threading.Event()
    with serving(twice, secure) as server:
        assert run(main) == [b"asked", b"asked"]
        assert server.connections == 2


def test_a_connection_that_dies_under_a_second_request_is_replaced(secure: bool) -> None:
    def only_one(connection: socket.socket, _head: bytes) -> None:
        if len(server.requests) == 2:
            connection.shutdown(socket.SHUT_RDWR)
        else:
            connection.sendall(answer(b"%d" % len(server.requests)))

    with serving(only_one, secure) as server:
        assert asked_in_turn(server.url, server.url) == [(200, b"1"), (200, b"3")]
        assert server.connections == 2


def test_a_fresh_connection_that_dies_is_not_tried_again(secure: bool) -> None:
    with serving(then_closes(b""), secure) as server:
        with pytest.raises(httpx.RemoteProtocolError):
            asked_once(server.url)
        assert (server.connections, len(server.requests)) == (1, 1)


def test_an_old_connection_is_not_used_again(secure: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http1, "_IDLE_SECONDS", -1.0)
    with serving(says(answer(b"x")), secure) as server:
        assert asked_in_turn(server.url, server.url) == [(200, b"x")] * 2
        assert server.connections == 2


def test_of_too_many_idle_connections_the_oldest_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_MAX_IDLE", 1)
    with serving(says(answer(b"x"))) as one, serving(says(answer(b"y"))) as other:

        async def main(asked: GuardedTransport) -> bool:
            await ask(asked, one.url)
            await ask(asked, other.url)
            ended = await asyncio.to_thread(one.ended.wait, 5)
            await ask(asked, other.url)
            return ended

        assert run(main)
        assert other.connections == 1


def test_requests_at_once_have_connections_of_their_own(secure: bool) -> None:
    together = threading.Barrier(3)

    def script(connection: socket.socket, _head: bytes) -> None:
        together.wait(5)
        connection.sendall(answer(b"x"))

    with serving(script, secure) as server:

        async def main(asked: GuardedTransport) -> list[tuple[int, bytes]]:
            return list(await asyncio.gather(*(ask(asked, server.url) for _ in range(3))))

        assert run(main) == [(200, b"x")] * 3
        assert server.connections == 3


# ---------------------------------------------------------------- answers that are left


def test_a_body_that_is_left_in_the_middle_ends_the_connection(secure: bool) -> None:
    with serving(says(answer(b"x" * 300_000)), secure) as server:

        async def main(asked: GuardedTransport) -> tuple[int, bytes]:
            response = await asked.handle_async_request(httpx.Request("GET", server.url))
            assert isinstance(response.stream, httpx.AsyncByteStream)
            async for _ in response.stream:
                break
            await response.stream.aclose()
            assert await asyncio.to_thread(server.ended.wait, 5)
            return await ask(asked, server.url)

        assert run(main) == (200, b"x" * 300_000)
        assert server.connections == 2


@pytest.mark.parametrize("raw", [b"", b"HTTP/1.1 200 OK\r\nX-", answer(b"half", content_length="400"), CHUNKED + b"5\r\nab"])
def test_a_cancelled_exchange_closes_its_connection(secure: bool, raw: bytes) -> None:
    arrived = threading.Event()

    def stalls(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(raw) if raw else None
        arrived.set()

    with serving(stalls, secure) as server:

        async def main(asked: GuardedTransport) -> bool:
            task = asyncio.create_task(ask(asked, server.url))
            await asyncio.to_thread(arrived.wait, 5)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return await asyncio.to_thread(server.ended.wait, 5)

        assert run(main)


def test_a_deadline_passes_in_a_flood(secure: bool) -> None:
    def flood(connection: socket.socket, _head: bytes) -> None:
        while True:
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 2000)

    with serving(flood, secure) as server:

        async def main(asked: GuardedTransport) -> bool:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2):
                    await ask(asked, server.url)
            return await asyncio.to_thread(server.ended.wait, 5)

        assert run(main)


# ---------------------------------------------------------------- what a process needs for it


def test_a_polling_process_imports_one_http_library_and_what_is_about_upstreams() -> None:
    code = """
import asyncio, sys
from datetime import UTC, datetime
from ipaddress import ip_network
from aggregator.poll.worker import HttpFetcher
from aggregator.poll.settings import PollSettings

async def main():
    fetcher = HttpFetcher(PollSettings(allow_private_networks=(ip_network("127.0.0.1"),)), lambda: datetime.now(UTC))
    print((await fetcher.get(sys.argv[1])).body)
    await fetcher.aclose()

asyncio.run(main())
print(sorted({"anyio", "httpcore", "aggregator.model.queue", "aggregator.model.issue"} & set(sys.modules)))
"""
    with serving(says(answer(b"x"))) as server:
        done = subprocess.run([sys.executable, "-c", code, server.url], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["b'x'", "[]"]


# ---------------------------------------------------------------- TLS


@pytest.mark.usefixtures("resolved")
def test_a_certificate_is_checked_with_its_name() -> None:
    with serving(says(answer()), secure=True) as server:
        with pytest.raises(FetchError, match="cannot connect") as caught:
            asked_once(server.url.replace(NAME, "other.example"))
        assert "other.example" in str(caught.value.why)

        async def untrusting(_: GuardedTransport) -> None:
            await ask(GuardedTransport(HERE), server.url)

        with pytest.raises(FetchError, match="cannot connect") as caught:
            run(untrusting)
        assert "TLS failed" in str(caught.value.why)
    assert server.requests == []


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
def test_a_server_without_tls_is_said(said: bytes) -> None:
    def plain() -> None:
        connection, _ = server.accept()
        with connection:
            connection.sendall(said)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=plain)
        thread.start()
        with pytest.raises(FetchError, match="cannot connect") as caught:
            asked_once(f"https://127.0.0.1:{server.getsockname()[1]}/")
        thread.join(5)
    assert "TLS" in str(caught.value.why)


def test_a_handshake_that_never_ends_can_be_cancelled() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:

        async def main(asked: GuardedTransport) -> None:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await ask(asked, f"https://127.0.0.1:{silent.getsockname()[1]}/")

        run(main)
        connection, _ = silent.accept()
        with connection:
            connection.settimeout(5)
            while connection.recv(65536):
                pass


@pytest.mark.usefixtures("resolved")
def test_only_http_1_is_offered_below_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    spoken: list[str | None] = []

    def tells(connection: socket.socket, _head: bytes) -> None:
        assert isinstance(connection, ssl.SSLSocket)
        spoken.append(connection.selected_alpn_protocol())
        connection.sendall(answer())

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(PEM)
    context.set_alpn_protocols(["h2", "http/1.1"])
    monkeypatch.setenv("SSL_CERT_FILE", str(PEM))
    monkeypatch.setattr(transport, "tls_context", transport.tls_context.__wrapped__)  # another test may have asked for it
    with upstream(tells, tls=context) as server:

        async def main(_: GuardedTransport) -> None:
            asked = GuardedTransport(HERE)
            await ask(asked, server.url.replace("127.0.0.1", NAME))
            await asked.aclose()

        run(main)
    assert spoken == ["http/1.1"]
