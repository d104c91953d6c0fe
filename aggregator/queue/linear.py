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
from operator import add
from typing import Any

from aggregator.errors import StoreError

FORMAT = 1
GRAMS = (1, 2, 3)
MAX_CHARS = 200
CJK_TERM = 6
_RUN = re.compile(r"(?P<latin>[a-zA-Z0-9+#.-]+)|(?P<cjk>[^\W_a-zA-Z0-9]+)|(?P<mark>(?:[^\w+#.-]|_)+)")


def grams(folded: str) -> list[str]:
    """Character n-grams of a folded title, in order, with repeats; blanks count as characters."""
    text = folded[:MAX_CHARS]
    return [text[at : at + size] for size in GRAMS for at in range(len(text) - size + 1)]


@lru_cache(maxsize=64)
def _counted(folded: str) -> tuple[list[str], Counter[str]]:
    """The n-grams of a title, and how often each stands in it: several models ask for the same title one after the other."""
    pieces = grams(folded)
    return pieces, Counter(pieces)


@dataclass(frozen=True, slots=True)
class Linear:
    """`weights` gives for each feature its weight toward every output (TF-IDF's idf is multiplied in for n-grams);
    `idf` is needed for the length of a title's vector. `extra` are the weights of features that are no n-grams."""

    outputs: tuple[str, ...]
    intercepts: tuple[float, ...]
    idf: Mapping[str, float]
    weights: Mapping[str, tuple[float, ...]]
    extra: Mapping[str, tuple[float, ...]]

    def values(self, folded: str) -> dict[str, float]:
        """The TF-IDF vector of a title, of length one: sublinear term frequency, smoothed idf, known n-grams only."""
        idf = self.idf
        raw = {
            gram: idf[gram] if count == 1 else (1.0 + math.log(count)) * idf[gram]
            for gram, count in _counted(folded)[1].items()
            if gram in idf
        }
        length = math.sqrt(math.fsum([value * value for value in raw.values()]))
        return {gram: value / length for gram, value in raw.items()} if length else {}

    def decide(self, folded: str, extra: Mapping[str, float], values: Mapping[str, float] | None = None) -> list[float]:
        """The score of every output. `values` are those of the title, where they are known."""
        totals = list(self.intercepts)
        for weights, found in ((self.weights, self.values(folded) if values is None else values), (self.extra, extra)):
            known = [(weights[name], value) for name, value in found.items() if name in weights]
            for index in range(len(totals)):
                totals[index] += sum([each[index] * value for each, value in known])
        return totals

    def terms(self, folded: str, output: int, values: Mapping[str, float] | None = None) -> list[tuple[str, float]]:
        """The n-grams' contributions to one output, brought together to readable terms of the title, in its order.

        A contribution is shared evenly by the characters that its n-gram covers; characters make terms by `_spans`.
        """
        text = folded[:MAX_CHARS]
        weights = self.weights
        pieces, counts = _counted(folded)
        values = self.values(folded) if values is None else values
        points = {gram: weights[gram][output] * value / (counts[gram] * len(gram)) for gram, value in values.items()}
        # Each n-gram adds the same to all characters that it covers, so a character has a share of the n-grams that begin at
        # it and just before it.
        shares = [points.get(piece, 0.0) for piece in pieces]
        share = [0.0] * len(text)
        first = 0
        for size in GRAMS:
            after = first + max(len(text) - size + 1, 0)
            edge = [0.0] * (size - 1)
            padded = [*edge, *shares[first:after], *edge]
            for offset in range(size):
                share = list(map(add, share, padded[offset : offset + len(text)]))
            first = after
        return [(text[start:end], math.fsum(share[start:end])) for start, end in _spans(text, share)]

    def dump(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "format": FORMAT,
            "outputs": list(self.outputs),
            "intercepts": list(self.intercepts),
            "grams": {gram: [self.idf[gram], *weights] for gram, weights in self.weights.items()},
            "extra": {name: list(weights) for name, weights in self.extra.items()},
        }

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Linear:
        """From JSON values. Raises StoreError for what `dump` did not write."""
        try:
            if data["format"] != FORMAT:
                raise StoreError(f"a model of format {data['format']}", fix="aggregator queue train", code="E309")
            rows: dict[str, list[float]] = data["grams"]
            return cls(
                tuple(data["outputs"]),
                tuple(data["intercepts"]),
                {gram: row[0] for gram, row in rows.items()},
                {gram: tuple(row[1:]) for gram, row in rows.items()},
                {name: tuple(row) for name, row in data["extra"].items()},
            )
        except (KeyError, TypeError, IndexError, AttributeError) as error:
            raise StoreError(
                "a stored model cannot be read", why=repr(error), fix="aggregator queue train", code="E309"
            ) from error


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
