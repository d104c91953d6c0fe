"""What sections and ranking are worth on this newsletter: older issues against the newest, and what was polled as the pool.

The newest issues are never learnt from while they are being looked for: for each of them the models see the issues before the
split, and the queue without labels, the issue's own picks among it, as they would have stood there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zlib import crc32

from aggregator.app import ranking
from aggregator.app.workspace import Workspace
from aggregator.errors import AggregatorError
from aggregator.model import Publication, SectionGuess, Status
from aggregator.queue import evaluate, rank, sections, training
from aggregator.queue.linear import Linear
from aggregator.queue.titles import as_arrived, learnt_form
from aggregator.store.learning import Work
from aggregator.store.polls.learning import Printed

MIXED_POOL = 580
SAME_POOL = 871
LEAST_ITEMS = 6
LEAST_POOL = 30
SURE = 0.7
WECHAT = "mp.weixin.qq.com"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number: what, on what, and its value between 0 and 1."""

    what: str
    on: str
    value: float


@dataclass(frozen=True, slots=True)
class _Ground:
    """What is measured on: earlier items, the newest issues, the works of known sources and of others."""

    publication: Publication
    older: Sequence[Printed]
    newest: Sequence[Sequence[Printed]]
    same: Sequence[Work]
    others: Sequence[Work]
    brain: ranking.Brain
    seen: dict[str, int]
    now: datetime


def evaluate_all(workspace: Workspace, now: datetime, *, newest: int = 10, skip: int = 0) -> Iterator[Figure]:
    """The figures, in the order in which they are found; `skip` leaves out the newest issues, to measure on those before them.
    Raises AggregatorError when there are too few issues or too little was polled."""
    if not training.available():
        raise AggregatorError(
            "there is nothing to evaluate",
            why="scikit-learn is not installed",
            fix='pip install "aggregator[rank]"',
            code="E410",
        )
    ground = _ground(workspace, now, newest, skip)
    yield from _sections(ground)
    yield from _ranking(ground)


def _ground(workspace: Workspace, now: datetime, newest: int, skip: int) -> _Ground:
    with workspace.store.read() as unit:
        printed = unit.learning.printed()
        works = list(unit.learning.works((Status.PENDING, Status.DEFERRED)))
        known = ranking.brain(workspace, unit)
        seen = unit.sources.entry_counts()
    by_issue: dict[str, list[Printed]] = {}
    for item in printed:
        by_issue.setdefault(item.issue, []).append(item)
    whole = [items for items in by_issue.values() if len(items) > LEAST_ITEMS]
    whole = whole[: len(whole) - skip] if skip else whole
    if len(whole) < newest + 3:
        raise AggregatorError(
            f"{len(whole)} issues are too few",
            why=f"the newest {newest} are held back",
            fix="aggregator import FOLDER",
            code="E413",
        )
    names = ranking.names_in(item.source for items in whole for item in items)
    same = [work for work in works if ranking.count_of(work.source, names)]
    others = [work for work in works if not ranking.count_of(work.source, names)]
    older = [item for items in whole[:-newest] for item in items]
    return _Ground(workspace.publication, older, whole[-newest:], same, others, known, seen, now)


def _sections(ground: _Ground) -> Iterator[Figure]:
    model = training.train_sections(list(ranking.section_examples(ground.publication, ground.older)))
    known = [
        (ranking.known_of(item), item.section)
        for items in ground.newest
        for item in items
        if ground.publication.section(item.section)
    ]
    bare = [(one.bare(), section) for one, section in known]
    on = f"{len(known)} items of the newest {len(ground.newest)} issues"
    for name, asked, models in (
        ("rules alone, titles alone", bare, None),
        ("rules alone, with summaries and links", known, None),
        ("titles alone", bare, model),
        ("with summaries and links", known, model),
    ):
        guesses = [(_guess(ground.publication, one, models), section) for one, section in asked]
        sure = [guess.slug == section for guess, section in guesses if guess.confidence >= SURE]
        yield Figure(f"section, {name}", on, _share([guess.slug == section for guess, section in guesses]))
        yield Figure(f"section, {name}, first or second", on, _share([s in {g.slug, g.second} for g, s in guesses]))
        if models and sure:
            yield Figure(f"section, {name}, where it is {SURE:.0%} sure", f"{len(sure)} of {on}", _share(sure))


def _guess(publication: Publication, known: sections.Known, models: sections.Models | None) -> SectionGuess:
    return sections.predict(
        publication,
        title=known.title,
        url=known.url,
        source=known.source,
        summary=known.summary,
        links=known.links,
        model=models,
    )


def _share(hits: Sequence[bool]) -> float:
    return sum(hits) / len(hits)


def _ranking(ground: _Ground) -> Iterator[Figure]:
    mixed = sorted(ground.others, key=lambda work: crc32(str(work.id).encode()))[:MIXED_POOL]
    ordered = sorted(ground.same, key=lambda work: crc32(str(work.id).encode()))
    rejected, rest = ordered[::2], ordered[1::2]
    wechat = [[item for item in items if WECHAT in (item.url or "")] for items in ground.newest]
    same_picks = [items for items in wechat if items] or ground.newest
    if len(ground.same) >= LEAST_POOL:
        yield from _pool("same sources", ground, same_picks, ground.same, SAME_POOL)
        yield from _pool("same sources, keywords and sources alone", ground, same_picks, ground.same, SAME_POOL, plain=True)
    if len(mixed) >= LEAST_POOL:
        yield from _pool("mixed", ground, ground.newest, mixed, MIXED_POOL)
    if len(rest) >= LEAST_POOL:
        yield from _pool("same sources, half of the pool rejected before", ground, same_picks, rest, SAME_POOL, rejected=rejected)


