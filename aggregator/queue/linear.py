"""A trained linear model as plain data: features with their weights, a score that is a sum, and the sum's parts. Pure.

Training needs scikit-learn (`training.py`); scoring does not. A model goes into the store as JSON and comes back by `load`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from aggregator.errors import StoreError

FORMAT = 1
GRAMS = (1, 2, 3)
MAX_CHARS = 200


def grams(folded: str) -> list[str]:
    """Character n-grams of a folded title, in order, with repeats; blanks count as characters."""
    text = folded[:MAX_CHARS]
    return [text[at : at + size] for size in GRAMS for at in range(len(text) - size + 1)]


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
        counts = Counter(gram for gram in grams(folded) if gram in idf)
        raw = {gram: (1.0 + math.log(count)) * idf[gram] for gram, count in counts.items()}
        length = math.sqrt(sum(value * value for value in raw.values()))
        return {gram: value / length for gram, value in raw.items()} if length else {}

    def decide(self, folded: str, extra: Mapping[str, float]) -> list[float]:
        """The score of every output."""
        totals = list(self.intercepts)
        for parts in (_parts(self.weights, self.values(folded)), _parts(self.extra, extra)):
            for weights, value in parts:
                for index, weight in enumerate(weights):
                    totals[index] += weight * value
        return totals

    def terms(self, folded: str, output: int) -> list[tuple[str, float]]:
        """The n-grams' contributions to one output, brought together to readable terms of the title, in its order.

        A contribution is shared evenly by the characters that its n-gram covers; characters make terms by `_spans`.
        """
        text = folded[:MAX_CHARS]
        counts = Counter(grams(folded))
        weights = self.weights
        points = {gram: weights[gram][output] * value / counts[gram] / len(gram) for gram, value in self.values(folded).items()}
        # Each n-gram adds the same to all characters that it covers: its share begins at one place and ends at another.
        steps = [0.0] * (len(text) + 1)
        for size in GRAMS:
            for at in range(len(text) - size + 1):
                part = points.get(text[at : at + size])
                if part is not None:
                    steps[at] += part
                    steps[at + size] -= part
        share = list(accumulate(steps[:-1]))
        return [(text[start:end], sum(share[start:end])) for start, end in _spans(text, share)]

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


def _parts(weights: Mapping[str, tuple[float, ...]], values: Mapping[str, float]) -> Iterator[tuple[tuple[float, ...], float]]:
    return ((weights[name], value) for name, value in values.items() if name in weights)


def _spans(text: str, share: Sequence[float]) -> Iterator[tuple[int, int]]:
    """Where a title is cut into terms: a Latin word is one, a Chinese run is cut where its characters change sides."""
    start = 0
    for index in range(1, len(text) + 1):
        if index == len(text) or _kind(text[index]) != _kind(text[start]) or _turns(text, share, start, index):
            yield start, index
            start = index


def _turns(text: str, share: Sequence[float], start: int, index: int) -> bool:
    if _kind(text[index]) != "cjk":
        return False
    return (share[index] > 0) != (share[index - 1] > 0) or index - start >= 6


def _kind(char: str) -> str:
    if char.isascii():
        return "latin" if char.isalnum() or char in "+#.-" else "mark"
    return "cjk" if char.isalnum() else "mark"
