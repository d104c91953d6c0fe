"""What GitHub's REST API says of releases, repositories and their README. https://docs.github.com/en/rest"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote

from aggregator.errors import ParseError
from aggregator.model import Source
from aggregator.poll import kind
from aggregator.poll.entries import normalise
from aggregator.poll.rawfeed import RawDate, RawEntry, RawFeed, RawText
from aggregator.protocols import Fetched, Polled

API = "https://api.github.com"
TOKEN_VARIABLES = ("AGGREGATOR_GITHUB_TOKEN", "GITHUB_TOKEN")
ACCEPT = "application/vnd.github.html+json"  # release notes as HTML, not Markdown


def token(variables: tuple[str, ...] = TOKEN_VARIABLES) -> str | None:
    """The token that the first of these environment variables holds, None without one that could stand in a header."""
    for name in variables:
        value = os.environ.get(name, "").strip()
        if value.isascii() and value.isprintable() and value:
            return value
    return None


def headers(secret: str | None) -> dict[str, str]:
    """The headers of a request; without a token it is answered too, 60 times an hour."""
    return {"Authorization": f"Bearer {secret}", "X-GitHub-Api-Version": "2022-11-28"} if secret else {}


def releases(fetched: Fetched, *, base: str, prereleases: bool, source: Source, now: datetime) -> Polled:
    """The published releases of an answer, newest first; `base` is the repository's page. Raises ParseError E252, E253."""
    if fetched.not_modified:
        return Polled(not_modified=True)
    listed = _listed(fetched)
    kept = [
        one for one in listed if isinstance(one, dict) and not one.get("draft") and (prereleases or not one.get("prerelease"))
    ]
    feed = RawFeed(version="github", title=RawText(source.name, "text"), entries=tuple(map(_release, kept)))
    return normalise(feed, url=fetched.url, base=base, source=source, now=now)


def repositories(fetched: Fetched, *, source: Source, now: datetime) -> Polled:
    """The repositories of an answer, as a search or a list of stars gives them, in its order. Raises ParseError E252, E253."""
    if fetched.not_modified:
        return Polled(not_modified=True)
    rows = kind.rows(_listed(fetched))
    # A list of stars with their dates wraps each repository.
    pairs = [(inner, row) if isinstance(inner := row.get("repo"), dict) else (row, row) for row in rows]
    entries = tuple(_repository(repo, kind.string(row, "starred_at")) for repo, row in pairs if kind.string(repo, "full_name"))
    feed = RawFeed(version="github", title=RawText(source.name, "text"), entries=entries)
    return normalise(feed, url=fetched.url, base="https://github.com/", source=source, now=now)


def _repository(repo: Mapping[str, object], starred: str) -> RawEntry:
    name, description = kind.string(repo, "full_name"), kind.string(repo, "description")
    topics = repo.get("topics")
    stars = kind.count(repo, "stargazers_count")
    said = " · ".join(filter(None, (description, kind.string(repo, "language"), f"{stars} stars" if stars else "")))
    return RawEntry(
        guid=f"github:{name.lower()}",
        link=kind.string(repo, "html_url") or f"https://github.com/{name}",
        title=RawText(f"{name}: {description}" if description else name, "text"),
        summary=RawText(said, "text"),
        published=RawDate(starred or kind.string(repo, "created_at")),
        authors=(kind.string(repo, "owner", "login"),),
        tags=tuple(topic for topic in topics if isinstance(topic, str)) if isinstance(topics, list) else (),
        related=tuple(filter(None, [kind.string(repo, "homepage")])),
    )


def _listed(fetched: Fetched) -> list[object]:
    if fetched.headers.get("content-type", "").startswith("text/html"):
        raise ParseError("a page came instead of the API's answer", why="the answer is HTML", fix="check `api_url`", code="E252")
    try:
        listed: object = json.loads(fetched.body)
    except (ValueError, RecursionError) as error:
        raise ParseError("the API's answer is no JSON", why=str(error)[:200], fix="check `api_url`", code="E253") from error
    if isinstance(listed, dict) and isinstance(listed.get("items"), list):
        listed = listed["items"]
    if not isinstance(listed, list):
        raise ParseError("the API sent no list", why=str(listed)[:200], fix="check the options and the token", code="E253")
    return listed


def _release(release: Mapping[str, object]) -> RawEntry:
    author = release.get("author")
    login = author.get("login") if isinstance(author, dict) else None
    notes, markdown = release.get("body_html"), release.get("body")
    published = release.get("published_at") or release.get("created_at")
    return RawEntry(
        guid=str(release.get("id") or ""),
        link=str(release.get("html_url") or f"releases/tag/{quote(str(release.get('tag_name') or ''), safe='')}"),
        title=RawText(str(release.get("name") or release.get("tag_name") or ""), "text"),
        content=RawText(str(notes), "html") if notes else RawText(str(markdown or ""), "text"),
        published=RawDate(str(published)) if published else None,
        authors=(str(login),) if login else (),
    )
