"""The whole store as lines of plain text, and back: a line for each row, tables and rows always in the same order, so that two
dumps differ where the store does.

    aggregator store 1 {"item": 57, "schema": "0003"}
    decision {"id": 1, "action": "approve", …}
    …
    end {}

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
END = "end {}"
# Each behind those that its rows point at.
TABLES = (
    *("decision", "candidate", "candidate_key", "entry", "issue", "item", "item_key"),
    *("taste", "link", "source_state", "title_anchor", "learnt"),
)
OF_THE_MOMENT = ("request", "host_hold")
_AT_ONCE = 500
_UNSAFE = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_Row = dict[str, Any]
_MOST = 2**63 - 1


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
    yield END


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
    last, number, ended = "", 1, False
    for number, line in numbered:
        if not line.strip():
            continue
        if line.strip() == END:
            ended = True
            continue
        name, row = _row(line, number)
        if waiting and (name != last or len(waiting) >= _AT_ONCE):
            _insert(connection, last, waiting)
        last = name
        waiting.append(row)
        counts[name] += 1
    if not ended:
        raise _unreadable(number + 1, "the last line is missing, and who knows what else")
    if waiting:
        _insert(connection, last, waiting)
    _go_on_counting(connection, head["item"])
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
    if type(head.get("item")) is not int or not 0 <= head["item"] <= _MOST:
        raise _unreadable(1, "it does not say which ids of items were given")
    return head


def _row(line: str, number: int) -> tuple[str, _Row]:
    name, _, text = line.partition(" ")
    if name not in TABLES:
        raise _unreadable(number, f"there is no table {name[:40]!r}")
    given, table = _parsed(text, number), METADATA.tables[name]
    if set(given) != set(table.c.keys()):
        raise _unreadable(number, f"these are not the columns of {name}")
    try:
        return name, {key: _in(table.c[key], value) for key, value in given.items()}
    except (ValueError, OverflowError) as error:
        raise _unreadable(number, str(error)) from error


def _parsed(text: str, number: int) -> _Row:
    try:
        found = json.loads(text)
        if "\\ud" in text or "\\uD" in text:
            json.dumps(found, ensure_ascii=False).encode()  # half a character can stand in no database
    except (ValueError, RecursionError) as error:
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


def _in(column: sa.Column[Any], value: Any) -> object:
    """A value as the column takes it. Raises ValueError for what `_out` never gave of one."""
    kind = column.type.impl_instance if isinstance(column.type, sa.types.TypeDecorator) else column.type
    if value is None and column.nullable:
        return None
    taken, read = _KINDS[kind.python_type]
    if type(value) not in taken:
        raise ValueError(f"{column.name} is {json.dumps(value)[:60]}")
    return read(value) if read else value


def _number(value: float) -> float:
    if not -_MOST <= value <= _MOST:
        raise ValueError(f"{value} is out of range")
    return value


def _instant(text: str) -> dt.datetime:
    # Out of its zone it has to be an instant, too.
    found = dt.datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"{text} has no zone")
    return found.astimezone(dt.UTC)


# What stands in a line for a column of a type, and how it is read.
_KINDS: dict[type, tuple[tuple[type, ...], Callable[[Any], object] | None]] = {
    bool: ((bool,), None),
    int: ((int,), _number),
    float: ((int, float), _number),
    str: ((str,), None),
    object: ((dict, list), None),  # JSON
    dt.datetime: ((str,), _instant),
    dt.date: ((str,), dt.date.fromisoformat),
    bytes: ((str,), bytes.fromhex),
}


def _unreadable(number: int, why: str) -> StoreError:
    return StoreError(
        f"line {number} is none of an export",
        why=why[:200],
        fix="give the whole of what `aggregator export` wrote; nothing was changed",
        code="E312",
    )
