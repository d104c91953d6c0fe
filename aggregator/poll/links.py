"""Related links in a text: the paper, the code, the project page that an article is about. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from functools import lru_cache

from aggregator import urls
from aggregator.model import Link
from aggregator.urls.canonical import plain_paper, plain_parts

MAX_LINKS = 8
MAX_CHARS = 200_000
ROLES = ("paper", "code", "project")

_HINTS = (
    "arxiv", "arXiv", "github", "GitHub", "gitlab", "gitee", "doi.org", "openreview", "thecvf", "huggingface", "aclanthology",
)  # fmt: skip
_URL = re.compile(
    r"https?://[A-Za-z0-9\-._~:/?#@!$&*+,;=%]{4,500}"
    # Where links cannot be set, as in WeChat, they are written without their scheme; papers by their number.
    r"|(?<![\w./@:%-])(?:www\.)?(?:github\.com|arxiv\.org)/[A-Za-z0-9\-._~/]{3,300}"
    r"|(?<![\w./])arXiv\s?[:：]\s?\d{4}\.\d{4,5}(?!\d)",
    re.IGNORECASE,
)
_TRAILING = ".,;:!?*'\"&"

# Most texts lead nowhere that is known, and searching them for all of the above takes long. What `_URL` could find that has a
# role holds one of these: a host that is known, `arXiv`, `github.com/` or `.pdf` in any letter case, an octet written `%70`,
# a colon or slash written `&#58;`. Each begins with one rare character, the rest is looked behind: that is what re is fast at.
_HOST = re.compile(r":(?=//)//([^/\"\s<>?#]{0,254})")
_PORT = re.compile(r":\d*$")
_I = "[iI\u0130\u0131]"  # with IGNORECASE, all of these are an i
_MENTIONS = tuple(
    (char, re.compile(rest))
    for char, rest in (
        (".", rf"\.(?:(?<=[gG]{_I}[tT][hH][uU][bB]\.)[cC][oO][mM]/|[pP][dD][fF])"),
        ("x", rf"x(?<=[aA][rR]x){_I}[vV]"),
        ("X", rf"X(?<=[aA][rR]X){_I}[vV]"),
        ("%", r"%(?=[24-7][0-9A-Fa-f])"),
        ("&", r"&(?!(?:amp|lt|gt|quot|nbsp);)"),
    )
)


def related_links(markup: str, *, but: str | None = None, also: Iterable[str] = ()) -> tuple[Link, ...]:
    """Links of a known role in HTML or text, first come first, each work once; `also` are candidates given apart, `but`
    is the address the text itself stands at. At most 8."""
    texts = _URL.findall(html.unescape(markup[:MAX_CHARS])) if _may_name_works(markup) else []
    candidates = [*also, *texts]
    if not candidates:
        return ()
    found: list[Link] = []
    seen = set(urls.identity_keys(but))
    for url in candidates:
        link = _link(_whole(url.rstrip(_TRAILING)))
        if link is None:
            continue
        keys = urls.identity_keys(link.url)
        if seen.isdisjoint(keys):
            seen.update(keys)
            found.append(link)
        if len(found) == MAX_LINKS:
            break
    return tuple(found)


def _may_name_works(markup: str) -> bool:
    known = any(map(_may_be_known, set(_HOST.findall(markup)))) or any(
        char in markup and mention.search(markup) for char, mention in _MENTIONS
    )
    return known and any(hint in markup for hint in _HINTS)


@lru_cache(maxsize=1024)
def _may_be_known(written: str) -> bool:
    """False for a host whose pages have no role of ours, whatever their path is (but a PDF's)."""
    plain = plain_parts(f"https://{_PORT.sub('', written)}/")
    return plain is None or urls.link_role(plain[0]) in ROLES


def _whole(written: str) -> str:
    if written[:4].lower() == "http":
        return written
    number = written.replace("：", ":").partition(":")[2].strip()
    return f"https://arxiv.org/abs/{number}" if number else f"https://{written}"


def _link(url: str) -> Link | None:
    if number := plain_paper(url):
        return Link("", "paper", f"https://arxiv.org/abs/{number}")
    canonical = urls.canonical(url)
    role = urls.link_role(canonical) if canonical else "link"
    if canonical is None or role not in ROLES:
        return None
    if urls.host(canonical) == "github.com":
        # A file, an issue or a branch still names the repository; a user's page names none.
        repository = urls.github_repo(canonical)
        return Link("", role, f"https://github.com/{repository}") if repository else None
    return Link("", role, canonical)
