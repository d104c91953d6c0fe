"""Rows that have one of many values, as the driver gives them: a poll asks for tens of thousands, in few shapes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from aggregator.store.jot import sqlite_of

_CHUNK = 500


def among(connection: Connection, statement: str, values: Iterable[object], **given: object) -> Iterator[Any]:
    """The rows of a statement that ends in IN, for these values, in no order. Other parameters of it stand as `:name` and are
    `given`."""
    raw = sqlite_of(connection)
    waiting = iter(values)
    while chunk := list(islice(waiting, _CHUNK)):
        text = f"{statement} {_marks(len(chunk))}"
        bound = given | dict(zip(_names(len(chunk)), chunk, strict=True))
        yield from raw.execute(text, bound) if raw else connection.execute(sa.text(text), bound)


@lru_cache(maxsize=64)
def _names(count: int) -> tuple[str, ...]:
    return tuple(f"v{number}" for number in range(count))


@lru_cache(maxsize=64)
def _marks(count: int) -> str:
    return f"({', '.join(f':{name}' for name in _names(count))})"
