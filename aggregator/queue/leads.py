"""Which copy of a work leads: the official one over a reprint, the full one over a short one. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from aggregator.model import Candidate, Link, NewCandidate
from aggregator.urls import arxiv_id, github_repo, identity_keys, link_role

_REPRINT = re.compile(r"转载|转自|转发|编译|搬运|repost|via\b", re.IGNORECASE)
FULLER_BY = 200
# Keys under which a work is one by its own right, whatever its title resembles: a release, a paper.
_OWN = ("arxiv:", "doi:", "github:", "release:")


def own_work(keys: Sequence[str]) -> bool:
    """True when an identity key says which work this is, so that a likeness of titles says nothing more."""
    return any(key.startswith(_OWN) for key in keys)


def official(url: str | None) -> bool:
    """True for the place where a work itself is: a paper's page, a repository."""
    return url is not None and bool(arxiv_id(url) or github_repo(url) or link_role(url) in {"paper", "code"})


def leads(challenger: NewCandidate, holder: Candidate) -> bool:
    """True when a copy should stand in front of the one that does."""
    ours, theirs = official(challenger.url), official(holder.url)
    if ours != theirs:
        return ours
    ours, theirs = bool(_REPRINT.search(challenger.title)), bool(_REPRINT.search(holder.title_raw))
    if ours != theirs:
        return theirs
    return len(challenger.summary) > len(holder.summary) + FULLER_BY


def adopted(holder: Candidate, challenger: NewCandidate) -> dict[str, Any]:
    """The fields of a candidate that change when a copy joins it: its links are collected, and it takes over the copy's title,
    address and summary when that leads, unless the editor has touched the title."""
    fields: dict[str, Any] = {}
    front = leads(challenger, holder) and holder.title == holder.title_raw
    if front:
        fields = {
            "title": challenger.title,
            "title_raw": challenger.title,
            "url": challenger.url,
            "canonical_url": challenger.canonical_url,
            "source": challenger.source,
            "author": challenger.author,
            "summary": challenger.summary or holder.summary,
            "tags": tuple(dict.fromkeys((*challenger.tags, *holder.tags))),
        }
    url = challenger.url if front else holder.url
    links = collected(url, holder.links, [holder.url, challenger.url], challenger.links)
    if links != holder.links:
        fields["links"] = links
    return fields


def collected(
    target: str | None, links: Sequence[Link], addresses: Sequence[str | None], more: Sequence[Link] = ()
) -> tuple[Link, ...]:
    """`links`, then those addresses that are a paper or code, then `more`, each work once and none that is the target."""
    known = {key for url in (target, *(link.url for link in links)) for key in identity_keys(url)}
    found = list(links)
    others = [Link("", link_role(url), url) for url in addresses if url and official(url)]
    for link in (*others, *more):
        keys = set(identity_keys(link.url))
        if not known & keys:
            found.append(link)
            known |= keys
    return tuple(found)
