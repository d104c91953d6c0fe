"""Issues and their items: the draft, the archive, and what a change of an issue changes in rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from aggregator.model import Issue, IssueStatus
from aggregator.store.issuerows import issue_in, issue_out, item_out
from aggregator.store.patches import Patch, apply_patch, merged
from aggregator.store.tables import METADATA

_ISSUE = METADATA.tables["issue"]
_ITEM = METADATA.tables["item"]
_ITEM_KEY = METADATA.tables["item_key"]
# Instants and dates are no JSON; they change only when an issue is published, which is no event to undo.
_STAMPED = ("date", "published_at", "updated_at")


class Issues:
    """Issues by slug; items are saved with their issue."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, *, status: IssueStatus | None = None) -> list[Issue]:
        """Issues, newest first, the draft before all."""
        statement = sa.select(_ISSUE).order_by(_ISSUE.c.date.is_(None).desc(), _ISSUE.c.date.desc(), _ISSUE.c.id.desc())
        if status is not None:
            statement = statement.where(_ISSUE.c.status == status.value)
        return self._load(statement)

    def draft(self) -> Issue | None:
        """The open draft."""
        found = self._load(
            sa.select(_ISSUE).where(_ISSUE.c.status == IssueStatus.DRAFT.value).order_by(_ISSUE.c.id.desc()).limit(1)
        )
        return found[0] if found else None

    def draft_counts(self) -> dict[str, int]:
        """How many items the open draft has in each of its sections, by slug; without reading the items."""
        statement = sa.select(_ISSUE.c.id, _ISSUE.c.sections).where(_ISSUE.c.status == IssueStatus.DRAFT.value)
        found = self._connection.execute(statement.order_by(_ISSUE.c.id.desc()).limit(1)).first()
        if found is None:
            return {}
        counted = sa.select(_ITEM.c.section_index, sa.func.count()).where(_ITEM.c.issue_id == found.id)
        counts = {row[0]: row[1] for row in self._connection.execute(counted.group_by(_ITEM.c.section_index))}
        return {slug: counts.get(index, 0) for index, (_, slug, _) in enumerate(found.sections)}

    def titles(self, items: Sequence[int]) -> dict[int, str]:
        """The titles of items by their id, those that still exist."""
        found: dict[int, str] = {}
        for start in range(0, len(items), 500):
            statement = sa.select(_ITEM.c.id, _ITEM.c.title).where(_ITEM.c.id.in_(items[start : start + 500]))
            found |= {row[0]: row[1] for row in self._connection.execute(statement)}
        return found

    def get(self, slug: str) -> Issue | None:
        """The issue of that slug."""
        found = self._load(sa.select(_ISSUE).where(_ISSUE.c.slug == slug))
        return found[0] if found else None

    def save(self, issue: Issue) -> Issue:
        """Store an issue and its items, replacing what stood under its id; gives it back with its ids."""
        before = self._load(sa.select(_ISSUE).where(_ISSUE.c.id == issue.id))[0] if issue.id is not None else None
        saved, _, _ = self.replace(before, issue)
        self._connection.execute(
            sa.update(_ISSUE).where(_ISSUE.c.id == saved.id).values({name: getattr(issue, name) for name in _STAMPED})
        )
        found = self._load(sa.select(_ISSUE).where(_ISSUE.c.id == saved.id))
        return found[0]

    def replace(self, before: Issue | None, after: Issue) -> tuple[Issue, Patch, Patch]:
        """Write the difference between two states of an issue; gives the stored issue and the patches that undo and redo it."""
        if before is None or before.id is None:
            number = self._connection.execute(sa.insert(_ISSUE).values(issue_out(after)).returning(_ISSUE.c.id)).scalar_one()
            old_head, new_head = None, None
        else:
            number = before.id
            old_head, new_head = _difference(_head(before), _head(after))
        old_items, new_items = self._item_patches(number, before, after)
        undo: Patch = {"issue": {str(number): old_head}} if old_head else {}
        redo: Patch = {"issue": {str(number): new_head}} if new_head else {}
        undo, redo = merged(undo, {"item": old_items}), merged(redo, {"item": new_items})
        self._forget_keys([int(key) for key, row in new_items.items() if row is None])
        apply_patch(self._connection, redo)
        found = self._load(sa.select(_ISSUE).where(_ISSUE.c.id == number))
        return found[0], undo, redo

    def _item_patches(self, number: int, before: Issue | None, after: Issue) -> tuple[dict[str, Any], dict[str, Any]]:
        old = dict(_item_rows(number, before)) if before else {}
        undo: dict[str, Any] = {}
        redo: dict[str, Any] = {}
        kept: set[int] = set()
        for key, row in _item_rows(number, after):
            if key is None or key not in old:
                key = self._insert_item(row)
                undo[str(key)], redo[str(key)] = None, row
            else:
                kept.add(key)
                was, now = _difference(old[key], row) if old[key] != row else ({}, {})
                if now:
                    undo[str(key)], redo[str(key)] = was, now
        for key, row in old.items():
            if key not in kept:
                undo[str(key)], redo[str(key)] = row, None
        return undo, redo

    def _insert_item(self, row: dict[str, Any]) -> int:
        return int(self._connection.execute(sa.insert(_ITEM).values(row).returning(_ITEM.c.id)).scalar_one())

    def set_keys(self, issue: Issue, keys: Iterable[tuple[int, str, str]]) -> None:
        """Replace the identity keys of an issue's items: (item id, key, relation) each."""
        self._forget_keys([item.id for item in issue.items if item.id is not None])
        rows = [{"item_id": item, "key": key, "relation": relation} for item, key, relation in keys]
        if rows:
            self._connection.execute(sa.insert(_ITEM_KEY), rows)

    def _forget_keys(self, items: Sequence[int]) -> None:
        for start in range(0, len(items), 500):
            self._connection.execute(sa.delete(_ITEM_KEY).where(_ITEM_KEY.c.item_id.in_(items[start : start + 500])))

    def _load(self, statement: sa.Select[Any]) -> list[Issue]:
        rows = list(self._connection.execute(statement).mappings())
        items = self._items([row["id"] for row in rows])
        return [issue_in(row, items.get(row["id"], [])) for row in rows]

    def _items(self, issues: Sequence[int]) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = {}
        for start in range(0, len(issues), 500):
            chunk = issues[start : start + 500]
            statement = sa.select(_ITEM).where(_ITEM.c.issue_id.in_(chunk))
            for row in self._connection.execute(
                statement.order_by(_ITEM.c.section_index, _ITEM.c.position, _ITEM.c.id)
            ).mappings():
                found.setdefault(row["issue_id"], []).append(row)
        return found


def _head(issue: Issue) -> dict[str, Any]:
    return {name: value for name, value in issue_out(issue).items() if name not in _STAMPED}


def _item_rows(number: int, issue: Issue) -> Iterable[tuple[Any, dict[str, Any]]]:
    for index, section in enumerate(issue.sections):
        for position, item in enumerate(section.items):
            yield item.id, item_out(item, number, index, position)


def _difference(old: dict[str, Any], new: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    names = [name for name in new if json.dumps(old[name]) != json.dumps(new[name])]
    return {name: old[name] for name in names}, {name: new[name] for name in names}
