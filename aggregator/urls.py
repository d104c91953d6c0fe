"""URLs: one canonical form, the identity keys of a work, and what kind of thing an address leads to. Pure.

Canonical means: the same page written the same way, still a URL that opens. Identity goes further: `http:` and `https:`,
`www.`, a trailing slash or the letter case of a repository make no other work.
"""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlsplit, urlunsplit

MAX_URL_CHARS = 2000
MAX_KEY_CHARS = 500

_FORBIDDEN = re.compile("[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202f\u2066-\u2069\ufeff\ud800-\udfff]")
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
_ARXIV_NEW = r"\d{4}\.\d{4,5}"
_ARXIV_OLD = r"[a-z-]+(?:\.[A-Z]{2})?/\d{7}"
_ARXIV_PATH = re.compile(
    rf"^/(?:abs|pdf|html|format|ps|papers|paper|overview|src|e-print)/(?:arxiv[.:])?({_ARXIV_NEW}|{_ARXIV_OLD})(v\d+)?(?:\.pdf|/)?",
    re.IGNORECASE,
)
_ARXIV_TEXT = re.compile(rf"(?:^|[^\d.])({_ARXIV_NEW})(?:v\d+)?(?![\d.]\d|\d)")
_ARXIV_HOSTS = (
    "arxiv.org",
    "alphaxiv.org",
    "ar5iv.org",
    "ar5iv.labs.arxiv.org",
    "browse.arxiv.org",
    "export.arxiv.org",
    "cn.arxiv.org",
    "xxx.itp.ac.cn",
)
_DOI = re.compile(r"^/(?:doi/(?:abs/|pdf/|full/|epdf/)?)?(10\.\d{4,9}/[^\s?#]+)", re.IGNORECASE)
_DOI_HOSTS = frozenset(("doi.org", "dx.doi.org", "dl.acm.org"))
_GITHUB = re.compile(r"^/([A-Za-z0-9][A-Za-z0-9-]{0,38})/([A-Za-z0-9._-]+?)(?:\.git)?(/.*)?$")
_GITHUB_RESERVED = frozenset(
    (
        "about",
        "apps",
        "blog",
        "collections",
        "contact",
        "customer-stories",
        "enterprise",
        "events",
        "explore",
        "features",
        "issues",
        "login",
        "marketplace",
        "new",
        "notifications",
        "orgs",
        "pricing",
        "pulls",
        "search",
        "security",
        "sessions",
        "settings",
        "signup",
        "site",
        "sponsors",
        "stars",
        "team",
        "topics",
        "trending",
        "users",
    )
)
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
_CODE_HOSTS = frozenset(
    (
        "github.com",
        "gitlab.com",
        "gitee.com",
        "bitbucket.org",
        "codeberg.org",
        "gitcode.net",
        "gitcode.com",
        "sourceforge.net",
    )
)
_PAPER_HOSTS = frozenset(
    (
        "arxiv.org",
        "alphaxiv.org",
        "doi.org",
        "dl.acm.org",
        "openreview.net",
        "openaccess.thecvf.com",
        "aclweb.org",
        "aclanthology.org",
        "proceedings.mlr.press",
        "papers.nips.cc",
        "proceedings.neurips.cc",
        "ieeexplore.ieee.org",
        "paperswithcode.com",
        "mlsys.org",
        "semanticscholar.org",
        "eccv.ecva.net",
        "ecva.net",
        "hal.science",
    )
)
_VIDEO_HOSTS = frozenset(
    (
        "youtube.com",
        "youtu.be",
        "bilibili.com",
        "b23.tv",
        "vimeo.com",
        "v.qq.com",
        "v.youku.com",
        "live.bilibili.com",
    )
)
_CSDN = frozenset(("csdn.net",))
_DOC_HOSTS = frozenset(("readthedocs.io", "readthedocs.org", "docs.rs", "gitbook.io"))


class _Parts(NamedTuple):
    scheme: str
    host: str
    path: str
    query: str


@lru_cache(maxsize=4096)
def _parts(url: str) -> _Parts | None:
    # One address is asked about a dozen times while it comes in; `hostname` of urllib computes anew at every call.
    try:
        parts = urlsplit(url)
        return _Parts(parts.scheme.lower(), (parts.hostname or "").lower(), parts.path, parts.query)
    except ValueError:
        return None


