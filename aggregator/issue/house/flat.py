"""HTML flattened to lines, as lines of Markdown: items parted again, headings put where they must have been.

What is left of the markup: ` - ` where a list entry began, in the middle of a line when the entry before it ended there.
An entry is an item when a label (摘要, 地址 …) or a source follows; else it belongs to a list inside a summary. Nothing
is left of the headings: a section began where an item begins a line of its own although no inner list came before, at
the note of the projects, and after the projects where the repository prefix ends. That is a guess, and reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aggregator.issue.house.blocks import Shaped
from aggregator.issue.house.lines import bare, is_blank, labelled
from aggregator.issue.house.page import title_line
from aggregator.model import Publication

_TABLE = re.compile(r"^\s*(?:layout\s*\||-{3,}\s*\||default\s*\|)")
_LABEL = re.compile(r"^\s*(?:摘要|地址|文章|代码|论文|链接|标题|项目|主页|文档)[^，。:：]{0,12}[:：]")
_NEXT = re.compile(r"(?<=[。！？；!?.;)）”」])\s+-\s(?=\S)")
_INNER = re.compile(r"(?<=[:：])-\s(?=\S)|(?<=[\w/])(?<!\s)-\s(?=\S)")
_ENDS_INNER = re.compile(r"^(?P<inner>.*?[。；;.!])\s+(?P<rest>\S.*)$")
_SOURCE = re.compile(r"\s\|\s\S{1,30}$")
_NOTE = re.compile(r"^注\s*[:：]")
_PREFIX = re.compile(r"^[A-Za-z0-9][\w.-]*/[\w.-]+\s*[:：]")


@dataclass(frozen=True, slots=True)
class _Piece:
    """One line of the page as it was: an item's first line, a line of an inner list, a note, or text."""

    kind: str
    text: str
    number: int
    own_line: bool = False


def unflattened(lines: Sequence[str], publication: Publication) -> Shaped:
    """Bring flattened HTML into the Markdown shape."""
    shaped = Shaped()
    start = next((n for n, raw in enumerate(lines) if bare(raw).startswith("- ")), len(lines))
    _top(lines[:start], shaped, publication)
    _items(list(_pieces(lines, start)), shaped, publication)
    return shaped


def _top(lines: Sequence[str], shaped: Shaped, publication: Publication) -> None:
    shaped.add(f"# {publication.printed_name}", 0)
    labels = publication.profile.labels("lead")
    in_lead = tagline = False
    for number, raw in enumerate(lines):
        line = bare(raw).strip()
        if not line or _TABLE.match(line):
            continue
        if labelled(line, labels) or in_lead:
            if not in_lead:
                shaped.add("", number)
            shaped.add(f"> {line}", number)
            in_lead = True
        else:
            shaped.add("", number)
            shaped.add(line if tagline else f"**{line}**", number)
            tagline = True


def _pieces(lines: Sequence[str], start: int) -> Iterator[_Piece]:
    for number in range(start, len(lines)):
        line = bare(lines[number])
        following = bare(lines[number + 1]) if number + 1 < len(lines) else ""
        if is_blank(line):
            yield _Piece("text", "", number)
            continue
        *parts, last = _NEXT.split(line)
        for at, part in enumerate([*parts, last]):
            final = at == len(parts)
            begins = part.startswith("- ") if at == 0 else True
            text = part.removeprefix("- ") if at == 0 else part
            if begins and ((final and _LABEL.match(following)) or _SOURCE.search(text)):
                yield _Piece("item", text, number, own_line=at == 0)
            elif begins:
                yield from _inner(text, number)
            else:
                yield from _running(text, number)


def _inner(text: str, number: int) -> Iterator[_Piece]:
    """An entry of an inner list, and what came after the list on the same line."""
    match = _ENDS_INNER.match(text)
    yield _Piece("inner", match["inner"] if match else text, number)
    if match:
        yield _Piece("text", match["rest"], number)


def _running(text: str, number: int) -> Iterator[_Piece]:
    """Running text, and the inner list that was glued to its end."""
    if _NOTE.match(text):
        yield _Piece("note", text, number)
        return
    match = _INNER.search(text) if re.search(r"[:：]- \S|https?://\S+- \S", text) else None
    yield _Piece("text", text[: match.start()] if match else text, number)
    if match:
        yield _Piece("inner", text[match.end() :], number)


def _items(pieces: Sequence[_Piece], shaped: Shaped, publication: Publication) -> None:
    sections = [part.title for part in publication.sections] or ["未分类"]
    projects = next((at for at, part in enumerate(publication.sections) if part.slug == "projects"), len(sections))
    current, before, note = -1, "", False
    for at, piece in enumerate(pieces):
        if piece.kind == "item":
            step = _next_section(piece, before, note=note, current=current, projects=projects)
            if step > current and step < len(sections):
                current, held = step, _held_note(pieces, at) if note else []
                shaped.guess(piece.number, sections[current])
                shaped.add("", piece.number)
                shaped.add(f"## {sections[current]}", piece.number)
                shaped.add("", piece.number)
                for line in held:
                    shaped.add(f"> {line.text}", line.number)
                shaped.add("", piece.number)
            shaped.add(f"- {title_line(piece.text)}", piece.number)
            note = False
        elif piece.kind == "note" or note:
            note = True
        elif piece.text:
            shaped.add(f"    - {piece.text}" if piece.kind == "inner" else piece.text, piece.number)
        # What follows an inner list on its line does not make the next item begin a section.
        same_line = at > 0 and pieces[at - 1].number == piece.number
        if piece.text and not (before == "inner" and same_line and piece.kind == "text"):
            before = piece.kind


def _next_section(piece: _Piece, before: str, *, note: bool, current: int, projects: int) -> int:
    if current < 0:
        return 0
    if note:
        return max(projects, current)
    if not piece.own_line:
        return current
    if before != "inner":
        return current + 1
    return current + 1 if current == projects and not _PREFIX.match(piece.text) else current


def _held_note(pieces: Sequence[_Piece], at: int) -> list[_Piece]:
    start = at
    while start and pieces[start - 1].kind != "note":
        start -= 1
    return [piece for piece in pieces[max(start - 1, 0) : at] if piece.text]
