"""The password of a server that other machines reach: scrypt, a pause after failures, sessions that end.

The hash stands in a file of the workspace that git leaves alone, or in the environment (AGGREGATOR_PASSWORD, or _FILE for a
file with it); never in sources.yaml.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta

# OWASP's second setting for scrypt: 32 MiB, three passes.
_N, _R, _P = 2**15, 8, 3
_MEMORY_BYTES = 64 * 1024 * 1024
_SCHEME = "scrypt"
SESSION = timedelta(days=14)
SESSIONS = 200
FREE_TRIES = 4
LONGEST_PAUSE = timedelta(minutes=15)
ADDRESSES = 1000
LEAST_CHARS = 8
MOST_CHARS = 1000


def hashed(password: str, salt: bytes | None = None) -> str:
    """A password as it is kept: `scrypt$n$r$p$salt$hash`."""
    salt = salt or secrets.token_bytes(16)
    key = _key(password, salt, _N, _R, _P)
    return "$".join([_SCHEME, str(_N), str(_R), str(_P), _text(salt), _text(key)])


def is_hash(text: str) -> bool:
    """Whether a text is what `hashed` gives."""
    return text.startswith(f"{_SCHEME}$") and text.count("$") == 5


def matches(password: str, kept: str) -> bool:
    """Whether a password is the one that is kept; it takes a tenth of a second either way."""
    try:
        _, n, r, p, salt, key = kept.split("$")
        if int(n) > 2**20 or int(r) > 32 or int(p) > 16:
            return False
        found = _key(password, base64.b64decode(salt), int(n), int(r), int(p))
        return hmac.compare_digest(found, base64.b64decode(key))
    except ValueError:
        return False


def _key(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(password.encode()[: MOST_CHARS * 4], salt=salt, n=n, r=r, p=p, maxmem=_MEMORY_BYTES, dklen=32)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


class Door:
    """Who may come in: sessions by their token, and how long an address has to wait after failures. Safe between threads."""

    def __init__(self, kept: str, clock: Callable[[], datetime]) -> None:
        self._kept = kept
        self._clock = clock
        self._lock = threading.Lock()
        # One at a time: 32 MiB and a tenth of a second each are a way to stop a server.
        self._turn = threading.Lock()
        self._sessions: OrderedDict[str, datetime] = OrderedDict()
        self._failures: OrderedDict[str, tuple[int, datetime]] = OrderedDict()

    def is_open(self, session: str | None) -> bool:
        """Whether a session came in and has not ended."""
        if not session:
            return False
        with self._lock:
            until = self._sessions.get(_digest(session))
            return until is not None and until > self._clock()

    def wait_seconds(self, address: str) -> int:
        """How long this address has to wait before its next try."""
        with self._lock:
            longest = max((self._pause_of(one) for one in (address, "*")), default=0.0)
        return int(longest) + 1 if longest > 0 else 0

    def _pause_of(self, address: str) -> float:
        count, last = self._failures.get(address, (0, self._clock()))
        free = FREE_TRIES if address != "*" else FREE_TRIES * 10
        if count < free:
            return 0.0
        pause = min(timedelta(seconds=2 ** min(count - free + 1, 12)), LONGEST_PAUSE)
        return (last + pause - self._clock()).total_seconds()

    def enter(self, password: str, address: str) -> str | None:
        """A new session for the right password, None for a wrong one, which is counted against the address."""
        with self._turn:
            right = len(password) <= MOST_CHARS and matches(password, self._kept)
        now = self._clock()
        with self._lock:
            if not right:
                for name in (address, "*"):
                    self._failures[name] = (self._failures.get(name, (0, now))[0] + 1, now)
                    self._failures.move_to_end(name)
                while len(self._failures) > ADDRESSES:
                    self._failures.popitem(last=False)
                return None
            self._failures.pop(address, None)
            self._failures.pop("*", None)
            session = secrets.token_urlsafe(32)
            self._sessions[_digest(session)] = now + SESSION
            while len(self._sessions) > SESSIONS:
                self._sessions.popitem(last=False)
            return session

    def leave(self, session: str | None) -> None:
        """End a session."""
        with self._lock:
            self._sessions.pop(_digest(session or ""), None)


def _digest(session: str) -> str:
    return hashlib.sha256(session.encode()).hexdigest()
