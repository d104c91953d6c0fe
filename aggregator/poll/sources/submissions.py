"""kind: submissions. What readers suggest as issues of a GitHub repository: an entry for each, about the first link in it.

https://docs.github.com/en/rest/issues/issues#list-repository-issues
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote, urlencode

from aggregator import text, urls
from aggregator.model import Entry, Link, Source
from aggregator.poll import githubapi, kind
from aggregator.poll.entries import normalise
from aggregator.poll.kind import pages_of_others
from aggregator.poll.rawfeed import RawDate, RawEntry, RawFeed, RawText
from aggregator.protocols import Fetcher, Option, Polled

_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}")
_LINK = re.compile(r"https?://[^\s<>()\[\]\"'`，。；、）】》]{4,1000}")
_STATES = ("open", "closed", "all")


class SubmissionsPoller:
    """The guid is `github:owner/name#number`; the issue itself is a link of the entry, to answer at."""

    kind = "submissions"
    needs_url = False
    passes_on = staticmethod(pages_of_others)
    options: Sequence[Option] = (
        Option("repository", str, "owner/name, where readers open issues"),
        Option("labels", list, "only issues that carry all of these", ()),
        Option("state", str, f"one of {', '.join(_STATES)}", "open"),
        Option(
            "token_env", str, f"the environment variable that holds a token; without it {' or '.join(githubapi.TOKEN_VARIABLES)}"
        ),
        Option("api_url", str, "the REST API, for GitHub Enterprise", githubapi.API),
    )

    def addresses(self, source: Source) -> tuple[str, ...]:
        """The address of the API. Raises ConfigError E133 for options that name no repository."""
        state = kind.one_of(source, "state", _STATES)
        if source.urls:
            return source.urls
        given = kind.word(source, "repository")
        repository = urls.github_repo(given) or given.strip("/")
        if not _REPOSITORY.fullmatch(repository):
            what = f"repository {given!r} is no owner/name" if given else "no repository is given"
            raise kind.wrong(source, what, "add `repository: owner/name`")
        labels = ",".join(kind.words(source, "labels"))
        asked = {
            "state": state,
            "sort": "created",
            "direction": "desc",
            "per_page": 100,
            **({"labels": labels} if labels else {}),
        }
        return (f"{kind.base(source, 'api_url', githubapi.API)}/repos/{repository}/issues?{urlencode(asked, quote_via=quote)}",)

    async def poll(self, source: Source, url: str, fetch: Fetcher, now: datetime) -> Polled:
        """Suggestions, newest first; pull requests are none. Raises FetchError, or ParseError E251-E253."""
        secret = githubapi.token(
            (kind.word(source, "token_env"),) if kind.word(source, "token_env") else githubapi.TOKEN_VARIABLES
        )
        own = url.startswith(f"{kind.base(source, 'api_url', githubapi.API)}/")
        fetched = await fetch.get(url, accept="application/vnd.github+json", headers=githubapi.headers(secret if own else None))
        if fetched.not_modified:
            return Polled(not_modified=True)
        rows = [
            row for row in kind.rows(kind.load_json(fetched, "check `repository` and the token")) if "pull_request" not in row
        ]
        pages = {_guid(row): kind.string(row, "html_url") for row in rows}
        feed = RawFeed("github", RawText(source.name, "text"), entries=tuple(_suggestion(row) for row in rows if _guid(row)))
        polled = normalise(feed, url=url, base="https://github.com/", source=source, now=now)
        return replace(polled, entries=tuple(_with_issue(entry, pages.get(entry.guid, "")) for entry in polled.entries))


def _guid(row: Mapping[str, object]) -> str:
    repository, number = urls.github_repo(kind.string(row, "html_url")), kind.string(row, "number")
    return f"github:{repository}#{number}".lower() if repository and number else ""


def _suggestion(row: Mapping[str, object]) -> RawEntry:
    title, body = kind.string(row, "title"), kind.string(row, "body")
    found = _LINK.search(f"{title}\n{body}")
    address = found[0].rstrip(".,;:!?*") if found else kind.string(row, "html_url")
    plain = text.clean_line(_LINK.sub(" ", title))
    labels = (kind.string(label, "name") for label in kind.rows(row.get("labels"), 20))
    return RawEntry(
        guid=_guid(row),
        link=address,
        title=RawText(plain or title, "text"),
        summary=RawText(text.trim(body, 2000), "text"),
        published=RawDate(kind.string(row, "created_at")),
        authors=(kind.string(row, "user", "login"),),
        tags=tuple(filter(None, labels)),
    )


def _with_issue(entry: Entry, page: str) -> Entry:
    safe = urls.safe_url(page)
    return replace(entry, links=(*entry.links, Link("issue", "link", safe))) if safe and safe != entry.url else entry
