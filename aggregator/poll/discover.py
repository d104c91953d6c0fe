"""Where the news of a page can be polled: a page's address and markup -> what to try, in the order of its likelihood. Pure.

The order: is it a feed · its canonical link · known hosts · link rel=alternate · links that look like feeds · the paths at
which feeds are usual, in the page's folder and at the root.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from aggregator import urls
from aggregator.poll import encoding, pagemeta, sanitise
from aggregator.poll.entries import resolve
from aggregator.poll.knownhosts import Found, known, wechat_account
from aggregator.text import clean_line

MAX_PAGE_CHARS = 3_000_000
MAX_DEPTH = 2000
MAX_FOUND = 20
USUAL = ("atom.xml", "feed.atom", "feed.xml", "feed/", "index.rss", "index.xml", "rss.xml", "rss/", "rss/feed.xml")

_FEED_TYPES = frozenset(
    {
        "application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml", "application/rss",
        "application/atom", "application/xml", "text/xml", "text/rss+xml", "application/x-rss+xml",
    }
)  # fmt: skip
_ROOT = re.compile(
    r"\s*(?:<\?[^>]{0,500}\?>\s*|<!--.{0,2000}?-->\s*|<!DOCTYPE\s+(?:rss|rdf)[^>]{0,300}>\s*){0,10}<(?:rss|feed|rdf:RDF|channel)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
_JSON_FEED = re.compile(r'"version"\s*:\s*"https?:\\?/\\?/(?:www\.)?jsonfeed\.org')
_LIKE_A_FEED = re.compile(r"/(?:feeds?|rss|atom|index)(?:\.(?:xml|rss|atom|rdf|json))?/?$|\.(?:rss|atom|rdf)$", re.IGNORECASE)
_NOT_A_PAGE = re.compile(r"/index\.?$|/index\.json$", re.IGNORECASE)
_CHANNEL = re.compile(r'"(?:externalId|channelId)"\s*:\s*"(UC[A-Za-z0-9_-]{22})"')
_WECHAT_BIZ = re.compile(r"\bvar\s+biz\s*=\s*[\"']([A-Za-z0-9+/]{8,40}={0,2})[\"']|[?&]__biz=([A-Za-z0-9+/]{8,40}(?:=|%3D){0,2})")
_COLUMN = re.compile(r"(?:www\.zhihu\.com/column|zhuanlan\.zhihu\.com)/(c_\d{5,25}|(?!p/|api/|write)[A-Za-z][\w-]{2,60})[\"'?#/]")


@dataclass(frozen=True, slots=True)
class Page:
    """What an address answered with. `is_feed` is judged by the first bytes; `canonical` is another address of the same page
    ("" for none); `found` stands in order."""

    url: str
    is_feed: bool = False
    canonical: str = ""
    title: str = ""
    found: tuple[Found, ...] = ()


def looks_like_feed(body: bytes, content_type: str | None) -> bool:
    """True when a document begins as RSS, Atom, RDF, CDF or JSON Feed does."""
    head = encoding.decode(body[:20_000], content_type).text.lstrip("\ufeff \t\r\n\x00")
    return bool(_JSON_FEED.search(head)) if head[:1] == "{" else bool(_ROOT.match(head))


def read(body: bytes, *, url: str, content_type: str | None) -> Page:
    """What the document at `url` is, and what it names. Raises nothing."""
    if looks_like_feed(body, content_type):
        return Page(url, is_feed=True, found=(Found("feed", "it is a feed itself", url),))
    markup = encoding.decode(body, content_type).text[:MAX_PAGE_CHARS].replace("\x00", "")
    if sanitise.nests_deeper(markup, MAX_DEPTH):
        return Page(url, found=known(url))
    tree = LexborHTMLParser(markup)
    base_node, link = tree.css_first("base[href]"), tree.css_first('link[rel="canonical"]')
    base = resolve(base_node.attributes.get("href"), url) or url if base_node else url
    canonical = resolve(link.attributes.get("href"), base) or "" if link else ""
    head = tree.css_first("title")
    named = (*known(url), *known(canonical), *_channel(markup, url, canonical), *_account(markup, url))
    found = (*named, *_alternates(tree, base), *_linked(tree, base))
    return Page(
        url=url,
        canonical=canonical if urls.canonical(canonical) != urls.canonical(url) else "",
        title=clean_line(head.text(), 100) if head else "",
        found=_distinct(found),
    )


def usual_places(url: str) -> tuple[str, ...]:
    """The addresses at which feeds are usual: in the folder of the page, then at the root of its host."""
    parts = urlsplit(url)
    path = parts.path or "/"
    folder = path if path.endswith("/") else f"{path}/" if "." not in path.rpartition("/")[2] else path.rpartition("/")[0] + "/"
    origin = f"{parts.scheme}://{parts.netloc}"
    return tuple(dict.fromkeys(f"{origin}{at}{name}" for at in (folder, "/") for name in USUAL))


def _channel(markup: str, *addresses: str) -> tuple[Found, ...]:
    # The page of a handle or of a video names the channel's id in its data.
    if not any(urls.host(url) in {"youtube.com", "m.youtube.com"} for url in addresses):
        return ()
    match = _CHANNEL.search(markup)
    return (Found("youtube", "the page names its channel", options={"channel": match[1]}),) if match else ()


def _account(markup: str, url: str) -> tuple[Found, ...]:
    """The account or column that an article stands in, where its address does not name it."""
    if urls.host(url) == "mp.weixin.qq.com":
        biz = _WECHAT_BIZ.search(markup)
        nickname = pagemeta.NICKNAME.search(markup)
        found = wechat_account((biz[1] or biz[2]).replace("%3D", "="), "the article names its account") if biz else None
        return (replace(found, title=clean_line(nickname[1], 100) if nickname else ""),) if found else ()
    if urls.host(url) == "zhuanlan.zhihu.com":
        column = _COLUMN.search(markup)
        return known(f"https://zhuanlan.zhihu.com/{column[1]}") if column else ()
    return ()


def _alternates(tree: LexborHTMLParser, base: str) -> tuple[Found, ...]:
    found: list[Found] = []
    for node in tree.css("link[href]")[:500]:
        given = node.attributes
        rel = (given.get("rel") or "").lower().split()
        media_type = (given.get("type") or "").partition(";")[0].strip().lower()
        href = (given.get("href") or "").strip()
        feed = "alternate" in rel and (media_type in _FEED_TYPES or (media_type == "application/json" and "feed" in href))
        url = resolve(re.sub(r"^feed:(?://)?(?=https?:|//)?", "", href) if href.startswith("feed:") else href, base)
        if url and (feed or "feed" in rel):
            found.append(Found("feed", "link rel=alternate", url, title=clean_line(given.get("title") or "", 100)))
    # Comments are announced beside the posts, and they are not what is looked for.
    return tuple(sorted(found, key=lambda one: bool(re.search(r"comment|评论", f"{one.url} {one.title}", re.IGNORECASE))))


def _linked(tree: LexborHTMLParser, base: str) -> tuple[Found, ...]:
    found = []
    for node in tree.css("a[href]")[:3000]:
        url = resolve(node.attributes.get("href"), base)
        path = urlsplit(url).path if url else ""
        if url and urls.host(url) == urls.host(base) and _LIKE_A_FEED.search(path) and not _NOT_A_PAGE.search(path):
            found.append(Found("feed", "a link of the page", url))
    return tuple(found[:MAX_FOUND])


def _distinct(found: tuple[Found, ...]) -> tuple[Found, ...]:
    kept: dict[str, Found] = {}
    for one in found:
        kept.setdefault(one.url or f"{one.kind} {sorted(one.options.items())} {one.routes}", one)
    return tuple(kept.values())[:MAX_FOUND]
