"""kind: bridge. What has no feed, through a service that makes one: several instances are tried in order, filters passed on.

https://docs.rsshub.app/guide/parameters · https://rss-bridge.github.io/rss-bridge/ · https://github.com/cooderl/wewe-rss ·
https://wechat2rss.xlab.app/
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from aggregator import text, urls
from aggregator.errors import ParseError
from aggregator.model import Entry, Source
from aggregator.poll import bridges, kind
from aggregator.poll.kind import own_pages
from aggregator.poll.parse import ACCEPT, parse_fetched
from aggregator.protocols import Fetcher, Option, Polled

_SERVICES = ("rsshub", "rss-bridge", "wewe-rss", "wechat2rss")


class BridgePoller:
    """`origins` and `route`, or whole addresses under `urls`, where `{name}` stands for a bridge's origins in sources.yaml."""

    kind = "bridge"
    needs_url = False
    passes_on = staticmethod(own_pages)
    options: Sequence[Option] = (
        Option("service", str, f"one of {', '.join(_SERVICES)}", "rsshub"),
        Option("origins", list, "instances such as https://rsshub.example.org, tried in order", ()),
        Option(
            "route",
            str,
            "rsshub: /zhihu/zhuanlan/ID · rss-bridge: bridge=NAME&… · wewe-rss: MP_WXS_… or __biz · wechat2rss: an id",
        ),
        Option("include", list, "words of which a title must hold one; a bridge that filters is told them", ()),
        Option("exclude", list, "words of which a title must hold none", ()),
        Option("limit", int, "entries asked for, where the bridge takes a number", 30),
        Option("fulltext", bool, "ask rsshub or wewe-rss for whole articles", default=False),
    )

    def addresses(self, source: Source) -> tuple[str, ...]:
        """One address for each origin, or those given, with the filters. Raises ConfigError E133 for no route or origin."""
        service = kind.one_of(source, "service", _SERVICES)
        if source.urls:
            return tuple(_asked(url, source, service) for url in source.urls)
        origins, route = kind.words(source, "origins"), kind.word(source, "route")
        wrong = next((origin for origin in origins if not urls.is_http(origin) or urls.safe_url(origin) is None), None)
        if wrong is not None or not origins:
            what = f"origin {wrong!r} is no address" if wrong else "no origin is given"
            raise kind.wrong(source, what, "add `origins: [https://…]`, or `urls:`")
        if not route or not route.isprintable() or ".." in route:
            raise kind.wrong(source, "no route is given" if not route else f"route {route!r} is none", "add `route: …`")
        return tuple(dict.fromkeys(_asked(f"{origin.rstrip('/')}{_path(service, route)}", source, service) for origin in origins))

    async def poll(self, source: Source, url: str, fetch: Fetcher, now: datetime) -> Polled:
        """Entries that pass the filters. Raises FetchError, or ParseError: E254 for a bridge's error or an expired login."""
        fetched = await fetch.get(url, accept=ACCEPT)
        try:
            polled = parse_fetched(fetched, source=source, now=now)
        except ParseError as error:
            raise bridges.told(fetched.body, error) from error
        include = tuple(map(text.fold, kind.words(source, "include")))
        exclude = tuple(map(text.fold, kind.words(source, "exclude")))
        return replace(polled, entries=tuple(one for one in polled.entries if _passes(one, include, exclude)))


def _path(service: str, route: str) -> str:
    if service == "rsshub":
        return "/" + quote(route.lstrip("/"), safe="/:@!$&'()*+,;=~?%-._")
    if service == "rss-bridge":
        asked = {"action": "display", "format": "Atom", **dict(parse_qsl(route.lstrip("/?"), keep_blank_values=True))}
        return f"/?{urlencode(asked, quote_via=quote)}"
    if service == "wewe-rss":
        name = route.strip("/").removeprefix("feeds/").removesuffix(".atom")
        return f"/feeds/{quote(_account(name), safe='')}.atom"
    return f"/feed/{quote(route.strip('/').removeprefix('feed/').removesuffix('.xml'), safe='')}.xml"


def _account(name: str) -> str:
    """The name that wewe-rss has for an account: MP_WXS_ and the number that its __biz encodes."""
    if name.startswith("MP_WXS_") or name == "all":
        return name
    try:
        number = base64.b64decode(name, validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return f"MP_WXS_{name}" if name.isdigit() else name
    return f"MP_WXS_{number}" if number.isdigit() else f"MP_WXS_{name}" if name.isdigit() else name


def _asked(url: str, source: Source, service: str) -> str:
    """The address with the filters in the words of its bridge."""
    include, exclude, limit = kind.words(source, "include"), kind.words(source, "exclude"), kind.number(source, "limit", 30)
    parts = urlsplit(url)
    if service == "rsshub" and "/feeds/MP_WXS_" not in parts.path:
        told = {"filter_title": _any(include, escaped=True), "filterout_title": _any(exclude, escaped=True), "limit": str(limit)}
        told |= {"mode": "fulltext"} if source.options.get("fulltext") else {}
    elif service == "wewe-rss" or "/feeds/MP_WXS_" in parts.path:
        told = {"title_include": _any(include), "title_exclude": _any(exclude), "limit": str(limit)}
        told |= {"mode": "fulltext"} if source.options.get("fulltext") else {}
    else:
        told = {}
    known = dict(parse_qsl(parts.query, keep_blank_values=True))
    added = {key: value for key, value in told.items() if value and key not in known}
    query = "&".join(filter(None, (parts.query, urlencode(added, quote_via=quote))))
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def _any(words: Sequence[str], *, escaped: bool = False) -> str:
    return "|".join(re.escape(word) if escaped else word for word in words)


def _passes(entry: Entry, include: Sequence[str], exclude: Sequence[str]) -> bool:
    title = text.fold(entry.title)
    if include and not any(word in title for word in include):
        return False
    return not any(word in title for word in exclude)
