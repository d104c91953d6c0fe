"""Where the items of the draft stand, and where one that is carried goes. Pure; what every outline on a screen is made of."""

from __future__ import annotations

from dataclasses import dataclass

from aggregator.model import Issue, Item


@dataclass(frozen=True, slots=True)
class Spot:
    """An item and where it stands: `place` counts from 1 in its section, which has `of` items."""

    item: Item
    section: str
    place: int
    of: int


def spots(draft: Issue) -> list[Spot]:
    """Every item in printed order."""
    return [
        Spot(item, part.slug or part.name, place, len(part.items))
        for part in draft.sections
        for place, item in enumerate(part.items, 1)
    ]


def carried(draft: Issue, spot: Spot, way: int) -> tuple[str, int] | None:
    """Section and place of an item that goes one line down (1) or up (-1): over the edge of its section into the next.
    None where there is nowhere to go."""
    if 1 <= spot.place + way <= spot.of:
        return spot.section, spot.place + way
    names = [part.slug or part.name for part in draft.sections]
    at = names.index(spot.section) + way
    if not 0 <= at < len(names):
        return None
    return names[at], 1 if way > 0 else len(draft.sections[at].items) + 1
