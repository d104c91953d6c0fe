"""Near-same titles: how alike two are, and whether they are copies of one work, a hint, or nothing. Pure.

Titles are compared by character pairs of Chinese and by Latin words, the rare ones counting more; `Rarity` learns from the
titles that pass by. Parts of a series (v0.5 and v0.6, 上 and 下, two dates) are alike and yet no copies.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from functools import lru_cache
from sys import intern
from zlib import crc32

from aggregator.text import fold, fold_title, is_cjk, tokens

WINDOW = timedelta(days=10)
GROUP_AT = 0.62
# Less likeness will do where titles share much that is rare, as many as so many features that no other title has.
RICH_AT = 0.48
RICH_FEATURES = 6.0
RICH_TITLES = 500
HINT_AT = 0.3
MIN_CHARS = 6
MOULD_AROUND = 3
MOULD_INSIDE = 4
HELD_FEATURES = 6
HELD_LENGTH = 0.6
HELD_SHARE = 0.85
ANCHORS = 6
BUCKETS = 1 << 16
_NUMBER = re.compile(r"\d+(?:[./:-]\d+)*")
_PART = re.compile(
    r"[第(（\[【]\s*([一二三四五六七八九十百]+|[上中下])\s*[)）\]】期篇章部讲集弹]|([上中下][篇集部]?|[一二三四五六七八九十]+|[^\W\d_]{1,6}篇)\s*$"
)
_FRAME = re.compile(r"^(?:(?:【[^】]{1,12}】|\[[^\]]{1,12}\]|[^|｜丨]{1,14}\s*[|｜丨])\s*(?:@[^：:]{1,12}[：:]|\d+-)?\s*)")


@lru_cache(maxsize=5_000)
def features(title: str) -> frozenset[str]:
    """What is compared: pairs of Chinese characters and Latin words of a title, without its column's name before a bar."""
    # The same words come again and again: one text for each keeps ten thousand titles small.
    return frozenset(map(intern, tokens(unframed(title))))


def unframed(title: str) -> str:
    """A title without the name of the column it stands in (`【第9期】`, `干货 |`), as long as enough is left."""
    bare = _FRAME.sub("", title, count=1)
    return bare if len(fold_title(bare)) >= MIN_CHARS else title


@lru_cache(maxsize=50_000)
def bucket(feature: str) -> int:
    """A feature as a number below BUCKETS, the same in every process."""
    return crc32(feature.encode("utf-8", "surrogatepass")) % BUCKETS


class Rarity:
    """How often features occur in titles, counted in buckets so that it stays small: half a megabyte of numbers at most."""

    def __init__(self, counts: Iterable[int] = (), total: int = 0) -> None:
        self._counts = list(counts) or [0] * BUCKETS
        self.total = total
        self._weights = _Weights(self)
        self._sums: dict[frozenset[str], float] = {}
        self._weighed_at = total

    def learn(self, found: Iterable[str]) -> None:
        """Count the features of one more title."""
        self.total += 1
        counts = self._counts
        for number in map(bucket, found):
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
        return math.log((self.total + 2.0) / (self._counts[bucket(feature)] + 1.0)) + 0.2

    def weigh(self, found: Iterable[str]) -> float:
        """What features say together."""
        return sum(map(self._weights.__getitem__, found))

    def weigh_title(self, found: frozenset[str]) -> float:
        """The same for all features of a title, which is asked for again and again."""
        known = self._sums.get(found)
        if known is None:
            known = self._sums[found] = self.weigh(found)
        return known

    def anchors(self, found: Iterable[str], count: int = ANCHORS) -> list[int]:
        """The buckets of a title's rarest features, by which it is found again; of two that are equally rare the lower."""
        return sorted(sorted(set(map(bucket, found))), key=self._counts.__getitem__)[:count]

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


@dataclass(frozen=True, slots=True)
class Titled:
    """A work to compare: its title, where it comes from, when it was published or else arrived. What was
    `decided` on takes no copies in by their titles: they would be hidden with it."""

    id: int
    title: str
    sources: frozenset[str]
    at: datetime
    decided: bool = False

    @property
    def features(self) -> frozenset[str]:
        """What of the title is compared."""
        return features(self.title)


