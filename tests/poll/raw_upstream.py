"""An upstream that answers with exactly the bytes a test gives it, on loopback."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Script = Callable[[socket.socket, bytes], None]


class RawUpstream:
    """`requests` are the request heads as they came, `connections` how many there were. `ended` is set when the other end has
    closed one of them. Speaks TLS where it is given a context."""

    def __init__(self, script: Script, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self.ended = threading.Event()
        self._script, self._tls = script, tls
        self._socket = socket.create_server((host, 0))
        self.port: int = self._socket.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://{host}:{self.port}/feed"
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def close(self) -> None:
        # Closing alone does not wake a thread that waits in accept().
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError):
            connection = self._tls.wrap_socket(connection, server_side=True) if self._tls else connection
        with connection, suppress(OSError):
            buffer = b""
            while data := connection.recv(65536):
                buffer += data
                while b"\r\n\r\n" in buffer:
                    head, _, buffer = buffer.partition(b"\r\n\r\n")
                    self.requests.append(head)
                    self._script(connection, head)
        self.ended.set()


@contextmanager
def upstream(script: Script, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> Iterator[RawUpstream]:
    server = RawUpstream(script, host, tls)
    try:
        yield server
    finally:
        server.close()


def says(*answers: bytes) -> Script:
    """Each request in turn gets one of the answers, the last one again and again."""
    left = list(answers)

    def script(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(left.pop(0) if len(left) > 1 else left[0])

    return script


def answer(body: bytes = b"body", status: str = "200 OK", **headers: str | bytes) -> bytes:
    """A whole answer; underscores in the names of headers are hyphens."""
    lines = [f"HTTP/1.1 {status}".encode()]
    given = {"content_length": str(len(body)), **headers}
    for name, value in given.items():
        raw = value if isinstance(value, bytes) else value.encode("latin-1")
        lines.append(name.replace("_", "-").encode() + b": " + raw)
    return b"\r\n".join(lines) + b"\r\n\r\n" + body
