"""Errors in the words of somebody who edits the file: what the YAML parser means, and the nearest known word."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from aggregator.config import codes
from aggregator.errors import ConfigError, Place

if TYPE_CHECKING:
    from ruamel.yaml.error import MarkedYAMLError

_ALIGN = "give this line as many blanks before it as its neighbours have"
_QUOTE = "put the whole text in quotes"
_FIXES: tuple[tuple[str, str], ...] = (
    ("mapping values are not allowed", f"{_QUOTE}: a colon with a blank behind it separates a key from its value"),
    ("found unexpected end of stream", "close the quote or bracket that was opened"),
    ("found unexpected document", "close the quote that was opened"),
    ("could not find expected ':'", "put a colon and a blank behind the key"),
    ("cannot start any token", f"{_QUOTE}: this character means something else to YAML"),
    ("',' or ']'", "close the list with ], and separate its items by commas"),
    ("',' or '}'", "close the mapping with }, and separate its pairs by commas"),
    ("expected node content", "close the bracket that was opened"),
    ("expected the node content", "close the bracket that was opened"),
    ("expected key", _ALIGN),
    ("<block end>", _ALIGN),
    ("'-' indicator", _ALIGN),
    ("sequence entries are not allowed", _ALIGN),
    ("unknown escape character", "use single quotes, or write the backslash twice"),
)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` most likely stands for, or None."""
    from difflib import get_close_matches

    names = {name.casefold(): name for name in known}
    close = get_close_matches(word.casefold()[:80], names, n=1, cutoff=0.6 if len(word) > 3 else 0.75)
    return names[close[0]] if close else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """` - did you mean `x`?`, or nothing."""
    near = nearest(word, known)
    return f" - did you mean `{near}`?" if near is not None else ""


def listed(words: Iterable[str]) -> str:
    """Words as a list that can be read: `a, b, c`."""
    return ", ".join(words)


def shown(value: object, limit: int = 60) -> str:
    """A value as an error names it, in backquotes, short and without what a terminal would obey."""
    text = "".join(char if char.isprintable() else "�" for char in str(value))
    return f"`{text if len(text) <= limit else text[: limit - 1] + '…'}`"


def explain_yaml(error: MarkedYAMLError, text: str, name: str) -> ConfigError:
    """What the parser found, with its place and what to do."""
    mark = error.problem_mark or error.context_mark
    place = Place(name, mark.line + 1, mark.column + 1) if mark else Place(name)
    problem = " ".join(str(error.problem or error.context or "it cannot be read").split())
    if mark is not None and text[mark.index : mark.index + 1] == "\t" and "token" in problem:
        return ConfigError(
            "a tab cannot indent",
            why="YAML counts blanks; a tab has no width",
            fix="replace the tab by blanks",
            code=codes.TAB,
            place=place,
        )
    fix = next((fix for part, fix in _FIXES if part in problem), "compare the line with the ones around it")
    began = error.context_mark
    why = " ".join(str(error.context or "").split()) or None
    if why and began is not None and mark is not None and began.line != mark.line:
        why = f"{why} that begins in line {began.line + 1}"
    return ConfigError(f"this is not YAML: {problem}", why=why, fix=fix, code=codes.BAD_YAML, place=place)
