"""An edited text taken over: which items are which, what changed, and the stored issue that comes of it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from aggregator.issue.house import anchor
from aggregator.issue.match import Placed, content, pair, placed, roles_kept
from aggregator.model import Issue, IssueSection, IssueStatus, Item

_SAME_PLACE = 0.5
_ITEM_FIELDS = ("title", "url", "source", "tags", "links", "summary")
_ISSUE_FIELDS = ("headline", "lead", "opener", "briefs", "tagline", "notes", "past_issues", "footer")


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that an edit changed. `kind` is "added", "removed", "moved" or the name of the field; `what` names the
    item by its title, "" for the issue itself."""

    kind: str
    what: str = ""
    before: str = ""
    after: str = ""


def take_over(before: Issue, edited: Issue) -> Issue:
    """`before` as the edited text wants it.

    `edited` is that text, read. Ids, anchors, candidates, stars, the raw titles and the roles of links carry over to the
    items that are the same by URL, title or place; what was changed is no longer untouched. Date, number, slug and guid are
    not taken from a text. In a draft a section that was left out stays, without items, so that it can be filled.
    """
    pairs = _pairs(before, edited)
    old = placed(before)
    taken = {item.anchor for item in before.items}
    items: list[Item] = []
    for place, at in zip(placed(edited), pairs, strict=True):
        if at is not None:
            items.append(_carried(old[at].item, place.item))
            continue
        fresh = replace(place.item, id=None, anchor=anchor(place.item.url, place.item.title, taken))
        taken.add(fresh.anchor)
        items.append(fresh)
    rest = iter(items)
    sections = tuple(replace(part, items=tuple(next(rest) for _ in part.items)) for part in edited.sections)
    if before.status is IssueStatus.DRAFT:
        sections = _with_missing(before.sections, sections)
    changed = {name for name in _ISSUE_FIELDS if getattr(before, name) != getattr(edited, name)}
    return replace(
        before,
        name=edited.name or before.name,
        headline=edited.headline,
        tagline=edited.tagline,
        notes=edited.notes,
        lead=edited.lead,
        opener=edited.opener,
        briefs=edited.briefs,
        sections=sections,
        past_issues=edited.past_issues,
        footer=edited.footer,
        verbatim=edited.verbatim,
        untouched=tuple(name for name in before.untouched if name not in changed),
    )


def _pairs(before: Issue, edited: Issue) -> list[int | None]:
    old, new = placed(before), placed(edited)
    pairs = pair(old, new, by_anchor=False)
    free = {
        (old[at].section, old[at].position): at for at in set(range(len(old))) - {found for found in pairs if found is not None}
    }
    for index, place in enumerate(new):
        at = free.get((place.section, place.position))
        if pairs[index] is None and at is not None and _alike(old[at].item, place.item):
            pairs[index] = at
            del free[place.section, place.position]
    return pairs


def _alike(one: Item, other: Item) -> bool:
    """The same place holds the same item when something of it is still there."""
    if one.summary and one.summary == other.summary:
        return True
    return SequenceMatcher(None, one.title, other.title, autojunk=False).ratio() >= _SAME_PLACE


def _carried(old: Item, new: Item) -> Item:
    links = roles_kept(old.links, new.links)
    changed = {name for name in _ITEM_FIELDS if name != "links" and getattr(old, name) != getattr(new, name)}
    if content(old)[4] != content(new)[4]:
        changed.add("links")
    return replace(
        new,
        links=links if "links" in changed else old.links,
        id=old.id,
        anchor=old.anchor,
        title_raw=old.title_raw,
        candidate_id=old.candidate_id,
        starred=old.starred,
        untouched=tuple(name for name in old.untouched if name not in changed),
    )


def _with_missing(old: Sequence[IssueSection], new: tuple[IssueSection, ...]) -> tuple[IssueSection, ...]:
    done = list(new)
    names = {part.name for part in new}
    for at, part in enumerate(old):
        if part.slug and part.name not in names:
            following = next(
                (index for later in old[at + 1 :] for index, own in enumerate(done) if own.name == later.name), len(done)
            )
            done.insert(following, replace(part, items=()))
    return tuple(done)


def changes(before: Issue, after: Issue) -> tuple[Change, ...]:
    """What differs between two states of an issue, field by field, in printed order."""
    found = [
        Change(name, "", _text(getattr(before, name)), _text(getattr(after, name)))
        for name in ("name", *_ISSUE_FIELDS)
        if getattr(before, name) != getattr(after, name)
    ]
    old, new = placed(before), placed(after)
    pairs = pair(old, new)
    kept = [at for at in pairs if at is not None]
    found += [Change("removed", place.item.title, place.section) for at, place in enumerate(old) if at not in kept]
    for place, at in zip(new, pairs, strict=True):
        found += [Change("added", place.item.title, "", place.section)] if at is None else _of_item(old[at], place)
    stayed = _longest_run(kept)
    for place, at in zip(new, pairs, strict=True):
        if at is not None and (at not in stayed or old[at].section != place.section):
            found.append(Change("moved", place.item.title, _place(old[at]), _place(place)))
    return tuple(found)


def _of_item(old: Placed, new: Placed) -> list[Change]:
    return [
        Change(name, new.item.title, _text(getattr(old.item, name)), _text(getattr(new.item, name)))
        for name in _ITEM_FIELDS
        if getattr(old.item, name) != getattr(new.item, name)
    ]


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return "\n".join(f"{part.label}: {part.url}" if hasattr(part, "url") else str(part) for part in value)
    return str(value or "")


def _place(place: Placed) -> str:
    return f"{place.section} {place.position + 1}"


def _longest_run(numbers: Sequence[int]) -> set[int]:
    """The longest increasing run of numbers: the items that did not change their order."""
    best: list[list[int]] = []
    for number in numbers:
        shorter: list[int] = []
        for run in best:
            if run[-1] < number and len(run) > len(shorter):
                shorter = run
        best.append([*shorter, number])
    longest: list[int] = []
    for run in best:
        longest = run if len(run) > len(longest) else longest
    return set(longest)
