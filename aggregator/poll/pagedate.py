"""When a page was published, and by whom: what it says in its head, in its marked places, in its text, in its address. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from selectolax.lexbor import LexborHTMLParser

from aggregator.poll import dates
from aggregator.poll.pagemeta import Meta
from aggregator.poll.pageown import Own
from aggregator.poll.pagetitle import plain

_NAMES = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "citation_online_date",
    "citation_date", "citation_publication_date", "pubdate", "publishdate", "publish_date", "publish-date", "publish_time",
    "weibo:article:create_at", "bytedance:published_time", "apub:time", "og:release_date", "uploaddate", "dc.date.issued",
    "dcterms.created", "dc.date", "date", "article.published", "parsely-pub-date", "sailthru.date",
)  # fmt: skip
_MARKED = (
    '[itemprop="datePublished"]', "time[pubdate]", "article time[datetime]", 'time[class*="publish"]', "time[datetime]",
    "#publish_time", "#pubtime_baidu", '[class*="publish"]', '[class*="pubtime"]', '[id*="pubtime"]', '[class*="post-date"]',
    '[class*="post-meta"]', '[class*="article-time"]', '[class*="article-date"]', '[class*="article-info"]', '[class*="date"]',
    '[class*="time"]', '[class*="byline"]', '[id*="date"]', '[id*="time"]',
)  # fmt: skip
_ASIDE = re.compile(
    r"update|modif|edit|comment|related|recommend|footer|copyright|sidebar|更新|修改|编辑于|最新推荐", re.IGNORECASE
)
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?"
    r"|Dec(?:ember)?)"
)
_WRITTEN = re.compile(
    r"(?<![\d/.-])20\d\d[-/.]\d\d?[-/.]\d\d?(?:[ T]+\d\d?:\d\d(?::\d\d)?)?(?![\d/.-]\d)"
    r"|20\d\d\s?年\s?\d\d?\s?月\s?\d\d?\s?日(?:\s?\d\d?:\d\d(?::\d\d)?)?"
    rf"|\b{_MONTH}\.?\s+\d\d?(?:st|nd|rd|th)?,?\s+20\d\d\b|\b\d\d?(?:st|nd|rd|th)?\s+{_MONTH}\.?,?\s+20\d\d\b",
    re.IGNORECASE,
)
_ENGLISH = re.compile(rf"({_MONTH})\.?\s+(\d\d?)(?:st|nd|rd|th)?,?\s+(20\d\d)", re.IGNORECASE)
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b", re.IGNORECASE)
_IN_ADDRESS = re.compile(r"/(20\d\d)[/-]?([01]\d)[/-]?([0-3]\d)(?=[/_.-]|$)")
_NOBODY = frozenset({"admin", "administrator", "root", "author", "anonymous", "editor", "小编", "佚名", "匿名", "未知"})
_BYLINES = (
    '[itemprop="author"] [itemprop="name"]', '[itemprop="author"]', '[rel="author"]', ".author-name", ".post-author",
    ".article-author", ".byline-name", ".byline", ".p-author", ".author",
)  # fmt: skip
_BY = re.compile(
    r"^(?:by|written by|posted by|author|作者|文|撰文|编译)\s*[:：/|丨]?\s+|^(?:作者|文|撰文)\s*[:：/|丨]\s*", re.IGNORECASE
)


def published(tree: LexborHTMLParser, meta: Meta, own: Own, url: str, *, china: bool, now: datetime) -> datetime | None:
    """The instant of publication, the surest word first; None where none is plausible."""
    zone = ZoneInfo("Asia/Shanghai") if china else UTC
    for said in _said(tree, meta, own, url):
        instant = dates.plausible(dates.read(said, default=zone, china=china, now=now), now) if said else None
        if instant:
            return instant
    return None


def _said(tree: LexborHTMLParser, meta: Meta, own: Own, url: str) -> Iterator[str]:
    yield meta.script.get("ct", "")
    changed = _ASIDE.search(own.published)
    yield from () if changed else (own.published, written(own.published))
    yield meta.script.get("created", "")
    yield from (*meta.linked("datePublished"), *meta.linked("pubDate"), *meta.linked("uploadDate"))
    for name in _NAMES:
        yield from meta.all(name)
    yield written(own.published)
    yield from _marked(tree)
    address = _IN_ADDRESS.search(urlsplit(url).path)
    if address:
        yield "-".join(address.groups())
    body = tree.body
    if body:
        yield written(body.text(separator=" ")[:3000])


def _marked(tree: LexborHTMLParser) -> Iterator[str]:
    for selector in _MARKED:
        for node in tree.css(selector)[:5]:
            given = node.attributes
            if _ASIDE.search(f"{given.get('class') or ''} {given.get('id') or ''} {given.get('itemprop') or ''}"):
                continue
            shown = node.text(separator=" ")
            yield given.get("datetime") or given.get("content") or given.get("data-time") or ""
            yield written(shown) if len(shown) < 300 else ""


def written(shown: str) -> str:
    """The first date in a text, in a form that can be read; "" without one."""
    match = _WRITTEN.search(shown)
    if match is None:
        return ""
    english = _ENGLISH.fullmatch(match[0])
    return f"{english[2]} {english[1][:3]} {english[3]}" if english else _ORDINAL.sub("", match[0]).replace("/", "-")


def authors(tree: LexborHTMLParser, meta: Meta, own: Own) -> tuple[str, ...]:
    """Who wrote the page, in its order; none where it does not say, or says what every page of a blog engine says."""
    cited = tuple(" ".join(reversed(name.split(", ", 1))) for name in meta.all("citation_author"))
    named = ("author", "article:author", "og:article:author", "byl", "dc.creator", "twitter:creator", "parsely-author")
    for several in (cited, (own.author,), meta.linked("author"), (meta.first(*named),), _signed(tree)):
        names = (_BY.sub("", plain(name, 200)).strip() for name in several)
        found = tuple(dict.fromkeys(name for name in names if _is_name(name)))
        if found:
            return found
    return ()


def _signed(tree: LexborHTMLParser) -> tuple[str, ...]:
    for selector in _BYLINES:
        node = tree.css_first(selector)
        said = plain((node.attributes.get("content") or node.text(separator=" ")) if node else "", 200)
        name = _BY.sub("", said).strip()
        if 1 < len(name) <= 40 and not re.search(r"\d{3}|https?:", name):
            return (name,)
    return ()


def _is_name(name: str) -> bool:
    return bool(name) and not name.startswith(("http://", "https://", "@")) and name.casefold() not in _NOBODY
