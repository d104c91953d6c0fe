"""A page copied as text, as lines of Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aggregator.issue.house.blocks import Shaped
from aggregator.issue.house.derive import day_of
from aggregator.issue.house.inline import escape_plain
from aggregator.issue.house.lines import bare, indentation, is_blank
from aggregator.model import Publication

_DOT = re.compile(r"^(\s*)[•●·]\s+(\S.*)$")
_TAGGED = re.compile(r"^((?:\[[^\[\]]{1,60}\]\s+)*)(.*)$")
_SOURCE = re.compile(r"^(.*)\s[|｜丨]\s(.*)$")


def from_page(lines: Sequence[str], publication: Publication) -> Shaped:
    """Dots become bullets, bare lines headings, tagline and footer, as far as their place tells."""
    shaped = Shaped()
    titles = {part.title for part in publication.sections}
    past = publication.profile.labels("past")
    state = "top"
    for number, raw in enumerate(lines):
        line = bare(raw)
        dot = _DOT.match(line)
        name = line.strip()
        if is_blank(raw):
            shaped.add("", number)
        elif state != "footer" and name in past:
            shaped.add(f"## {name}", number)
            state = "past"
        elif state != "footer" and name in titles:
            shaped.add(f"## {name}", number)
            state = "items"
        elif state == "past" and not day_of(name):
            shaped.add("----", number)
            shaped.add(line, number)
            state = "footer"
        elif state == "top":
            shaped.add(f"# {name}", number)
            state = "tagline"
        elif state == "tagline" and not dot and indentation(line) == 0:
            shaped.add(f"**{name}**", number)
            state = "lead"
        elif dot and indentation(line) <= 2:
            shaped.add(f"- {title_line(dot[2])}", number)
        elif dot:
            shaped.add(f"{' ' * indentation(line)}- {dot[2]}", number)
        else:
            shaped.add(line.strip() if state != "footer" else line, number)
    return shaped


def title_line(text: str) -> str:
    """The plain title line of an item as Markdown: its tags and its last bar stay what they are."""
    match = _TAGGED.match(text)
    tags, rest = (match[1], match[2]) if match else ("", text)
    parted = _SOURCE.match(rest)
    if parted:
        return f"{tags}{escape_plain(parted[1])} | {escape_plain(parted[2])}"
    return tags + escape_plain(rest)
