"""Related links in a text: the paper, the code, the project page that an article is about. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from aggregator import urls
from aggregator.model import Link

MAX_LINKS = 8
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


def related_links(markup: str, *, but: str | None = None, also: Iterable[str] = ()) -> tuple[Link, ...]:
    """Links of a known role in HTML or text, first come first, each work once; `also` are candidates given apart, `but`
    is the address the text itself stands at. At most 8."""
    texts = _URL.findall(html.unescape(markup[:200_000])) if any(hint in markup for hint in _HINTS) else []
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


def _whole(written: str) -> str:
    if written[:4].lower() == "http":
        return written
    number = written.replace("：", ":").partition(":")[2].strip()
    return f"https://arxiv.org/abs/{number}" if number else f"https://{written}"


def _link(url: str) -> Link | None:
    canonical = urls.canonical(url)
    role = urls.link_role(canonical) if canonical else "link"
    if canonical is None or role not in ROLES:
        return None
    if urls.host(canonical) == "github.com":
        # A file, an issue or a branch still names the repository; a user's page names none.
        repository = urls.github_repo(canonical)
        return Link("", role, f"https://github.com/{repository}") if repository else None
    return Link("", role, canonical)
