"""The sections of a concrete tree, as the writer needs them."""

from __future__ import annotations

from dataclasses import dataclass, field

from aggregator.issue.house.blocks import Block, Kind
from aggregator.model import Issue


@dataclass
class Group:
    """A section of the tree: its heading and note, and its items and other blocks in order."""

    heading: Block | None
    name: str
    note: Block | None = None
    entries: list[tuple[int, Block]] = field(default_factory=list)
    used: bool = False


def groups_of(blocks: list[tuple[int, Block]], issue: Issue) -> list[Group]:
    """The sections of a tree, in order. `issue` is what the tree says; past issues and footer are left out."""
    groups: list[Group] = []
    names = iter(issue.sections)
    seen: set[int] = set()
    for index, block in blocks:
        if block.kind in {Kind.PAST, Kind.FOOTER}:
            continue
        if block.section not in seen and block.kind in {Kind.SECTION, Kind.ITEM}:
            seen.add(block.section)
            groups.append(Group(block if block.kind is Kind.SECTION else None, next(names).name))
        if not groups:
            groups.append(Group(None, "\0"))
        if block.kind is Kind.SECTION_NOTE:
            groups[-1].note = block
        elif block.kind is not Kind.SECTION:
            groups[-1].entries.append((index, block))
    return groups


def others_of(group: Group) -> dict[int, list[Block]]:
    """What else stands in a section, by the item that it follows; -1 for what stands before all."""
    others: dict[int, list[Block]] = {}
    last = -1
    for index, block in group.entries:
        if block.kind is Kind.ITEM:
            last = index
        else:
            others.setdefault(last, []).append(block)
    return others
