"""The parts of an address: whether it is one, whether it may be stored, its host. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

MAX_URL_CHARS = 2000
_FORBIDDEN = re.compile("[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202f\u2066-\u2069\ufeff\ud800-\udfff]")


class Parts(NamedTuple):
    """Scheme and host in lower case, path and query as they stand."""

    scheme: str
    host: str
    path: str
    query: str


# What urllib would take apart the same, as most addresses: no user, no fragment, nothing that is not ASCII.
_SIMPLE = re.compile(r"(https?)://([a-z0-9.-]+)(?::[0-9]*)?((?:/[!\"$->@-~]*)?)(?:\?([!\"$-~]*))?")
# Safe as it stands, as most: a host, perhaps a port, and nothing that is not ASCII.
_SAFE = re.compile(r"https?://[a-z0-9.-]+(?::[0-9]{1,4})?(?:/[!-~]*)?")


@lru_cache(maxsize=1024)
def taken_apart(url: str) -> Parts | None:
    """The parts of an address, None for what is none."""
    # One address is asked about a dozen times while it comes in; `hostname` of urllib computes anew at every call.
    if simple := _SIMPLE.fullmatch(url):
        return Parts._make(simple.groups(""))
    try:
        parts = urlsplit(url)
        return Parts(parts.scheme.lower(), (parts.hostname or "").lower(), parts.path, parts.query)
    except ValueError:
        return None


def is_http(url: str | None) -> bool:
    """True for an absolute http or https URL with a host."""
    parts = taken_apart(url) if url else None
    return parts is not None and parts.scheme in {"http", "https"} and bool(parts.host)


def safe_url(url: str | None) -> str | None:
    """The URL as it may be stored and printed, or None: http(s) with a host, or mailto; no credentials, no control or blank
    characters inside, at most 2,000 characters. Blanks around it are dropped and blanks inside a path are encoded."""
    if not url:
        return None
    if _SAFE.fullmatch(url) and len(url) <= MAX_URL_CHARS:
        return url
    url = re.sub(r"[\t\r\n]", "", url).strip()
    url = url.replace(" ", "%20")
    if len(url) > MAX_URL_CHARS or _FORBIDDEN.search(url):
        return None
    try:
        parts = urlsplit(url)
        scheme = parts.scheme.lower()
        if scheme == "mailto":
            return url if "@" in parts.path else None
        _ = parts.port  # raises for a port that is no number
    except ValueError:
        return None
    if scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc or "\\" in parts.netloc:
        return None
    return url


def host(url: str) -> str:
    """The host in lower case without `www.`, "" where there is none."""
    parts = taken_apart(url)
    return parts.host.removeprefix("www.") if parts else ""


def is_host(name: str, hosts: frozenset[str]) -> bool:
    """True for a host of the list, and for one below it."""
    while name:
        if name in hosts:
            return True
        name = name.partition(".")[2]
    return False
