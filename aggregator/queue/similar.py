"""Near-same titles: how alike two are, and whether they are copies of one work, a hint, or nothing. Pure.

Titles are compared by character pairs of Chinese and by Latin words, the rare ones counting more; `Rarity` learns from the
titles that pass by. What their words exclude is told by `wording`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

from aggregator.model.value import value
from aggregator.queue.wording import contradict, core, names, numbers, of_one_mould, tells, unframed
from aggregator.text import fold_title, is_cjk, tokens

WINDOW = timedelta(days=10)
GROUP_AT = 0.62
# Less likeness will do where titles share much that is rare, as many as so many features that no other title has.
RICH_AT = 0.48
RICH_FEATURES = 6.0
RICH_TITLES = 500
HINT_AT = 0.3
# What is less alike than this is not looked at more closely.
LOOK_AT = 0.4
# Or where the shorter title says much, and nearly all of it stands in the other, which must not be about much more.
HELD_RICH = 4.4
CORE_HELD = 0.65
HELD_OF = 0.35
# In days so close the same rare name is the same event: that of a book, or one in Latin letters beside the same figure.
SOON = timedelta(days=3)
NAME_FEATURES = 2.2
NAME_RARE = 0.65
FIGURE_FEATURES = 3.0
TELLING = 0.75
# Other Latin names tell two titles apart unless so much else is shared.
SURE_FEATURES = 9.0
_YEAR = re.compile(r"(?:19|20)\d\d")
HELD_FEATURES = 6
HELD_LENGTH = 0.6
HELD_SHARE = 0.85
ANCHORS = 6
BUCKETS = 1 << 16
# Weights are whole multiples of 1 / EXACT: their sums are exact, and the same in whatever order a set gives its features.
EXACT = 1 << 32


@lru_cache(maxsize=1_000)
def features(title: str) -> frozenset[str]:
    """What is compared: pairs of Chinese characters and Latin words of a title, without its column's name before a bar."""
    return frozenset(tokens(unframed(title)))


@lru_cache(maxsize=3_000)
def buckets(title: str) -> tuple[int, ...]:
    """The buckets of a title's features, in ascending order."""
    return tuple(sorted(map(bucket, features(title))))


def bucket(feature: str) -> int:
    """A feature as a number below BUCKETS, the same in every process."""
    return crc32(feature.encode()) % BUCKETS


# Of the features of all titles few are ever weighed, and these again and again.
_weighed_bucket = lru_cache(maxsize=10_000)(bucket)


class Rarity:
    """How often features occur in titles, counted in buckets so that it stays small: half a megabyte of numbers at most."""

    def __init__(self, counts: Iterable[int] = (), total: int = 0) -> None:
        self._counts = list(counts) or [0] * BUCKETS
        self.total = total
        self._weights = _Weights(self)
        self._sums: dict[frozenset[str], float] = {}
        self._weighed_at = total

    def learn(self, title: str) -> None:
        """Count the features of one more title."""
        self.total += 1
        counts = self._counts
        for number in buckets(title):
            counts[number] += 1
        if self.total > self._weighed_at * 1.02 + 20:
            self._weights.clear()
            self._sums.clear()
            self._weighed_at = self.total

    def weight(self, feature: str) -> float:
        """How much a feature says: the rarer, the more (smoothed idf). What was weighed lately keeps its weight for a while."""
        return self._weights[feature]

    def fresh_weight(self, feature: str) -> float:
        """The weight by the counts as they stand."""
        weight = math.log((self.total + 2.0) / (self._counts[_weighed_bucket(feature)] + 1.0)) + 0.2
        return round(weight * EXACT) / EXACT

    def weigh(self, found: Iterable[str]) -> float:
        """What features say together."""
        return sum(map(self._weights.__getitem__, found))

    def weigh_title(self, found: frozenset[str]) -> float:
        """The same for all features of a title, which is asked for again and again."""
        known = self._sums.get(found)
        if known is None:
            known = self._sums[found] = self.weigh(found)
        return known

    def anchors(self, title: str, count: int = ANCHORS) -> list[int]:
        """The buckets of a title's rarest features, by which it is found again; of two that are equally rare the lower."""
        return sorted(dict.fromkeys(buckets(title)), key=self._counts.__getitem__)[:count]

    def counts(self) -> list[int]:
        """The counts, to be kept."""
        return self._counts


class _Weights(dict[str, float]):
    def __init__(self, rarity: Rarity) -> None:
        super().__init__()
        self._rarity = rarity

    def __missing__(self, feature: str) -> float:
        weight = self[feature] = self._rarity.fresh_weight(feature)
        return weight


class Titled(NamedTuple):
    """A work to compare: its title, where it comes from, when it was published or else arrived. What was
    `decided` on takes no copies in by their titles: they would be hidden with it."""

    id: int
    title: str
    sources: frozenset[str]
    at: datetime
    decided: bool = False


@value
class Match:
    """The work most like another: `likeness` between 0 and 1; `same` when it counts as a copy, else it is a hint."""

    id: int
    likeness: float
    same: bool


