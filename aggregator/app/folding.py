"""Near-same titles among what is stored and what comes in: which candidate an entry is a copy of, and which is a hint.

Every candidate is found again by the rarest features of its title (`title_anchor`). Those that arrived inside the window are
read once, when the first new title comes; a question then touches a few short lists however many candidates there are.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import compress, islice
from operator import eq

from aggregator.model import Status
from aggregator.queue.similar import ANCHORS, HINT_AT, WINDOW, Match, Rarity, Titled, best_match, may_copy
from aggregator.queue.wording import tells
from aggregator.store.polls.learning import Learnt
from aggregator.store.polls.unit import PollUnit

NAME = "titles"
ASKED = 7
_OPEN = frozenset({Status.PENDING, Status.DEFERRED, Status.APPROVED})
COMPARED = 8
# A feature that very many titles have tells none of them apart; the newest are asked, for copies come close together.
NEWEST = 64
HELD = 10_000
# As many candidates of one title are asked whether a work is a copy of theirs: what is called alike week after week has many.
TWINS = 16


@dataclass(slots=True)
class Titles:
    """The titles that a new one is compared with. `held` are those met in this run, the newest of them,
    as they stood at `event`, the number of the newest decision."""

    rarity: Rarity
    now: datetime
    by_bucket: dict[int, list[int]] = field(default_factory=dict)
    held: dict[int, Titled] = field(default_factory=dict)
    by_title: dict[str, tuple[int, ...]] = field(default_factory=dict)
    alone: dict[str, frozenset[str]] = field(default_factory=dict)
    anchors: dict[int, list[int]] = field(default_factory=dict)
    learnt: int = 0
    loaded: bool = False
    event: int | None = None

    @classmethod
    def prepare(cls, unit: PollUnit, now: datetime) -> Titles:
        """With what earlier runs have counted."""
        found = unit.learning.get(NAME)
        return cls(Rarity(found.data["counts"], found.data["total"]) if found else Rarity(), now)

    def _load(self, unit: PollUnit) -> None:
        found = defaultdict[int, list[int]](list)
        # An entry may be published long before it arrives, but its copies arrive about when it does.
        for owner, anchors in unit.learning.anchors(unit.learning.first_since(self.now - 2 * WINDOW)):
            for bucket in array("H", anchors):
                found[bucket].append(owner)
        for posted in found.values():
            del posted[:-NEWEST]
        self.by_bucket = dict(found)
        self.loaded = True

    def renew(self, unit: PollUnit) -> bool:
        """At the beginning of a transaction: what was decided since the last one may have closed what is held. True when it
        was let go of."""
        event, _ = unit.decisions.newest()
        decided, self.event = event != self.event, event
        if decided:
            self.held.clear()
            self.by_title.clear()
        return decided

    def only(self, source: str) -> frozenset[str]:
        """One source as a set: the same one for all its works, for each takes two hundred bytes."""
        found = self.alone.get(source)
        if found is None:
            found = self.alone[source] = frozenset((source,))
        return found

    def matches(self, unit: PollUnit, works: Sequence[Titled]) -> list[Match | None]:
        """For each work the candidate most like it, None for none."""
        if not self.loaded:
            self._load(unit)
        twins = list(map(self._twin, works))
        chosen = [() if twin else self._alike(work) for work, twin in zip(works, twins, strict=True)]
        missing = {owner for owners in chosen for owner in owners if owner not in self.held}
        if missing:
            for one in unit.learning.headings(sorted(missing)):
                sources = self.only(*one.sources) if len(one.sources) == 1 else one.sources
                self._hold(Titled(one.id, one.title, sources, one.at, one.status not in _OPEN))
        held = self.held
        return [
            twin or (best_match(work, [held[owner] for owner in owners if owner in held], self.rarity) if owners else None)
            for work, twin, owners in zip(works, twins, chosen, strict=True)
        ]

    def _twin(self, work: Titled) -> Match | None:
        """The newest candidate of this run with the very same title of which it is a copy: none can be more alike."""
        owners = self.by_title.get(work.title)
        if owners and tells(work.title):
            for owner in owners:
                if may_copy(work, self.held[owner]):
                    return Match(owner, 1.0, True)
        return None

    def _alike(self, work: Titled) -> Sequence[int]:
        """The candidates that share most of a title's rarest features, and two at the least."""
        asked: list[int] = []
        anchors = self.anchors[work.id] = self.rarity.anchors(work.title, ASKED)
        for bucket in anchors:
            if posted := self.by_bucket.get(bucket):
                asked += posted[-NEWEST:]
        # The lists are runs in order already, so sorting them and looking at neighbours is cheaper than counting all.
        ordered = sorted(asked, reverse=True)
        again = list(compress(ordered, map(eq, ordered, islice(ordered, 1, None))))
        if not again:
            return ()
        shared = Counter(again)
        if len(shared) > COMPARED:
            return sorted(shared, key=shared.__getitem__, reverse=True)[:COMPARED]
        return sorted(shared, key=asked.index)

    def remember(self, unit: PollUnit, works: Iterable[Titled]) -> None:
        """Candidates that were made: to be found by those that come after them."""
        rows: list[tuple[int, bytes]] = []
        for work in works:
            self.rarity.learn(work.title)
            self._hold(work)
            found = self.anchors.pop(work.id, None) or self.rarity.anchors(work.title)
            anchors = array("H", found[:ANCHORS])
            self._post(work.id, anchors)
            rows.append((work.id, anchors.tobytes()))
        self.anchors.clear()
        self.learnt += len(rows)
        unit.learning.anchor(rows)

    def join(self, owner: int, source: str) -> None:
        """A source has a candidate, too: what it brings next is no copy of it, but another part of a series."""
        known = self.held.get(owner)
        if known is not None and source not in known.sources:
            self.held[owner] = Titled(owner, known.title, known.sources | {source}, known.at, known.decided)

    def _post(self, owner: int, anchors: Iterable[int]) -> None:
        # Plain lists, cut now and then: most are of one or two, and a bounded deque takes half a kilobyte from the start.
        for bucket in anchors:
            posted = self.by_bucket.get(bucket)
            if posted is None:
                self.by_bucket[bucket] = [owner]
                continue
            posted.append(owner)
            if len(posted) >= 2 * NEWEST:
                del posted[:-NEWEST]

    def _hold(self, work: Titled) -> None:
        self.held[work.id] = work
        others = self.by_title.get(work.title)
        self.by_title[work.title] = (work.id, *others[: TWINS - 1]) if others else (work.id,)
        if len(self.held) > HELD:
            self._let_go(self.held.pop(next(iter(self.held))))

    def _let_go(self, oldest: Titled) -> None:
        left = tuple(owner for owner in self.by_title.get(oldest.title, ()) if owner != oldest.id)
        if left:
            self.by_title[oldest.title] = left
        else:
            self.by_title.pop(oldest.title, None)

    def keep(self, unit: PollUnit) -> None:
        """Keep the counts for the next run, when this one has added to them."""
        if self.learnt:
            data = {"counts": self.rarity.counts(), "total": self.rarity.total}
            unit.learning.put(NAME, Learnt(self.now, {"hint_at": HINT_AT}, data))
            self.learnt = 0
