"""What makes two addresses the same work. Pure.

`http:` and `https:`, `www.`, a trailing slash or the letter case of a repository make no other work.
"""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import blake2b
from urllib.parse import parse_qsl, unquote, urlsplit

from aggregator.urls.canonical import canonical, plain_paper, plain_parts
from aggregator.urls.parts import is_host
from aggregator.urls.places import DOI_HOSTS, GITHUB, GITHUB_RESERVED, arxiv_id

MAX_KEY_CHARS = 500
_INDEX = re.compile(r"/(?:index\.(?:html?|php))?$")
_DOI = re.compile(r"^/(?:doi/(?:abs/|pdf/|full/|epdf/)?)?(10\.\d{4,9}/[^\s?#]+)", re.IGNORECASE)


@lru_cache(maxsize=1024)
def identity_keys(url: str | None) -> tuple[str, ...]:
    """What makes two addresses the same work, strongest first; empty for no URL.

    `arxiv:ID` · `doi:…` · `github:owner/name` or `github:owner/name@tag` for a release (its own news) · `wechat:biz/mid/idx`
    · `url:host/path?query` with scheme, `www.` and a trailing slash dropped.
    A key is at most 500 characters long: of a longer one the rest is a digest, for no database indexes texts of any length.
    """
    if plain := plain_parts(url) if url else None:
        host, path, rest = plain[1].host, plain[1].path, plain[1].rest
        return (bounded(f"url:{host.removeprefix('www.')}{_without_index(path)}{rest}"),)
    return tuple(map(bounded, _identity_keys(url)))


def bounded(key: str) -> str:
    """An identity key that is not too long for an index."""
    if len(key) <= MAX_KEY_CHARS:
        return key
    return f"{key[: MAX_KEY_CHARS - 33]}~{blake2b(key.encode('utf-8', 'surrogatepass'), digest_size=16).hexdigest()}"


def _identity_keys(url: str | None) -> tuple[str, ...]:
    if not url:
        return ()
    if number := plain_paper(url):
        return (f"arxiv:{number}",)
    clean = canonical(url)
    if clean is None:
        return ()
    parts = urlsplit(clean)
    name = (parts.hostname or "").removeprefix("www.")
    paper = arxiv_id(clean)
    if paper:
        return (f"arxiv:{paper.lower()}",)
    if is_host(name, DOI_HOSTS):
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
    path = _without_index(parts.path)
    port = f":{parts.port}" if parts.port else ""
    return (f"url:{name}{port}{path}" + (f"?{parts.query}" if parts.query else ""),)


def _without_index(path: str) -> str:
    # The expression tries every slash.
    return _INDEX.sub("", path) if path.endswith("/") or "/index." in path else path


def _github_key(path: str) -> str | None:
    match = GITHUB.match(path)
    if not match or match[1].lower() in GITHUB_RESERVED:
        return None
    repository = f"{match[1]}/{match[2]}".lower()
    rest = (match[3] or "").rstrip("/")
    tag = re.match(r"^/(?:releases/tag|tree|releases/download)/([^/]+)", rest)
    if rest in {"", "/tree/master", "/tree/main", "/blob/master/README.md", "/blob/main/README.md"}:
        return f"github:{repository}"
    if tag and rest.startswith("/releases/"):
        return f"github:{repository}@{unquote(tag[1]).lower()}"
    return None
