"""URLs as they are asked: what a source or a redirect may name, and what may not. Pure."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

import httpx

from aggregator.poll import failures

MAX_URL_CHARS = 8_000
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def parse_url(text: str) -> httpx.URL:
    """The URL as it is asked. Raises FetchError E209 for other schemes, credentials, control characters and nonsense."""
    text = text.strip(" ")
    if len(text) > MAX_URL_CHARS:
        raise failures.bad_url(f"it is longer than {MAX_URL_CHARS} characters")
    if _CONTROL.search(text):
        raise failures.bad_url("it holds control characters")
    try:
        parts, url = urlsplit(text), httpx.URL(text)
        port = url.port
    except (httpx.InvalidURL, ValueError, UnicodeError):
        raise failures.bad_url("it is no URL") from None
    if url.scheme not in {"http", "https"}:
        raise failures.bad_url(f"its scheme is {url.scheme!r}" if url.scheme else "it has no scheme")
    if "@" in parts.netloc or url.userinfo:
        raise failures.bad_url("it holds a user name or a password")
    if not url.host or "\\" in parts.netloc:
        raise failures.bad_url("it names no host")
    if port is not None and not 0 < port < 65536:
        raise failures.bad_url(f"there is no port {port}")
    return url.copy_with(fragment=None) if url.fragment or text.endswith("#") else url


def onward(url: httpx.URL, status: int, location: str) -> httpx.URL:
    """Where a redirect leads. Raises FetchError E206 for no Location and for https to http, E209 for no URL."""
    location = location.strip()
    if not location:
        raise failures.lost(f"HTTP {status} names no address", status=status)
    try:
        location = location.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        location = "".join(char if char.isascii() else f"%{ord(char):02X}" for char in location)
    try:
        named = urlsplit(location)
        if named.scheme in {"http", "https"} and not named.netloc:
            raise failures.bad_url("a redirect names no host")
        target = parse_url(urljoin(str(url), location))
    except ValueError:
        raise failures.bad_url("a redirect names no URL") from None
    if url.scheme == "https" and target.scheme == "http":
        raise failures.lost("one of them leads from https to http", status=status)
    return target


def same_origin(one: httpx.URL, other: httpx.URL) -> bool:
    """True when both name the same scheme, host and port."""
    return (one.scheme, one.host, one.port) == (other.scheme, other.host, other.port)
