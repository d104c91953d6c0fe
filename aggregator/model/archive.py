"""Searching what was seen before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from aggregator.model.queue import Status


@dataclass(frozen=True, slots=True)
class SearchFilter:
    """What a search is narrowed to; None is no limit. `section` is a slug, `source` a part of a name, `issue` a slug."""

    section: str | None = None
    source: str | None = None
    issue: str | None = None
    since: datetime | None = None
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class SearchHit:
    """Something seen before: `kind` is "item" (printed), "brief" or "candidate". `section` is a slug, or a heading that the
    publication does not know. `issue` is where it was printed, `date` when that was, or when a candidate appeared."""

    kind: str
    id: int | None
    title: str
    url: str | None
    source: str
    section: str
    issue: str | None
    date: date | None
    status: str
    summary: str = ""
