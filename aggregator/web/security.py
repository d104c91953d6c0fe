"""Who may ask for what: the Host and Origin of a request, the token of a form, the headers that go with every page. Pure but
for the secret, which lives as long as the process."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import ip_address
from urllib.parse import urlsplit

from aggregator.web.documents import Header

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# Published pages carry pictures of the pages they speak of, and no script but files of the site: the search, which asks for
# its index and runs WebAssembly in a worker, and the button that copies an article.
FEEDS_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' https: http: data:; font-src 'self'; "
    "media-src https:; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_COMMON: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    # Not `no-referrer`: with that, browsers send `Origin: null` with our own forms (Fetch, 3.2).
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
PAGE_HEADERS: tuple[Header, ...] = (
    *_COMMON,
    (b"content-security-policy", PAGE_POLICY.encode("ascii")),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
FEEDS_HEADERS: tuple[Header, ...] = (*_COMMON, (b"content-security-policy", FEEDS_POLICY.encode("ascii")))

_BACK = re.compile(r"/(?:draft|draft/text|sources|log|share|candidate/\d{1,18})?(?:\?[\w%=&.+~*-]*)?", re.ASCII)
_FLASH_CHARS = 3000


@dataclass(frozen=True, slots=True)
class Names:
    """The names that mean this server. A name that is none of them leads here only by a DNS answer that was made to
    (rebinding); an address cannot be made to, so a server for other machines takes any address (`open_to_others`).
    `public_url` is the origin that a proxy in front of it shows, "" for none."""

    hosts: frozenset[str]
    port: int
    scheme: str = "http"
    open_to_others: bool = False
    public_url: str = ""

    def knows(self, host: str) -> bool:
        """Whether a Host header means this server."""
        host = host.lower()
        if host in self.hosts or (self.public_url and host == urlsplit(self.public_url).netloc.lower()):
            return True
        name, port = _host_and_port(host)
        usual = 443 if self.scheme == "https" else 80
        return self.open_to_others and (port or usual) == self.port and _is_address(name)

    def origins(self, host: str) -> frozenset[str]:
        """The origins of pages that were asked for under a Host header which is known."""
        return frozenset({f"{self.scheme}://{host.lower()}", *([self.public_url.lower()] if self.public_url else [])})


def _host_and_port(host: str) -> tuple[str, int | None]:
    try:
        parts = urlsplit(f"//{host}")
        name, port = parts.hostname or "", parts.port
    except ValueError:
        return "", None
    return name, port


def _is_address(name: str) -> bool:
    try:
        ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return True


def names_of(
    host: str, port: int, *, scheme: str = "http", open_to_others: bool = False, public_url: str = "", machine: str = ""
) -> Names:
    """The names of a server that listens at an address: the address itself, and `localhost` for a loopback one."""
    named = {f"[{host}]" if ":" in host else host, "localhost"}
    named |= {machine.lower(), f"{machine.lower()}.local"} if open_to_others and machine else set()
    found = {f"{name}:{port}" for name in named}
    usual = 443 if scheme == "https" else 80
    return Names(frozenset(found | named if port == usual else found), port, scheme, open_to_others, public_url.rstrip("/"))


def own_request(headers: Mapping[str, str], origins: Iterable[str]) -> bool:
    """True unless the browser says that another site sent this (Origin, Sec-Fetch-Site, Referer)."""
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = headers.get("origin")
    if origin is not None:
        return origin.lower() in origins
    referer = headers.get("referer")
    if not referer:
        return True
    parts = urlsplit(referer)
    return f"{parts.scheme}://{parts.netloc}".lower() in origins


def back_to(path: str) -> str:
    """The page to return to, when it is one of ours; else the queue."""
    return path if len(path) <= 2000 and _BACK.fullmatch(path) else "/"


class Keys:
    """What this process signs with. A page from before a restart is refused, and says so.

    The session is one per process, not one per browser: with SameSite=Strict a link from elsewhere arrives without its
    cookie, and a new one would make the forms of all open pages void.
    """

    def __init__(self, secret: bytes | None = None) -> None:
        self._secret = secret or secrets.token_bytes(32)
        self.session = self._sign("session", "")

    def _sign(self, use: str, text: str) -> str:
        return hmac.new(self._secret, f"{use}\0{text}".encode(), sha256).hexdigest()

    def token(self, session: str) -> str:
        """The token that every form of a session carries."""
        return self._sign("form", session)

    def is_form(self, session: str, token: str) -> bool:
        """True when the token of a form is the one that a page of this session was given."""
        return hmac.compare_digest(token.encode(), self.token(session).encode())

    def seal(self, message: Mapping[str, object]) -> str:
        """A message for the next page, as the value of a cookie."""
        text = base64.urlsafe_b64encode(json.dumps(message, ensure_ascii=False).encode()).decode("ascii")
        return f"{text}.{self._sign('flash', text)}"

    def unseal(self, value: str | None) -> dict[str, object]:
        """The message of a cookie, empty for none of ours."""
        text, _, signature = (value or "").partition(".")
        if (
            not text
            or len(text) > _FLASH_CHARS
            or not hmac.compare_digest(signature.encode(), self._sign("flash", text).encode())
        ):
            return {}
        try:
            found = json.loads(base64.urlsafe_b64decode(text))
        except (binascii.Error, ValueError):
            return {}
        return found if isinstance(found, dict) else {}
