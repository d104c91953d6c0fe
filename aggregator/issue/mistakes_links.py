"""Mistakes of links, as far as an address tells by itself. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urldefrag, urlsplit

from aggregator.issue.page_view import Page, inline_urls, short
from aggregator.model import Finding
from aggregator.urls import arxiv_id, canonical, host, is_temporary, safe_url

_PRINTED = frozenset({"scene", "chksm", "token", "from", "isappinstalled", "nsukey", "spm", "scm", "share_token"})
# Fragments that WeChat adds: no place in a page.
_NO_PLACES = frozenset({"wechat_redirect", "rd"})
# Two addresses pasted into one, a scheme without its slashes, a host without a dot.
_BROKEN = re.compile(r"^https?://https?[:/]|^https?:/?[^/]|^https?://[^/?#]*\s|^https?://[^./?#:]+(?:[/?#]|$)(?<!localhost)")
_MARKS = re.compile(r"[\u3001\u3002\u300a-\u3011\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f\u201c\u201d]+")
# Hosts whose canonical form drops more than what tracks.
_PLAIN_HOSTS = ("zhihu.com", "zhuanlan.zhihu.com")


def link_mistakes(page: Page) -> Iterator[Finding]:
    """Everything that is wrong with the address of an item, of a labelled link, or of one in a text above the sections."""
    for item in page.read.items:
        own = [(item.url, item.line)] if item.url else []
        more = [(link.url, page.line_holding(link.url, item.line)) for link in item.links if link.url]
        for url, line in own + more:
            yield from _one(page, url, line)
        for url in inline_urls(item.summary):
            yield from _one(page, url, page.line_holding(url, item.line))
    for text in (page.read.lead, page.read.opener, *page.read.briefs):
        for url in inline_urls(text):
            yield from _one(page, url, page.line_holding(url, None))


def _expiring(page: Page, url: str, line: int | None) -> Iterator[Finding]:
    if is_temporary(url):
        yield page.error("C301", line, "open the article and copy its permanent link")


def _one(page: Page, url: str, line: int | None) -> Iterator[Finding]:
    if safe_url(url) is None or _BROKEN.search(url):
        yield page.error("C304", line, url=short(url, 60))
        return
    marks = _MARKS.search(url)
    if marks:
        yield page.warning("C305", line, url[: marks.start()], marks=marks[0])
    yield from _expiring(page, url, line)
    tracking = _tracking(url)
    if tracking:
        yield page.warning("C302", line, _untracked(url), names=" ".join(tracking))
    if url.startswith("http://"):
        yield page.warning("C303", line, url.replace("http://", "https://", 1), url=short(url, 60))


def untracked(url: str) -> str:
    """The address as C302 would have it, itself where it carries nothing of the way it came."""
    return (_untracked(url) or url) if _tracking(url) else url


def _untracked(url: str) -> str | None:
    """The canonical address, without where it was shared from, still at the place in the page that it names."""
    found = canonical(url)
    if not found:
        return None
    place = urldefrag(url).fragment
    clean = re.sub(r"[?&]from=(?:timeline|singlemessage|groupmessage)$", "", found)
    return clean if not place or place in _NO_PLACES else f"{clean}#{place}"


def _tracking(url: str) -> list[str]:
    if arxiv_id(url) or host(url) in _PLAIN_HOSTS or is_temporary(url):
        return []
    clean = canonical(url)
    try:
        parts, kept = urlsplit(url), {name for name, _ in parse_qsl(urlsplit(clean or "").query)}
    except ValueError:
        return []
    names = [name for name, _ in parse_qsl(parts.query, keep_blank_values=True)]
    dropped = [name for name in names if name not in kept or name in _PRINTED - {"token", "from"}]
    if parts.fragment in _NO_PLACES:
        dropped.append(f"#{parts.fragment}")
    return list(dict.fromkeys(dropped)) if clean else []
