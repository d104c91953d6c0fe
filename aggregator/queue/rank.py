"""How relevant, and why: keywords, the source, the words of the title, age, copies, the editor's wishes. Pure.

The score orders the queue and hides nothing. Its reasons add up to it, so that `queue why` can show the sum. Without a trained
model keywords and sources rank alone; with one they are its company, and the words of the title say most.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import compress

from aggregator.model import Reason, Score
from aggregator.model.value import value
from aggregator.queue.linear import Linear
from aggregator.queue.titles import folded, learnt_form
from aggregator.queue.training import fold_of
from aggregator.text import contains_term, fold, tokens

SUMMARY_SHARE = 0.4
SUMMARY_READ_CHARS = 600
PRIOR_WEIGHT = 0.7
SEEN_WEIGHT = 0.2
PRIOR_LEAST = 0.1
REJECTED_WEIGHT = 0.25
NEWCOMER_POINTS = 1.0
NEWCOMER_SEEN = 5.0
KEYWORD_SHARE = 0.15
KEYWORD_MOST = 1.2
COPIES_POINTS = 0.4
AGES = tuple(
    (timedelta(days=days), Reason(points, f"it is more than {days} days old")) for days, points in ((30, -1.5), (14, -0.5))
)
TERMS_SHOWN = 6
WISH_POINTS = 1.5


@value
class SourceRecord:
    """How a source has done: `seen` works it brought, `approved` of them taken or printed in the archive under its name,
    `rejected`; `weight` is the editor's own correction."""

    seen: int = 0
    approved: int = 0
    weight: float = 0.0
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class Keyword:
    """A term of the publication as written, folded for searching, and its points."""

    term: str
    folded: str
    points: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """What ranks: the publication's terms, the trained models (none when nothing was trained), points that the editor asked
    for by term, and whether there is any history that makes a newcomer one. `needles` are the terms as they are searched."""

    keywords: tuple[Keyword, ...] = ()
    models: tuple[Linear, ...] = ()
    tastes: Mapping[str, float] = field(default_factory=dict)
    history: bool = False
    needles: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "needles", tuple(keyword.folded for keyword in self.keywords))


@value
class Subject:
    """What is scored: a work as it arrived. `copies` counts the sources that have it."""

    title: str
    summary: str = ""
    source: str = ""
    record: SourceRecord = SourceRecord()
    published_at: datetime | None = None
    copies: int = 1


def keywords(weights: Mapping[str, float]) -> tuple[Keyword, ...]:
    """The publication's terms, ready to be searched; the longest first, so that it claims the text."""
    made = (Keyword(term, fold(term), points) for term, points in weights.items() if term.strip())
    return tuple(sorted(made, key=lambda keyword: (-len(keyword.folded), keyword.folded)))


def score(ranking: Ranking, subject: Subject, now: datetime) -> Score:
    """The score of a work; the points of its reasons, which are rounded to four places, add up to it."""
    reasons = _title_reasons(ranking.models, subject.title) if ranking.models else []
    reasons += _keyword_reasons(ranking, subject)
    reasons += _source_reasons(subject.source or "the source", subject.record, ranking.history)
    reasons += _wish_reasons(ranking.tastes, subject.title)
    reasons += _age_reasons(subject.published_at, now)
    return with_copies(_summed(tuple(reasons)), subject.copies)


def with_copies(alone: Score, copies: int) -> Score:
    """The score of a work that so many sources have, of its score as long as one had it."""
    if copies < 2:
        return alone
    reason = _of_copies(copies)
    # All points have four places, so that this is their sum.
    return Score(round(alone.value + reason.points, 4), (*alone.reasons, reason))


@lru_cache(maxsize=256)
def _of_copies(copies: int) -> Reason:
    return Reason(round(COPIES_POINTS * math.log2(copies), 4), f"{copies} sources have it")


def _summed(reasons: tuple[Reason, ...]) -> Score:
    return Score(round(math.fsum([reason.points for reason in reasons]), 4), reasons)


def _reason(points: float, text: str) -> Reason:
    return Reason(round(points, 4), text)


def _title_reasons(models: Sequence[Linear], title: str) -> list[Reason]:
    learnt = learnt_form(title)
    model = _model_of(models, learnt)
    terms = [(text.strip(), points) for text, points in model.terms(learnt, 0)]
    words = [one for one in terms if one[0].isalnum() or any(map(str.isalnum, one[0]))]
    shown = sorted(words, key=lambda one: -abs(one[1]))[:TERMS_SHOWN]
    rest = math.fsum([points for _, points in terms]) - math.fsum([points for _, points in shown])
    reasons = [_reason(model.intercepts[0], "what any title begins with")]
    reasons += [
        _reason(points, f"`{text}` in the title, from what was taken before") for text, points in shown if abs(points) >= 5e-5
    ]
    return [*reasons, _reason(rest, "the rest of the title")] if abs(rest) >= 5e-5 else reasons


