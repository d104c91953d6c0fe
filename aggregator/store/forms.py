"""How rows hold instants and JSON: as SQLAlchemy's types take and give them, or as SQLite keeps them, which knows neither."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic_core import PydanticSerializationError, from_json, to_json


@dataclass(frozen=True, slots=True)
class Form:
    """How a row that is to be stored holds what a driver may have no type for: instants, and what is kept as JSON. None stays
    None."""

    instant: Callable[[datetime], Any]
    json: Callable[[Any], Any]


def json_text(value: object) -> str:
    """A value as JSON, in one line, in characters rather than escapes."""
    if value == [] or value == ():  # as most lists of a row are
        return "[]"
    try:
        return to_json(value).decode()  # ten times as fast as the standard library's
    except PydanticSerializationError:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def instant_text(value: datetime) -> str:
    """An aware instant as SQLAlchemy keeps it in SQLite: UTC, without saying so."""
    # The offset at the end is cut off: `replace` would take as long as all the rest.
    return (value if value.tzinfo is UTC else value.astimezone(UTC)).isoformat(" ", "microseconds")[:26]


def json_in(value: Any) -> Any:
    """What stands in a column of JSON, which is never a bare text, as a driver gives it: text, or read already."""
    if not isinstance(value, str):
        return value
    try:
        return [] if value == "[]" else from_json(value)  # several times as fast as the standard library's
    except ValueError:
        return json.loads(value)  # which knows a few texts more


def instant_in(value: Any) -> datetime | None:
    """An instant as a driver gives it: text in UTC, or read already."""
    if not value:
        return None
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _as_it_is(value: Any) -> Any:
    return value


CORE = Form(_as_it_is, _as_it_is)
TEXT = Form(instant_text, json_text)
