"""Near-same titles among what is stored and what comes in: which candidate an entry is a copy of, and which is a hint.

Every candidate is found again by its rarest features (`title_gram`); a new title asks with its own rarest ones, so that a
question touches a few rows however many candidates there are. What this run has made is kept in memory besides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from aggregator.model import Status
from aggregator.queue.similar import HINT_AT, WINDOW, Match, Rarity, Titled, best_match
from aggregator.store.learning import Learnt

if TYPE_CHECKING:
    from aggregator.store.store import Unit

NAME = "titles"
ASKED = 7
_OPEN = frozenset({Status.PENDING, Status.DEFERRED, Status.APPROVED})
COMPARED = 8
# A feature that very many titles have tells none of them apart; the newest are asked, for copies come close together.
NEWEST = 100


@dataclass(slots=True)
class Titles:
    """The titles that a new one is compared with. `since` is the first stored candidate inside the window, `stored` one above
    the last that was stored when the run began."""

    rarity: Rarity
    since: int
    stored: int
    now: datetime
    by_bucket: dict[int, list[int]] = field(default_factory=dict)
    made: dict[int, Titled] = field(default_factory=dict)
    learnt: int = 0

    @classmethod
    def prepare(cls, unit: Unit, now: datetime) -> Titles:
        """With what earlier runs have counted."""
        found = unit.learning.get(NAME)
        rarity = Rarity(found.data["counts"], found.data["total"]) if found else Rarity()
        # An entry may be published long before it arrives, but its copies arrive about when it does.
        return cls(rarity, unit.learning.first_since(now - 2 * WINDOW), unit.learning.next_id(), now)

    def matches(self, unit: Unit, works: Sequence[Titled]) -> list[Match | None]:
        """For each work the candidate most like it, None for none."""
        asked = [sorted(self.rarity.anchors(work.features, ASKED)) for work in works]
        hits = [Counter(owner for bucket in buckets for owner in self.by_bucket.get(bucket, ())[-NEWEST:]) for buckets in asked]
        known = dict(self.made)
        if self.since < self.stored:
            stored = unit.learning.with_buckets({bucket for buckets in asked for bucket in buckets}, self.since, self.stored)
            for buckets, counted in zip(asked, hits, strict=True):
                counted.update(owner for bucket in buckets for owner in stored.get(bucket, ()))
        chosen = [[owner for owner, count in counted.most_common(COMPARED) if count > 1] for counted in hits]
        missing = sorted({owner for owners in chosen for owner in owners if owner not in known})
        for heading, sources in unit.learning.headings(missing):
            known[heading.id] = Titled(
                heading.id, heading.title, sources, heading.published_at or heading.arrived_at, heading.status not in _OPEN
            )
        return [
            best_match(work, [known[owner] for owner in owners if owner in known], self.rarity) if owners else None
            for work, owners in zip(works, chosen, strict=True)
        ]

    def remember(self, unit: Unit, works: Sequence[Titled]) -> None:
        """Candidates that were made: to be found by those that come after them."""
        rows: list[tuple[int, int]] = []
        for work in works:
            found = work.features
            self.rarity.learn(found)
            self.learnt += 1
            self.made[work.id] = work
            for bucket in self.rarity.anchors(found):
                self.by_bucket.setdefault(bucket, []).append(work.id)
                rows.append((bucket, work.id))
        unit.learning.remember_titles(rows)

    def keep(self, unit: Unit) -> None:
        """Keep the counts for the next run, when this one has added to them."""
        if self.learnt:
            data = {"counts": self.rarity.counts(), "total": self.rarity.total}
            unit.learning.put(NAME, Learnt(self.now, {"hint_at": HINT_AT}, data))
            self.learnt = 0
