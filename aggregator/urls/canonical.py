"""The canonical form of an address: the same page written the same way, still a URL that opens. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlsplit, urlunsplit

from aggregator.urls.parts import MAX_URL_CHARS, host, is_http, safe_url
from aggregator.urls.places import ARXIV_HOSTS, DOI_HOSTS, GITHUB, arxiv_id

# What a registered name or an address literal is made of; underscores occur in the wild.
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+(?:%[\w.-]+)?")
_TRACKING = re.compile(
    r"^(?:utm_\w+|mtm_\w+|pk_\w+|hsa_\w+|_hs\w+|ga_\w+|itm_\w+|gclid|dclid|fbclid|msclkid|yclid|twclid|igshid|mc_[ce]id|mkt_tok"
    r"|oly_(?:anon|enc)_id|ref_src|ref_url|spm|scm|share_token|share_source|share_medium|share_from|share_to|weibo_id|wt_z"
    r"|from_voters_page|nsukey|isappinstalled|xtrack|cmpid|s_cid|vero_id|trk|trkCampaign|guccounter|guce_\w+)$",
    re.IGNORECASE,
)
_WECHAT_ID = ("__biz", "mid", "idx", "sn")
_WECHAT_TEMPORARY = ("src", "timestamp", "ver", "signature", "new")
_WRAPPERS = {
    "link.zhihu.com": "target",
    "link.juejin.cn": "target",
    "link.csdn.net": "target",
    "links.jianshu.com": "to",
    "www.douban.com/link2": "url",
    "www.google.com/url": "q",
    "l.facebook.com": "u",
    "weibo.cn/sinaurl": "u",
    "www.oschina.net/action/GoToLink": "url",
}
# An address that is canonical as it stands but for its query, as most are; hosts with rules of their own are looked at closely.
_PLAIN = re.compile(
    r"(https?://([a-z0-9-]+(?:\.[a-z0-9-]+)+)((?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*/?))(?:\?([A-Za-z0-9._~=&-]*))?"
)
_ARTICLE = re.compile(r"/s/[A-Za-z0-9_-]+")  # of WeChat, whose address says nothing else
_SPECIAL_HOSTS = frozenset(
    name
    for host in (
        *ARXIV_HOSTS,
        *DOI_HOSTS,
        "huggingface.co",
        "hf.co",
        "papers.cool",
        "mp.weixin.qq.com",
        "youtu.be",
        "github.com",
        "zhihu.com",
        "zhuanlan.zhihu.com",
    )
    for name in (host, f"www.{host}")
) | {wrapper.partition("/")[0] for wrapper in _WRAPPERS}
# A paper as arXiv itself writes its address: a third of the time of taking it apart.
_PAPER = re.compile(r"https?://(?:www\.|export\.)?arxiv\.org/(?:abs|pdf)/([0-9]{4}\.[0-9]{4,5})(?:v[0-9]+)?(?:\.pdf)?")
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})")


def unwrap(url: str) -> str:
    """The target of a link that only passes on (link.zhihu.com/?target=…), else the URL itself. At most three deep."""
    for _ in range(3):
        parts = urlsplit(url)
        name = (parts.hostname or "").lower()
        parameter = _WRAPPERS.get(name) or _WRAPPERS.get(name + parts.path.rstrip("/"))
        target = dict(parse_qsl(parts.query)).get(parameter, "") if parameter else ""
        if not is_http(target):
            return url
        url = target
    return url


class Plain(NamedTuple):
    """A canonical address whose host has no rules of its own: its host, path and query."""

    host: str
    path: str
    query: str

    @property
    def rest(self) -> str:
        """What follows the path."""
        return f"?{self.query}" if self.query else ""


@lru_cache(maxsize=256)
def _tracks(name: str) -> bool:
    """True for a parameter that only tells who led here; a few names come again and again."""
    return bool(_TRACKING.match(name))


def plain_parts(url: str) -> tuple[str, Plain] | None:
    """The canonical form of an address that needs no closer look, and its parts; None for any other."""
    found = _PLAIN.fullmatch(url)
    if found is None or len(url) > MAX_URL_CHARS:
        return None
    start, host, path, query = found.groups()
    if host in _SPECIAL_HOSTS:
        article = host == "mp.weixin.qq.com" and query is None and _ARTICLE.fullmatch(path)
        return (f"https://{host}{path}", Plain(host, path, "")) if article else None
    if not query:
        return start if path else f"{start}/", Plain(host, path or "/", "")
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    if any("=" in value for _, _, value in pairs):
        return None
    kept = sorted(pair for pair in pairs if not _tracks(pair[0]))
    plain = Plain(host, path or "/", "&".join(map("".join, kept)))
    return f"{start if path else f'{start}/'}{plain.rest}", plain


def plain_paper(url: str) -> str | None:
    """The arXiv id of an address that is written as arXiv writes them; None for any other."""
    found = _PAPER.fullmatch(url)
    return found[1] if found and len(url) <= MAX_URL_CHARS else None


@lru_cache(maxsize=1024)
def canonical(url: str) -> str | None:
    """The canonical form of an http(s) URL, None for anything else. Idempotent.

    Scheme and host in lower case, default port and fragment dropped, percent-encoding normalised (RFC 3986, 6.2.2), tracking
    parameters dropped, the rest sorted; wrappers unwrapped; arXiv papers as `https://arxiv.org/abs/ID` without version;
    WeChat articles with `__biz mid idx sn` alone (the parameters of a temporary link stay: without them it does not open).
    """
    if number := plain_paper(url):
        return f"https://arxiv.org/abs/{number}"
    if plain := plain_parts(url):
        return plain[0]
    safe = safe_url(url)
    if safe is None or not is_http(safe):
        return None
    try:
        parts = urlsplit(unwrap(safe))
        port = parts.port
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    name = _ascii_host((parts.hostname or "").lower().rstrip("."))
    if not name:
        return None
    default = port is None or port == {"http": 80, "https": 443}[scheme]
    netloc = _bracket(name) if default else f"{_bracket(name)}:{port}"
    path = _normal_path(parts.path)
    paper = arxiv_id(f"{scheme}://{netloc}{path}")
    if paper:
        return f"https://arxiv.org/abs/{paper}"
    if name == "mp.weixin.qq.com":
        return _wechat(path, parts.query)
    if name == "youtu.be" and len(path) > 1:
        return f"https://www.youtube.com/watch?v={quote(unquote(path[1:].partition('/')[0]), safe='')}"
    if name in {"zhuanlan.zhihu.com", "zhihu.com", "www.zhihu.com"}:
        return urlunsplit(("https", netloc, path, "", ""))
    if name in {"github.com", "www.github.com"}:
        match = GITHUB.match(path)
        if match:
            path = f"/{match[1]}/{match[2]}{(match[3] or '').rstrip('/')}"
        return urlunsplit(("https", "github.com", path.rstrip("/") or "/", _query(parts.query), ""))
    return urlunsplit((scheme, netloc, path, _query(parts.query), ""))


def _bracket(name: str) -> str:
    return f"[{name}]" if ":" in name else name


def _ascii_host(name: str) -> str:
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii").lower()
        except UnicodeError:
            return ""
    return name if _HOST.fullmatch(name) else ""


def _normal_path(path: str) -> str:
    # "." and ".." segments are resolved (RFC 3986, 5.2.4); a reserved character that came encoded stays encoded.
    kept: list[str] = []
    # Unreserved characters are decoded first: `%2e%2e` is `..` to every server.
    for segment in map(_unquote_unreserved, path.split("/")):
        if segment == "..":
            if len(kept) > 1:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if path.endswith(("/.", "/..")):
        kept.append("")
    pieces = [quote(segment, safe="%!$&'()*+,;=:@-._~") for segment in kept]
    return "/".join(pieces) or "/"


def _unquote_unreserved(segment: str) -> str:
    def one(match: re.Match[str]) -> str:
        char = chr(int(match[1], 16))
        return char if char.isascii() and (char.isalnum() or char in "-._~") else match[0].upper()

    return re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", _PERCENT.sub(one, segment)) if "%" in segment else segment


def _query(query: str) -> str:
    # Names and values stay percent-encoded as they came: they may be bytes of another encoding than UTF-8.
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    kept = sorted((name, mark, value) for name, mark, value in pairs if not _TRACKING.match(unquote(name)))
    encoded = ((_encoded(name), mark, _encoded(value)) for name, mark, value in kept)
    return "&".join(f"{name}{mark}{value}" for name, mark, value in sorted(encoded))


def _encoded(part: str) -> str:
    return quote(_unquote_unreserved(part.replace("+", "%20")), safe="%!$'()*,;:@/?-._~")


def _wechat(path: str, query: str) -> str:
    values = dict(parse_qsl(query))
    if path.startswith("/s/"):
        return f"https://mp.weixin.qq.com{path.rstrip('/')}"
    keep = _WECHAT_ID if all(name in values for name in ("__biz", "mid")) else (*_WECHAT_ID, *_WECHAT_TEMPORARY)
    found = [(name, values[name]) for name in keep if values.get(name)]
    if not found:
        found = sorted(values.items())
    return urlunsplit(("https", "mp.weixin.qq.com", path, "&".join(f"{k}={quote(v, safe='=')}" for k, v in found), ""))


def is_temporary(url: str) -> bool:
    """True for a WeChat link that expires: it is signed with a time stamp and names no article."""
    if "?" not in url or host(url) != "mp.weixin.qq.com":
        return False
    names = dict(parse_qsl(urlsplit(url).query))
    return "timestamp" in names and "signature" in names and "mid" not in names
