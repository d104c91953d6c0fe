"""The lines under an item's first line: labelled links, and the summary in whatever paragraphs and lists it comes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from aggregator.issue.house.lines import bare, fenced, indentation, is_blank, is_listed, marker
from aggregator.model import Link, Profile
from aggregator.urls import link_role

_URL = r"https?://[^\s<>\u3001-\u3003\u3008-\u3011\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f\u201c\u201d]+"
_LABEL = r"(?!.{0,58}://.*[：:]\s*<?http)[^\[\]<>|，。！？；;!?：:](?:[^\[\]<>|，。！？；;!?]{0,58}[^\[\]<>|，。！？；;!?：:\s])?"
_LABELLED = re.compile(rf"^(?P<label>{_LABEL})\s*[：:]\s*(?:<(?P<pointed>https?://[^\s<>]+)>|(?P<url>{_URL}))\s*[；;，,。.]?$")
_LABEL_LINK = re.compile(
    rf"^(?P<label>{_LABEL})\s*[：:]\s*\[(?P<text>(?:[^\[\]\\]|\\.)*)\]\(<?(?P<url>https?://[^\s<>()]+)>?\)\s*[；;。.]?$"
)
_WHOLE_LINK = re.compile(r"^\[\[?(?P<text>(?:[^\[\]\\]|\\.)*)\]?\]\((?:<(?P<pointed>[^<>\n]*)>|(?P<url>[^\s<>()]+))\)$")
_BARE_URL = re.compile(rf"^(?:<(https?://[^\s<>]+)>|({_URL}))$")
_LABEL_ALONE = re.compile(rf"^(?P<label>{_LABEL})\s*[：:]$")
_SEVERAL = re.compile(rf"\s*[；;，,、|/]?\s*(?P<label>[^\s\[\]()<>|，。！？；;!?：:]{{1,30}})\s*[：:]\s*<?(?P<url>{_URL})>?")


class Piece(StrEnum):
    """What one line under an item is."""

    LINK = "link"
    TEXT = "text"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class BodyLine:
    """One line (two where a label and its URL stand on lines of their own): what it is, its links, its text as it counts
    in the summary, and how many lines of the file it takes."""

    kind: Piece
    links: tuple[Link, ...] = ()
    text: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Body:
    """The lines under an item, what they make together, and whether the summary had its label."""

    lines: tuple[BodyLine, ...]
    links: tuple[Link, ...]
    summary: str
    labelled: bool


def read_body(lines: Sequence[str], profile: Profile) -> Body:
    """Read the lines under an item. Every line ends up in the links or in the summary."""
    opening, named = openings(profile.labels("summary"), profile.labels("bare"), profile.labels("named"))
    inside = fenced(lines)
    found: list[BodyLine] = []
    labelled, index = False, 0
    while index < len(lines):
        line = bare(lines[index])
        if is_blank(line) and not inside[index]:
            found.append(BodyLine(Piece.BLANK))
        elif inside[index]:
            found.append(BodyLine(Piece.TEXT, text=line))
        elif not labelled and opening.match(line.lstrip()):
            labelled = True
            text = opening.sub("", line.lstrip(), count=1)
            found.append(BodyLine(Piece.TEXT, text=" " * (indentation(line) if marker(line) else 0) + text))
        else:
            empty_summary = labelled and not any(piece.text.strip() for piece in found if piece.kind is Piece.TEXT)
            following = lines[index + 1] if index + 1 < len(lines) else ""
            found.append(_line(line, following, named, empty_summary=empty_summary, labelled=labelled))
        index += found[-1].count
    links = tuple(link for piece in found for link in piece.links)
    return Body(tuple(found), links, _summary(found), labelled)


@lru_cache(maxsize=64)
def openings(summary: tuple[str, ...], bare: tuple[str, ...], named: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """How a line begins that opens a summary, and one that names something instead of leading to it. The `bare` labels of
    a summary may lack their colon."""
    labels = "|".join(map(re.escape, summary)) or "(?!)"
    bare_labels = "|".join(map(re.escape, bare)) or "(?!)"
    names = "|".join(map(re.escape, named)) or "(?!)"
    return re.compile(rf"^(?:(?:{labels})\s*[：:]\s*|(?:{bare_labels})(?=\S))"), re.compile(rf"^(?:{names})\s*[：:]")


def _line(line: str, following: str, named: re.Pattern[str], *, empty_summary: bool, labelled: bool) -> BodyLine:
    listed = marker(line)
    content = listed[1] if listed else line.strip()
    if not (empty_summary and _BARE_URL.match(content)):
        links = read_links(content, listed=bool(listed), labelled=labelled)
        if links:
            return BodyLine(Piece.LINK, links)
        alone, url = _LABEL_ALONE.match(content), _BARE_URL.match(following.strip())
        if alone and url and not listed:
            return BodyLine(Piece.LINK, (_link(alone["label"], url[1] or url[2]),), count=2)
    if not listed and named.match(content):
        return BodyLine(Piece.LINK, (Link(content, "text", ""),))
    return BodyLine(Piece.TEXT, text=line)


def _link(label: str, url: str) -> Link:
    return Link(label.strip(), link_role(url), url)


def read_links(content: str, *, listed: bool = False, labelled: bool = False) -> tuple[Link, ...]:
    """The labelled links that a line consists of, () when it is anything else.

    `listed`: it stands after a list marker; `labelled`: the summary's label came before, so that a line that is one
    Markdown link is part of it.
    """
    match = _LABELLED.match(content)
    if match:
        return (_link(match["label"], match["pointed"] or match["url"]),)
    match = _LABEL_LINK.match(content)
    if match and not (listed and len(match["label"]) > 12):
        name = "" if match["text"].startswith(("http", match["label"])) else match["text"]
        return (_link(f"{match['label']}：{name}" if name else match["label"], match["url"]),)
    if listed:
        return ()
    match = _BARE_URL.match(content)
    if match:
        return (_link("", match[1] or match[2]),)
    match = _WHOLE_LINK.match(content)
    if match and not labelled:
        return (_link(match["text"], match["pointed"] or match["url"] or ""),)
    return _several(content)


def _several(content: str) -> tuple[Link, ...]:
    found: list[Link] = []
    at = 0
    while at < len(content):
        match = _SEVERAL.match(content, at)
        if not match:
            return ()
        found.append(_link(match["label"], match["url"].rstrip("；;，,。")))
        at = match.end()
    return tuple(found) if len(found) > 1 else ()


def _summary(pieces: Iterable[BodyLine]) -> str:
    """Text lines joined; one blank line where any stood between two of them; list levels counted from the outermost."""
    lines: list[str] = []
    for piece in pieces:
        if piece.kind is Piece.TEXT:
            lines.append(piece.text)
        elif piece.kind is Piece.BLANK and lines and lines[-1]:
            lines.append("")
    while lines and not lines[-1].strip():
        lines.pop()
    while lines and not lines[0].strip():
        lines.pop(0)
    return "\n".join(_dedented(lines))


def _dedented(lines: list[str]) -> list[str]:
    inside = fenced(lines)
    depths = [indentation(line) for line, hidden in zip(lines, inside, strict=True) if not hidden and is_listed(line)]
    depths += [indentation(line) for index, line in enumerate(lines) if inside[index] and not (index and inside[index - 1])]
    base = min(depths, default=None)
    done: list[str] = []
    for line in lines:
        depth = indentation(line)
        keep = 0 if base is None or depth <= base else depth - base
        done.append(" " * keep + line.lstrip() if line.strip() else "")
    return done
