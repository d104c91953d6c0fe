"""What a request asks of a stored document: conditional, a part of it, a content coding (RFC 9110, 8.8, 12.5, 13, 14). Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import lru_cache

_RANGE = re.compile(r"bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})", re.IGNORECASE)
_ETAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')


@dataclass(frozen=True, slots=True)
class Validity:
    """The validators of one representation: `etag` is strong and quoted, `modified` is in whole seconds since 1970."""

    etag: str
    modified: int


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes `first` to `last`, both included."""

    first: int
    last: int


class Unsatisfiable(Exception):  # noqa: N818 - an outcome of parsing, answered with 416
    """The range begins behind the end."""


@lru_cache(maxsize=256)
def coding_for(accept_encoding: str, offered: tuple[str, ...]) -> str | None:
    """The content coding to answer with: of those `offered`, best first, the one with the highest weight; None for none.

    A coding counts by its own weight, else by that of `*` (RFC 9110, 12.5.3).
    """
    weights: dict[str, float] = {}
    for choice in accept_encoding.lower().split(","):
        name, _, parameters = choice.partition(";")
        weights[name.strip().removeprefix("x-")] = _weight(parameters)
    found, best = None, 0.0
    for coding in offered:
        weight = weights.get(coding, weights.get("*", 0.0))
        if weight > best:
            found, best = coding, weight
    return found


def _weight(parameters: str) -> float:
    key, _, value = parameters.strip().partition("=")
    if key.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def not_modified(headers: Mapping[str, str], now: Validity) -> bool:
    """True when the client has this representation. If-None-Match, where given, decides alone (RFC 9110, 13.2.2)."""
    tags = headers.get("if-none-match")
    if tags is not None:
        return tags.strip() == "*" or now.etag in (tag.removeprefix("W/") for tag in _ETAG.findall(tags))
    since = _seconds(headers.get("if-modified-since"))
    return since is not None and now.modified <= since


def part_of(headers: Mapping[str, str], now: Validity, length: int) -> Part | None:
    """The one part asked for, None for all: no range, several, a malformed one, or one of an older representation.

    Raises Unsatisfiable.
    """
    match = _RANGE.fullmatch(headers.get("range", "").strip())
    if match is None or not (match[1] or match[2]) or not _still(headers.get("if-range"), now):
        return None
    if not match[1]:
        wanted = int(match[2])
        if wanted == 0 or length == 0:
            raise Unsatisfiable
        return Part(max(length - wanted, 0), length - 1)
    first = int(match[1])
    last = min(int(match[2]), length - 1) if match[2] else length - 1
    if match[2] and int(match[2]) < first:
        return None
    if first >= length:
        raise Unsatisfiable
    return Part(first, last)


def _still(if_range: str | None, now: Validity) -> bool:
    if if_range is None:
        return True
    value = if_range.strip()
    # A weak tag never matches here (RFC 9110, 13.1.5), and a date only exactly.
    return value == now.etag if value.startswith(('"', "W/")) else _seconds(value) == now.modified


def _seconds(date: str | None) -> int | None:
    if not date:
        return None
    try:
        return int(parsedate_to_datetime(date).timestamp())
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
