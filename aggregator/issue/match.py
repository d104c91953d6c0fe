"""Which item of one state of an issue is which item of another. Pure."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from aggregator.model import Issue, Item, Link
from aggregator.text import fold_title
from aggregator.urls import canonical

Content = tuple[str, str | None, str, tuple[str, ...], tuple[tuple[str, str], ...], str]


def content(item: Item) -> Content:
    """What of an item is printed. The role of a link is not: it follows from its target."""
    return item.title, item.url, item.source, item.tags, tuple((link.label, link.url) for link in item.links), item.summary


def roles_kept(old: Sequence[Link], new: Sequence[Link]) -> tuple[Link, ...]:
    """The new links, with the role that the same target had before."""
    known = {link.url: link.role for link in old}
    return tuple(Link(link.label, known.get(link.url, link.role), link.url) for link in new)


@dataclass(frozen=True, slots=True)
class Placed:
    """An item and where it stands: the name of its section and its position there."""

    item: Item
    section: str
    position: int


def placed(issue: Issue) -> list[Placed]:
    """All items of an issue with their places, in printed order."""
    return [Placed(item, part.name, at) for part in issue.sections for at, item in enumerate(part.items)]


def pair(old: Sequence[Placed], new: Sequence[Placed], *, by_anchor: bool = True, by_position: bool = False) -> list[int | None]:
    """For each new item the index of the old one that it is, None for one that is new. Each old item is used once.

    Tried in turn, each over all items: the same content, the anchor, URL and title, the URL, the title; and where
    asked, the position in its section.
    """
    keys: list[Callable[[Placed], Hashable | None]] = [
        lambda place: (content(place.item), place.section),
        lambda place: content(place.item),
        lambda place: (canonical(place.item.url or "") or place.item.url or None, fold_title(place.item.title)),
        lambda place: (canonical(place.item.url) or place.item.url) if place.item.url else None,
        lambda place: fold_title(place.item.title) or None,
    ]
    if by_anchor:
        keys.insert(1, lambda place: place.item.anchor or None)
    if by_position:
        keys.append(lambda place: (place.section, place.position))
    found: list[int | None] = [None] * len(new)
    free = dict.fromkeys(range(len(old)))
    for key in keys:
        waiting: dict[Hashable, list[int]] = {}
        for index in free:
            value = key(old[index])
            if value is not None:
                waiting.setdefault(value, []).append(index)
        for at, place in enumerate(new):
            if found[at] is None and (value := key(place)) is not None and waiting.get(value):
                found[at] = waiting[value].pop(0)
                del free[found[at]]  # type: ignore[arg-type]
    return found
