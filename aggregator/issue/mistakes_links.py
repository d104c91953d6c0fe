"""Mistakes of links, as far as an address tells by itself. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from aggregator.issue.page_view import Page, inline_urls, short
from aggregator.model import Finding, Item
from aggregator.urls import arxiv_id, canonical, host, is_temporary, safe_url

_PRINTED = frozenset({"scene", "chksm", "token", "from", "isappinstalled", "nsukey", "spm", "scm", "share_token"})
# Hosts whose canonical form drops more than what tracks.
_PLAIN_HOSTS = ("zhihu.com", "zhuanlan.zhihu.com")


def link_mistakes(page: Page) -> Iterator[Finding]:
    """Everything that is wrong with the address of an item, of a labelled link, or of one in a text above the sections."""
    for item in page.read.items:
        own = [(item.url, item.line)] if item.url else []
        more = [(link.url, page.line_holding(link.url, item.line)) for link in item.links if link.url]
        for url, line in own + more:
            yield from _one(page, url, line)
        yield from _inside(page, item)
    for text in (page.read.lead, *page.read.briefs):
        for url in inline_urls(text):
            yield from _expiring(page, url, page.line_holding(url, None))


def _inside(page: Page, item: Item) -> Iterator[Finding]:
    for url in inline_urls(item.summary):
        yield from _expiring(page, url, page.line_holding(url, item.line))


def _expiring(page: Page, url: str, line: int | None) -> Iterator[Finding]:
    if is_temporary(url):
        fix = "open the article and copy its permanent link"
        yield page.error("C301", "a WeChat link that expires (timestamp and signature)", line, fix)


def _one(page: Page, url: str, line: int | None) -> Iterator[Finding]:
    if safe_url(url) is None:
        yield page.error("C304", f"not an address that a reader can open: {short(url, 60)}", line)
        return
    yield from _expiring(page, url, line)
    tracking = _tracking(url)
    if tracking:
        yield page.warning("C302", f"the link carries {' '.join(tracking)}", line, canonical(url))
    if url.startswith("http://"):
        yield page.warning("C303", f"not a secure link: {short(url, 60)}", line, url.replace("http://", "https://", 1))


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
    if parts.fragment in {"wechat_redirect", "rd"}:
        dropped.append(f"#{parts.fragment}")
    return list(dict.fromkeys(dropped)) if clean else []