def likeness(one: frozenset[str], other: frozenset[str], rarity: Rarity) -> float:
    """How alike two sets of features are, 0 to 1: the weighted cosine, or nearly the share of the shorter that the longer
    holds when that share is large (a title with a phrase added)."""
    shared = rarity.weigh(one & other)
    if not shared:
        return 0.0
    first, second = rarity.weigh_title(one), rarity.weigh_title(other)
    less, more = (first, second) if first <= second else (second, first)
    cosine = shared / math.sqrt(first * second)
    if shared < HELD_SHARE * less or less < HELD_LENGTH * more or min(len(one), len(other)) < HELD_FEATURES:
        return cosine
    return max(cosine, 0.85 * shared / less)


def _enough(work: Titled, other: Titled, rarity: Rarity) -> bool:
    """Whether the matter of two titles has enough in common to be of one work."""
    mine, theirs = features(core(work.title)), features(core(other.title))
    found = likeness(mine, theirs, rarity)
    if found >= GROUP_AT:
        return True
    if rarity.total < RICH_TITLES:
        return False
    # So much does a feature say that no other title has.
    unique = math.log(rarity.total + 2.0)
    shared = rarity.weigh(mine & theirs)
    less, more = sorted((rarity.weigh_title(mine), rarity.weigh_title(theirs)))
    rich = found >= RICH_AT and shared >= RICH_FEATURES * unique
    held = shared >= HELD_RICH * unique and shared >= CORE_HELD * less
    # A title that says many times as much as the other is about more than that.
    return ((rich or held) and less >= HELD_OF * more) or _of_one_event(work, other, rarity)


def _of_one_event(one: Titled, other: Titled, rarity: Rarity) -> bool:
    """Whether two titles of the same days name the same rare thing: a book or a report, or a name in Latin letters together with
    a figure."""
    if abs(other.at - one.at) > SOON or rarity.total < RICH_TITLES:
        return False
    unique = math.log(rarity.total + 2.0)
    left, right = core(one.title), core(other.title)
    for name in names(left) & names(right):
        found = features(name)
        if rarity.weigh(found) >= max(NAME_FEATURES, NAME_RARE * len(found)) * unique:
            return True
    both = features(left) & features(right)
    if rarity.weigh(both) < FIGURE_FEATURES * unique:
        return False
    telling = any(rarity.weight(word) >= TELLING * unique for word in _latin(both))
    return telling and any(not _YEAR.fullmatch(figure) for figure in numbers(left) & numbers(right))


def _latin(found: frozenset[str]) -> set[str]:
    words = {feature for feature in found if not is_cjk(feature) and len(feature) > 1 and not feature[0].isdigit()}
    return {word[:-1] if len(word) > 4 and word[-1] == "s" and word[-2] != "s" else word for word in words}


def best_match(work: Titled, others: Sequence[Titled], rarity: Rarity) -> Match | None:
    """The most alike of `others` within the window, a copy before what is none; None when none is alike enough for a hint.

    Titles of one source are a series rather than copies, so they are never the same; a title that is too short to say
    anything matches nothing.
    """
    mine, at = features(work.title), work.at
    alike: list[tuple[float, Titled]] = []
    for other in others:
        if abs(other.at - at) <= WINDOW and other.id != work.id:
            found = likeness(mine, features(other.title), rarity)
            if found >= HINT_AT:
                alike.append((found, other))
    if not alike or not tells(work.title):
        return None
    alike.sort(key=lambda pair: -pair[0])
    for found, other in alike:
        if found < LOOK_AT:
            break
        if not other.decided and copies(work, other, rarity) and _enough(work, other, rarity):
            return Match(other.id, round(found, 3), True)
    return Match(alike[0][1].id, round(alike[0][0], 3), False)


def may_copy(work: Titled, other: Titled) -> bool:
    """Whether two works can be copies for all but their titles."""
    return not other.decided and work.sources.isdisjoint(other.sources) and abs(other.at - work.at) <= WINDOW


def copies(one: Titled, other: Titled, rarity: Rarity) -> bool:
    """Whether nothing says that two titles which are alike cannot be of one work."""
    if one.sources & other.sources:
        return False
    if unframed(one.title) == unframed(other.title):
        return True
    if contradict(one.title, other.title):
        return False
    left, right = core(one.title), core(other.title)
    if fold_title(left) == fold_title(right):
        return True
    if of_one_mould(left, right) and not (names(left) & names(right) and _of_one_event(one, other, rarity)):
        return False
    return not _name_others(features(left), features(right), rarity)


def _name_others(mine: frozenset[str], theirs: frozenset[str], rarity: Rarity) -> bool:
    """Whether each title names something in Latin letters that the other does not, but for what is said in both ways
    (`HarmonyOS`, `OS`) and for titles that share so much beside that it does not matter."""
    first, second = _latin(mine), _latin(theirs)
    ours, others = _left(first - second, second - first), _left(second - first, first - second)
    if not (ours and others):
        return False
    return rarity.total < RICH_TITLES or rarity.weigh(mine & theirs) < SURE_FEATURES * math.log(rarity.total + 2.0)


def _left(words: set[str], others: set[str]) -> set[str]:
    """The words that none of `others` holds, and that hold none of them; a plural's end, which `_latin` takes away, is none."""
    return {word for word in words if not any(other in word + "s" or word in other + "s" for other in others)}
