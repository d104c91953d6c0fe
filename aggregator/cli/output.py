"""What goes where: data on stdout, talk on stderr, JSON one object a line; no control character of a feed reaches a terminal."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, TextIO

from aggregator.errors import AggregatorError, ConfigError
from aggregator.text import clean, display_width, fit

if TYPE_CHECKING:
    from aggregator.model import SeenIn

_HIDDEN = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_RED, _GREEN, _YELLOW, _DIM, _BOLD, _END = "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[2m", "\x1b[1m", "\x1b[0m"
SHOWN_NOTES = 3
STYLES = {"red": _RED, "green": _GREEN, "yellow": _YELLOW, "dim": _DIM, "bold": _BOLD}


def is_terminal(stream: TextIO) -> bool:
    """True when a person reads the stream on a terminal that understands escape sequences."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def use_colour(stream: TextIO) -> bool:
    """NO_COLOR and CLICOLOR_FORCE are honoured (no-color.org, bixense.com/clicolors)."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("CLICOLOR_FORCE", "0") not in {"", "0"}:
        return True
    return is_terminal(stream)


def paint(text: str, style: str, stream: TextIO) -> str:
    """`text` in a style where the stream shows colours, else as it is."""
    return f"{STYLES[style]}{text}{_END}" if use_colour(stream) else text


def put(text: str = "") -> None:
    """One line of data on stdout."""
    sys.stdout.write(clean(text) + "\n")


def say(text: str = "", style: str | None = None) -> None:
    """One line of talk on stderr."""
    text = clean(text)
    sys.stderr.write((paint(text, style, sys.stderr) if style else text) + "\n")


def put_json(value: Mapping[str, Any]) -> None:
    """One JSON object on a line of its own; times are ISO 8601 UTC."""
    text = json.dumps(value, ensure_ascii=False, default=_plain)
    # A terminal may be what reads this: control and bidi characters go out as escapes, which mean the same in JSON.
    sys.stdout.write(_HIDDEN.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n")


def put_json_lines(values: Iterable[Mapping[str, Any]]) -> None:
    """One JSON object a line."""
    for value in values:
        put_json(value)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"not JSON: {type(value).__name__}")


def width() -> int:
    """Columns of the terminal; 0 where stdout is none, so that nothing is cut."""
    if not sys.stdout.isatty():
        return 0
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns
    except OSError:
        return 80


def put_table(rows: Sequence[Sequence[str]], *, right: frozenset[int] = frozenset()) -> None:
    """Aligned columns, wide characters counted as two; the last column is cut at the terminal's edge."""
    cells = [[clean(cell).replace("\n", " ").replace("\t", " ") for cell in row] for row in rows]
    if not cells:
        return
    widths = [max(display_width(row[column]) for row in cells) for column in range(len(cells[0]))]
    room = width()
    for row in cells:
        line = "  ".join(_pad(cell, widths[column], column in right) for column, cell in enumerate(row[:-1]))
        last = row[-1]
        if room:
            last = fit(last, max(room - display_width(line) - 2, 10))
        sys.stdout.write(f"{line}  {last}".rstrip() + "\n" if line else last + "\n")


def _pad(cell: str, columns: int, right: bool) -> str:
    blanks = " " * (columns - display_width(cell))
    return blanks + cell if right else cell + blanks


def show_error(error: AggregatorError) -> None:
    """An error as cli.md prescribes: the line with its code, then what is known of why and how to mend it."""
    errors = [error, *error.others] if isinstance(error, ConfigError) else [error]
    for one in errors:
        mark = paint("✗", "red", sys.stderr)
        sys.stderr.write(f"{mark} {clean(str(one))}   [{one.code}]\n")
        for label, text in (("why", one.why), ("fix", one.fix)):
            if text:
                sys.stderr.write(f"  {paint(label, 'dim', sys.stderr)}  {_indented(text)}\n")


def show_notes(notes: Sequence[ConfigError]) -> None:
    """What works in sources.yaml, but not as written: the first few, and where the rest is told."""
    few = notes if len(notes) <= SHOWN_NOTES + 1 else notes[:SHOWN_NOTES]
    for note in few:
        sys.stderr.write(f"{paint('!', 'yellow', sys.stderr)} {clean(str(note))}   [{note.code}]\n")
        if note.fix:
            sys.stderr.write(f"  {paint('fix', 'dim', sys.stderr)}  {_indented(note.fix)}\n")
    if len(few) < len(notes):
        sys.stderr.write(f"! {len(notes) - len(few)} more of this kind: `aggregator doctor` tells them\n")


def _indented(text: str) -> str:
    return clean(text).replace("\n", "\n       ")


_MET = {"same paper": "same paper, other article,", "same repository": "same repository, earlier news,"}


def met_before(seen: SeenIn) -> str:
    """Where the archive has met a work, in words."""
    return f"{_MET.get(seen.relation, seen.relation)} in issue {seen.issue}"


def counted(number: int, noun: str, many: str | None = None) -> str:
    """`1 candidate`, `2 candidates`; `many` is the plural that takes more than an s."""
    return f"{number} {noun if number == 1 else many or noun + 's'}"


def ago(then: datetime | None, now: datetime) -> str:
    """`3 h ago`, `in 20 min`; "never" for None."""
    if then is None:
        return "never"
    seconds = (now - then).total_seconds()
    size = abs(seconds)
    for limit, step, unit in ((90, 1, "s"), (5400, 60, "min"), (129_600, 3600, "h"), (float("inf"), 86_400, "d")):
        if size < limit:
            amount = f"{round(size / step)} {unit}"
            return f"{amount} ago" if seconds >= 0 else f"in {amount}"
    return "never"