def _keyword_reasons(ranking: Ranking, subject: Subject) -> list[Reason]:
    found = _keywords_found(ranking, subject)
    if not ranking.models or not found:
        return [_reason(points, text) for points, text in found]
    given = math.fsum([points for points, _ in found])
    factor = _damped(given) / given if given else 0.0
    return [_reason(points * factor, f"{text} (a keyword, beside what was learnt)") for points, text in found]


def _damped(points: float) -> float:
    return max(min(points * KEYWORD_SHARE, KEYWORD_MOST), -KEYWORD_MOST * 4)


def _keywords_found(ranking: Ranking, subject: Subject) -> list[tuple[float, str]]:
    if not ranking.keywords:
        return []
    title, summary = folded(subject.title), folded(subject.summary[:SUMMARY_READ_CHARS])
    # Most terms are in neither text, which is seen at once.
    found: list[tuple[float, str]] = []
    for keyword in compress(ranking.keywords, map(f"{title}\n{summary}".__contains__, ranking.needles)):
        if contains_term(title, keyword.folded):
            # A term inside a longer one that has been counted ("量化" in "低比特量化") is not counted again.
            title = title.replace(keyword.folded, " ")
            found.append((keyword.points, f"{keyword.term} in the title"))
        elif contains_term(summary, keyword.folded):
            found.append((round(keyword.points * SUMMARY_SHARE, 4), f"{keyword.term} in the summary"))
    return found


@lru_cache(maxsize=256)
def _source_reasons(name: str, record: SourceRecord, history: bool) -> tuple[Reason, ...]:
    return tuple(_reason(points, text) for points, text in _source_points(name, record, history))


def _source_points(name: str, record: SourceRecord, history: bool) -> Iterator[tuple[float, str]]:
    if record.weight:
        yield record.weight, f"{name} has a weight of its own"
    if record.approved:
        points = PRIOR_WEIGHT * math.log1p(record.approved) - SEEN_WEIGHT * math.log1p(record.seen)
        points = max(points, PRIOR_LEAST * math.log1p(record.approved))
        yield points, f"{name}: {record.approved} taken so far, {record.seen} seen"
    elif history and not record.rejected:
        yield NEWCOMER_POINTS / (1 + record.seen / NEWCOMER_SEEN), f"{name} is new: {record.seen} seen so far"
    if record.rejected:
        yield -REJECTED_WEIGHT * math.log1p(record.rejected), f"{name}: {record.rejected} rejected so far"


def _wish_reasons(tastes: Mapping[str, float], title: str) -> list[Reason]:
    words = folded(title) if tastes else ""
    return [
        _reason(points, f"you asked for {'more' if points > 0 else 'less'} like `{term}`")
        for term, points in sorted(tastes.items())
        if contains_term(words, term)
    ]


def _age_reasons(published_at: datetime | None, now: datetime) -> tuple[Reason, ...]:
    if published_at is not None:
        age = now - published_at
        for limit, reason in AGES:
            if age > limit:
                return (reason,)
    return ()


def fired_term(ranking: Ranking, title: str) -> str | None:
    """The term of a title that a wish for more or less like it acts on, folded: of those that a keyword or the models read,
    the one that lifts it most; the longest word when there is none. None for a title without words."""
    words, learnt = folded(title), learnt_form(title)
    known = [one for one in ranking.keywords if contains_term(words, one.folded)]
    given = math.fsum(one.points for one in known)
    factor = _damped(given) / given if ranking.models and given else 1.0
    lifts = {one.folded: one.points * factor for one in known}
    if ranking.models:
        for text, points in _model_of(ranking.models, learnt).terms(learnt, 0):
            lifts[text.strip()] = lifts.get(text.strip(), 0.0) + points
    usable = [(points, len(text), text) for text, points in lifts.items() if len(text) >= 2 and contains_term(words, text)]
    if usable:
        return max(usable)[2]
    longest = sorted((word for word in tokens(title) if len(word) >= 2), key=len)
    return longest[-1] if longest else None


def _model_of(models: Sequence[Linear], learnt: str) -> Linear:
    return models[fold_of(learnt) % len(models)]
