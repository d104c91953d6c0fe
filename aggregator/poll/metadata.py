"""What arXiv and GitHub say of a paper, a repository or a release through their APIs, which say more than their pages."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote, unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser

from aggregator import text, urls
from aggregator.errors import AggregatorError
from aggregator.model import Entry, Link, Source
from aggregator.poll import dates, githubapi, kind, pagebody, sanitise
from aggregator.poll.links import related_links
from aggregator.poll.page import MAX_DEPTH, SUMMARY_CHARS, PageFacts
from aggregator.poll.parse import ACCEPT, parse_fetched
from aggregator.protocols import Fetcher

ARXIV_API = "https://export.arxiv.org/api/query"
LEAD_CHARS = 40
MAX_BYTES = 2 * 1024 * 1024
_RELEASE = re.compile(r"/[^/]+/[^/]+/releases/tag/([^/]+)")


async def ask(url: str, fetch: Fetcher, now: datetime) -> PageFacts | None:
    """The facts of a paper, a repository or a release, None for any other address and where the API does not help: its page
    is read then. Raises nothing."""
    paper, repository = urls.arxiv_id(url), urls.github_repo(url)
    try:
        if paper:
            return await _paper(paper, fetch, now)
        path = urlsplit(url).path.rstrip("/")
        release = _RELEASE.fullmatch(path)
        if repository and release:
            return await _release(repository, unquote(release[1]), fetch, now)
        if repository and path.strip("/").removesuffix(".git").casefold() == repository.casefold():
            return await _repository(repository.removesuffix(".git"), fetch, now)
    except AggregatorError:
        return None
    return None


async def _paper(paper: str, fetch: Fetcher, now: datetime) -> PageFacts | None:
    answer = await fetch.get(f"{ARXIV_API}?id_list={quote(paper, safe='')}&max_results=1", accept=ACCEPT, max_bytes=MAX_BYTES)
    found = parse_fetched(answer, source=Source("captured", "feed", (ARXIV_API,)), now=now, plain=True).entries
    entry = next((one for one in found if (urls.arxiv_id(one.url or "") or "").lower() == paper.lower()), None)
    return _of_paper(entry, paper) if entry else None


def _of_paper(entry: Entry, paper: str) -> PageFacts:
    url = f"https://arxiv.org/abs/{paper}"
    return PageFacts(
        url=url,
        title=entry.title,
        site="arXiv",
        authors=entry.authors,
        published_at=entry.published_at,
        language="en",
        summary=text.trim(" ".join(text.html_to_text(entry.summary).split()), SUMMARY_CHARS),
        tags=(paper,),
        links=(Link("", "paper", url), *(link for link in entry.links if link.role != "paper" or link.url != url)),
    )


async def _repository(repository: str, fetch: Fetcher, now: datetime) -> PageFacts | None:
    base, headers = f"{githubapi.API}/repos/{repository}", githubapi.headers(githubapi.token())
    answer = await fetch.get(base, accept="application/vnd.github+json", headers=headers, max_bytes=MAX_BYTES)
    said = _object(answer.body)
    name = kind.string(said, "full_name")
    if not name:
        return None
    lead, links = await _readme(f"{base}/readme", headers, fetch)
    home = urls.safe_url(kind.string(said, "homepage"))
    url = f"https://github.com/{name}"
    description = text.clean_line(kind.string(said, "description"), 1000)
    topics = said.get("topics")
    own = Link("", "code", url)
    homes = (
        (Link("", urls.link_role(home) if urls.link_role(home) != "link" else "project", home),)
        if home and urls.is_http(home)
        else ()
    )
    seen = {one.url: one for one in (own, *homes, *links)}
    return PageFacts(
        url=url,
        title=text.clean_line(f"{name}: {description}" if description else name),
        site="GitHub",
        authors=tuple(filter(None, [text.clean_line(kind.string(said, "owner", "login"), 100)])),
        published_at=dates.plausible(dates.read(kind.string(said, "created_at")), now),
        language="zh" if text.is_cjk(description) else None,
        description=description,
        summary="\n".join(filter(None, (description, lead if lead != description else ""))),
        tags=tuple(text.clean_line(one, 50) for one in topics[:20] if isinstance(one, str)) if isinstance(topics, list) else (),
        links=tuple(seen.values()),
    )


async def _readme(url: str, headers: Mapping[str, str], fetch: Fetcher) -> tuple[str, tuple[Link, ...]]:
    """The first paragraphs of the README and its related links; nothing where there is none."""
    try:
        answer = await fetch.get(url, accept="application/vnd.github.html+json", headers=headers, max_bytes=MAX_BYTES)
    except AggregatorError:
        return "", ()
    markup = answer.body.decode("utf-8", "replace").replace("\x00", "")
    if sanitise.nests_deeper(markup, MAX_DEPTH):
        return "", ()
    tree = LexborHTMLParser(markup)
    pagebody.strip_noise(tree)
    node = tree.css_first(".markdown-body") or tree.body
    if node is None:
        return "", ()
    paragraphs = (text.clean_line(one.text(), 1000) for one in node.css("p")[:50])
    # Badges and language switches stand first, and they are short.
    lead = next((one for one in paragraphs if len(one) >= LEAD_CHARS), "")
    return text.trim(lead, SUMMARY_CHARS), related_links(node.html or "")


async def _release(repository: str, tag: str, fetch: Fetcher, now: datetime) -> PageFacts | None:
    address = f"{githubapi.API}/repos/{repository}/releases/tags/{quote(tag, safe='')}"
    answer = await fetch.get(address, accept=githubapi.ACCEPT, headers=githubapi.headers(githubapi.token()), max_bytes=MAX_BYTES)
    said = _object(answer.body)
    version = kind.string(said, "tag_name")
    if not version:
        return None
    notes = sanitise.clean_html(
        kind.string(said, "body_html") or sanitise.escape(kind.string(said, "body")), address, sanitise.CONTENT_CHARS
    )
    url = urls.canonical(f"https://github.com/{repository}/releases/tag/{quote(version, safe='')}") or address
    return PageFacts(
        url=url,
        title=text.clean_line(kind.titled(repository, version, kind.string(said, "name"))),
        site="GitHub",
        authors=tuple(filter(None, [text.clean_line(kind.string(said, "author", "login"), 100)])),
        published_at=dates.plausible(dates.read(kind.string(said, "published_at")), now),
        summary=text.trim(text.html_to_text(notes), SUMMARY_CHARS),
        links=(Link("", "code", f"https://github.com/{repository}"), *related_links(notes, but=url)),
    )


def _object(body: bytes) -> Mapping[str, object]:
    try:
        said: object = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
