"""kind: github. Releases, tags or commits of one repository: Atom without a token, the REST API for releases with one; a user's
stars and a search of new repositories: the REST API.

https://docs.github.com/en/rest/releases/releases
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from urllib.parse import quote, unquote

from aggregator.errors import ConfigError
from aggregator.model import Entry, Link, Source
from aggregator.poll import githubapi, kind
from aggregator.poll.kind import pages_of_others
from aggregator.poll.parse import ACCEPT, parse_fetched
from aggregator.protocols import Fetcher, Option, Polled
from aggregator.urls import github_repo, is_http

_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}$")
_WATCHED = ("releases", "tags", "commits", "stars", "search")
_USER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}")
_NO_NOTES = "No content."
_STARS = "application/vnd.github.star+json"  # with the date of each star


class GithubPoller:
    """An entry's guid is `github:owner/name@version`, by whichever way it came. What is trending has neither feed nor API:
    `sources add https://github.com/trending` makes it a source of kind bridge."""

    kind = "github"
    needs_url = False
    passes_on = staticmethod(pages_of_others)
    options: Sequence[Option] = (
        Option("repository", str, "owner/name"),
        Option("watch", str, f"one of {', '.join(_WATCHED)}", "releases"),
        Option("user", str, "whose stars, with `watch: stars`"),
        Option("topics", list, "with `watch: search`: the topics that a new repository must have", ()),
        Option("stars", int, "with `watch: search`: the least stars of a new repository", 0),
        Option("query", str, "with `watch: search`: what else it must be, such as `language:c++ quantization in:readme`"),
        Option("days", int, "with `watch: search`: how old a repository may be", 30),
        Option("prereleases", bool, "keep alphas, betas and release candidates", default=False),
        Option("include", list, "patterns such as v* or *-lts of which the name of a tag must match one", ()),
        Option("exclude", list, "patterns such as *-nightly that the name of a tag must not match", ()),
        Option("bare_tags", bool, "keep tags without a release, which releases.atom lists as well", default=True),
        Option(
            "token_env", str, f"the environment variable that holds a token; without it {' or '.join(githubapi.TOKEN_VARIABLES)}"
        ),
        Option("api_url", str, "the REST API, for GitHub Enterprise", "https://api.github.com"),
        Option("web_url", str, "the web pages and their Atom feeds, for GitHub Enterprise", "https://github.com"),
    )

    def addresses(self, source: Source) -> tuple[str, ...]:
        """With a token the API first; the Atom feed in any case. Raises ConfigError E132 for options that name no repository."""
        watch = source.options.get("watch") or "releases"
        if watch not in _WATCHED:
            raise _wrong(source, f"watch {watch!r} is unknown", f"use one of {', '.join(_WATCHED)}")
        for name in ("api_url", "web_url"):
            if source.options.get(name) and not is_http(source.options[name]):
                raise _wrong(source, f"{name} {source.options[name]!r} is no address", "give an http or https address")
        if watch in {"stars", "search"}:
            return source.urls or (_list_address(source, str(watch)),)
        repository = _repository(source)
        atom = source.urls or (f"{_web(source)}/{repository}/{watch}.atom",)
        if watch == "releases" and _token(source):
            return tuple(dict.fromkeys((f"{_api(source)}/repos/{repository}/releases?per_page=50", *atom)))
        return atom

    async def poll(self, source: Source, url: str, fetch: Fetcher, now: datetime) -> Polled:
        """Releases, tags, commits or repositories, newest first. Raises FetchError or ParseError."""
        if source.options.get("watch") in {"stars", "search"}:
            return await _poll_list(source, url, fetch, now)
        repository = _repository(source)
        from_api = url.startswith(f"{_api(source)}/")
        if from_api:
            answer = await fetch.get(url, accept=githubapi.ACCEPT, headers=githubapi.headers(_token(source)))
            base = f"{_web(source)}/{repository}/"
            polled = githubapi.releases(answer, base=base, prereleases=_unstable_too(source), source=source, now=now)
        else:
            polled = parse_fetched(await fetch.get(url, accept=ACCEPT), source=source, now=now)
        # The API says which releases are unstable; the Atom feed lists all, and only their names tell.
        every = from_api or _unstable_too(source) or source.options.get("watch") == "commits"
        kept = (one for one in polled.entries if (every or not kind.unstable(_version(one))) and _by_rule(one, source))
        return replace(polled, entries=tuple(_made(entry, source, repository) for entry in kept))


def _by_rule(entry: Entry, source: Source) -> bool:
    """True for what the rules for tags let pass; commits have none."""
    watch = source.options.get("watch") or "releases"
    if watch == "commits":
        return True
    version, include, exclude = _version(entry), kind.words(source, "include"), kind.words(source, "exclude")
    bare = watch == "releases" and source.options.get("bare_tags") is False and entry.content in {"", _NO_NOTES}
    named = not include or any(fnmatchcase(version, pattern) for pattern in include)
    return named and not bare and not any(fnmatchcase(version, pattern) for pattern in exclude)


def _list_address(source: Source, watch: str) -> str:
    if watch == "stars":
        user = kind.word(source, "user")
        if not _USER.fullmatch(user):
            raise _wrong(source, f"user {user!r} is no name" if user else "no user is given", "add `user: name`")
        return f"{_api(source)}/users/{user}/starred?per_page=100"
    stars = kind.number(source, "stars", 0)
    parts = [f"topic:{topic}" for topic in kind.words(source, "topics")] + ([f"stars:>={stars}"] if stars > 0 else [])
    query = " ".join(filter(None, (*parts, kind.word(source, "query"))))
    if not query:
        raise _wrong(source, "nothing to search for is given", "add `topics: [tinyml]` and `stars: 50`")
    return f"{_api(source)}/search/repositories?sort=stars&order=desc&per_page=100&q={quote(query, safe=':>=<*')}"


async def _poll_list(source: Source, url: str, fetch: Fetcher, now: datetime) -> Polled:
    headers = githubapi.headers(_token(source)) if url.startswith(f"{_api(source)}/") else {}
    if "/search/repositories" in url and "created:" not in url:
        # Only new ones are news; the day belongs to the address, so it is added here.
        since = now - timedelta(days=max(1, kind.number(source, "days", 30)))
        url = f"{url}+created:>={since:%Y-%m-%d}"
    polled = githubapi.repositories(await fetch.get(url, accept=_STARS, headers=headers), source=source, now=now)
    links = ((entry, Link("", "code", entry.url)) for entry in polled.entries if entry.url)
    return replace(polled, entries=tuple(replace(entry, links=(link, *entry.links)) for entry, link in links))


def _repository(source: Source) -> str:
    given = str(source.options.get("repository") or "") or next(filter(None, map(github_repo, source.urls)), "")
    repository = github_repo(given) or given.strip("/")
    if not _REPOSITORY.match(repository):
        raise _wrong(
            source,
            f"repository {given!r} is no owner/name" if given else "no repository is given",
            "add `repository: owner/name`",
        )
    return repository


def _api(source: Source) -> str:
    return str(source.options.get("api_url") or "https://api.github.com").rstrip("/")


def _web(source: Source) -> str:
    return str(source.options.get("web_url") or "https://github.com").rstrip("/")


def _unstable_too(source: Source) -> bool:
    return bool(source.options.get("prereleases"))


def _token(source: Source) -> str | None:
    named = source.options.get("token_env")
    return githubapi.token((str(named),) if named else githubapi.TOKEN_VARIABLES)


def _version(entry: Entry) -> str:
    return unquote((entry.url or "").rstrip("/").rpartition("/")[2]) or entry.title


def _made(entry: Entry, source: Source, repository: str) -> Entry:
    """The entry with its version in guid and title, and a link to the code."""
    version = _version(entry)
    watch = source.options.get("watch") or "releases"
    content = "" if entry.content == _NO_NOTES else entry.content
    return replace(
        entry,
        guid=f"github:{repository.lower()}@{version}"[:500],
        title=kind.titled(repository, version, entry.title, version[:7] if watch == "commits" else None),
        published_at=entry.published_at or entry.updated_at,
        content=content,
        summary=entry.summary or content,
        links=(Link("", "code", f"{_web(source)}/{repository}"), *(link for link in entry.links if link.role == "paper")),
    )


def _wrong(source: Source, what: str, fix: str) -> ConfigError:
    return ConfigError(
        f"source {source.name!r}: {what}", why="kind github makes its address from its options", fix=fix, code="E132"
    )
