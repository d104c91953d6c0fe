"""Which copy of a work leads: the official one over a reprint, the full one over a short one. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Protocol

from aggregator.model import Link, NewCandidate
from aggregator.model.value import value
from aggregator.urls import identity_keys, is_work, link_role

_REPRINT = re.compile(r"转载|转自|转发|编译|搬运|repost|via\b", re.IGNORECASE)
FULLER_BY = 200
# Keys under which a work is one by its own right, whatever its title resembles: a release, a paper.
_OWN = ("arxiv:", "doi:", "github:", "release:")


def own_work(keys: Sequence[str]) -> bool:
    """True when an identity key says which work this is, so that a likeness of titles says nothing more."""
    return any(key.startswith(_OWN) for key in keys)


@value
class Stance:
    """With what a copy stands for its work: whether it is where the work itself is, whether its title says that it is a
    reprint, and how many characters of summary it has."""

    official: bool
    reprint: bool
    summary_chars: int


def stance(title: str, url: str | None, summary_chars: int) -> Stance:
    """The stance of a copy."""
    return Stance(official(url), reprint(title), summary_chars)


@lru_cache(maxsize=64)
def reprint(title: str) -> bool:
    """True for a title that says that the text was published elsewhere before."""
    return bool(_REPRINT.search(title))


def official(url: str | None) -> bool:
    """True for the place where a work itself is: a paper's page, a repository."""
    return url is not None and is_work(url)


def leads(challenger: Stance, holder: Stance) -> bool:
    """True when a copy should stand in front of the one that does."""
    if challenger.official != holder.official:
        return challenger.official
    if challenger.reprint != holder.reprint:
        return holder.reprint
    return challenger.summary_chars > holder.summary_chars + FULLER_BY


class Front(Protocol):
    """What stands in front of a work's copies: its title, target, summary, links and tags."""

    @property
    def title(self) -> str: ...
    @property
    def url(self) -> str | None: ...
    @property
    def summary(self) -> str: ...
    @property
    def links(self) -> tuple[Link, ...]: ...
    @property
    def tags(self) -> tuple[str, ...]: ...


def adopted(holder: Front, challenger: NewCandidate, *, raw: str) -> dict[str, Any]:
    """The fields of a candidate that change when a copy joins it: its links are collected, and it takes over the copy's title,
    address and summary when that leads, unless the editor has touched the title; `raw` is the title before that."""
    fields: dict[str, Any] = {}
    ours = stance(challenger.title, challenger.url, len(challenger.summary))
    front = holder.title == raw and leads(ours, stance(raw, holder.url, len(holder.summary)))
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
    others = [Link("", link_role(url), url) for url in addresses if url and official(url)]
    fresh = [link for link in (*others, *more) if link not in links]
    if not fresh:  # as most copies have no links, or the very same ones
        return tuple(links)
    known = {key for url in (target, *(link.url for link in links)) for key in identity_keys(url)}
    found = list(links)
    for link in fresh:
        keys = set(identity_keys(link.url))
        if not known & keys:
            found.append(link)
            known |= keys
    return tuple(found)
