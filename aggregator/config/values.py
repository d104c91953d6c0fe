"""One value of sources.yaml or of the environment -> what the program works with. Pure.

Each function takes what YAML made of the value and returns it checked, or raises BadValueError.
"""

from __future__ import annotations

import math
import re

from aggregator.config import codes
from aggregator.config.advice import shown
from aggregator.text import clean, clean_line

MAX_NAME_CHARS = 100
MAX_TEXT_CHARS = 20_000


_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TYPES = {bool: "true or false", int: "a number", float: "a number", str: "a text", list: "a list", dict: "a mapping"}


class BadValueError(ValueError):
    """A value that cannot be used: what, why and fix, without its place."""

    def __init__(self, code: str, what: str, *, why: str | None = None, fix: str | None = None) -> None:
        super().__init__(what)
        self.code = code
        self.what = what
        self.why = why
        self.fix = fix


def kind_of(value: object) -> str:
    """What a value is, in words."""
    return "nothing" if value is None else next((name for kind, name in _TYPES.items() if isinstance(value, kind)), "odd")


def wrong_type(value: object, wanted: str, fix: str | None = None) -> BadValueError:
    """The error for a value of another type than wanted."""
    given = f": {shown(value)}" if isinstance(value, (str, int, float)) else ""
    return BadValueError(codes.WRONG_TYPE, f"must be {wanted}, but this is {kind_of(value)}{given}", fix=fix)


def text(value: object) -> str:
    """Any text, lines and all."""
    if not isinstance(value, str):
        quoted = isinstance(value, (bool, int, float))
        raise wrong_type(value, "a text", f'put it in quotes: "{value}"' if quoted else "write a text")
    if len(value) > MAX_TEXT_CHARS:
        raise BadValueError(codes.BAD_VALUE, f"is longer than {MAX_TEXT_CHARS} characters", fix="shorten it")
    return value


def line(value: object) -> str:
    """A text on one line, without invisible characters."""
    given = text(value).strip()
    if clean_line(given, None) != " ".join(given.split()) or "\n" in given:
        raise BadValueError(codes.BAD_VALUE, "must be one line without invisible characters", fix="retype it")
    return given


def source_name(value: object) -> str:
    """The name by which a source is called: one line, at most 100 characters."""
    given = text(value).strip()
    if not given or len(given) > MAX_NAME_CHARS or clean(given) != given or not given.isprintable():
        raise BadValueError(
            codes.BAD_NAME,
            f"{shown(given)} cannot name a source",
            why=f"a name is one line of 1 to {MAX_NAME_CHARS} visible characters",
            fix="choose a shorter, plain name",
        )
    return given


def header(value: object) -> str:
    """A text that may stand in an HTTP header. Source: RFC 9110, section 5.5; only visible ASCII and blanks are safe."""
    given = text(value)
    if not given.isascii() or not given.isprintable() or given != given.strip() or len(given) > 500:
        raise BadValueError(
            codes.BAD_HEADER,
            f"{shown(given)} cannot stand in an HTTP header",
            why="there only visible ASCII characters and blanks inside may stand, at most 500",
            fix="write it in plain ASCII on one line",
        )
    return given


def flag(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise wrong_type(value, "true or false", "YAML 1.2 knows only true and false, not yes and no")
    return value


def number(value: object) -> float:
    """A finite number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise wrong_type(value, "a number", "write it like 2 or 0.5")
    if not math.isfinite(value):
        raise BadValueError(codes.BAD_VALUE, f"{shown(value)} is no finite number", fix="write it like 2 or 0.5")
    return float(value)


def whole(value: object) -> int:
    """A whole number of 0 or more."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong_type(value, "a whole number", "write it like 2, without quotes")
    if value < 0:
        raise BadValueError(codes.BAD_VALUE, f"{shown(value)} is less than 0", fix="write 0 or more")
    return value


def count(value: object) -> int:
    """A whole number of 1 or more."""
    if whole(value) == 0:
        raise BadValueError(codes.BAD_VALUE, "must be at least 1", fix="write 1 or more, or leave it out")
    return whole(value)


def slug(value: object) -> str:
    """A word for addresses and file names: a-z, 0-9 and single hyphens inside, at most 40 characters."""
    given = text(value)
    if not _SLUG.fullmatch(given) or len(given) > 40:
        near = re.sub(r"[^a-z0-9]+", "-", given.casefold()).strip("-")[:40]
        raise BadValueError(
            codes.BAD_SLUG,
            f"{shown(given)} is no slug",
            why="it becomes part of addresses and file names: a-z, 0-9 and - only",
            fix=f"write {near}" if near else "write a short English word",
        )
    return given


def regex(value: object) -> re.Pattern[str]:
    """A regular expression, compiled."""
    given = text(value)
    try:
        return re.compile(given)
    except re.error as error:
        where = f" at character {error.pos + 1}" if error.pos is not None else ""
        raise BadValueError(
            codes.BAD_REGEX,
            f"{shown(given)} is no regular expression",
            why=f"{error.msg}{where}",
            fix="write \\ before a character that is meant as it stands; in YAML, single quotes keep backslashes",
        ) from None


def pattern(value: object) -> str:
    """A regular expression that meets an upstream's texts: searched with a time limit, by a library of its own."""
    import regex as timed

    given = line(value)
    if not given:
        raise BadValueError(codes.BAD_REGEX, "is empty", fix="write what is looked for, or remove the key")
    try:
        timed.compile(given)
    except timed.error as error:
        raise BadValueError(
            codes.BAD_REGEX,
            f"{shown(given)} is no regular expression",
            why=error.msg + (f" at character {error.pos + 1}" if error.pos is not None else ""),
            fix="write \\ before a character that is meant as it stands; in YAML, single quotes keep backslashes",
        ) from None
    return given


def texts(value: object) -> tuple[str, ...]:
    """A list of texts, each on one line."""
    if not isinstance(value, list):
        raise wrong_type(value, "a list", f"put it in brackets: [{value}]" if isinstance(value, str) else "write it like [a, b]")
    return tuple(line(one) for one in value)
