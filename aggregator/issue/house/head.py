"""The first line of an item: `[tag] [title | source](url) [[label]](url)`, read in all its shapes and written in one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aggregator.issue.house.inline import destination, masked, matching, one_line, safe_inline, target
from aggregator.model import Link
from aggregator.urls import link_role

_TAG = re.compile(r"\[([^\[\]\\|]{1,60})\](?!\()\s*(?=\S)")
_MOST_TAGS = 12
_BARS = "|｜丨"
_BAR = re.compile(r"[|｜丨]")
_SENTENCE = re.compile(r"[，。！？；“”…]|[了吗呢吧]$|[.!?]\s|[.!?]$")
_URL_AT_END = re.compile(r"[\s：:]{0,3}<?(https?://[^\s<>\u3000-\u303f\uff00-\uff60]+)>?\s*$")
_LINK_AT_END = re.compile(r"(?<!!)\[([^\[\]]*)\]\(([^()\s]*)\)\s*$")
_EXTRA = re.compile(r"\s*\[\[?([^\[\]]*)\]?\]\(<?([^()\s<>]*)>?\)")
_EXTRA_URL = re.compile(r"\s*<?(https?://[^\s<>\u3000-\u303f\uff00-\uff60]+)>?")
_SOURCE_AFTER = re.compile(r"^\s*[|｜丨]\s*(\S.*)$")


@dataclass(frozen=True, slots=True)
class Head:
    """What the first line of an item says. `rest` is text after the link that is neither a link nor a source; `broken`
    says what is wrong with the line, "" when nothing is."""

    title: str
    url: str | None = None
    source: str = ""
    tags: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    rest: str = ""
    broken: str = ""


def read_head(text: str, bar: str = "", *, after: bool = False) -> Head:
    """Read the text after the bullet of an item. Never fails: what has no link is all title. `after`: the publication's own
    bar stands behind the link."""
    behind = bar.strip() if after else ""
    bar = "" if after else bar
    tags, text = _take_tags(text.strip())
    if not text.startswith("["):
        return _without_link(tags, text, bar)
    found = _link(text)
    if found is None:
        end = matching(text, 0)
        if end is None:
            title, source = split_source(text[1:].strip(), bar)
            return Head(title, None, source, tags, broken="bracket")
        if end == len(text) - 1:
            title, source = split_source(text[1:end].strip(), bar)
            return Head(title, None, source, tags, broken="target")
        return _without_link(tags, text, bar)
    inside, url, behind_link, broken = found
    more, inside = _take_tags(inside.strip())
    title, source = split_source(inside, bar)
    links, rest = _extras(behind_link)
    named = _SOURCE_AFTER.match(rest)
    if named and not source:
        source, rest = named[1].strip(), ""
    elif behind and rest.strip().startswith(behind) and not source:
        source, rest = rest.strip()[len(behind) :].strip(), ""
    return Head(title, url or None, source, tags + more, links, rest.strip(), broken)


def _take_tags(text: str) -> tuple[tuple[str, ...], str]:
    tags: list[str] = []
    while len(tags) < _MOST_TAGS and (match := _TAG.match(text)):
        tags.append(match[1].strip())
        text = text[match.end() :]
    return tuple(tags), text


def _link(text: str) -> tuple[str, str, str, str] | None:
    end = matching(text, 0)
    if end is not None:
        skipped = len(text[end + 1 :]) - len(text[end + 1 :].lstrip())
        found = target(text, end + 1 + skipped)
        if found and (not skipped or found[0].startswith("http")):
            return text[1:end], found[0], text[found[1] :], "blank" if skipped else ""
        if text[end + 1 : end + 2] == "(":
            return text[1:end], text[end + 2 :].strip(), "", "parenthesis"
    middle = text.find("](")
    if end is None and middle > 0:
        found = target(text, middle + 1)
        if found:
            return text[1:middle], found[0], text[found[1] :], "balance"
    return None


def _without_link(tags: tuple[str, ...], text: str, bar: str) -> Head:
    link = _LINK_AT_END.search(text)
    if link:
        title, source = split_source(f"{text[: link.start()]}{link[1]}".strip(), bar)
        return Head(title, link[2] or None, source, tags, broken="link")
    bare = _URL_AT_END.search(text)
    if bare and bare.start():
        title, source = split_source(text[: bare.start()].strip(), bar)
        return Head(title, bare[1], source, tags, broken="link")
    title, source = split_source(text, bar)
    return Head(title, None, source, tags)


def _extras(text: str) -> tuple[tuple[Link, ...], str]:
    links: list[Link] = []
    while text.strip():
        match = _EXTRA.match(text)
        if match and match[2]:
            links.append(Link(match[1].strip(), link_role(match[2]), match[2]))
        else:
            match = _EXTRA_URL.match(text)
            if not match:
                break
            links.append(Link("", link_role(match[1]), match[1]))
        text = text[match.end() :]
    return tuple(links), text


def split_source(text: str, bar: str = "") -> tuple[str, str]:
    """Title and source of `title | source`. A bar is `|`, `｜`, a `丨` beside a blank, or the publication's own `bar`; the
    last one counts, unless what follows several bars reads like a sentence. An escaped bar is text."""
    visible = masked(text)
    own = bar.strip()
    if own and own not in _BARS:
        at = visible.rfind(bar.rstrip() if bar[:1].isspace() else own)
        return (text[:at].strip(), text[at + len(bar.rstrip()) :].strip()) if at >= 0 else (text.strip(), "")
    bars = [match.start() for match in _BAR.finditer(visible) if _is_bar(visible, match.start())]
    if not bars:
        return text.strip(), ""
    title, source = text[: bars[-1]].strip(), text[bars[-1] + 1 :].strip()
    if (len(bars) > 1 or not _beside_blank(visible, bars[-1])) and _SENTENCE.search(source):
        return text.strip(), ""
    return title, source


def _is_bar(text: str, index: int) -> bool:
    return text[index] != "丨" or _beside_blank(text, index)


def _beside_blank(text: str, index: int) -> bool:
    return text[index - 1 : index].isspace() or text[index + 1 : index + 2].isspace() or index in {0, len(text) - 1}


@dataclass(frozen=True, slots=True)
class PrintedHead:
    """The pieces of an item's first line, each in the one form that reads back and that every renderer shows alike."""

    title: str
    source: str
    url: str
    tags: tuple[str, ...]


def print_head(title: str, source: str, url: str | None, tags: tuple[str, ...], bar: str, *, after: bool = False) -> PrintedHead:
    """The first line of an item in pieces. `after`: the source stands behind the link, so no bar inside is a source's."""
    title, source = safe_inline(one_line(title), title=True), safe_inline(one_line(source), title=True)
    own = bar.strip()
    for char in ("｜", "丨", *(own[:1] if own not in _BARS else "")):
        source = source.replace(char, f"&#{ord(char)};")
        if after:
            parted = split_source(title) != (title, "")
        else:
            parted = split_source(_inside(title, source, bar), bar) != (title, source)
        if parted:
            title = title.replace(char, f"&#{ord(char)};")
    shown = (re.sub(r"[\[\]\\|]", "", one_line(tag)).strip() for tag in tags)
    return PrintedHead(title, source, destination(url or ""), tuple(tag for tag in shown if tag))


def _inside(title: str, source: str, bar: str) -> str:
    return f"{title}{bar}{source}" if source else title
