"""What copies add to the candidates that they join: links, a better lead, and the weight of being news.

The newest candidates of a run are held in memory as far as copies change them; all others, and those to which a copy adds more
than a count when somebody else has written meanwhile, are read from the store, and held from then on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from aggregator.app.copying import READ_CHARS, SUMMARY_CHARS, copy_of
from aggregator.app.making import Maker
from aggregator.model import Candidate, Entry, Link, NewCandidate, Score, Status
from aggregator.queue import leads, rank
from aggregator.store.mapping import candidate_value
from aggregator.store.polls.unit import PollUnit
from aggregator.store.way import Mark
from aggregator.text import head_text

HELD = 10_000
AT_ONCE = 500
_UNDECIDED = frozenset({Status.PENDING, Status.DEFERRED})


@dataclass(slots=True)
class _Standing:
    """A candidate to which copies come: what leads, the title as it came (`raw`), `first` and all `others` of the sources that
    have it, its score as long as one had it (None: to be found), the stance with which it leads (None: to be found), the
    columns that copies changed (None: none), and the `turn` in which it was certain to stand in the store as it does here."""

    title: str
    raw: str
    url: str | None
    links: tuple[Link, ...]
    summary: str
    tags: tuple[str, ...]
    source: str
    published_at: datetime | None
    first: str
    turn: int
    alone: Score | None = None
    stance: leads.Stance | None = None
    others: tuple[str, ...] = ()
    fields: dict[str, Any] | None = None


@dataclass(slots=True)
class Settling:
    """Lets copies join the candidates of their works. `changed` are those of the `held` that copies have changed since that was
    stored. A `turn` ends when somebody else writes: what is held of the turns before may have changed in the store."""

    maker: Maker
    now: datetime
    held: dict[int, _Standing] = field(default_factory=dict)
    changed: set[int] = field(default_factory=set)
    turn: int = 0
    _mark: Mark | None = None

    def stand(self, owner: int, new: NewCandidate, source: str) -> None:
        """A candidate that one source brought, not stored yet."""
        shown = (new.title, new.title, new.url, new.links, new.summary, new.tags, new.source, new.published_at)
        self.held[owner] = _Standing(*shown, source, self.turn, new.score)

    def forget(self) -> None:
        """Hold nothing any longer: the store knows better."""
        self.held.clear()
        self.changed.clear()

    def begin(self, unit: PollUnit) -> None:
        """At the beginning of a transaction: what others have written since the last one may be about what is held. A page
        that was read, which is no decision, fills in fields."""
        mark = unit.entries.mark()
        if mark is None or mark != self._mark:
            self.turn += 1

    def end(self, unit: PollUnit) -> None:
        """At the end of a transaction, when nothing more is written in it."""
        self._mark = unit.entries.mark()

    def join(self, owner: int, copy: Entry) -> bool:
        """A copy joins a candidate that is held; False when it is not, or not any longer: to what may have changed in the store,
        more than a count is not added without a look at it."""
        standing = self.held.get(owner)
        if standing is None:
            return False
        fields = self._adopted(standing, copy)
        if fields and standing.turn != self.turn:
            del self.held[owner]
            self.changed.discard(owner)
            return False
        source = copy.source
        if source != standing.first and source not in standing.others:
            standing.others += (source,)
            self.changed.add(owner)
        if fields:
            self._adopt(standing, fields)
            self.changed.add(owner)
        return True

    def _adopted(self, standing: _Standing, copy: Entry) -> dict[str, Any]:
        if standing.stance is None:
            standing.stance = leads.stance(standing.raw, standing.url, len(standing.summary))
        official = leads.official(copy.url)
        text = _leading_text(copy, official, standing.raw, standing.stance)
        if text is None and not official and not copy.links:
            return {}  # it does no more than be counted, as most
        return leads.adopted(standing, copy_of(self.maker.names, copy, text=text or ""), raw=standing.raw)

    def _adopt(self, standing: _Standing, fields: dict[str, Any]) -> None:
        standing.fields = (standing.fields or {}) | fields
        for name in ("title", "url", "links", "summary", "tags", "source"):
            if name in fields:
                setattr(standing, name, fields[name])
        if "title_raw" in fields:
            standing.raw, standing.stance, standing.alone = fields["title_raw"], None, None

    def changes(self) -> dict[int, dict[str, Any]]:
        """The fields that copies have changed since this was last asked for, by candidate; values as Candidate holds them."""
        found = {owner: self._changes(self.held[owner]) for owner in sorted(self.changed)}
        self.changed.clear()
        for oldest in list(islice(self.held, max(len(self.held) - HELD, 0))):
            del self.held[oldest]
        return found

    def _changes(self, standing: _Standing) -> dict[str, Any]:
        if standing.alone is None:
            standing.alone = self._score(standing)
        score = rank.with_copies(standing.alone, 1 + len(standing.others))
        counted = {"score": score.value, "score_reasons": score.reasons}
        if standing.fields is None:
            return counted
        fields, standing.fields = standing.fields, None
        return fields | counted

    def _score(self, lead: _Standing) -> Score:
        record = self.maker.brain.record(lead.first, lead.source)
        subject = rank.Subject(lead.raw, lead.summary, lead.source or lead.first, record, lead.published_at)
        return rank.score(self.maker.brain.ranking, subject, self.now)

    def settle(self, unit: PollUnit, joined: Iterable[tuple[int, Entry]]) -> None:
        """Copies, already stored, that joined candidates that are not held."""
        by_owner: dict[int, list[Entry]] = {}
        for owner, copy in joined:
            by_owner.setdefault(owner, []).append(copy)
        owners = sorted(by_owner)
        for start in range(0, len(owners), AT_ONCE):
            for candidate in unit.candidates.without_past(owners[start : start + AT_ONCE]):
                if candidate.status in _UNDECIDED:
                    self._take_up(candidate, by_owner[candidate.id])
            unit.candidates.rescore([columns(owner, fields) for owner, fields in self.changes().items()])

    def _take_up(self, candidate: Candidate, copies: Iterable[Entry]) -> None:
        self.held[candidate.id] = self._standing(candidate)
        for copy in copies:
            self.join(candidate.id, copy)
        self.changed.add(candidate.id)  # though its copies are among the entries that it was read with

    def _standing(self, one: Candidate) -> _Standing:
        first, *others = dict.fromkeys(copy.source for copy in one.entries) or ("",)
        shown = (one.title, one.title_raw, one.url, one.links, one.summary, one.tags, one.source, one.published_at)
        return _Standing(*shown, first, self.turn, others=tuple(others))


def _leading_text(copy: Entry, official: bool, title: str, holder: leads.Stance) -> str | None:
    """The beginning of the text of a copy that may lead; None where it cannot, whatever summary is made of that: most are ruled
    out before it is read."""
    markup = copy.summary or copy.content
    reprint = holder.reprint if copy.title == title else leads.reprint(copy.title)
    if official is not holder.official or reprint is not holder.reprint:
        return head_text(markup, READ_CHARS) if leads.leads(leads.Stance(official, reprint, 0), holder) else None
    held = holder.summary_chars + leads.FULLER_BY
    if held >= min(len(markup), SUMMARY_CHARS):  # no text is longer than its markup
        return None
    text = head_text(markup, READ_CHARS)
    return text if len(text) > held else None


def columns(owner: int, fields: dict[str, Any]) -> dict[str, Any]:
    """Fields of a candidate as a row for `Candidates.rescore`."""
    row: dict[str, Any] = {"id": owner}
    for name, value in fields.items():
        row[name] = candidate_value(name, value)
    return row
