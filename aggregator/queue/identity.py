"""Same work? Identity keys of an entry, and which candidate it belongs to. Pure.

Two entries are one work when they share an identity key: the canonical URL, the arXiv id, the DOI, the repository with its
release, the WeChat article. Whether the archive has met a work before is a hint for the editor, never a reason to drop it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from aggregator.model import Entry, Item
from aggregator.text import fold_title
from aggregator.urls import arxiv_id, arxiv_id_in, bounded, github_repo, identity_keys

# What readers' software, share buttons and WeChat append; it names no part of a page.
_NOISE = re.compile(
    r"^(?:rd|wechat_redirect|rss|atom|feed|top|more|respond|comments?|comment-.*|disqus.*|:~:.*|.*=.*|!?/?)$", re.IGNORECASE
)


def entry_keys(entry: Entry) -> tuple[str, ...]:
    """Identity keys of an entry, strongest first; never empty.

    A fragment that names a part of a page belongs to the key: a changelog's `#v1.2` and `#v1.3` are two works.
    """
    keys = identity_keys(entry.url)
    if not keys:
        return (f"guid:{entry.source}/{entry.guid}",)
    fragment = urlsplit(entry.url).fragment if entry.url and "#" in entry.url else ""
    if fragment and keys[0].startswith("url:") and not _NOISE.match(fragment):
        return (bounded(f"{keys[0]}#{fragment}"),)
    return keys


def unseen(entries: Iterable[Entry], known_guids: set[str], known_urls: set[str]) -> list[Entry]:
    """The entries that their source has not brought before.

    Known by guid; where an upstream makes a new guid at each poll, by its link. Links that several entries of the same
    document share say nothing, so there the guid alone counts.
    """
    listed = list(entries)
    fresh = [entry for entry in listed if entry.guid not in known_guids]
    met = {entry.url for entry in fresh if entry.url in known_urls}
    if not met:
        return fresh
    by_url: dict[str | None, set[str]] = {}
    for entry in listed:
        if entry.url in met:
            by_url.setdefault(entry.url, set()).add(fold_title(entry.title))
    return [entry for entry in fresh if entry.url not in met or len(by_url[entry.url]) > 1]


def assign(keyed: Iterable[tuple[str, ...]], owners: Mapping[str, int], fresh: Iterator[int]) -> list[tuple[int, bool]]:
    """The candidate that each unseen entry, given by its keys, goes into, and whether that is its own: one that stands for a
    key of it (`owners`), one that an earlier entry of this batch makes, or the next of the `fresh` ids."""
    made: dict[str, int] = {}
    found: list[tuple[int, bool]] = []
    for keys in keyed:
        known = _owner(keys, owners, made)
        owner = next(fresh) if known is None else known
        found.append((owner, known is None))
        for key in keys:
            made.setdefault(key, owner)
    return found


def _owner(keys: Iterable[str], *known: Mapping[str, int]) -> int | None:
    for owners in known:
        for key in keys:
            if key in owners:
                return owners[key]
    return None


def item_keys(item: Item) -> list[tuple[str, str]]:
    """What an item of the archive can be met again by: (identity key, relation) pairs without repeats."""
    found: dict[str, str] = dict.fromkeys(identity_keys(item.url), "same link")
    addresses = [item.url or "", *(link.url for link in item.links)]
    papers = [arxiv_id(url) for url in addresses] + [arxiv_id_in(tag) for tag in item.tags]
    for paper in papers:
        if paper:
            found.setdefault(f"arxiv:{paper.lower()}", "same paper")
    for url in addresses:
        repository = github_repo(url)
        if repository:
            found.setdefault(f"github:{repository.lower()}", "same repository")
    return list(found.items())
