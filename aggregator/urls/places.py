"""Places that are known: papers and repositories by their address, the role of a link by where it leads. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote

from aggregator.urls.parts import is_host, taken_apart

_ARXIV_NEW = r"\d{4}\.\d{4,5}"
_ARXIV_OLD = r"[a-z-]+(?:\.[A-Z]{2})?/\d{7}"
_ARXIV_PATH = re.compile(
    rf"^/(?:abs|pdf|html|format|ps|papers|paper|overview|src|e-print)/(?:arxiv[.:])?({_ARXIV_NEW}|{_ARXIV_OLD})(v\d+)?(?:\.pdf|/)?",
    re.IGNORECASE,
)
_ARXIV_TEXT = re.compile(rf"(?:^|[^\d.])({_ARXIV_NEW})(?:v\d+)?(?![\d.]\d|\d)")
ARXIV_HOSTS = (
    "arxiv.org",
    "alphaxiv.org",
    "ar5iv.org",
    "ar5iv.labs.arxiv.org",
    "browse.arxiv.org",
    "export.arxiv.org",
    "cn.arxiv.org",
    "xxx.itp.ac.cn",
)
DOI_HOSTS = frozenset(("doi.org", "dx.doi.org", "dl.acm.org"))
GITHUB = re.compile(r"^/([A-Za-z0-9][A-Za-z0-9-]{0,38})/([A-Za-z0-9._-]+?)(?:\.git)?(/.*)?$")
GITHUB_RESERVED = frozenset(
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
# Where `arxiv_id` looks for papers.
_PAPERS_TOO = frozenset((*ARXIV_HOSTS, "huggingface.co", "hf.co", "papers.cool", "doi.org", "dx.doi.org"))
_WRITINGS = ("/blog", "/docs", "/learn", "/posts")  # of Hugging Face
_CSDN = frozenset(("csdn.net",))
_DOC_HOSTS = frozenset(("readthedocs.io", "readthedocs.org", "docs.rs", "gitbook.io"))


@lru_cache(maxsize=1024)
def arxiv_id(url: str) -> str | None:
    """The arXiv id an address is about, without its version: abs, pdf, html, alphaxiv, ar5iv, Hugging Face papers, DOI."""
    parts = taken_apart(url)
    if parts is None:
        return None
    name = parts.host.removeprefix("www.")
    if name in {"huggingface.co", "hf.co", "papers.cool"} and not parts.path.startswith(("/papers/", "/arxiv/")):
        return None
    if name in {"doi.org", "dx.doi.org"}:
        match = re.match(rf"^/10\.48550/arxiv\.({_ARXIV_NEW}|{_ARXIV_OLD})", unquote(parts.path), re.IGNORECASE)
    elif name == "papers.cool":
        match = re.match(rf"^/arxiv/({_ARXIV_NEW}|{_ARXIV_OLD})", parts.path)
    elif name in ARXIV_HOSTS or name in {"huggingface.co", "hf.co"}:
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
    parts = taken_apart(url)
    if parts is None or parts.host.removeprefix("www.") != "github.com":
        return None
    match = GITHUB.match(parts.path)
    if not match or match[1].lower() in GITHUB_RESERVED:
        return None
    return f"{match[1]}/{match[2]}"


def names_itself(url: str) -> bool:
    """True for a repository, a model or a paper: a reader knows it by its own name, and no source is printed after its title."""
    parts = taken_apart(url)
    if parts is None:
        return False
    name = parts.host.removeprefix("www.")
    if name in {"huggingface.co", "hf.co"}:
        return not parts.path.startswith(_WRITINGS)
    return is_host(name, _CODE_HOSTS) or is_host(name, _PAPER_HOSTS) or arxiv_id(url) is not None


@lru_cache(maxsize=1024)
def is_work(url: str) -> bool:
    """True for the place where a work itself is: a paper's page, a repository."""
    parts = taken_apart(url)
    if parts is None:
        return False
    if _says_nothing(parts.host):  # as most hosts; only the ending is left to tell
        return parts.path[-4:].lower() == ".pdf"
    return link_role(url) in {"paper", "code"} or arxiv_id(url) is not None


@lru_cache(maxsize=256)
def _says_nothing(host: str) -> bool:
    """True for a host of which no page is the place of a work, but for a file."""
    name = host.removeprefix("www.")
    return name not in _PAPERS_TOO and _role_by_host(host) not in {"huggingface", "code", "paper"}


@lru_cache(maxsize=1024)
def link_role(url: str) -> str:
    """The role of a link by where it leads: paper, code, video, doc, demo, project, article or link.

    The label that stands before a link says little (地址, 链接); the target says what it is.
    """
    parts = taken_apart(url)
    if parts is None:
        return "link"
    path, by_host = parts.path.lower(), _role_by_host(parts.host)
    if by_host == "huggingface":
        return "paper" if path.startswith("/papers") else "demo" if path.startswith("/spaces") else "project"
    if by_host in {"code", "paper"}:
        return by_host
    if path.endswith(".pdf"):
        return "paper"
    if by_host in {"video", "doc"}:
        return by_host
    if "/docs/" in path:
        return "doc"
    return "demo" if "/demo" in path else by_host


@lru_cache(maxsize=256)
def _role_by_host(host: str) -> str:
    """What a host alone says of its links; few have most of them."""
    name = host.removeprefix("www.")
    if name == "huggingface.co":
        return "huggingface"
    for role, hosts in (("code", _CODE_HOSTS), ("paper", _PAPER_HOSTS), ("video", _VIDEO_HOSTS), ("doc", _DOC_HOSTS)):
        if is_host(name, hosts):
            return role
    if name.startswith("docs."):
        return "doc"
    if name.startswith("demo."):
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
    } or is_host(name, _CSDN):
        return "article"
    return "link"
