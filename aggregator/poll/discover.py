"""Where the news of a page can be polled: a page's address and markup -> what to try, in the order of its likelihood. Pure.

The order: is it a feed · its canonical link · known hosts · link rel=alternate · links that look like feeds · the paths at
which feeds are usual, in the page's folder and at the root.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from selectolax.lexbor import LexborHTMLParser

from aggregator import urls
from aggregator.poll import encoding, sanitise
from aggregator.poll.entries import resolve
from aggregator.text import clean_line

MAX_PAGE_CHARS = 3_000_000
MAX_DEPTH = 2000
MAX_FOUND = 20
RSSHUB = "https://rsshub.app"
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
_ARXIV_LIST = re.compile(r"/(?:list|rss|atom)/([a-z-]+(?:\.[A-Za-z-]+)?)(?:/|$)")
_NAME = r"[A-Za-z0-9][A-Za-z0-9-]*"


@dataclass(frozen=True, slots=True)
class Found:
    """Something that may be polled: a kind with its options, or with an address. `how` says where it was found, `title` what
    it was called there ("" for nothing)."""

    kind: str
    how: str
    url: str = ""
    options: Mapping[str, object] = field(default_factory=dict)
    title: str = ""


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
    found = (*known(url), *known(canonical), *_channel(markup, url, canonical), *_alternates(tree, base), *_linked(tree, base))
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


def known(url: str) -> tuple[Found, ...]:
    """What the address alone tells on hosts whose feeds have known addresses; nothing for others."""
    parts = urlsplit(url) if urls.is_http(url) else None
    if parts is None:
        return ()
    name, path = urls.host(url), parts.path.rstrip("/")
    steps = [step for step in path.split("/") if step]
    query = parse_qs(parts.query)
    found = _known(name, path, steps, query, url)
    return (found,) if found else ()


def _known(name: str, path: str, steps: list[str], query: Mapping[str, list[str]], url: str) -> Found | None:
    how = f"a page of {name}"
    if name == "github.com":
        return _github(steps, url, how)
    if name == "youtube.com":
        return _youtube(steps, query, how)
    if name.endswith("arxiv.org"):
        match = _ARXIV_LIST.search(f"{path}/")
        return Found("arxiv", how, options={"categories": [match[1]]}, title=f"arXiv {match[1]}") if match else None
    if name.startswith("gitlab.") and len(steps) >= 2 and not path.endswith(".atom"):
        project = "/".join(steps[: steps.index("-")] if "-" in steps else steps)
        host = {} if name == "gitlab.com" else {"base_url": f"https://{name}"}
        return Found("gitlab", how, options={"project": project, **host}, title=project) if "/" in project else None
    if name in {"reddit.com", "old.reddit.com", "new.reddit.com"} and len(steps) >= 2 and steps[0] == "r":
        return Found("reddit", how, options={"community": steps[1]}, title=f"r/{steps[1]}")
    if name in {"zhuanlan.zhihu.com", "zhihu.com"}:
        return _zhihu(name, steps, how)
    if name == "huggingface.co":
        return _huggingface(steps, how)
    if name == "news.ycombinator.com":
        tag = {"show": "show_hn", "ask": "ask_hn", "newest": "story"}.get(steps[0] if steps else "", "front_page")
        points: dict[str, object] = {"points": 0} if tag == "front_page" else {}
        return Found("hackernews", how, options={"tag": tag, **points}, title="Hacker News")
    address = _feed_of(name, steps, query)
    return Found("feed", how, address) if address else None


def _zhihu(name: str, steps: list[str], how: str) -> Found | None:
    # Zhihu has no feeds: a column or a person's articles come through RSSHub. https://docs.rsshub.app/routes/social-media
    column = (
        steps[0]
        if name == "zhuanlan.zhihu.com" and len(steps) == 1
        else steps[1]
        if steps[:1] == ["column"] and len(steps) > 1
        else ""
    )
    person = steps[1] if steps[:1] == ["people"] and len(steps) > 1 else ""
    route = f"/zhihu/zhuanlan/{column}" if column else f"/zhihu/posts/people/{person}" if person else ""
    if not re.fullmatch(r"/[\w./-]{3,100}", route):
        return None
    return Found(
        "bridge", f"{how}, through a bridge", options={"origins": [RSSHUB], "route": route}, title=f"知乎 {column or person}"
    )


def _huggingface(steps: list[str], how: str) -> Found | None:
    if steps[:1] == ["papers"] and len(steps) < 3:
        return Found("huggingface", how, options={"watch": "papers"}, title="Hugging Face papers")
    if (
        len(steps) == 1
        and re.fullmatch(_NAME, steps[0])
        and steps[0] not in {"blog", "models", "datasets", "spaces", "docs", "posts"}
    ):
        options = {"watch": "models", "author": steps[0]}
        return Found("huggingface", how, options=options, title=f"Hugging Face {steps[0]}")
    return None


def _feed_of(name: str, steps: list[str], query: Mapping[str, list[str]]) -> str:
    """The address of the feed, for hosts where a page's address tells it."""
    if name == "medium.com" and steps and steps[0] != "feed":
        return f"https://medium.com/feed/{steps[0]}"
    if re.fullmatch(rf"{_NAME}\.(?:medium|substack)\.com", name) and steps[:1] != ["feed"]:
        return f"https://{name}/feed"
    if name.endswith(".blogspot.com") and steps[:1] != ["feeds"]:
        return f"https://{name}/feeds/posts/default"
    if name.endswith((".wordpress.com", ".ghost.io")) and steps[:1] not in (["feed"], ["rss"]):
        return f"https://{name}/feed/" if name.endswith(".wordpress.com") else f"https://{name}/rss/"
    return ""


def _github(steps: list[str], url: str, how: str) -> Found | None:
    repository = urls.github_repo(url)
    if repository is None:
        user = len(steps) == 1 and re.fullmatch(_NAME, steps[0])
        return Found("feed", how, f"https://github.com/{steps[0]}.atom") if user else None
    watch = steps[2].removesuffix(".atom") if len(steps) > 2 else "releases"
    options: dict[str, object] = {"repository": repository.removesuffix(".git")}
    if watch in {"tags", "commits"}:
        options["watch"] = watch
    return Found("github", how, options=options, title=repository)


def _youtube(steps: list[str], query: Mapping[str, list[str]], how: str) -> Found | None:
    channel = steps[1] if len(steps) > 1 and steps[0] == "channel" else query.get("channel_id", [""])[0]
    if re.fullmatch(r"UC[A-Za-z0-9_-]{22}", channel):
        return Found("youtube", how, options={"channel": channel})
    playlist = query.get("list", query.get("playlist_id", [""]))[0]
    return Found("youtube", how, options={"playlist": playlist}) if steps == ["playlist"] and playlist else None


def _channel(markup: str, *addresses: str) -> tuple[Found, ...]:
    # The page of a handle or of a video names the channel's id in its data.
    if not any(urls.host(url) in {"youtube.com", "m.youtube.com"} for url in addresses):
        return ()
    match = _CHANNEL.search(markup)
    return (Found("youtube", "the page names its channel", options={"channel": match[1]}),) if match else ()


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
        kept.setdefault(one.url or f"{one.kind} {sorted(one.options.items())}", one)
    return tuple(kept.values())[:MAX_FOUND]
