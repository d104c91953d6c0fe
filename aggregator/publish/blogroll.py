"""The sources that readers may be shown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import parse_qsl, urlsplit

from aggregator.model import Source
from aggregator.urls import is_http, safe_url

_PUBLIC_KINDS = frozenset(("feed", "arxiv"))
_SECRET = re.compile(r"key|token|secret|auth|pass|sig|code|uid", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class BlogrollEntry:
    """One source as readers may see it: a feed's address, never one with a secret in it. `section` is a slug or ""."""

    title: str
    feed_url: str
    home_url: str = ""
    section: str = ""


def blogroll(sources: Iterable[Source]) -> tuple[BlogrollEntry, ...]:
    """The sources that readers may be shown: those with a feed of its own, at an address that is public and holds no secret."""
    shown = []
    for source in sources:
        url = safe_url(source.url) if source.urls and not source.muted and source.kind in _PUBLIC_KINDS else None
        if url is not None and _is_public(url):
            shown.append(BlogrollEntry(source.name, url, "", source.section or ""))
    return tuple(shown)


def _is_public(url: str) -> bool:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if not is_http(url) or parts.port not in {None, 80, 443} or any(_SECRET.search(name) for name, _ in parse_qsl(parts.query)):
        return False
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".local", ".internal", ".lan", ".home.arpa"))
