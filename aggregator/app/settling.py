"""What copies add to the candidates that they join: links, a better lead, and the weight of being news.

The newest candidates of a run are held in memory as far as copies change them; older ones, and stored ones to which a copy adds
more than a count, are read from the store, with all that was folded into them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any

from aggregator.app.copying import READ_CHARS, SUMMARY_CHARS
from aggregator.app.making import Maker
from aggregator.model import Candidate, Entry, Link, NewCandidate, Score, Status
from aggregator.queue import leads, rank
from aggregator.store.mapping import candidate_value
from aggregator.store.store import Unit
from aggregator.text import head_text

HELD = 10_000
AT_ONCE = 500
_UNDECIDED = frozenset({Status.PENDING, Status.DEFERRED})


@dataclass(slots=True)
class _Standing:
    """A candidate of this run: what leads, `first` and all other sources that have it, its score as long as one had it
    (None: to be found), the stance with which it leads (None: to be found), the columns that copies changed."""

    title: str
    url: str | None
    links: tuple[Link, ...]
    summary: str
    tags: tuple[str, ...]
    source: str
    published_at: datetime | None
    first: str
    alone: Score | None
    stance: leads.Stance | None = None
    others: tuple[str, ...] = ()
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settling:
    """Lets copies join the candidates of their works."""

    maker: Maker
    now: datetime
    held: dict[int, _Standing] = field(default_factory=dict)
    changed: set[int] = field(default_factory=set)
    fresh: set[int] = field(default_factory=set)

    def stand(self, owner: int, new: NewCandidate, source: str) -> None:
        """A candidate that one source brought, not stored yet."""
        self.fresh.add(owner)
        self.held[owner] = _Standing(
            new.title, new.url, new.links, new.summary, new.tags, new.source, new.published_at, source, new.score
        )

    def forget(self) -> None:
        """Hold nothing any longer: the store knows better."""
        self.held.clear()
        self.changed.clear()
        self.fresh.clear()

    def join(self, owner: int, copy: Entry) -> bool:
        """A copy joins a candidate that is held; False when it is not, or not any longer: what is stored may have been filled
        in from its page meanwhile, which is no decision, so more than a count is not added without a look at it."""
        standing = self.held.get(owner)
        if standing is None:
            return False
        fields = self._adopted(standing, copy)
        if fields and owner not in self.fresh:
            del self.held[owner]
            self.changed.discard(owner)
            return False
        if copy.source != standing.first and copy.source not in standing.others:
            standing.others += (copy.source,)
            self.changed.add(owner)
        if fields:
            self._adopt(standing, fields)
            self.changed.add(owner)
        return True

    def _adopted(self, standing: _Standing, copy: Entry) -> dict[str, Any]:
        if standing.stance is None:
            standing.stance = leads.stance(standing.title, standing.url, len(standing.summary))
        may_lead = _may_lead(copy, standing.title, standing.stance)
        if not (may_lead or copy.links or leads.official(copy.url)):
            return {}  # it does no more than be counted, as most
        return leads.adopted(standing, self.maker.challenger(copy, may_lead), raw=standing.title)

    def _adopt(self, standing: _Standing, fields: dict[str, Any]) -> None:
        standing.fields |= fields
        for name in ("title", "url", "links", "summary", "tags", "source"):
            if name in fields:
                setattr(standing, name, fields[name])
        if "title" in fields:
            standing.stance = standing.alone = None

    def changes(self) -> dict[int, dict[str, Any]]:
        """The fields that copies have changed since this was last asked for, by candidate; values as Candidate holds them."""
        found = {owner: self._changes(self.held[owner]) for owner in sorted(self.changed)}
        self.changed.clear()
        self.fresh.clear()
        for oldest in list(islice(self.held, max(len(self.held) - HELD, 0))):
            del self.held[oldest]
        return found

    def _changes(self, standing: _Standing) -> dict[str, Any]:
        if standing.alone is None:
            standing.alone = self._score(standing, standing.first, 1)
        score = rank.with_copies(standing.alone, 1 + len(standing.others))
        fields, standing.fields = standing.fields, {}
        return fields | {"score": score.value, "score_reasons": score.reasons}

    def _score(self, lead: _Standing | Candidate, first: str, copies: int) -> Score:
        title = lead.title if isinstance(lead, _Standing) else lead.title_raw
        record = self.maker.brain.record(first, lead.source)
        subject = rank.Subject(title, lead.summary, lead.source or first, record, lead.published_at, copies)
        return rank.score(self.maker.brain.ranking, subject, self.now)

    def settle(self, unit: Unit, joined: Iterable[tuple[int, Entry]]) -> None:
        """Copies, already stored, that joined candidates that are not held."""
        by_owner: dict[int, list[Entry]] = {}
        for owner, copy in joined:
            by_owner.setdefault(owner, []).append(copy)
        owners = sorted(by_owner)
        for start in range(0, len(owners), AT_ONCE):
            found = unit.candidates.of(owners[start : start + AT_ONCE], past=False)
            changes = [columns(one.id, self._grown(one, by_owner[one.id])) for one in found if one.status in _UNDECIDED]
            unit.candidates.rescore(changes)

    def _grown(self, candidate: Candidate, copies: Iterable[Entry]) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for copy in copies:
            holder = replace(candidate, **fields) if fields else candidate
            stance = leads.stance(holder.title_raw, holder.url, len(holder.summary))
            against = self.maker.challenger(copy, _may_lead(copy, holder.title_raw, stance))
            fields |= leads.adopted(holder, against, raw=holder.title_raw)
        grown = replace(candidate, **fields) if fields else candidate
        first = grown.entries[0].source if grown.entries else ""
        points = self._score(grown, first, len({one.source for one in grown.entries}))
        return fields | {"score": points.value, "score_reasons": points.reasons}


def _may_lead(copy: Entry, title: str, holder: leads.Stance) -> bool:
    """Whether a copy could lead, with whatever summary is made of its text; most are ruled out before that is read."""
    official = leads.official(copy.url)
    reprint = holder.reprint if copy.title == title else leads.reprint(copy.title)
    fuller = holder.summary_chars + leads.FULLER_BY
    chars = 0
    if (official, reprint) == (holder.official, holder.reprint) and fuller < SUMMARY_CHARS:
        chars = min(len(head_text(copy.summary or copy.content, READ_CHARS)), SUMMARY_CHARS)
    return leads.leads(leads.Stance(official, reprint, chars), holder)


def columns(owner: int, fields: dict[str, Any]) -> dict[str, Any]:
    """Fields of a candidate as a row for `Candidates.rescore`."""
    return {"id": owner} | {name: candidate_value(name, value) for name, value in fields.items()}
