"""Patches: which fields of which rows an event changed, as JSON. Applying `after` does it, applying `before` undoes it.

A patch is `{table: {primary key as text: {column: value} or None}}`; None means that the row does not exist.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from aggregator.errors import StoreError
from aggregator.store.tables import METADATA

Patch = Mapping[str, Mapping[str, Mapping[str, Any] | None]]

_CHUNK = 500
# In the order in which rows may be inserted without breaking a foreign key; deleted in reverse.
_TABLES = {"candidate": "id", "candidate_key": "key", "entry": "id", "issue": "id", "item": "id", "taste": "term"}


def apply_patch(connection: Connection, patch: Patch) -> None:
    """Bring the named rows to the named values. Raises StoreError for a table that events do not touch."""
    unknown = set(patch) - set(_TABLES)
    if unknown:
        raise StoreError(f"the event log names an unknown table: {', '.join(sorted(unknown))}", code="E308")
    for table in reversed(_TABLES):
        gone = [_key(table, key) for key, fields in patch.get(table, {}).items() if fields is None]
        for chunk in _chunks(gone):
            connection.execute(sa.delete(_table(table)).where(_primary(table).in_(chunk)))
    for table in _TABLES:
        for keys, fields in _alike(patch.get(table, {})):
            for chunk in _chunks([_key(table, key) for key in keys]):
                _put(connection, table, chunk, fields)


def _put(connection: Connection, table: str, keys: Sequence[int | str], fields: Mapping[str, Any]) -> None:
    changed = connection.execute(sa.update(_table(table)).where(_primary(table).in_(keys)).values(**fields))
    if changed.rowcount < len(keys):
        present = set(connection.execute(sa.select(_primary(table)).where(_primary(table).in_(keys))).scalars())
        rows = [{_TABLES[table]: key, **fields} for key in keys if key not in present]
        connection.execute(sa.insert(_table(table)), rows)


def _alike(rows: Mapping[str, Mapping[str, Any] | None]) -> Iterator[tuple[list[str], Mapping[str, Any]]]:
    """The keys of rows that get the same values, with those values: rejecting a whole queue is a few statements."""
    groups: dict[str, tuple[list[str], Mapping[str, Any]]] = {}
    for key, fields in rows.items():
        if fields is not None:
            groups.setdefault(json.dumps(fields), ([], fields))[0].append(key)
    yield from groups.values()


def _chunks(keys: Sequence[int | str]) -> Iterator[Sequence[int | str]]:
    return (keys[start : start + _CHUNK] for start in range(0, len(keys), _CHUNK))


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
