"""What a ranking is worth: average precision, recall at a depth, and how they are measured on an archive. Pure.

A pool stands for a fortnight's queue. It may be smaller or larger than one: every work that was not picked is counted as
`weight` works, so that a pool of 300 says what one of 900 would.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Worth:
    """Average precision, recall among the first hundred, recall among the first 30 percent; each between 0 and 1."""

    precision: float
    recall_100: float
    recall_30: float


def worth(picks: Sequence[float], others: Sequence[float], weight: float = 1.0) -> Worth:
    """How well scores put `picks` before `others`, each of which counts `weight` times; ties count half. Raises ValueError for
    no picks."""
    if not picks:
        raise ValueError("there is nothing to find")
    ordered = sorted(others)
    places: list[float] = []
    precision = 0.0
    for number, points in enumerate(sorted(picks, reverse=True), 1):
        above = len(ordered) - bisect_right(ordered, points)
        level = bisect_right(ordered, points) - bisect_left(ordered, points)
        ahead = weight * (above + level / 2)
        places.append(number + ahead)
        precision += number / (number + ahead)
    size = len(picks) + weight * len(others)
    return Worth(
        precision / len(picks),
        sum(place <= 100 for place in places) / len(picks),
        sum(place <= 0.3 * size for place in places) / len(picks),
    )


def mean(found: Sequence[Worth]) -> Worth:
    """The mean of several, which must not be none."""
    count = len(found)
    return Worth(
        sum(one.precision for one in found) / count,
        sum(one.recall_100 for one in found) / count,
        sum(one.recall_30 for one in found) / count,
    )
