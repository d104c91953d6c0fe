"""Hosts whose feeds have known addresses: a page's address -> what can be polled behind it, without asking for the page. Pure.

What has no feed comes through a bridge. Its routes are those of RSSHub (https://docs.rsshub.app/routes/) and wewe-rss
(https://github.com/cooderl/wewe-rss); which instance answers is the workspace's affair.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, urlsplit

from aggregator import urls

_ARXIV_LIST = re.compile(r"/(?:list|rss|atom)/([a-z-]+(?:\.[A-Za-z-]+)?)(?:/|$)")
_NAME = r"[A-Za-z0-9][A-Za-z0-9-]*"
_ROUTE = re.compile(r"/[\w./%@=-]{3,120}")
_HUGGINGFACE = frozenset({"blog", "models", "datasets", "spaces", "docs", "posts", "collections", "pricing", "join", "login"})
_VENUE = re.compile(r"[\w.+~-]+(?:/[\w.+~-]+){0,8}")


@dataclass(frozen=True, slots=True)
class Found:
    """Something that may be polled: a kind with its options, or with an address. `how` says where it was found, `title` what
    it was called there ("" for nothing). `routes` are paths at bridges, (service, path) each, that are tried in order; `more`
    are the further addresses that they come to."""

    kind: str
    how: str
    url: str = ""
    options: Mapping[str, object] = field(default_factory=dict)
    title: str = ""
    routes: tuple[tuple[str, str], ...] = ()
    more: tuple[str, ...] = ()


def known(url: str) -> tuple[Found, ...]:
    """What the address alone tells on hosts whose feeds have known addresses; nothing for others."""
    parts = urlsplit(url) if urls.is_http(url) else None
    if parts is None:
        return ()
    name, path = urls.host(url), parts.path.rstrip("/")
    steps = [step for step in path.split("/") if step]
    query = parse_qs(parts.query)
    found = _known(name, path, steps, query, url) or _bridged(name, steps, query)
    return (found,) if found else ()


def wechat_account(biz: str, how: str) -> Found | None:
    """The articles of a WeChat account, by the `__biz` in the addresses of its articles: the base64 of a number."""
    try:
        number = base64.b64decode(biz, validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return None
    if not number.isdigit():
        return None
    routes = (("wewe-rss", f"/feeds/MP_WXS_{number}.atom"), ("rsshub", f"/freewechat/profile/{biz}"))
    return Found("bridge", f"{how}, through a bridge", routes=routes)


def _known(name: str, path: str, steps: list[str], query: Mapping[str, list[str]], url: str) -> Found | None:
    how = f"a page of {name}"
    if name == "github.com":
        return _github(steps, query, url, how)
    if name in {"youtube.com", "m.youtube.com"}:
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
    if name == "huggingface.co":
        return _huggingface(steps, how)
    if name == "openreview.net":
        venue = query.get("id", [""])[0]
        paper = steps[:1] != ["group"] or not _VENUE.fullmatch(venue)
        return None if paper else Found("openreview", how, options={"venue": venue}, title=f"OpenReview {venue}")
    if name == "news.ycombinator.com":
        tag = {"show": "show_hn", "ask": "ask_hn", "newest": "story"}.get(steps[0] if steps else "", "front_page")
        points: dict[str, object] = {"points": 0} if tag == "front_page" else {}
        return Found("hackernews", how, options={"tag": tag, **points}, title="Hacker News")
    address = _feed_of(name, steps)
    return Found("feed", how, address) if address else None


def _bridged(name: str, steps: list[str], query: Mapping[str, list[str]]) -> Found | None:
    """What comes through a bridge only."""
    how = f"a page of {name}, through a bridge"
    if name == "mp.weixin.qq.com":
        return wechat_account(query.get("__biz", [""])[0].replace(" ", "+"), f"a page of {name}")
    route, title = "", ""
    if name == "zhuanlan.zhihu.com" and len(steps) == 1:
        route, title = f"/zhihu/zhuanlan/{steps[0]}", f"知乎 {steps[0]}"
    elif name == "zhihu.com" and len(steps) > 1 and steps[0] in {"column", "people", "org"}:
        kind = "zhuanlan" if steps[0] == "column" else f"posts/{steps[0]}"
        route, title = f"/zhihu/{kind}/{steps[1]}", f"知乎 {steps[1]}"
    elif name == "space.bilibili.com" and steps and steps[0].isdigit():
        route, title = f"/bilibili/user/video/{steps[0]}", ""
    elif name == "juejin.cn" and len(steps) > 1 and steps[0] == "user":
        route, title = f"/juejin/posts/{steps[1]}", ""
    elif name == "jianshu.com" and len(steps) > 1 and steps[0] == "u":
        route, title = f"/jianshu/user/{steps[1]}", ""
    elif name == "github.com" and steps[:1] == ["trending"]:
        since = query.get("since", ["daily"])[0]
        language = quote(steps[1], safe="") if len(steps) > 1 else "any"
        since = since if since in {"daily", "weekly", "monthly"} else "daily"
        route, title = (
            f"/github/trending/{since}/{language}",
            f"GitHub trending {since}" + ("" if language == "any" else f" {steps[1]}"),
        )
    return Found("bridge", how, title=title, routes=(("rsshub", route),)) if _ROUTE.fullmatch(route) else None


def _huggingface(steps: list[str], how: str) -> Found | None:
    if steps[:1] == ["papers"] and len(steps) < 3:
        return Found("huggingface", how, options={"watch": "papers"}, title="Hugging Face papers")
    if len(steps) == 1 and re.fullmatch(r"[A-Za-z0-9][\w.-]*", steps[0]) and steps[0] not in _HUGGINGFACE:
        options = {"watch": "models", "author": steps[0]}
        return Found("huggingface", how, options=options, title=f"Hugging Face {steps[0]}")
    return None


def _feed_of(name: str, steps: list[str]) -> str:
    """The address of the feed, for hosts where a page's address tells it."""
    if name == "medium.com" and steps and steps[0] != "feed":
        return f"https://medium.com/feed/{steps[0]}"
    if re.fullmatch(rf"{_NAME}\.(?:medium|substack)\.com", name) and steps[:1] != ["feed"]:
        return f"https://{name}/feed"
    if name.endswith(".blogspot.com") and steps[:1] != ["feeds"]:
        return f"https://{name}/feeds/posts/default"
    if name.endswith((".wordpress.com", ".ghost.io")) and steps[:1] not in (["feed"], ["rss"]):
        return f"https://{name}/feed/" if name.endswith(".wordpress.com") else f"https://{name}/rss/"
    if name == "blog.csdn.net" and steps and steps[1:2] != ["rss"]:
        return f"https://blog.csdn.net/{steps[0]}/rss/list"
    return ""


