"""Entries into candidates: which are new, which fold, which section, which score."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from aggregator.app.copying import SUMMARY_CHARS, copy_of
from aggregator.app.folding import Titles
from aggregator.app.naming import Names
from aggregator.app.ranking import Brain, brain
from aggregator.app.workspace import Workspace
from aggregator.model import (
    BLOCKED,
    Arrival,
    Candidate,
    Entry,
    NewCandidate,
    Publication,
    Reason,
    Similar,
    Source,
    Status,
)
from aggregator.queue import identity, leads, rank, sections
from aggregator.queue.similar import Titled
from aggregator.store.mapping import candidate_value
from aggregator.store.store import Unit

NEWCOMER_SEEN = 10
SLOTS = 3
SLOT_PLACE = 20
AT_ONCE = 500
_UNDECIDED = frozenset({Status.PENDING, Status.DEFERRED})


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

    publication: Publication
    sources: dict[str, Source]
    brain: Brain
    titles: Titles
    names: Names
    now: datetime
    newcomers: dict[str, tuple[float, int]] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)
    blocked: dict[tuple[str, str], str] = field(default_factory=dict)

    @classmethod
    def prepare(cls, workspace: Workspace, unit: Unit, now: datetime) -> Ingest:
        """With what the store knows of every source."""
        by_name = {source.name: source for source in workspace.sources}
        return cls(workspace.publication, by_name, brain(workspace, unit), Titles.prepare(unit, now), Names(by_name), now)

    def entries(self, unit: Unit, brought: Sequence[tuple[str, Sequence[Entry]]]) -> list[tuple[int, int]]:
        """Store what sources (their names, each with its entries) had not brought before: for each of them how many candidates
        were made, and how many entries went into others. What is `blocked`, by source and guid with the reason, is put
        away."""
        fresh = [self._unseen(unit, source, entries) for source, entries in brought]
        if self.blocked:
            fresh = self._let_in(unit, fresh)
        keyed = [(entry, identity.entry_keys(entry)) for entries in fresh for entry in entries]
        if not keyed:
            return [(0, 0)] * len(brought)
        self.titles.renew(unit)
        owners = unit.entries.owners({key for _, keys in keyed for key in keys})
        places = identity.assign((keys for _, keys in keyed), owners, iter(unit.entries.reserve(len(keyed))))
        coming = [_Coming(entry, keys, owner, new) for (entry, keys), (owner, new) in zip(keyed, places, strict=True)]
        counts, end = [], 0
        for entries in fresh:
            start, end = end, end + len(entries)
            made = self._fold(unit, coming, range(start, end))
            counts.append((made, len(entries) - made))
        arrivals = [self._arrival(one) for one in coming]
        unit.entries.add(arrivals, self.now)
        self._meet(arrivals)
        self._settle(unit, [one for one in coming if not one.new])
        return counts

    def _unseen(self, unit: Unit, source: str, entries: Sequence[Entry]) -> list[Entry]:
        record = self.brain.records.get(source)
        if record is not None and not record.seen and source not in self.met:
            self.met.add(source)
            return identity.unseen(entries, set(), set())
        known = unit.entries.known_guids(source, [entry.guid for entry in entries])
        if len(known) == len({entry.guid for entry in entries}):
            return []
        urls = unit.entries.known_urls(source, [entry.url for entry in entries if entry.url])
        return identity.unseen(entries, known, urls)

    def _let_in(self, unit: Unit, fresh: Sequence[Sequence[Entry]]) -> list[list[Entry]]:
        """The entries without the blocked ones. These are kept, each with a candidate that was put away and that stands for
        nothing: what another source brings of the same work is none of the rule's business."""
        aside: list[Arrival] = []
        for entries in fresh:
            for entry in entries:
                why = self.blocked.pop((entry.source, entry.guid), None)
                if why is not None:
                    new = self.candidate(entry, ())
                    warnings = (*new.warnings, f"{BLOCKED}{why}")
                    aside.append(Arrival(entry, (), new=replace(new, status=Status.REJECTED, warnings=warnings)))
        unit.entries.add(aside, self.now)
        put_away = {(arrival.entry.source, arrival.entry.guid) for arrival in aside}
        self.blocked.clear()
        return [[entry for entry in entries if (entry.source, entry.guid) not in put_away] for entries in fresh]

    def remember(self, unit: Unit, made: Iterable[tuple[Arrival, int]]) -> None:
        """Let the titles of new candidates be found by those that come later."""
        self.titles.remember(unit, [self._titled(arrival.entry, owner) for arrival, owner in made if arrival.new])

    def _titled(self, entry: Entry, owner: int) -> Titled:
        return Titled(owner, entry.title, frozenset((entry.source,)), entry.published_at or self.now)

    def _fold(self, unit: Unit, coming: Sequence[_Coming], of_source: range) -> int:
        """Of what one source brought, what has nearly the title of a candidate joins it; what is a little like one is told of
        it. How many candidates are left to be made."""
        mine = [coming[at] for at in of_source]
        new = [one for one in mine if one.new]
        works = [self._titled(one.entry, one.owner) for one in new]
        moved: dict[int, int] = {}
        for one, match in zip(new, self.titles.matches(unit, works), strict=True):
            if match is None:
                continue
            if match.same and not leads.own_work(one.keys):
                moved[one.owner] = match.id
                one.new = False
            else:
                one.similar = (Similar(match.id, match.likeness),)
        if moved:
            for at in range(of_source.start, len(coming)):
                coming[at].owner = moved.get(coming[at].owner, coming[at].owner)
        for one in mine:
            if not one.new:
                self.titles.join(one.owner, one.entry.source)
        kept = [work for work in works if work.id not in moved]
        self.titles.remember(unit, kept)
        return len(kept)

    def _arrival(self, one: _Coming) -> Arrival:
        new = self.candidate(one.entry, one.keys, similar=one.similar) if one.new else None
        return Arrival(one.entry, one.keys, one.owner, new)

    def _settle(self, unit: Unit, copies: Iterable[_Coming]) -> None:
        """What copies add to the candidates that they joined: links, a better lead, and the weight of being news."""
        by_owner: dict[int, list[_Coming]] = {}
        for copy in copies:
            by_owner.setdefault(copy.owner, []).append(copy)
        owners = sorted(by_owner)
        for start in range(0, len(owners), AT_ONCE):
            found = unit.candidates.of(owners[start : start + AT_ONCE], past=False)
            changes = [self._grown(one, by_owner[one.id]) for one in found if one.status in _UNDECIDED]
            unit.candidates.rescore(changes)

    def _grown(self, candidate: Candidate, copies: Iterable[_Coming]) -> dict[str, Any]:
        """The columns of a candidate that change when copies join it."""
        fields: dict[str, Any] = {}
        for copy in copies:
            holder = replace(candidate, **fields) if fields else candidate
            fields |= leads.adopted(holder, self._challenger(copy, holder))
        grown = replace(candidate, **fields) if fields else candidate
        first = grown.entries[0].source if grown.entries else ""
        subject = rank.Subject(
            grown.title_raw,
            grown.summary,
            grown.source or first,
            self.brain.record(first, grown.source),
            grown.published_at,
            len({one.source for one in grown.entries}),
        )
        points = rank.score(self.brain.ranking, subject, self.now)
        fields |= {"score": points.value, "score_reasons": points.reasons}
        return {"id": grown.id} | {name: candidate_value(name, value) for name, value in fields.items()}

    def _challenger(self, copy: _Coming, holder: Candidate) -> NewCandidate:
        """A copy as far as it matters: its text is read where it could lead, or has to stand in for it."""
        plain = self._copy(copy.entry, copy.keys, text="")
        if len(holder.summary) + leads.FULLER_BY > SUMMARY_CHARS and not leads.leads(plain, holder):
            return plain
        return self._copy(copy.entry, copy.keys)

    def _meet(self, arrivals: Iterable[Arrival]) -> None:
        if not self.brain.ranking.history:
            return
        for one in arrivals:
            source = one.entry.source
            if one.new and self.brain.record(source, source).seen < NEWCOMER_SEEN:
                found = (one.new.score.value, one.candidate_id or 0)
                self.newcomers[source] = max(found, self.newcomers.get(source, found))

    def finish(self, unit: Unit) -> None:
        """Keep what this run learnt of titles, and give the best of new sources a place where the editor looks: nothing is
        known of them yet, and what is never seen is never taken."""
        self.titles.keep(unit)
        bar = unit.candidates.score_at(SLOT_PLACE)
        if bar is None:
            return
        for points, owner in sorted(self.newcomers.values(), reverse=True)[:SLOTS]:
            lift = round(bar - points, 4)
            if lift > 0:
                reasons = (*unit.candidates.get(owner).score_reasons, Reason(lift, "a place kept for a new source"))
                unit.candidates.update(owner, {"score": bar, "score_reasons": reasons})
        self.newcomers.clear()

    def candidate(
        self, entry: Entry, keys: tuple[str, ...], *, source_name: str | None = None, similar: tuple[Similar, ...] = ()
    ) -> NewCandidate:
        """The candidate that an entry makes, with its fields filled in."""
        source = self.sources.get(entry.source)
        plain = self._copy(entry, keys, source_name)
        guess = sections.predict(
            self.publication,
            title=plain.title,
            url=entry.url,
            source=plain.source,
            source_section=source.section if source else None,
            summary=plain.summary,
            links=[link.url for link in entry.links],
            model=self.brain.sections,
        )
        record = self.brain.record(entry.source, plain.source)
        subject = rank.Subject(plain.title, plain.summary, plain.source, record, entry.published_at)
        return replace(plain, section=guess, score=rank.score(self.brain.ranking, subject, self.now), similar=similar)

    def _copy(self, entry: Entry, keys: tuple[str, ...], source_name: str | None = None, text: str | None = None) -> NewCandidate:
        """The same without what is judged of it: for a copy of a work that has a candidate."""
        return copy_of(self.names, entry, keys, source_name, text)
