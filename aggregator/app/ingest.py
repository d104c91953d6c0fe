"""Entries into candidates: which are new, which fold, which section, which score."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from aggregator.app.folding import Titles
from aggregator.app.ranking import Brain, brain, subject_of
from aggregator.app.workspace import Workspace
from aggregator.model import Arrival, Candidate, Entry, NewCandidate, Publication, Reason, Similar, Source, Status
from aggregator.queue import identity, leads, rank, sections
from aggregator.queue.similar import Titled
from aggregator.store.store import Unit
from aggregator.text import html_to_text, trim
from aggregator.urls import arxiv_id, canonical, is_temporary

SUMMARY_CHARS = 400
NEWCOMER_SEEN = 10
SLOTS = 3
SLOT_PLACE = 20
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Ingest:
    """Turns entries into candidates: which are new, which fold, which section, which score."""

    publication: Publication
    sources: dict[str, Source]
    brain: Brain
    titles: Titles
    now: datetime
    newcomers: dict[str, tuple[float, int]] = field(default_factory=dict)
    copied: dict[int, list[Arrival]] = field(default_factory=dict)
    unmade: dict[tuple[str, str], NewCandidate] = field(default_factory=dict)

    @classmethod
    def prepare(cls, workspace: Workspace, unit: Unit, now: datetime) -> Ingest:
        """With what the store knows of every source."""
        by_name = {source.name: source for source in workspace.sources}
        return cls(workspace.publication, by_name, brain(workspace, unit), Titles.prepare(unit, now), now)

    def entries(self, unit: Unit, source: str, entries: Sequence[Entry]) -> tuple[int, int]:
        """Store what the source had not brought before: (candidates made, entries folded into others)."""
        if not entries:
            return 0, 0
        known = unit.entries.known_guids(source, [entry.guid for entry in entries])
        if len(known) == len({entry.guid for entry in entries}):
            return 0, 0
        urls = unit.entries.known_urls(source, [entry.url for entry in entries if entry.url])
        fresh = identity.unseen(entries, known, urls)
        owners = unit.entries.owners({key for entry in fresh for key in identity.entry_keys(entry)})
        arrivals = self._folded(unit, identity.arrange(fresh, owners, self.candidate))
        ids = unit.entries.add(arrivals, self.now)
        self.remember(unit, zip(arrivals, ids, strict=True))
        for arrival, owner in zip(arrivals, ids, strict=True):
            if arrival.new is None:
                self.copied.setdefault(owner, []).append(arrival)
        self._meet(source, arrivals, ids)
        made = sum(arrival.new is not None for arrival in arrivals)
        return made, len(arrivals) - made

    def remember(self, unit: Unit, made: Iterable[tuple[Arrival, int]]) -> None:
        """Let the titles of new candidates be found by those that come later."""
        self.titles.remember(unit, [self._titled(arrival, owner) for arrival, owner in made if arrival.new])

    def _titled(self, arrival: Arrival, owner: int) -> Titled:
        entry = arrival.entry
        return Titled(owner, entry.title, frozenset((entry.source,)), entry.published_at or self.now)

    def _folded(self, unit: Unit, arrivals: list[Arrival]) -> list[Arrival]:
        """Arrivals whose title is nearly that of a candidate join it; those a little like one are told of it."""
        asked = [at for at, arrival in enumerate(arrivals) if arrival.new]
        found = self.titles.matches(unit, [self._titled(arrivals[at], 0) for at in asked])
        joined = {arrival.joins for arrival in arrivals}
        for at, match in zip(asked, found, strict=True):
            arrival = arrivals[at]
            if match is None or arrival.new is None:
                continue
            if match.same and at not in joined and not leads.own_work(arrival.keys):
                arrivals[at] = replace(arrival, new=None, candidate_id=match.id)
                self.unmade[arrival.entry.source, arrival.entry.guid] = arrival.new
            else:
                arrivals[at] = replace(arrival, new=replace(arrival.new, similar=(Similar(match.id, match.likeness),)))
        return arrivals

    def settle(self, unit: Unit) -> None:
        """What the copies that came since the last time add to the candidates that they joined: links, a better lead, and the
        weight of being news."""
        owners = sorted(self.copied)
        for start in range(0, len(owners), AT_ONCE):
            self._settle(unit, owners[start : start + AT_ONCE])
        self.copied.clear()
        self.unmade.clear()

    def _settle(self, unit: Unit, owners: Sequence[int]) -> None:
        waiting: dict[int, Candidate] = {}
        for candidate in unit.candidates.of(owners):
            if candidate.status not in {Status.PENDING, Status.DEFERRED}:
                continue
            waiting[candidate.id] = candidate
            fields: dict[str, Any] = {}
            for arrival in self.copied[candidate.id]:
                entry = arrival.entry
                new = self.unmade.get((entry.source, entry.guid)) or self.candidate(entry, arrival.keys)
                fields |= leads.adopted(replace(candidate, **fields), new)
            if fields:
                unit.candidates.update(candidate.id, fields)
        changes: list[dict[str, Any]] = []
        for work in unit.learning.works_of(sorted(waiting)):
            sources = len({copy.source for copy in waiting[work.id].entries})
            points = rank.score(self.brain.ranking, replace(subject_of(work, self.brain), copies=sources), self.now)
            reasons = [[reason.points, reason.text] for reason in points.reasons]
            changes.append({"id": work.id, "score": points.value, "score_reasons": reasons})
        unit.candidates.rescore(changes)

    def _meet(self, source: str, arrivals: Sequence[Arrival], ids: Sequence[int]) -> None:
        if self.brain.ranking.history and self.brain.record(source, source).seen < NEWCOMER_SEEN:
            best = max(((one.new.score.value, owner) for one, owner in zip(arrivals, ids, strict=True) if one.new), default=None)
            if best is not None:
                self.newcomers[source] = max(best, self.newcomers.get(source, best))

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

    def candidate(self, entry: Entry, keys: tuple[str, ...], *, source_name: str | None = None) -> NewCandidate:
        """The candidate that an entry makes, with its fields filled in."""
        source = self.sources.get(entry.source)
        printed = source_name or _printed_source(entry, source)
        text = html_to_text(entry.summary or entry.content)
        title = entry.title or (entry.url or entry.guid)
        guess = sections.predict(
            self.publication,
            title=title,
            url=entry.url,
            source=printed,
            source_section=source.section if source else None,
            links=[link.url for link in entry.links],
            model=self.brain.sections,
        )
        subject = rank.Subject(title, text, printed, self.brain.record(entry.source, printed), entry.published_at)
        points = rank.score(self.brain.ranking, subject, self.now)
        return NewCandidate(
            keys=keys,
            title=title,
            url=entry.url,
            canonical_url=canonical(entry.url) if entry.url else None,
            section=guess,
            score=points,
            source=printed,
            author=entry.author,
            published_at=entry.published_at,
            summary="" if text == title else trim(text, SUMMARY_CHARS),
            tags=_tags(entry),
            links=entry.links,
            warnings=("this WeChat link expires: replace it by the permanent one",)
            if entry.url and is_temporary(entry.url)
            else (),
        )


def _printed_source(entry: Entry, source: Source | None) -> str:
    # A repository or a paper archive is no name that a reader looks for after the bar.
    if source is not None and source.kind in {"arxiv", "github"}:
        return ""
    return source.name if source is not None else (entry.feed_title or "")


def _tags(entry: Entry) -> tuple[str, ...]:
    paper = arxiv_id(entry.url) if entry.url else None
    return (paper,) if paper else ()