def _github(steps: list[str], query: Mapping[str, list[str]], url: str, how: str) -> Found | None:
    repository = urls.github_repo(url)
    if repository is None:
        return _github_list(steps, query, how)
    watch = steps[2].removesuffix(".atom") if len(steps) > 2 else "releases"
    options: dict[str, object] = {"repository": repository.removesuffix(".git")}
    if watch in {"tags", "commits"}:
        options["watch"] = watch
    return Found("github", how, options=options, title=repository)


def _github_list(steps: list[str], query: Mapping[str, list[str]], how: str) -> Found | None:
    if len(steps) == 2 and steps[0] == "topics":
        options: dict[str, object] = {"watch": "search", "topics": [steps[1]], "stars": 20}
        return Found("github", how, options=options, title=f"GitHub {steps[1]}")
    name = steps[1] if len(steps) == 2 and steps[0] == "stars" else steps[0] if len(steps) == 1 else ""
    if not re.fullmatch(_NAME, name) or name in {"trending", "topics", "stars", "explore", "marketplace", "features", "login"}:
        return None
    if len(steps) == 2 or query.get("tab") == ["stars"]:
        return Found("github", how, options={"watch": "stars", "user": name}, title=f"GitHub stars of {name}")
    return Found("feed", how, f"https://github.com/{name}.atom")


def _youtube(steps: list[str], query: Mapping[str, list[str]], how: str) -> Found | None:
    channel = steps[1] if len(steps) > 1 and steps[0] == "channel" else query.get("channel_id", [""])[0]
    if re.fullmatch(r"UC[A-Za-z0-9_-]{22}", channel):
        return Found("youtube", how, options={"channel": channel})
    playlist = query.get("list", query.get("playlist_id", [""]))[0]
    return Found("youtube", how, options={"playlist": playlist}) if steps == ["playlist"] and playlist else None
