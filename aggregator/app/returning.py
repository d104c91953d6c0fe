"""What leaves the draft goes back to the queue, with what the editor made of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from aggregator.app.making import Maker
from aggregator.app.workspace import Workspace
from aggregator.issue.phrase import plain
from aggregator.model import Arrival, Candidate, Entry, Issue, Item, Status
from aggregator.queue import identity
from aggregator.store.mapping import candidate_value
from aggregator.store.patches import Patch, merged
from aggregator.store.store import Unit
from aggregator.urls import canonical

_WRITTEN_BACK = ("title", "url", "source", "tags", "links", "summary")
_CAPTURED = "captured"


def released(
    unit: Unit, before: Issue, after: Issue, undo: Patch, redo: Patch, status: Status = Status.PENDING
) -> tuple[Patch, Patch]:
    """Change the candidates whose items or briefs left the draft between two states of it: they get `status`, and the words
    that the editor gave them. One that moved has its item's section. Gives the patches with those changes added."""
    kept = {item.candidate_id: section.slug for section in after.sections for item in section.items}
    gone = {number: None for number in before.briefed if number not in after.briefed and number not in kept}
    left: dict[int, Item | None] = {item.candidate_id: item for item in before.items if item.candidate_id is not None} | gone
    for number, item in left.items():
        if item is None or number not in kept:
            if number in after.briefed:
                continue
            changes = {"status": status.value, **(_words(item, unit.candidates.get(number)) if item else {})}
        else:
            changes = {"section": kept[number]} if kept[number] else {}
        undo, redo = _changed(unit, number, changes, undo, redo)
    return undo, redo


def _words(item: Item, candidate: Candidate) -> dict[str, Any]:
    """What the editor wrote into the item, as fields of its candidate."""
    fields: dict[str, Any] = {}
    for name in _WRITTEN_BACK:
        value = getattr(item, name)
        if not value or name in item.untouched:
            continue
        if name in {"title", "source"}:
            value = plain(value)
        if value != getattr(candidate, name):
            fields[name] = value
    if "url" in fields:
        fields["canonical_url"] = canonical(fields["url"])
    return fields


def _changed(unit: Unit, number: int, fields: dict[str, Any], undo: Patch, redo: Patch) -> tuple[Patch, Patch]:
    candidate = unit.candidates.get(number)
    now = {name: candidate_value(name, getattr(candidate, name)) for name in fields}
    will = {name: candidate_value(name, value) for name, value in fields.items()}
    will = {name: value for name, value in will.items() if value != now[name]}
    if not will:
        return undo, redo
    was = {name: now[name] for name in will}
    unit.candidates.patch({"candidate": {str(number): will}})
    return merged(undo, {"candidate": {str(number): was}}), merged(redo, {"candidate": {str(number): will}})


def into_queue(unit: Unit, workspace: Workspace, item: Item, section: str, now: datetime) -> int:
    """The candidate, approved, of an item that was typed into the draft: the one that stands for the same work, else a new
    one."""
    entry = Entry(
        source=_CAPTURED,
        guid=item.url or f"item:{item.anchor}",
        url=item.url,
        title=plain(item.title) or item.url or item.anchor,
        summary=item.summary,
        links=tuple(link for link in item.links if link.url),
        arrived_at=now,
    )
    keys = identity.entry_keys(entry)
    owner = next(iter(unit.entries.owners(keys).values()), None)
    if owner is not None:
        unit.candidates.patch({"candidate": {str(owner): {"status": Status.APPROVED.value}}})
        return owner
    made = Maker.prepare(workspace, unit, now).candidate(entry, keys, source_name=plain(item.source))
    number = unit.entries.add([Arrival(entry, keys, new=made)], now)[0]
    known = workspace.publication.section(section)
    fields = {
        "status": Status.APPROVED.value,
        "summary": item.summary,
        "tags": list(item.tags),
        **({"section": section} if known else {}),
    }
    unit.candidates.patch({"candidate": {str(number): fields}})
    return number
