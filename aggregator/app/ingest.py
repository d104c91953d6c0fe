"""Entries into candidates: which are new, which fold, which section, which score."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from aggregator.app.folding import Titles
from aggregator.app.making import Maker
from aggregator.app.settling import Settling, columns
from aggregator.app.workspace import Workspace
from aggregator.model import BLOCKED, Arrival, Entry, NewCandidate, Reason, Score, Similar, Status
from aggregator.queue import identity, leads
from aggregator.queue.similar import Titled
from aggregator.store.polls.unit import PollUnit

NEWCOMER_SEEN = 10
SLOTS = 3
SLOT_PLACE = 20


@dataclass(slots=True)
class _Coming:
    """An entry that finds its place: the candidate it goes into, and whether that is its own."""

    entry: Entry
    keys: tuple[str, ...]
    owner: int
    new: bool
    similar: tuple[Similar, ...] = ()


@dataclass(frozen=True, slots=True)
class Ingest:
    """Turns entries into candidates: which are new, which fold, which section, which score."""

    maker: Maker
    titles: Titles
    settling: Settling
    now: datetime
    newcomers: dict[str, tuple[float, int]] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)
    blocked: dict[tuple[str, str], str] = field(default_factory=dict)

    @classmethod
    def prepare(cls, workspace: Workspace, unit: PollUnit, now: datetime) -> Ingest:
        """With what the store knows of every source."""
        maker = Maker.prepare(workspace, unit, now)
        return cls(maker, Titles.prepare(unit, now), Settling(maker, now), now)

    def entries(self, unit: PollUnit, brought: Sequence[tuple[str, Sequence[Entry]]]) -> list[tuple[int, int]]:
        """Store what sources (their names, each with its entries) had not brought before: for each of them how many candidates
        were made, and how many entries went into others. What is `blocked`, by source and guid with the reason, is put
        away."""
        self.settling.begin(unit)
        fresh = [self._unseen(unit, source, entries) for source, entries in brought]
        if self.blocked:
            fresh = self._let_in(unit, fresh)
        keyed = [(entry, identity.entry_keys(entry)) for entries in fresh for entry in entries]
        if not keyed:
            return [(0, 0)] * len(brought)
        if self.titles.renew(unit):
            self.settling.forget()
        owners = unit.entries.owners({key for _, keys in keyed for key in keys})
        places = identity.assign((keys for _, keys in keyed), owners, iter(unit.entries.reserve(len(keyed))))
        coming = [_Coming(entry, keys, owner, new) for (entry, keys), (owner, new) in zip(keyed, places, strict=True)]
        counts, end, moved = [], 0, dict[int, int]()
        for entries in fresh:
            start, end = end, end + len(entries)
            made = self._fold(unit, coming[start:end], moved)
            counts.append((made, len(entries) - made))
        news = {one.owner: self.maker.candidate(one.entry, one.keys, similar=one.similar) for one in coming if one.new}
        late = self._settle(unit, coming, news)
        arrivals = [Arrival(one.entry, one.keys, one.owner, news[one.owner] if one.new else None) for one in coming]
        unit.entries.add(arrivals, self.now)
        self._meet(arrivals)
        self.settling.settle(unit, late)
        return counts

    def _unseen(self, unit: PollUnit, source: str, entries: Sequence[Entry]) -> list[Entry]:
        record = self.maker.brain.records.get(source)
        if record is not None and not record.seen and source not in self.met:
            self.met.add(source)
            return identity.unseen(entries, set(), set())
        known = unit.entries.known_guids(source, [entry.guid for entry in entries])
        if len(known) == len({entry.guid for entry in entries}):
            return []
        urls = unit.entries.known_urls(source, {entry.url for entry in entries if entry.url and entry.guid not in known})
        return identity.unseen(entries, known, urls)

    def _let_in(self, unit: PollUnit, fresh: Sequence[Sequence[Entry]]) -> list[list[Entry]]:
        """The entries without the blocked ones. These are kept, each with a candidate that was put away and that stands for
        nothing: what another source brings of the same work is none of the rule's business."""
        aside: list[Arrival] = []
        for entries in fresh:
            for entry in entries:
                why = self.blocked.pop((entry.source, entry.guid), None)
                if why is not None:
                    new = self.maker.candidate(entry, ())
                    warnings = (*new.warnings, f"{BLOCKED}{why}")
                    aside.append(Arrival(entry, (), new=replace(new, status=Status.REJECTED, warnings=warnings)))
        unit.entries.add(aside, self.now)
        put_away = {(arrival.entry.source, arrival.entry.guid) for arrival in aside}
        self.blocked.clear()
        return [[entry for entry in entries if (entry.source, entry.guid) not in put_away] for entries in fresh]

    def remember(self, unit: PollUnit, made: Iterable[tuple[Arrival, int]]) -> None:
        """Let the titles of new candidates be found by those that come later."""
        self.titles.remember(unit, [self._titled(arrival.entry, owner) for arrival, owner in made if arrival.new])

    def _titled(self, entry: Entry, owner: int) -> Titled:
        return Titled(owner, entry.title, self.titles.only(entry.source), entry.published_at or self.now)

    def _fold(self, unit: PollUnit, coming: Sequence[_Coming], moved: dict[int, int]) -> int:
        """Of what one source brought, what has nearly the title of a candidate joins it; what is a little like one is told of
        it. How many candidates are left to be made. `moved` are owners of this batch that joined others."""
        new = [one for one in coming if one.new]
        works = [self._titled(one.entry, one.owner) for one in new]
        for one, match in zip(new, self.titles.matches(unit, works), strict=True):
            if match is None:
                continue
            if match.same and not leads.own_work(one.keys):
                moved[one.owner] = match.id
                one.new = False
            else:
                one.similar = (Similar(match.id, match.likeness),)
        for one in coming:
            if not one.new:
                one.owner = moved.get(one.owner, one.owner)
                self.titles.join(one.owner, one.entry.source)
        kept = [work for work in works if work.id not in moved]
        self.titles.remember(unit, kept)
        return len(kept)

    def _settle(self, unit: PollUnit, coming: Iterable[_Coming], news: dict[int, NewCandidate]) -> list[tuple[int, Entry]]:
        """Let copies join the candidates that are held: what they change is stored, or changed in `news` that are not stored
        yet. The copies of all others."""
        late: list[tuple[int, Entry]] = []
        for one in coming:
            if one.new:
                self.settling.stand(one.owner, news[one.owner], one.entry.source)
            elif not self.settling.join(one.owner, one.entry):
                late.append((one.owner, one.entry))
        stored: list[dict[str, Any]] = []
        for owner, fields in self.settling.changes().items():
            if owner in news:
                news[owner] = _grown(news[owner], fields)
            else:
                stored.append(columns(owner, fields))
        unit.candidates.rescore(stored)
        return late

    def _meet(self, arrivals: Iterable[Arrival]) -> None:
        if not self.maker.brain.ranking.history:
            return
        for one in arrivals:
            source = one.entry.source
            if one.new and self.maker.brain.record(source, source).seen < NEWCOMER_SEEN:
                found = (one.new.score.value, one.candidate_id or 0)
                self.newcomers[source] = max(found, self.newcomers.get(source, found))

    def finish(self, unit: PollUnit) -> None:
        """Keep what this run learnt of titles, and give the best of new sources a place where the editor looks: nothing is
        known of them yet, and what is never seen is never taken."""
        self.titles.keep(unit)
        bar = unit.candidates.score_at(SLOT_PLACE)
        if bar is None:
            return
        for points, owner in sorted(self.newcomers.values(), reverse=True)[:SLOTS]:
            lift = round(bar - points, 4)
            if lift > 0:
                (candidate,) = unit.candidates.without_past([owner])
                reasons = (*candidate.score_reasons, Reason(lift, "a place kept for a new source"))
                unit.candidates.update(owner, {"score": bar, "score_reasons": reasons})
        self.newcomers.clear()


def _grown(new: NewCandidate, fields: dict[str, Any]) -> NewCandidate:
    plain = {name: value for name, value in fields.items() if name not in {"title_raw", "score_reasons"}}
    return replace(new, **plain | {"score": Score(fields["score"], fields["score_reasons"])})
