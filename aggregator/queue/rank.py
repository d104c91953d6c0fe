"""How relevant, and why: a first score by keywords and by source. Pure.

The score orders the queue and hides nothing. Its reasons add up to it, so that `queue why` can show the sum.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.model import Reason, Score
from aggregator.text import contains_term, fold

SUMMARY_SHARE = 0.4
SUMMARY_READ_CHARS = 600
PRIOR_WEIGHT = 4.0
PRIOR_SEEN = 25.0
OLD_AFTER = timedelta(days=30)
OLD_POINTS = -1.5


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """How a source has done: `seen` works it brought, `approved` of them taken; `weight` is the editor's own correction."""

    seen: int = 0
    approved: int = 0
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Keyword:
    """A term of the publication as written, folded for searching, and its points."""

    term: str
    folded: str
    points: float


def keywords(weights: Mapping[str, float]) -> tuple[Keyword, ...]:
    """The publication's terms, ready to be searched; the longest first, so that it claims the text."""
    made = (Keyword(term, fold(term), points) for term, points in weights.items() if term.strip())
    return tuple(sorted(made, key=lambda keyword: (-len(keyword.folded), keyword.folded)))


def score(
    terms: tuple[Keyword, ...],
    *,
    title: str,
    summary: str,
    record: SourceRecord,
    source: str,
    published_at: datetime | None,
    now: datetime,
) -> Score:
    """The score of a work at the moment it arrives."""
    reasons = [
        *_keyword_reasons(terms, title, summary),
        *_source_reasons(record, source),
    ]
    if published_at is not None and now - published_at > OLD_AFTER:
        reasons.append(Reason(OLD_POINTS, f"it was {(now - published_at).days} days old when it arrived"))
    return Score(round(sum(reason.points for reason in reasons), 4), tuple(reasons))


def _keyword_reasons(terms: tuple[Keyword, ...], title: str, summary: str) -> Iterator[Reason]:
    folded_title, folded_summary = fold(title), fold(summary[:SUMMARY_READ_CHARS])
    for keyword in terms:
        if contains_term(folded_title, keyword.folded):
            # A term inside a longer one that has been counted ("量化" in "低比特量化") is not counted again.
            folded_title = folded_title.replace(keyword.folded, " ")
            yield Reason(keyword.points, f"{keyword.term} in the title")
        elif contains_term(folded_summary, keyword.folded):
            yield Reason(round(keyword.points * SUMMARY_SHARE, 4), f"{keyword.term} in the summary")


def _source_reasons(record: SourceRecord, source: str) -> Iterator[Reason]:
    if record.weight:
        yield Reason(record.weight, f"{source} has a weight of its own")
    if record.approved:
        # Smoothed towards no opinion: three of five says less than sixty of a hundred.
        share = record.approved / (record.seen + PRIOR_SEEN)
        yield Reason(round(PRIOR_WEIGHT * share, 4), f"{source}: {record.approved} of {record.seen} were taken")
