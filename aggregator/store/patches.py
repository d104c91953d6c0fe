"""Patches: which fields of which rows an event changed, as JSON. Applying `after` does it, applying `before` undoes it.

A patch is `{table: {primary key as text: {column: value} or None}}`; None means that the row does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from aggregator.errors import StoreError
from aggregator.store.tables import METADATA

Patch = Mapping[str, Mapping[str, Mapping[str, Any] | None]]

# In the order in which rows may be inserted without breaking a foreign key; deleted in reverse.
_TABLES = {"candidate": "id", "candidate_key": "key", "entry": "id", "issue": "id", "item": "id", "taste": "term"}


def apply_patch(connection: Connection, patch: Patch) -> None:
    """Bring the named rows to the named values. Raises StoreError for a table that events do not touch."""
    unknown = set(patch) - set(_TABLES)
    if unknown:
        raise StoreError(f"the event log names an unknown table: {', '.join(sorted(unknown))}", code="E308")
    for table in reversed(_TABLES):
        for key, fields in patch.get(table, {}).items():
            if fields is None:
                connection.execute(sa.delete(_table(table)).where(_primary(table) == _key(table, key)))
    for table in _TABLES:
        for key, fields in patch.get(table, {}).items():
            if fields is not None:
                _put(connection, table, _key(table, key), fields)


def _put(connection: Connection, table: str, key: int | str, fields: Mapping[str, Any]) -> None:
    changed = connection.execute(sa.update(_table(table)).where(_primary(table) == key).values(**fields))
    if changed.rowcount == 0:
        connection.execute(sa.insert(_table(table)).values({_TABLES[table]: key, **fields}))


def _table(name: str) -> sa.Table:
    return METADATA.tables[name]


def _primary(name: str) -> sa.ColumnElement[Any]:
    return _table(name).c[_TABLES[name]]


def _key(table: str, key: str) -> int | str:
    return key if _TABLES[table] in {"key", "term"} else int(key)


def merged(*patches: Patch) -> dict[str, dict[str, dict[str, Any] | None]]:
    """One patch of several; where two name the same field, the later one holds."""
    whole: dict[str, dict[str, dict[str, Any] | None]] = {}
    for patch in patches:
        for table, rows in patch.items():
            target = whole.setdefault(table, {})
            for key, fields in rows.items():
                old = target.get(key)
                target[key] = None if fields is None else {**(old or {}), **fields}
    return whole