# An address that is canonical as it stands, as most are; hosts with rules of their own are looked at closely.
_PLAIN = re.compile(r"https?://([a-z0-9-]+(?:\.[a-z0-9-]+)+)((?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*/?)")
_SPECIAL_HOSTS = frozenset(
    name
    for host in (
        *_ARXIV_HOSTS,
        *_DOI_HOSTS,
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


def is_http(url: str | None) -> bool:
    """True for an absolute http or https URL with a host."""
    parts = _parts(url) if url else None
    return parts is not None and parts.scheme in {"http", "https"} and bool(parts.host)


def safe_url(url: str | None) -> str | None:
    """The URL as it may be stored and printed, or None: http(s) with a host, or mailto; no credentials, no control or blank
    characters inside, at most 2,000 characters. Blanks around it are dropped and blanks inside a path are encoded."""
    if not url:
        return None
    url = re.sub(r"[\t\r\n]", "", url).strip()
    url = url.replace(" ", "%20")
    if len(url) > MAX_URL_CHARS or _FORBIDDEN.search(url):
        return None
    try:
        parts = urlsplit(url)
        scheme = parts.scheme.lower()
        if scheme == "mailto":
            return url if "@" in parts.path else None
        _ = parts.port  # raises for a port that is no number
    except ValueError:
        return None
    if scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc or "\\" in parts.netloc:
        return None
    return url


def host(url: str) -> str:
    """The host in lower case without `www.`, "" where there is none."""
    parts = _parts(url)
    return parts.host.removeprefix("www.") if parts else ""


def _is_host(name: str, hosts: frozenset[str]) -> bool:
    while name:
        if name in hosts:
            return True
        name = name.partition(".")[2]
    return False


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


@lru_cache(maxsize=4096)
def canonical(url: str) -> str | None:
    """The canonical form of an http(s) URL, None for anything else. Idempotent.

    Scheme and host in lower case, default port and fragment dropped, percent-encoding normalised (RFC 3986, 6.2.2), tracking
    parameters dropped, the rest sorted; wrappers unwrapped; arXiv papers as `https://arxiv.org/abs/ID` without version;
    WeChat articles with `__biz mid idx sn` alone (the parameters of a temporary link stay: without them it does not open).
    """
    plain = _PLAIN.fullmatch(url)
    if plain and plain[1] not in _SPECIAL_HOSTS and len(url) <= MAX_URL_CHARS:
        return url if plain[2] else f"{url}/"
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
        match = _GITHUB.match(path)
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


_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})")


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
    if host(url) != "mp.weixin.qq.com":
        return False
    names = dict(parse_qsl(urlsplit(url).query))
    return "timestamp" in names and "signature" in names and "mid" not in names


def arxiv_id(url: str) -> str | None:
    """The arXiv id an address is about, without its version: abs, pdf, html, alphaxiv, ar5iv, Hugging Face papers, DOI."""
    parts = _parts(url)
    if parts is None:
        return None
    name = parts.host.removeprefix("www.")
    if name in {"huggingface.co", "hf.co", "papers.cool"} and not parts.path.startswith(("/papers/", "/arxiv/")):
        return None
    if name in {"doi.org", "dx.doi.org"}:
        match = re.match(rf"^/10\.48550/arxiv\.({_ARXIV_NEW}|{_ARXIV_OLD})", unquote(parts.path), re.IGNORECASE)
    elif name == "papers.cool":
        match = re.match(rf"^/arxiv/({_ARXIV_NEW}|{_ARXIV_OLD})", parts.path)
    elif name in _ARXIV_HOSTS or name in {"huggingface.co", "hf.co"}:
        match = _ARXIV_PATH.match(unquote(parts.path))
    else:
        return None
    return match[1] if match else None


def arxiv_id_in(text: str) -> str | None:
    """The first arXiv id that stands in a text such as `1911.05289`, `[2006.10226v1]` or `arXiv:1911.05289`, else None."""
    match = _ARXIV_TEXT.search(text)
    return match[1] if match else None


