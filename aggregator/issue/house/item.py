"""One item: read from its lines, written in the safe form, and its anchor."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container, Sequence

from aggregator.issue.house.body import read_body
from aggregator.issue.house.head import Head, print_head, read_head
from aggregator.issue.house.inline import destination, one_line, safe_inline
from aggregator.issue.house.layout import BREAK, lay
from aggregator.issue.house.lines import bullet, fenced, heading, indentation, is_listed, is_rule, numbered
from aggregator.model import Item, Link, Profile
from aggregator.text import clean

_BLOCK_START = re.compile(r"^(?:#{1,6}(?:\s|$)|>|=+\s*$|-+\s*$|:(?=\s)|\$\$|\[[^\]]*\]:|\{:|`{3}|~{3})")
_LONG_NUMBER = re.compile(r"^(\d+)([.)])(?=\s|$)")


def read_item(lines: Sequence[str], profile: Profile, line: int | None = None) -> tuple[Item, Head]:
    """Read the lines of one item, its bullet included. `line` is where it begins, counted from 1. The anchor is empty."""
    first, titled = bullet(lines[0]), heading(lines[0])
    if first is None:
        first = numbered(lines[0]) or (titled[1] if titled else lines[0].strip())
    head = read_head(first, profile.bar, after=profile.source_after)
    body = read_body([*([head.rest] if head.rest else []), *lines[1:]], profile)
    item = Item(
        title=head.title,
        url=head.url,
        source=head.source,
        tags=head.tags,
        links=head.links + body.links,
        summary=body.summary,
        line=line,
    )
    return item, head


def print_item(item: Item, profile: Profile) -> str:
    """An item in canonical form: first line, labelled links, summary. No line end at its end."""
    listed = profile.items == "list"
    links, summary = [print_link(link, profile) for link in item.links], print_summary(item.summary, profile, listed=listed)
    body = [*links, *summary]
    # A paragraph all of whose lines hold a bar is a table to kramdown, and the link is lost.
    first_paragraph = body[: body.index("")] if "" in body else body
    table = listed and all("|" in line for line in first_paragraph)
    bar = profile.bar.replace("|", "｜") if table else profile.bar
    head = print_head(item.title, item.source, item.url, item.tags, bar, after=profile.source_after)
    text = lay(
        profile,
        "item",
        tags=head.tags,
        title=head.title,
        source=re.sub(r"(^|\s)(#+)$", r"\1\\\2", head.source) if not listed else head.source,
        url=head.url,
        bar=bar,
        links=links,
        summary=summary,
        item=item,
    )
    if not listed:
        return text
    return "\n".join(line + BREAK if line and not line.endswith(BREAK) else line for line in text.split("\n"))


def print_link(link: Link, profile: Profile) -> str:
    """A labelled link on its line. Its label is printed as it is; "" takes the publication's label for the role."""
    label = one_line(link.label)
    if link.role == "text" and not link.url:
        return safe_inline(label)
    label = label or profile.link_labels.get(link.role, link.role)
    pointed = destination(link.url).strip("<>").replace(" ", "%20")
    for line in (f"{label}{profile.colon}<{pointed}>", f"[{safe_inline(label, title=True)}]({destination(link.url)})"):
        read = read_body([line], profile).links
        if len(read) == 1 and read[0].url and read[0].label in {label, safe_inline(label, title=True)}:
            return line
    return f"<{pointed}>" if link.url else safe_inline(f"{label}{profile.colon}".rstrip())


def print_summary(summary: str, profile: Profile, *, listed: bool = True) -> list[str]:
    """The lines of a summary under its label; where items are `listed`, lists and code are indented so that they stay
    inside the item."""
    lines = _tidy(summary)
    if not lines:
        return []
    label = f"{profile.summary_label}{profile.colon}" if profile.summary_label else ""
    inside = fenced(lines)
    deeper = "    " if listed else ""
    printed: list[str] = []
    after_blank = False
    for index, line in enumerate(lines):
        nested = inside[index] or is_listed(line) or line[:1].isspace()
        if index == 0 and nested and label:
            printed.append(label.rstrip())
        if not line and not inside[index]:
            printed.append("")
            after_blank = True
        elif inside[index]:
            printed.append(f"{deeper}{line}")
        elif nested:
            printed.append(f"{deeper}{line[: len(line) - len(line.lstrip())]}{safe_inline(line.lstrip())}")
        else:
            text = label + safe_inline(line) if index == 0 and label else guarded(safe_inline(line))
            printed.append(f"  {text}" if after_blank and listed else text)
    return printed


def guarded(line: str) -> str:
    """A line of running text that begins no heading, quote, rule, definition or the like in any renderer."""
    if _BLOCK_START.match(line) or is_rule(line) or line in {"*", "+", "•"}:
        return "\\" + line
    return _LONG_NUMBER.sub(r"\1\\\2", line)


def _tidy(summary: str) -> list[str]:
    lines = [line.rstrip() for line in clean(summary).expandtabs(4).split("\n")]
    inside = fenced(lines)
    kept: list[str] = []
    for line, hidden in zip(lines, inside, strict=True):
        if line or hidden or (kept and kept[-1]):
            kept.append(line)
    while kept and not kept[-1]:
        kept.pop()
    return kept


def anchor(url: str | None, title: str, taken: Container[str] = ()) -> str:
    """The anchor of a new item: ten hexadecimal digits from its URL, or its title where it has none; `-2` … when taken."""
    stem = hashlib.sha256((url or title).encode("utf-8", "surrogatepass")).hexdigest()[:10]
    found, number = stem, 1
    while found in taken:
        number += 1
        found = f"{stem}-{number}"
    return found


def depth(line: str) -> int:
    """Indentation of a line that is not blank; a large number for a blank one."""
    return indentation(line) if line.strip() else 1000
