"""How relevant, and why: keywords, the source, the words of the title, age, copies, the editor's wishes. Pure.

The score orders the queue and hides nothing. Its reasons add up to it, so that `queue why` can show the sum. Without a trained
model keywords and sources rank alone; with one they are its company, and the words of the title say most.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aggregator.model import Reason, Score
from aggregator.queue.linear import Linear
from aggregator.queue.titles import learnt_form
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
AGES = ((timedelta(days=30), -1.5), (timedelta(days=14), -0.5))
TERMS_SHOWN = 6
WISH_POINTS = 1.5


@dataclass(frozen=True, slots=True)
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
    for by term, and whether there is any history that makes a newcomer one."""

    keywords: tuple[Keyword, ...] = ()
    models: tuple[Linear, ...] = ()
    tastes: Mapping[str, float] = field(default_factory=dict)
    history: bool = False


@dataclass(frozen=True, slots=True)
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
    reasons = [
        *(_title_reasons(ranking.models, subject.title) if ranking.models else ()),
        *_keyword_reasons(ranking, subject),
        *_source_reasons(subject, history=ranking.history),
        *_wish_reasons(ranking.tastes, subject.title),
        *_age_reasons(subject.published_at, now),
    ]
    rounded = tuple(Reason(round(reason.points, 4), reason.text) for reason in reasons)
    return with_copies(_summed(rounded), subject.copies)


def with_copies(alone: Score, copies: int) -> Score:
    """The score of a work that so many sources have, of its score as long as one had it."""
    if copies < 2:
        return alone
    return _summed((*alone.reasons, Reason(round(COPIES_POINTS * math.log2(copies), 4), f"{copies} sources have it")))


def _summed(reasons: tuple[Reason, ...]) -> Score:
    return Score(round(math.fsum(reason.points for reason in reasons), 4), reasons)


def _title_reasons(models: Sequence[Linear], title: str) -> list[Reason]:
    folded = learnt_form(title)
    model = _model_of(models, folded)
    terms = [(text.strip(), points) for text, points in model.terms(folded, 0)]
    shown = sorted((one for one in terms if one[0] and any(map(str.isalnum, one[0]))), key=lambda one: -abs(one[1]))[:TERMS_SHOWN]
    rest = math.fsum(points for _, points in terms) - math.fsum(points for _, points in shown)
    reasons = [Reason(model.intercepts[0], "what any title begins with")]
    reasons += [
        Reason(points, f"`{text}` in the title, from what was taken before") for text, points in shown if abs(points) >= 5e-5
    ]
    return [*reasons, Reason(rest, "the rest of the title")] if abs(rest) >= 5e-5 else reasons


def _keyword_reasons(ranking: Ranking, subject: Subject) -> list[Reason]:
    plain = list(_plain_keyword_reasons(ranking.keywords, subject))
    if not ranking.models or not plain:
        return plain
    given = math.fsum(reason.points for reason in plain)
    factor = _damped(given) / given if given else 0.0
    return [Reason(reason.points * factor, f"{reason.text} (a keyword, beside what was learnt)") for reason in plain]


def _damped(points: float) -> float:
    return max(min(points * KEYWORD_SHARE, KEYWORD_MOST), -KEYWORD_MOST * 4)


def _plain_keyword_reasons(terms: tuple[Keyword, ...], subject: Subject) -> Iterator[Reason]:
    folded_title, folded_summary = fold(subject.title), fold(subject.summary[:SUMMARY_READ_CHARS])
    for keyword in terms:
        # Most terms are in neither text, which is seen at once.
        if keyword.folded in folded_title and contains_term(folded_title, keyword.folded):
            # A term inside a longer one that has been counted ("量化" in "低比特量化") is not counted again.
            folded_title = folded_title.replace(keyword.folded, " ")
            yield Reason(keyword.points, f"{keyword.term} in the title")
        elif keyword.folded in folded_summary and contains_term(folded_summary, keyword.folded):
            yield Reason(round(keyword.points * SUMMARY_SHARE, 4), f"{keyword.term} in the summary")


def _source_reasons(subject: Subject, *, history: bool) -> Iterator[Reason]:
    record, name = subject.record, subject.source or "the source"
    if record.weight:
        yield Reason(record.weight, f"{name} has a weight of its own")
    if record.approved:
        points = PRIOR_WEIGHT * math.log1p(record.approved) - SEEN_WEIGHT * math.log1p(record.seen)
        points = max(points, PRIOR_LEAST * math.log1p(record.approved))
        yield Reason(points, f"{name}: {record.approved} taken so far, {record.seen} seen")
    elif history and not record.rejected:
        yield Reason(NEWCOMER_POINTS / (1 + record.seen / NEWCOMER_SEEN), f"{name} is new: {record.seen} seen so far")
    if record.rejected:
        yield Reason(-REJECTED_WEIGHT * math.log1p(record.rejected), f"{name}: {record.rejected} rejected so far")


def _wish_reasons(tastes: Mapping[str, float], title: str) -> Iterator[Reason]:
    if tastes:
        folded = fold(title)
        for term, points in sorted(tastes.items()):
            if contains_term(folded, term):
                yield Reason(points, f"you asked for {'more' if points > 0 else 'less'} like `{term}`")


def _age_reasons(published_at: datetime | None, now: datetime) -> Iterator[Reason]:
    if published_at is not None:
        age = now - published_at
        for limit, points in AGES:
            if age > limit:
                yield Reason(points, f"it is more than {limit.days} days old")
                return


def fired_term(ranking: Ranking, title: str) -> str | None:
    """The term of a title that a wish for more or less like it acts on, folded: of those that a keyword or the models read,
    the one that lifts it most; the longest word when there is none. None for a title without words."""
    folded, learnt = fold(title), learnt_form(title)
    known = [one for one in ranking.keywords if contains_term(folded, one.folded)]
    given = math.fsum(one.points for one in known)
    factor = _damped(given) / given if ranking.models and given else 1.0
    lifts = {one.folded: one.points * factor for one in known}
    if ranking.models:
        for text, points in _model_of(ranking.models, learnt).terms(learnt, 0):
            lifts[text.strip()] = lifts.get(text.strip(), 0.0) + points
    usable = [(points, len(text), text) for text, points in lifts.items() if len(text) >= 2 and contains_term(folded, text)]
    if usable:
        return max(usable)[2]
    words = sorted((word for word in tokens(title) if len(word) >= 2), key=len)
    return words[-1] if words else None


def _model_of(models: Sequence[Linear], learnt: str) -> Linear:
    return models[fold_of(learnt) % len(models)]
