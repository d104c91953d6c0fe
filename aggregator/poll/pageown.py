"""What known sites keep in places of their own: where title, author and date stand on their pages, as data. Pure.

Metadata of these pages is missing, generic, or about the last change and not the publication.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from aggregator import urls

MAX_DATA_CHARS = 3_000_000
_DESCRIPTION = re.compile(r'"shortDescription"\s*:\s*"((?:[^"\\]|\\.){1,20000})"')


@dataclass(frozen=True, slots=True)
class Own:
    """What a page of a known site says, as written, "" where it says nothing. `links` are what the page is about elsewhere;
    `summary` is plain text."""

    title: str = ""
    author: str = ""
    published: str = ""
    summary: str = ""
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Places:
    """Selectors, the first that matches counts; behind `@` stands the attribute that is meant, else the text."""

    title: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    summary: tuple[str, ...] = ()
    link: tuple[str, ...] = field(default=())


_SITES: Mapping[str, _Places] = {
    "mp.weixin.qq.com": _Places(
        ("#activity-name",), ("#js_author_name", "#js_author_name_text", '.rich_media_meta_text[role="text"]'), ("#publish_time",)
    ),
    "zhihu.com": _Places(
        ("h1.Post-Title", "h1.QuestionHeader-title"), ('.AuthorInfo meta[itemprop="name"]@content', ".AuthorInfo-name"),
        (".ContentItem-time",),
    ),
    "csdn.net": _Places(
        ("#articleContentId", "h1.title-article"), (".follow-nickName", "#uid .name", ".profile-intro-name-boxTop a"),
        (".blog-postTime@data-time", ".bar-content .time", ".article-bar-top .time"),
    ),
    "cnblogs.com": _Places(("#cb_post_title_url",), ("#author_profile_detail a", "#Header1_HeaderTitle"), ("#post-date",)),
    "juejin.cn": _Places(("h1.article-title",), (".author-name .name", ".author-info-block .username"), ("time@datetime",)),
    "ithome.com": _Places(("h1",), ("#author_baidu strong", "#author_baidu"), ("#pubtime_baidu",)),
    "oschina.net": _Places((".article-box__title", "h1"), (".article-box__meta .item a",), ()),
    "news.ycombinator.com": _Places(
        (".titleline > a",), (".fatitem .hnuser",), (".fatitem .age@title",), (".toptext",), (".titleline > a@href",)
    ),
    "reddit.com": _Places(
        ("shreddit-post@post-title", "#siteTable a.title"), ("shreddit-post@author", "#siteTable .tagline .author"),
        ("shreddit-post@created-timestamp", "#siteTable .tagline time@datetime"),
        ('shreddit-post [slot="text-body"]', "#siteTable .usertext-body"),
        ("shreddit-post@content-href", "#siteTable a.title@href"),
    ),
    "youtube.com": _Places(
        (), ('[itemprop="author"] [itemprop="name"]@content', "ytd-channel-name a"),
        ('meta[itemprop="datePublished"]@content', 'meta[itemprop="uploadDate"]@content'),
    ),
    "bilibili.com": _Places(
        ("h1",), ('meta[name="author"]@content',), ('meta[itemprop="uploadDate"]@content', ".pubdate-ip-text")
    ),
    "sohu.com": _Places((".text-title h1",), (), ("#news-time",)),
    "163.com": _Places((".post_title",), (), (".post_info", ".post_time_source")),
}  # fmt: skip


def read(tree: LexborHTMLParser, markup: str, url: str) -> Own:
    """What the site of `url` keeps in places of its own; nothing for other sites."""
    name = urls.host(url)
    places = next((places for site, places in _SITES.items() if name == site or name.endswith(f".{site}")), None)
    if places is None:
        return Own()
    title, author, published, summary, link = (
        next(filter(None, (_at(tree, place) for place in several)), "")
        for several in (places.title, places.author, places.published, places.summary, places.link)
    )
    found = Own(title, author, published, summary, (link,) if urls.is_http(link) else ())
    if name in {"zhihu.com", "zhuanlan.zhihu.com"}:
        return _zhihu(tree, url, found)
    if name in {"youtube.com", "m.youtube.com"} and (said := _DESCRIPTION.search(markup)):
        return Own(found.title, found.author, found.published, _unquoted(said[1]), found.links)
    return found


def _at(tree: LexborHTMLParser, place: str) -> str:
    selector, _, attribute = place.partition("@")
    node = tree.css_first(selector)
    if node is None:
        return ""
    said = node.attributes.get(attribute) if attribute else node.text(separator="\n" if "body" in selector else "")
    return (said or "").strip()


def _unquoted(written: str) -> str:
    try:
        said: object = json.loads(f'"{written}"', strict=False)
    except ValueError:
        return ""
    return said if isinstance(said, str) else ""


def _zhihu(tree: LexborHTMLParser, url: str, found: Own) -> Own:
    """The page shows when it was last edited; when it was written stands in the data that it is made from."""
    steps = urlsplit(url).path.strip("/").split("/")
    kind = "answers" if "answer" in steps else "articles"
    row = next((one for one in _zhihu_rows(tree, kind) if str(one.get("id")) == steps[-1]), {})
    author = row.get("author")
    name = author.get("name") if isinstance(author, dict) else ""
    created = row.get("created") or row.get("createdTime")
    return Own(
        found.title or str(row.get("title") or ""),
        found.author or (name if isinstance(name, str) else ""),
        str(created) if isinstance(created, int) else found.published,
    )


def _zhihu_rows(tree: LexborHTMLParser, kind: str) -> Iterator[Mapping[str, object]]:
    node = tree.css_first("#js-initialData")
    source = node.text() if node else ""
    if not source or len(source) > MAX_DATA_CHARS:
        return
    try:
        held: object = json.loads(source, strict=False)
    except (ValueError, RecursionError):
        return
    for key in ("initialState", "entities", kind):
        held = held.get(key) if isinstance(held, dict) else None
    if isinstance(held, dict):
        yield from (one for one in held.values() if isinstance(one, dict))