def _pool(
    name: str,
    ground: _Ground,
    issues: Sequence[Sequence[Printed]],
    pool: Sequence[Work],
    size: int,
    *,
    rejected: Sequence[Work] = (),
    plain: bool = False,
) -> Iterator[Figure]:
    found: list[evaluate.Worth] = []
    waiting = (
        [work for work in (*ground.same, *ground.others) if work not in rejected] if rejected else [*ground.same, *ground.others]
    )
    put_away = Counter(work.source for work in rejected)
    for picks in issues:
        judged = ground if plain else replace(ground, brain=_trained(ground, picks, waiting, rejected))
        known = _known(judged, plain=plain)
        ours = [_score(known, as_arrived(item.title), item.source, item.source, ground, put_away) for item in picks]
        theirs = [_score(known, work.title, work.source, work.printed, ground, put_away) for work in pool]
        found.append(evaluate.worth(ours, theirs, size / len(pool)))
    result = evaluate.mean(found)
    on = f"{sum(map(len, issues)) / len(issues):.1f} picks among {size} ({len(pool)} weighted), {name}"
    yield Figure("average precision", on, result.precision)
    yield Figure("recall among the first 100", on, result.recall_100)
    yield Figure("recall in the top 30 %", on, result.recall_30)


def _trained(ground: _Ground, picks: Sequence[Printed], waiting: Sequence[Work], rejected: Sequence[Work]) -> ranking.Brain:
    chosen: list[Work | Printed] = [*picks, *waiting]
    examples = [
        *ranking.examples(ground.older, True, 1.0),
        *ranking.examples(rejected, False, ranking.REJECTED_WEIGHT),
        *ranking.examples(chosen[: ranking.MOST_WAITING], None, ranking.WAITING_WEIGHT),
    ]
    return replace(ground.brain, ranking=replace(ground.brain.ranking, models=training.train_rank(examples)))


def _known(ground: _Ground, *, plain: bool) -> ranking.Brain:
    names = ranking.names_in(item.source for item in ground.older)
    models: tuple[Linear, ...] = () if plain else ground.brain.ranking.models
    return replace(
        ground.brain, printed=names, ranking=replace(ground.brain.ranking, models=models, tastes={}, history=True), records={}
    )


def _score(known: ranking.Brain, title: str, source: str, printed: str, ground: _Ground, put_away: Mapping[str, int]) -> float:
    taken = ranking.count_of(source or printed, known.printed)
    record = rank.SourceRecord(ground.seen.get(source, 0), taken, rejected=put_away.get(source, 0))
    subject = rank.Subject(title, "", source, record)
    return rank.score(known.ranking, subject, ground.now).value


def placed(workspace: Workspace) -> Iterable[tuple[Work, float, int]]:
    """For every work that was taken: the place, counted from 1, where a ranking that has not learnt from it would put it among
    all that arrived within a week of it, and how many those are. Needs scikit-learn."""
    with workspace.store.read() as unit:
        known = ranking.brain(workspace, unit)
        works = list(unit.learning.works(tuple(Status)))
        printed = unit.learning.printed()
    taken = [work for work in works if work.status in {Status.APPROVED, Status.PUBLISHED}]
    for half in range(training.FOLDS):
        asked = [work for work in taken if training.fold_of(learnt_form(work.title)) == half]
        if not asked:
            continue
        models = _blind(works, printed, half) if training.available() else ()
        judge = replace(known, ranking=replace(known.ranking, models=models))
        points = {work.id: _points(judge, work) for work in works}
        for work in asked:
            rivals = [points[one.id] for one in works if abs((one.arrived_at - work.arrived_at).days) <= 7 and one.id != work.id]
            yield work, 1 + sum(rival > points[work.id] for rival in rivals), len(rivals) + 1


def _blind(works: Sequence[Work], printed: Sequence[Printed], half: int) -> tuple[Linear, ...]:
    """Models for one half of the works that were taken, trained without them."""

    def kept(work: Work) -> bool:
        return work.status not in {Status.APPROVED, Status.PUBLISHED} or training.fold_of(learnt_form(work.title)) != half

    seen = [work for work in works if kept(work)]
    labels = {Status.APPROVED: True, Status.PUBLISHED: True, Status.REJECTED: False}
    examples = list(ranking.examples(printed, True, 1.0))
    for work in seen:
        label = None if work.expired else labels.get(work.status)
        weight = {True: 1.0, False: ranking.REJECTED_WEIGHT, None: ranking.WAITING_WEIGHT}[label]
        examples += ranking.examples((work,), label, weight)
    if sum(one.label is True for one in examples) < ranking.LEAST_TAKEN:
        return ()
    return training.train_rank(examples)


def _points(known: ranking.Brain, work: Work) -> float:
    return rank.score(known.ranking, replace(ranking.subject_of(work, known), copies=1), work.arrived_at).value
