"""What the store's past teaches: labels gathered, models trained when there is enough that is new, the queue scored again.

Training runs in a process of its own that a poll starts when it has ended (`learning.py`), after an import, and on `queue
train`; never inside a transaction that a poll waits for. Without scikit-learn nothing is trained, and keywords and sources rank.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from aggregator.app.workspace import Workspace
from aggregator.model import Publication, Status
from aggregator.queue import rank, sections, training
from aggregator.queue.linear import Linear
from aggregator.queue.titles import as_arrived, learnt_form
from aggregator.store.mapping import reasons_out
from aggregator.store.polls.learning import Learnt, Printed
from aggregator.store.polls.unit import PollUnit
from aggregator.text import fold_title

if TYPE_CHECKING:
    from aggregator.store.learning import Work
    from aggregator.store.store import Unit

MODEL = "ranking"
MAKE = 3  # goes up when models are made otherwise, so that those of before are trained again
LEAST_TAKEN = 30
LEAST_OTHERS = 60
LEAST_SECTIONED = 60
NEW_LABELS = 10
MOST_WAITING = 6000
MOST_RESCORED = 20_000
WAITING_WEIGHT = 0.5
REJECTED_WEIGHT = 2.0
CORRECTED_WEIGHT = 2.0
_NOT_INSTALLED = 'scikit-learn is not installed; `pip install "aggregator[rank]"` brings it'
_BETWEEN = re.compile(r"[ ,，、/|]+")


@dataclass(frozen=True, slots=True)
class Trained:
    """What came of training: `trained` is False when there was no need or not enough, and `why` says so."""

    trained: bool
    why: str
    taken: int = 0
    rejected: int = 0
    waiting: int = 0
    rescored: int = 0


@dataclass(frozen=True, slots=True)
class Brain:
    """All that judges an entry: the ranking, the model of sections, how the sources have done, names in the archive."""

    ranking: rank.Ranking
    sections: sections.Models | None
    records: Mapping[str, rank.SourceRecord]
    printed: Mapping[str, int]
    assigned: Mapping[str, str | None]

    def record(self, source: str, printed: str) -> rank.SourceRecord:
        """How a source has done; for one that is not configured, what the archive says of its printed name."""
        known = self.records.get(source)
        return known if known is not None else rank.SourceRecord(approved=count_of(printed, self.printed))


def brain(workspace: Workspace, unit: PollUnit) -> Brain:
    """What is known now."""
    found = unit.learning.get(MODEL)
    models = [Linear.load(one) for one in found.data["rank"]] if found else []
    sectioned = sections.Models.load(found.data["sections"]) if found and found.data.get("sections") else None
    names = names_in(unit.learning.printed_names())
    records = source_records(workspace, unit, names)
    ranking = rank.Ranking(
        rank.keywords(workspace.publication.keywords),
        tuple(models),
        unit.learning.tastes(),
        any(one.approved for one in records.values()),
    )
    return Brain(ranking, sectioned, records, names, {source.name: source.section for source in workspace.sources})


def source_records(workspace: Workspace, unit: PollUnit, names: Mapping[str, int]) -> dict[str, rank.SourceRecord]:
    """How every configured source has done, in the queue and under its name in the archive."""
    seen, decided = unit.sources.entry_counts(), unit.learning.taken_by_source()
    return {
        source.name: rank.SourceRecord(
            seen.get(source.name, 0),
            decided.get(source.name, (0, 0))[0] + count_of(source.name, names),
            source.weight,
            decided.get(source.name, (0, 0))[1],
        )
        for source in workspace.sources
    }


def names_in(printed: Iterable[str]) -> Counter[str]:
    """How often each name stands after the bar in the archive; `Author Account` counts for both."""
    return Counter(name for one in printed for name in _names(one))


def count_of(name: str, names: Mapping[str, int]) -> int:
    """How often the archive prints a source of this name."""
    return max((names.get(one, 0) for one in _names(name)), default=0)


def _names(printed: str) -> set[str]:
    return {folded for one in (printed, *_BETWEEN.split(printed)) if (folded := fold_title(one))}


def reason_to_wait(workspace: Workspace) -> str:
    """Why learning would not be worth while now, in words; "" when it would."""
    with workspace.poll_store() as store, store.read() as unit:
        return _reason_to_wait(unit.learning.counts(), unit.learning.basis(MODEL), force=False)


def unlearnt(workspace: Workspace) -> str:
    """Why keywords and sources alone rank the queue, in words; "" when models do."""
    with workspace.store.read() as unit:
        if unit.learning.basis(MODEL):
            return ""
        if not training.available():
            return _NOT_INSTALLED
        return _reason_to_wait(unit.learning.counts(), {}, force=True) or "nothing was trained yet: `aggregator queue train`"


def train(workspace: Workspace, now: datetime, *, force: bool = False) -> Trained:
    """Train when labels have come, or in any case (`force`), and score again what waits. Whoever comes second waits for the
    first to end."""
    with workspace.turn("learn"):
        return _train(workspace, now, force=force)


def _train(workspace: Workspace, now: datetime, *, force: bool) -> Trained:
    with workspace.store.read() as unit:
        counts, basis = unit.learning.counts(), unit.learning.basis(MODEL)
        why = _reason_to_wait(counts, basis, force=force)
        if why:
            return Trained(False, why, counts["taken"] + counts["printed"], counts["rejected"], counts["waiting"])
        ranked, sectioned = gather(workspace.publication, unit)
    models = training.train_rank(ranked)
    by_section = training.train_sections(sectioned) if _enough_sections(sectioned) else None
    data: dict[str, Any] = {"rank": [model.dump() for model in models], "sections": by_section.dump() if by_section else None}
    with workspace.store.write() as unit:
        unit.learning.put(MODEL, Learnt(now, counts | {"make": MAKE}, data))
    rescored = rescore(workspace, now)
    return Trained(
        True,
        "",
        sum(one.label is True for one in ranked),
        sum(one.label is False for one in ranked),
        sum(one.label is None for one in ranked),
        rescored,
    )


def _reason_to_wait(counts: Mapping[str, int], basis: Mapping[str, Any], *, force: bool) -> str:
    taken = counts["taken"] + counts["printed"]
    others = counts["rejected"] + counts["waiting"]
    if taken < LEAST_TAKEN or others < LEAST_OTHERS:
        return f"{taken} works taken and {others} others are too few; {LEAST_TAKEN} and {LEAST_OTHERS} are needed"
    if not training.available():
        return _NOT_INSTALLED
    if force or basis.get("make") != MAKE:
        return ""
    fresh = sum(abs(counts[name] - int(basis.get(name, 0))) for name in ("taken", "rejected", "printed"))
    if fresh >= NEW_LABELS or counts["waiting"] >= 3 * int(basis.get("waiting", 0)):
        return ""
    return f"{fresh} new labels since the last training; {NEW_LABELS} make it worth while"


def _enough_sections(examples: list[training.SectionExample]) -> bool:
    return len(examples) >= LEAST_SECTIONED and len({one.section for one in examples}) >= 2


def gather(publication: Publication, unit: Unit) -> tuple[list[training.Example], list[training.SectionExample]]:
    """All there is to learn from: the archive, what was taken and rejected, what waits."""
    printed = unit.learning.printed()
    taken = list(unit.learning.works((Status.APPROVED, Status.PUBLISHED)))
    put_away = list(unit.learning.works((Status.REJECTED,), limit=MOST_WAITING))
    rejected = [work for work in put_away if not work.expired]
    waiting = list(unit.learning.works((Status.PENDING, Status.DEFERRED), limit=MOST_WAITING))
    waiting += [work for work in put_away if work.expired][: MOST_WAITING - len(waiting)]
    ranked = [*examples(printed, True, 1.0), *examples(taken, True, 1.0), *examples(rejected, False, REJECTED_WEIGHT)]
    ranked += examples(waiting, None, WAITING_WEIGHT)
    return ranked, list(section_examples(publication, printed, taken))


def examples(works: Iterable[Work | Printed], label: bool | None, weight: float) -> Iterator[training.Example]:
    """Works as examples of one label."""
    return (training.Example(learnt_form(work.title), label, weight) for work in works if work.title)


def section_examples(
    publication: Publication, printed: Iterable[Printed], taken: Iterable[Work] = ()
) -> Iterator[training.SectionExample]:
    """Works whose section the editor has decided. Printed titles give their prefixes away, so they lose them first."""
    for item in printed:
        if publication.section(item.section):
            yield training.SectionExample(known_of(item), item.section)
    for work in taken:
        links = sections.linked(work.summary, work.links)
        known = sections.Known(work.title, work.url, work.printed, sections.read_part(work.summary), links)
        yield training.SectionExample(known, work.section, CORRECTED_WEIGHT)


def known_of(item: Printed) -> sections.Known:
    """A printed item as it may have arrived."""
    summary = sections.read_part(item.summary)
    return sections.Known(as_arrived(item.title), item.url, item.source, summary, sections.linked(item.summary, item.links))


def subject_of(work: Work, known: Brain) -> rank.Subject:
    """A stored work as ranking sees it."""
    return rank.Subject(
        work.title,
        work.summary,
        work.printed or work.source,
        known.record(work.source, work.printed),
        work.published_at,
        work.copies,
    )


def rescore(workspace: Workspace, now: datetime, *, ids: Iterable[int] | None = None) -> int:
    """Score again what waits, the newest first (at most 20,000), in short transactions; how many scores changed."""
    with workspace.store.read() as unit:
        known = brain(workspace, unit)
        if ids is None:
            works = list(unit.learning.works((Status.PENDING, Status.DEFERRED), limit=MOST_RESCORED))
        else:
            works = unit.learning.works_of(sorted(ids)[:500])
    changes = [change for work in works if (change := _change(workspace.publication, work, known, now))]
    for start in range(0, len(changes), 2000):
        with workspace.store.write() as unit:
            unit.candidates.rescore(changes[start : start + 2000])
    return len(changes)


def _change(publication: Publication, work: Work, known: Brain, now: datetime) -> dict[str, Any] | None:
    points = rank.score(known.ranking, subject_of(work, known), now)
    change: dict[str, Any] = {"id": work.id, "score": points.value, "score_reasons": reasons_out(points.reasons)}
    guess = None
    if known.sections is not None and work.section_confidence < 1.0:
        guess = sections.predict(
            publication,
            title=work.title,
            url=work.url,
            source=work.printed,
            source_section=known.assigned.get(work.source),
            summary=work.summary,
            links=work.links,
            model=known.sections,
        )
        change |= {
            "section": guess.slug,
            "section_confidence": guess.confidence,
            "second": guess.second,
            "section_reasons": reasons_out(guess.reasons),
        }
    if guess is not None and (guess.slug, guess.confidence) != (work.section, work.section_confidence):
        return change
    return change if abs(points.value - work.score) >= 5e-4 else None
