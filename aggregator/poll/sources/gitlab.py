"""kind: gitlab. Releases, tags or commits of one project, on gitlab.com or any other host.

https://docs.gitlab.com/user/project/releases/ and https://docs.gitlab.com/user/project/repository/tags/
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import unquote, urlsplit

from aggregator.model import Entry, Link, Source
from aggregator.poll import kind
from aggregator.poll.kind import pages_of_others
from aggregator.poll.parse import ACCEPT, parse_fetched
from aggregator.protocols import Fetcher, Option, Polled

_PROJECT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*){1,20}")
_PATHS = {"releases": "/-/releases.atom", "tags": "/-/tags?format=atom", "commits": "/-/commits/HEAD?format=atom"}


class GitlabPoller:
    """An entry's guid is `gitlab:host/group/project@version`."""

    kind = "gitlab"
    needs_url = False
    passes_on = staticmethod(pages_of_others)
    options: Sequence[Option] = (
        Option("project", str, "group/project, with subgroups where there are any"),
        Option("watch", str, f"one of {', '.join(_PATHS)}", "releases"),
        Option("prereleases", bool, "keep alphas, betas and release candidates", default=False),
        Option("base_url", str, "the host", "https://gitlab.com"),
    )

    def addresses(self, source: Source) -> tuple[str, ...]:
        """The address of the feed. Raises ConfigError E133 for options that name no project."""
        watch = kind.one_of(source, "watch", tuple(_PATHS))
        if source.urls:
            return source.urls
        return (f"{kind.base(source, 'base_url', 'https://gitlab.com')}/{_project(source)}{_PATHS[watch]}",)

    async def poll(self, source: Source, url: str, fetch: Fetcher, now: datetime) -> Polled:
        """Releases, tags or commits, newest first. Raises FetchError or ParseError."""
        polled = parse_fetched(await fetch.get(url, accept=ACCEPT), source=source, now=now)
        watch = kind.one_of(source, "watch", tuple(_PATHS))
        every = bool(source.options.get("prereleases")) or watch == "commits"
        kept = (entry for entry in polled.entries if every or not kind.unstable(_version(entry)))
        return replace(polled, entries=tuple(_made(entry, url, watch) for entry in kept))


def _project(source: Source) -> str:
    given = kind.word(source, "project").strip("/")
    if not _PROJECT.fullmatch(given):
        what = f"project {given!r} is no group/project" if given else "no project is given"
        raise kind.wrong(source, what, "add `project: group/project`")
    return given


def _version(entry: Entry) -> str:
    return unquote(urlsplit(entry.url or "").path.rstrip("/").rpartition("/")[2]) or entry.title


def _made(entry: Entry, url: str, watch: str) -> Entry:
    parts = urlsplit(url)
    project, version = parts.path.partition("/-/")[0].strip("/"), _version(entry)
    link = Link("", "code", f"{parts.scheme}://{parts.netloc}/{project}")
    return replace(
        entry,
        guid=f"gitlab:{parts.netloc}/{project}@{version}".lower()[:500],
        title=kind.titled(project, version, entry.title, version[:8] if watch == "commits" else None),
        published_at=entry.published_at or entry.updated_at,
        summary=entry.summary or entry.content,
        links=(link, *(one for one in entry.links if one.role == "paper")),
    )
