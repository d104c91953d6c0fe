"""The whole store as lines of plain text, and back: a line for each row, tables and rows always in the same order, so that two
dumps differ where the store does.

    aggregator store 1 {"item": 57, "schema": "0003"}
    decision {"id": 1, "action": "approve", …}

Left out is what is of the moment: the log of requests, and which hosts want quiet.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from aggregator.errors import StoreError
from aggregator.store.head import HEAD
from aggregator.store.tables import METADATA

MAGIC = "aggregator store 1 "
# Each behind those that its rows point at.
TABLES = (
    *("decision", "candidate", "candidate_key", "entry", "issue", "item", "item_key"),
    *("taste", "link", "source_state", "title_anchor", "learnt"),
)
OF_THE_MOMENT = ("request", "host_hold")
_AT_ONCE = 500
_UNSAFE = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_Row = dict[str, Any]
_READERS: dict[type, Callable[[str], object]] = {
    dt.datetime: dt.datetime.fromisoformat,
    dt.date: dt.date.fromisoformat,
    bytes: bytes.fromhex,
}


def lines(connection: Connection) -> Iterator[str]:
    """The store as text, without line ends."""
    item_ids = connection.execute(sa.select(sa.func.max(METADATA.tables["item"].c.id))).scalar() or 0
    if connection.dialect.name == "sqlite":
        # Ids of items that were removed are never given again.
        given = connection.execute(sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'item'")).scalar()
        item_ids = max(item_ids, int(given or 0))
    yield MAGIC + _json({"schema": HEAD, "item": item_ids})
    for name in TABLES:
        table = METADATA.tables[name]
        for row in connection.execute(sa.select(table).order_by(*table.primary_key.columns)).mappings():
            yield f"{name} {_json({key: _out(value) for key, value in row.items()})}"


def is_empty(connection: Connection) -> bool:
    """True for a store in which nobody has decided anything and nothing has arrived."""
    tables = (METADATA.tables[name] for name in ("decision", "candidate", "issue"))
    return not any(connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first() for table in tables)


def read_in(connection: Connection, text: Iterable[str]) -> dict[str, int]:
    """Put what `lines` gave in the place of all that is stored; how many rows each table got. Raises StoreError E312 for what is
    no such text, E307 for that of another schema."""
    numbered = enumerate(_decoded(text), 1)
    head = _head(next(numbered, (1, ""))[1])
    for name in (*reversed(TABLES), *OF_THE_MOMENT):
        connection.execute(sa.delete(METADATA.tables[name]))
    counts = dict.fromkeys(TABLES, 0)
    waiting: list[_Row] = []
    last = ""
    for number, line in numbered:
        if not line.strip():
            continue
        name, row = _row(line, number)
        if waiting and (name != last or len(waiting) >= _AT_ONCE):
            _insert(connection, last, waiting)
        last = name
        waiting.append(row)
        counts[name] += 1
    if waiting:
        _insert(connection, last, waiting)
    _go_on_counting(connection, int(head.get("item") or 0))
    return counts


def _decoded(text: Iterable[str]) -> Iterator[str]:
    """The lines; a file of other bytes than UTF-8 shows itself while they are read."""
    number = 1
    try:
        for line in text:
            yield line
            number += 1
    except UnicodeDecodeError as error:
        raise _unreadable(number, str(error)) from error


def _head(line: str) -> dict[str, Any]:
    if not line.startswith(MAGIC):
        raise _unreadable(1, f"it does not begin with `{MAGIC.strip()}`")
    head = _parsed(line[len(MAGIC) :], 1)
    if head.get("schema") != HEAD:
        raise StoreError(
            f"the text is of schema {head.get('schema')}, the store of {HEAD}",
            why="it was written by another version of this program",
            fix="restore it with that version, then upgrade; `backup` makes copies that are upgraded by themselves",
            code="E307",
        )
    return head


def _row(line: str, number: int) -> tuple[str, _Row]:
    name, _, text = line.partition(" ")
    if name not in TABLES:
        raise _unreadable(number, f"there is no table {name[:40]!r}")
    given, table = _parsed(text, number), METADATA.tables[name]
    if set(given) != set(table.c.keys()):
        raise _unreadable(number, f"these are not the columns of {name}")
    try:
        return name, {key: _in(table.c[key].type, value) for key, value in given.items()}
    except (ValueError, TypeError) as error:
        raise _unreadable(number, str(error)) from error


def _parsed(text: str, number: int) -> _Row:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise _unreadable(number, str(error)) from error
    if not isinstance(found, dict):
        raise _unreadable(number, "it holds no object")
    return found


def _insert(connection: Connection, name: str, rows: list[_Row]) -> None:
    connection.execute(sa.insert(METADATA.tables[name]), rows)
    rows.clear()


def _go_on_counting(connection: Connection, item_ids: int) -> None:
    if connection.dialect.name == "sqlite":
        connection.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = 'item'"))
        connection.execute(sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES ('item', :last)"), {"last": item_ids})
        return
    for name in TABLES:
        column = METADATA.tables[name].c.get("id")
        if column is not None:
            last = connection.execute(sa.select(sa.func.max(column))).scalar() or 0
            last = max(last, item_ids) if name == "item" else last
            statement = sa.text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last, :called)")
            connection.execute(statement, {"name": name, "last": max(last, 1), "called": last > 0})


def _json(value: _Row) -> str:
    # Nothing that a terminal would obey, and nothing that has no UTF-8: escaped, it is the same to a reader of JSON.
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))


def _out(value: object) -> object:
    if isinstance(value, (dt.datetime, dt.date)):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else value


def _in(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    kind = kind.impl_instance if isinstance(kind, sa.types.TypeDecorator) else kind
    read = _READERS.get(kind.python_type)
    return read(value) if read else value


def _unreadable(number: int, why: str) -> StoreError:
    return StoreError(
        f"line {number} is none of an export",
        why=why[:200],
        fix="give the whole of what `aggregator export` wrote; nothing was changed",
        code="E312",
    )
