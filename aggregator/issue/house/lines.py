"""Lines of an issue: how they are cut, and what a line looks like. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_RULE = re.compile(r"^ {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$")
_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$")
_BULLET = re.compile(r"^ ?([-*+–•·●])(?:[ \t\u00a0\u3000]+|$)(.*)$")
_NUMBER = re.compile(r"^ ?\d{1,3}[.)](?:[ \t]+|$)(.*)$")
_MARKER = re.compile(r"^([ \t]*)([-*+•·●–]|\d{1,3}[.)])(?=[ \t]|$)")
_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})")


def cut(text: str) -> tuple[str, ...]:
    """The lines of a text with their ends (LF, CRLF or CR); joined they are the text again."""
    return tuple(_LINE.findall(text))


def bare(line: str) -> str:
    """A line without its end, without blanks at its end, and without the byte order mark that a text may begin with."""
    return line.rstrip().lstrip("\ufeff")


def is_blank(line: str) -> bool:
    """True when nothing can be seen in the line."""
    return not line.strip()


def is_rule(line: str) -> bool:
    """True for a thematic break: three or more of `-`, `*` or `_` and nothing else."""
    return bool(_RULE.match(bare(line)))


def heading(line: str) -> tuple[int, str] | None:
    """Level and text of an ATX heading, else None."""
    match = _HEADING.match(bare(line))
    return (len(match[1]), match[2].strip()) if match else None


def bullet(line: str) -> str | None:
    """The text after a bullet at the left margin (`-`, `*`, `+`, en dash, dots), None for other lines and rules."""
    match = None if is_rule(line) else _BULLET.match(bare(line))
    return match[2].strip() if match else None


def numbered(line: str) -> str | None:
    """The text after `1.` or `1)` at the left margin, else None."""
    match = _NUMBER.match(bare(line))
    return match[1].strip() if match else None


def labelled(line: str, labels: Sequence[str]) -> bool:
    """True for a line that begins with one of these labels and a colon."""
    return any(re.match(rf"{re.escape(label)}\s*[：:]", line) for label in labels)


def marker(line: str) -> tuple[int, str] | None:
    """Indentation in columns and text of a list line at any depth, else None."""
    match = None if is_rule(line) else _MARKER.match(line)
    if not match:
        return None
    return indentation(line), bare(line)[match.end() :].strip()


def is_listed(line: str) -> bool:
    """True for a list line with something in it; an empty one under a paragraph makes a heading of the paragraph."""
    found = marker(line)
    return found is not None and bool(found[1])


def indentation(line: str) -> int:
    """Columns of white space before the first character; a tab reaches the next multiple of four."""
    columns = 0
    for char in line:
        if char == "\t":
            columns += 4 - columns % 4
        elif char == " ":
            columns += 1
        else:
            break
    return columns


def fenced(lines: Sequence[str]) -> tuple[bool, ...]:
    """For each line whether it stands in a code fence that is closed; the fence's own lines count as inside."""
    inside = [False] * len(lines)
    index = 0
    while index < len(lines):
        match = _FENCE.match(lines[index])
        if match:
            end = _closing(lines, index, match[1])
            if end is not None:
                inside[index : end + 1] = [True] * (end + 1 - index)
                index = end
        index += 1
    return tuple(inside)


def _closing(lines: Sequence[str], start: int, fence: str) -> int | None:
    for index in range(start + 1, len(lines)):
        line = lines[index].strip()
        if len(line) >= len(fence) and set(line) == {fence[0]}:
            return index
        if heading(lines[index]) and heading(lines[index])[0] <= 2:  # type: ignore[index]
            return None
    return None
