"""Data that know where they stand in a file, and the text of that file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from aggregator.config import codes
from aggregator.errors import ConfigError, Place

MAX_BYTES = 8 * 1024 * 1024

# What YAML 1.2 does not allow unescaped, and its further line breaks, which editors do not count as lines.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff\ud800-\udfff]")


class Spot(NamedTuple):
    """Where a key or a value stands: line and column from 0, and its characters `start` (first) to `end` (behind)."""

    line: int
    column: int
    start: int
    end: int


class Block(dict[str, object]):
    """A mapping with the places of its keys and values. `flow` is True for the form in braces."""

    __slots__ = ("flow", "keys_at", "spot", "values_at")

    def __init__(self, spot: Spot, *, flow: bool) -> None:
        super().__init__()
        self.spot = spot
        self.flow = flow
        self.keys_at: dict[str, Spot] = {}
        self.values_at: dict[str, Spot] = {}

    def put(self, key: str, value: object, key_at: Spot, value_at: Spot) -> None:
        """Set a key together with its places."""
        self[key] = value
        self.keys_at[key] = key_at
        self.values_at[key] = value_at


class Items(list[object]):
    """A list with the places of its items. `flow` is True for the form in brackets."""

    __slots__ = ("flow", "items_at", "spot")

    def __init__(self, spot: Spot, *, flow: bool) -> None:
        super().__init__()
        self.spot = spot
        self.flow = flow
        self.items_at: list[Spot] = []


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was read: its data, and what was wrong with its YAML without making the rest unreadable."""

    name: str
    root: object
    spot: Spot
    problems: tuple[ConfigError, ...] = ()

    def place(self, spot: Spot) -> Place:
        """The place of a spot, as it is shown."""
        return Place(self.name, spot.line + 1, spot.column + 1)


def decode(raw: bytes, name: str) -> str:
    """The text of a file. Raises ConfigError for what is too large, no UTF-8, or holds control characters."""
    if len(raw) > MAX_BYTES:
        raise ConfigError(
            f"the file is larger than {MAX_BYTES // 1024 // 1024} MiB",
            fix="remove sources that nobody reads, or split the workspace in two",
            code=codes.TOO_LARGE,
            place=Place(name),
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8", "replace")
        raise ConfigError(
            f"the byte 0x{raw[error.start]:02x} is not UTF-8",
            why="the file was saved in another encoding, or is no text",
            fix="save it as UTF-8",
            code=codes.NOT_TEXT,
            place=_place_after(name, before),
        ) from None
    found = _CONTROL.search(text)
    if found:
        raise ConfigError(
            f"the control character U+{ord(found.group()):04X} cannot stand in the file",
            fix="delete it; it is invisible in most editors",
            code=codes.NOT_TEXT,
            place=_place_after(name, text[: found.start()]),
        )
    return text


def _place_after(name: str, before: str) -> Place:
    line = before.count("\n") + 1
    return Place(name, line, len(before) - (before.rfind("\n") + 1) + 1)


def first_and_rest(problems: Iterable[ConfigError], *, limit: int) -> ConfigError:
    """All problems of a file as one error: the first by place, with the others attached, `limit` at most."""
    ordered = sorted(
        problems, key=lambda problem: (problem.place.line or 0, problem.place.column or 0) if problem.place else (0, 0)
    )
    first, rest = ordered[0], tuple(ordered[1:limit])
    return ConfigError(first.what, why=first.why, fix=first.fix, code=first.code, place=first.place, others=rest)
