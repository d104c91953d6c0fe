"""The review queue: candidates, why they stand where they stand, and what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from aggregator.model.link import Link
from aggregator.model.upstream import Entry
from aggregator.model.value import value


class Status(StrEnum):
    """Where a candidate stands."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    DEFERRED = "deferred"
    PUBLISHED = "published"


# The warning of a candidate that was put away because nobody decided on it; it counts as passed over, not as rejected.
EXPIRED = "expired: nobody decided on it in time"
# How the warning begins of a candidate that rules put away; that is no judgement of it, either.
BLOCKED = "blocked by a rule: "


@value
class Reason:
    """One term of a score or of a section's prediction: `points` of all reasons of a score add up to it."""

    points: float
    text: str


@value
class SectionGuess:
    """A predicted section: `confidence` is between 0 and 1, `second` the next best slug or None."""

    slug: str
    confidence: float
    reasons: tuple[Reason, ...] = ()
    second: str | None = None


@value
class Score:
    """How relevant a candidate is; `value` is the sum of the points of `reasons`."""

    value: float
    reasons: tuple[Reason, ...] = ()


@value
class Copy:
    """One entry that was folded into a candidate."""

    source: str
    guid: str
    url: str | None
    title: str
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SeenIn:
    """Where the archive has met a work before. `relation` is "same link", "same paper" or "same repository"."""

    issue: str
    item_id: int
    relation: str


@value
class Similar:
    """A candidate whose title is much like another's, though not enough to be folded: `likeness` is between 0 and 1."""

    id: int
    likeness: float


@value
class Candidate:
    """One work in the review queue: one or more entries folded.

    `title_raw` is the title as it arrived, `title` as it stands now. `source` is the name printed after the bar.
    `summary` is plain text or Markdown, prefilled. `section` is a slug. `captured` is False where a pasted page could
    not be fetched; `warnings` are for the editor's eye (an expiring link, a page that failed).
    """

    id: int
    status: Status
    title: str
    title_raw: str
    url: str | None
    canonical_url: str | None
    section: str
    section_confidence: float
    score: float
    source: str
    author: str | None = None
    published_at: datetime | None = None
    arrived_at: datetime | None = None
    summary: str = ""
    tags: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    entries: tuple[Copy, ...] = ()
    seen_in: tuple[SeenIn, ...] = ()
    score_reasons: tuple[Reason, ...] = ()
    section_reasons: tuple[Reason, ...] = ()
    warnings: tuple[str, ...] = ()
    merged_into: int | None = None
    second: str | None = None
    similar: tuple[Similar, ...] = ()


@dataclass(frozen=True, slots=True)
class CandidateFilter:
    """Which candidates to list. `statuses` empty means all; `search` is a text that the title, summary, source or
    address contains, in any letter case."""

    statuses: tuple[Status, ...] = (Status.PENDING,)
    section: str | None = None
    source: str | None = None
    search: str | None = None
    limit: int | None = None


@value
class NewCandidate:
    """A candidate about to be stored: what the queue made of an entry nobody had met before."""

    keys: tuple[str, ...]
    title: str
    url: str | None
    canonical_url: str | None
    section: SectionGuess
    score: Score
    source: str
    author: str | None = None
    published_at: datetime | None = None
    summary: str = ""
    tags: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    warnings: tuple[str, ...] = ()
    similar: tuple[Similar, ...] = ()
    status: Status = Status.PENDING


@value
class Arrival:
    """One entry on its way in: into the candidate `candidate_id`, which is made of it when there is a `new` one. A new one
    without an id gets the next that is free."""

    entry: Entry
    keys: tuple[str, ...]
    candidate_id: int | None = None
    new: NewCandidate | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """One append-only event. `before` and `after` hold the changed fields of the candidates (or issue) concerned, by
    id, as JSON values; `undoes` names the decision that an undo (or, for a redo, the undo) takes back."""

    id: int
    at: datetime
    who: str
    action: str
    subject: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    undoes: int | None = None
