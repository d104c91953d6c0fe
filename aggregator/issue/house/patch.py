"""A changed item: the lines that still say what they said stay, the others are written anew."""

from __future__ import annotations

from collections.abc import Sequence

from aggregator.issue.house.body import Body, Piece, read_body
from aggregator.issue.house.item import print_item, print_link, print_summary, read_item
from aggregator.issue.house.lines import bare
from aggregator.issue.house.normal import normal_item
from aggregator.issue.match import content
from aggregator.model import Item, Profile, Publication

_BREAK = "  "


def patched(lines: Sequence[str], before: Item, after: Item, publication: Publication) -> str:
    """The text of `after`, with as many of the `lines` that said `before` as still hold. No line end at its end."""
    profile = publication.profile
    whole = print_item(after, profile)
    if profile.items != "list" or (lines and read_item(lines, profile)[1].rest):
        return whole
    body = read_body(lines[1:], profile)
    in_head = before.links[: len(before.links) - len(body.links)]
    if content(before)[:4] == content(after)[:4] and after.links[: len(in_head)] == in_head:
        head, links = bare(lines[0]) + _BREAK, after.links[len(in_head) :]
    else:
        head, links = whole.split("\n", 1)[0], after.links
    if before.summary == after.summary:
        printed = [print_link(link, profile) for link in links]
        text = _with_links(head, lines[1:], body, printed, [tuple(body.links), links], profile)
    elif body.links == links:
        text = _with_summary(head, lines[1:], body, print_summary(after.summary, profile))
    else:
        return whole
    read = read_item([f"{line}\n" for line in text.split("\n")], profile)[0]
    same = content(normal_item(read, publication)) == content(normal_item(after, publication))
    return text if same else whole


def _with_summary(head: str, lines: Sequence[str], body: Body, summary: list[str]) -> str:
    """Link lines stay; the summary stands where it began, or at the end."""
    out, at, placed = [head], 0, False
    for piece in body.lines:
        raw = [line.rstrip("\r\n") for line in lines[at : at + piece.count]]
        at += piece.count
        if piece.kind is Piece.LINK:
            out += raw
        elif piece.kind is Piece.TEXT and not placed:
            out += _broken(summary)
            placed = True
    return "\n".join(out if placed else out + _broken(summary))


def _with_links(
    head: str, lines: Sequence[str], body: Body, printed: list[str], links: list[tuple[object, ...]], profile: Profile
) -> str:
    """The summary stays; kept links stay where they are, the others stand where the first was, or under the title."""
    old, new = links
    if old == new:
        return "\n".join([head, *(line.rstrip("\r\n") for line in lines)])
    out, at, fresh = [head], 0, list(zip(new, printed, strict=True))
    for piece in body.lines:
        raw = [line.rstrip("\r\n") for line in lines[at : at + piece.count]]
        at += piece.count
        if piece.kind is Piece.LINK:
            if all(link in new for link in piece.links):
                fresh = [pair for pair in fresh if pair[0] not in piece.links]
                out += raw
        else:
            out += raw
    last = max((index for index, line in enumerate(out) if index and read_body([line], profile).links), default=0)
    return "\n".join([*out[: last + 1], *_broken([line for _, line in fresh]), *out[last + 1 :]])


def _broken(lines: list[str]) -> list[str]:
    return [line + _BREAK if line and not line.endswith(_BREAK) else line for line in lines]
