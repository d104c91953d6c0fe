"""A trained linear model as plain data: features with their weights, a score that is a sum, and the sum's parts. Pure.

Training needs scikit-learn (`training.py`); scoring does not. A model goes into the store as JSON and comes back by `load`.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat
from operator import add, mul, truediv
from typing import Any, NamedTuple

from aggregator.errors import StoreError

FORMAT = 1
GRAMS = (1, 2, 3)
MAX_CHARS = 200
CJK_TERM = 6
_RUN = re.compile(r"(?P<latin>[a-zA-Z0-9+#.-]+)|(?P<cjk>[^\W_a-zA-Z0-9]+)|(?P<mark>(?:[^\w+#.-]|_)+)")


def grams(folded: str) -> list[str]:
    """Character n-grams of a folded title, in order, with repeats; blanks count as characters."""
    text = folded[:MAX_CHARS]
    found: list[str] = []
    longer = list(text)
    for size in GRAMS:
        found += longer
        longer = list(map(add, longer, text[size:]))
    return found


class Counted(NamedTuple):
    """The n-grams of a title: all in order (`pieces`), each once with how often it stands there (`counts`); for those that stand
    there more than once their places in `counts` and their sublinear frequency; over how many characters each is spread."""

    pieces: Sequence[str]
    counts: Mapping[str, int]
    repeated: Sequence[tuple[int, float]]
    spread: Sequence[int]


@lru_cache(maxsize=64)
def counted(folded: str) -> Counted:
    """The n-grams of a title: several models ask for the same title one after the other."""
    pieces = grams(folded)
    counts = Counter(pieces)
    repeated = [(at, 1.0 + math.log(count)) for at, count in enumerate(counts.values()) if count > 1]
    return Counted(pieces, counts, repeated, list(map(mul, counts.values(), map(len, counts))))


class Vector(NamedTuple):
    """The TF-IDF vector of a title, of length one: what the model has for each n-gram of `counted`, and the n-gram's value;
    zeros for one that it does not know."""

    rows: Sequence[tuple[float, ...]]
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class Linear:
    """`grams` gives for each n-gram its TF-IDF's idf, which is needed for the length of a title's vector, and then its weight
    toward every output. `extra` are the weights of features that are no n-grams."""

    outputs: tuple[str, ...]
    intercepts: tuple[float, ...]
    grams: Mapping[str, tuple[float, ...]]
    extra: Mapping[str, tuple[float, ...]]

    def vector(self, folded: str) -> Vector:
        """The vector of a title: sublinear term frequency, smoothed idf, known n-grams only."""
        title = counted(folded)
        unknown = (0.0,) * (1 + len(self.outputs))
        rows = list(map(self.grams.get, title.counts, repeat(unknown)))
        values = [row[0] for row in rows]
        for at, frequency in title.repeated:
            values[at] *= frequency
        length = math.sqrt(math.fsum(map(mul, values, values)))
        return Vector(rows, list(map(truediv, values, repeat(length))) if length else values)

    def decide(self, folded: str, extra: Mapping[str, float], vector: Vector | None = None) -> list[float]:
        """The score of every output. `vector` is that of the title, where it is known."""
        totals = list(self.intercepts)
        vector = self.vector(folded) if vector is None else vector
        _, *by_output = zip(*vector.rows, strict=True) if vector.rows else ((),)
        for index, weights in enumerate(by_output):
            totals[index] += sum(map(mul, weights, vector.values))
        known = [(self.extra[name], value) for name, value in extra.items() if name in self.extra]
        for index in range(len(totals)):
            totals[index] += sum([weights[index] * value for weights, value in known])
        return totals

    def terms(self, folded: str, output: int, vector: Vector | None = None) -> list[tuple[str, float]]:
        """The n-grams' contributions to one output, brought together to readable terms of the title, in its order.

        A contribution is shared evenly by the characters that its n-gram covers; characters make terms by `_spans`.
        """
        text = folded[:MAX_CHARS]
        title = counted(folded)
        rows, values = self.vector(folded) if vector is None else vector
        at = output + 1
        points = [row[at] * value / spread for row, value, spread in zip(rows, values, title.spread, strict=True)]
        if title.repeated:
            points = list(map(dict(zip(title.counts, points, strict=True)).__getitem__, title.pieces))
        share = _shares(len(text), points)
        return [(text[start:end], math.fsum(share[start:end])) for start, end in _spans(text, share)]

    def dump(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "format": FORMAT,
            "outputs": list(self.outputs),
            "intercepts": list(self.intercepts),
            "grams": {gram: list(row) for gram, row in self.grams.items()},
            "extra": {name: list(weights) for name, weights in self.extra.items()},
        }

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Linear:
        """From JSON values. Raises StoreError for what `dump` did not write."""
        try:
            if data["format"] != FORMAT:
                raise StoreError(f"a model of format {data['format']}", fix="aggregator queue train", code="E309")
            return cls(
                tuple(data["outputs"]),
                tuple(data["intercepts"]),
                {gram: (row[0], *row[1:]) for gram, row in data["grams"].items()},
                {name: tuple(row) for name, row in data["extra"].items()},
            )
        except (KeyError, TypeError, IndexError, AttributeError) as error:
            raise StoreError(
                "a stored model cannot be read", why=repr(error), fix="aggregator queue train", code="E309"
            ) from error


def _shares(length: int, points: Sequence[float]) -> list[float]:
    """What each character of a title has of the points of its n-grams. Each n-gram adds the same to all characters that it
    covers, so a character has a share of those that begin at it and just before it."""
    ones, twos, threes = points[:length], points[length : 2 * length - 1], points[2 * length - 1 :]
    return [
        one + before + at + first + second + third
        for one, before, at, first, second, third in zip(
            ones, (0.0, *twos), (*twos, 0.0), (0.0, 0.0, *threes), (0.0, *threes, 0.0), (*threes, 0.0, 0.0), strict=False
        )
    ]


def _spans(text: str, share: Sequence[float]) -> Iterator[tuple[int, int]]:
    """Where a title is cut into terms: a Latin word is one, a Chinese run is cut where its characters change sides."""
    for match in _RUN.finditer(text):
        start, end = match.span()
        if match.lastgroup == "cjk":
            for index in range(start + 1, end):
                if (share[index] > 0) != (share[index - 1] > 0) or index - start >= CJK_TERM:
                    yield start, index
                    start = index
        yield start, end