def github_repo(url: str) -> str | None:
    """`owner/name` as written, for an address inside a GitHub repository; None for other addresses."""
    parts = _parts(url)
    if parts is None or parts.host.removeprefix("www.") != "github.com":
        return None
    match = _GITHUB.match(parts.path)
    if not match or match[1].lower() in _GITHUB_RESERVED:
        return None
    return f"{match[1]}/{match[2]}"


@lru_cache(maxsize=4096)
def identity_keys(url: str | None) -> tuple[str, ...]:
    """What makes two addresses the same work, strongest first; empty for no URL.

    `arxiv:ID` · `doi:…` · `github:owner/name` or `github:owner/name@tag` for a release (its own news) · `wechat:biz/mid/idx`
    · `url:host/path?query` with scheme, `www.` and a trailing slash dropped.
    A key is at most 500 characters long: of a longer one the rest is a digest, for no database indexes texts of any length.
    """
    return tuple(key if len(key) <= MAX_KEY_CHARS else bounded(key) for key in _identity_keys(url))


def bounded(key: str) -> str:
    """An identity key that is not too long for an index."""
    if len(key) <= MAX_KEY_CHARS:
        return key
    return f"{key[: MAX_KEY_CHARS - 33]}~{blake2b(key.encode('utf-8', 'surrogatepass'), digest_size=16).hexdigest()}"


def _identity_keys(url: str | None) -> tuple[str, ...]:
    clean = canonical(url) if url else None
    if clean is None:
        return ()
    parts = urlsplit(clean)
    name = (parts.hostname or "").removeprefix("www.")
    paper = arxiv_id(clean)
    if paper:
        return (f"arxiv:{paper.lower()}",)
    if _is_host(name, _DOI_HOSTS):
        match = _DOI.match(unquote(parts.path))
        if match:
            return (f"doi:{match[1].lower().rstrip('.')}",)
    if name == "github.com":
        key = _github_key(parts.path)
        if key:
            return (key,)
    if name == "mp.weixin.qq.com":
        values = dict(parse_qsl(parts.query))
        if "__biz" in values and "mid" in values:
            return (f"wechat:{values['__biz']}/{values['mid']}/{values.get('idx', '1')}",)
    path = re.sub(r"/(?:index\.(?:html?|php))?$", "", parts.path)
    port = f":{parts.port}" if parts.port else ""
    return (f"url:{name}{port}{path}" + (f"?{parts.query}" if parts.query else ""),)


def _github_key(path: str) -> str | None:
    match = _GITHUB.match(path)
    if not match or match[1].lower() in _GITHUB_RESERVED:
        return None
    repository = f"{match[1]}/{match[2]}".lower()
    rest = (match[3] or "").rstrip("/")
    tag = re.match(r"^/(?:releases/tag|tree|releases/download)/([^/]+)", rest)
    if rest in {"", "/tree/master", "/tree/main", "/blob/master/README.md", "/blob/main/README.md"}:
        return f"github:{repository}"
    if tag and rest.startswith("/releases/"):
        return f"github:{repository}@{unquote(tag[1]).lower()}"
    return None


@lru_cache(maxsize=4096)
def link_role(url: str) -> str:
    """The role of a link by where it leads: paper, code, video, doc, demo, project, article or link.

    The label that stands before a link says little (地址, 链接); the target says what it is.
    """
    parts = _parts(url)
    if parts is None:
        return "link"
    name, path = parts.host.removeprefix("www."), parts.path.lower()
    if name == "huggingface.co":
        return "paper" if path.startswith("/papers") else "demo" if path.startswith("/spaces") else "project"
    if _is_host(name, _CODE_HOSTS):
        return "code"
    if _is_host(name, _PAPER_HOSTS) or path.endswith(".pdf"):
        return "paper"
    if _is_host(name, _VIDEO_HOSTS):
        return "video"
    if _is_host(name, _DOC_HOSTS) or name.startswith("docs.") or "/docs/" in path:
        return "doc"
    if name.startswith("demo.") or "/demo" in path:
        return "demo"
    if name.endswith((".github.io", ".gitlab.io", ".gitee.io")):
        return "project"
    if name in {
        "mp.weixin.qq.com",
        "zhuanlan.zhihu.com",
        "zhihu.com",
        "medium.com",
        "jianshu.com",
        "juejin.cn",
        "juejin.im",
    } or _is_host(name, _CSDN):
        return "article"
    return "link"