@dataclass(frozen=True, slots=True)
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
    cosine = shared / math.sqrt(first * second)
    held = shared / min(first, second)
    enough = min(len(one), len(other)) >= HELD_FEATURES and min(first, second) >= HELD_LENGTH * max(first, second)
    return max(cosine, 0.85 * held if enough and held >= HELD_SHARE else 0.0)


def _enough(found: float, mine: frozenset[str], theirs: frozenset[str], rarity: Rarity) -> bool:
    if found >= GROUP_AT:
        return True
    rich = RICH_FEATURES * math.log(rarity.total + 2.0)
    return found >= RICH_AT and rarity.total >= RICH_TITLES and rarity.weigh(mine & theirs) >= rich


def contradict(one: str, other: str) -> bool:
    """True when two titles name different numbers, versions or parts, or each a Latin word that the other lacks."""
    for find in (_numbers, _parts):
        first, second = find(one), find(other)
        if first - second and second - first:
            return True
    first, second = _parts(one), _parts(other)
    return bool(first) != bool(second) and bool(first | second) and fold_title(one)[:8] == fold_title(other)[:8]


def _numbers(title: str) -> set[str]:
    return set(_NUMBER.findall(fold(title)))


def _parts(title: str) -> set[str]:
    return {
        (match[1] or match[2])[0] if (match[1] or match[2])[0] in "上中下" else (match[1] or match[2])
        for match in _PART.finditer(title)
    }


def _latin(found: frozenset[str]) -> set[str]:
    words = {feature for feature in found if not is_cjk(feature) and len(feature) > 1 and not feature[0].isdigit()}
    return {word[:-1] if len(word) > 4 and word[-1] == "s" and word[-2] != "s" else word for word in words}


def best_match(work: Titled, others: Sequence[Titled], rarity: Rarity) -> Match | None:
    """The most alike of `others` within the window, None when none is alike enough for a hint.

    Titles of one source are a series rather than copies, so they are never the same; a title that is too short to say
    anything matches nothing.
    """
    mine = work.features
    if len(fold_title(work.title)) < MIN_CHARS:
        return None
    best: Titled | None = None
    most = HINT_AT
    for other in others:
        if other.id == work.id or abs(other.at - work.at) > WINDOW:
            continue
        found = likeness(mine, other.features, rarity)
        if found > most or (best is None and found == most):
            best, most = other, found
    if best is None:
        return None
    theirs = best.features
    same = not best.decided and _enough(most, mine, theirs, rarity) and copies(work, best, mine, theirs)
    return Match(best.id, round(most, 3), same)


def twins(work: Titled, other: Titled) -> bool:
    """Whether two works of the very same title are copies, as `best_match` would say: no other can be more alike."""
    near = abs(other.at - work.at) <= WINDOW and not other.decided and not work.sources & other.sources
    return near and work.title == other.title and len(fold_title(work.title)) >= MIN_CHARS


def of_one_mould(one: str, other: str) -> bool:
    """True when two titles are cast alike around different matter ("论NLP领域的内卷", "论AI领域的内卷")."""
    first, second = fold_title(one), fold_title(other)
    start = _common(first, second)
    end = _common(first[start:][::-1], second[start:][::-1])
    left, right = first[start : len(first) - end], second[start : len(second) - end]
    shorter = min(len(first), len(second))
    if start >= 1 and min(len(left), len(right)) >= 2 and start + end >= shorter * 0.4 and not set(left) & set(right):
        return True
    return _replaced_inside(first, second)


def _replaced_inside(first: str, second: str) -> bool:
    """True when between two long pieces that both titles have each has other matter of its own."""
    steps = SequenceMatcher(None, first, second, autojunk=False).get_opcodes()
    for before, step, after in zip(steps, steps[1:], steps[2:], strict=False):
        _, start, end, other_start, other_end = step
        around = before[0] == after[0] == "equal" and min(before[2] - before[1], after[2] - after[1]) >= MOULD_AROUND
        if step[0] == "replace" and around and min(end - start, other_end - other_start) >= MOULD_INSIDE:
            return True
    return False


def _common(one: str, other: str) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def copies(one: Titled, other: Titled, mine: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether two titles that are alike can be of one work."""
    if one.sources & other.sources:
        return False
    left, right = unframed(one.title), unframed(other.title)
    if left == right:
        return True
    if contradict(left, right) or of_one_mould(left, right):
        return False
    first, second = _latin(mine), _latin(theirs)
    return not (first - second and second - first)
