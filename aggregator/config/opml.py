"""Subscription lists of other readers: OPML 1.0 and 2.0 (http://opml.org/spec2.opml) in and out. Pure.

What comes in is hostile: no entity is expanded, nothing is fetched, sizes are capped, and each problem has its line.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html.entities import html5
from typing import TYPE_CHECKING

from aggregator.config.codes import BAD_OPML, BAD_OUTLINE, REFUSED_OPML
from aggregator.errors import ConfigError, Place
from aggregator.text import clean, clean_line
from aggregator.urls import is_http, safe_url

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_BYTES = 15 * 1024 * 1024
MAX_OUTLINES = 50_000
MAX_DEPTH = 100
MAX_ATTRIBUTES = 100
MAX_NAME_CHARS = 100

_DECLARED = re.compile(rb"^\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_DECLARATION = re.compile(r"^\s*<\?xml\b[^>]{0,300}\?>")
_ENTITY = re.compile(
    r"<!ENTITY\b|<!DOCTYPE\b[^>\[]{0,2000}(?:\[|\b(?:SYSTEM|PUBLIC)\b)|<[A-Za-z]*:?include\b[^>]{0,300}XInclude", re.IGNORECASE
)
_REFERENCE = re.compile(r"&(?!(?:lt|gt|amp|quot|apos);|#[0-9]{1,8};|#[xX][0-9A-Fa-f]{1,7};)(?:([A-Za-z][A-Za-z0-9]{0,31});)?")
_BROKEN_REFERENCE = re.compile(r"&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01]));|&#[xX]0*(?:[0-8bcBCefEF]|1[0-9a-fA-F]);")
_TAG = re.compile(r"<(/?)outline\b([^<>]*)>", re.IGNORECASE)
_NO_FEED_TYPES = frozenset({"source", "include", "link"})  # they name other lists, or pages


@dataclass(frozen=True, slots=True)
class Outline:
    """One subscription. `folders` are the names of the outlines around it, outermost first; `categories` what its attribute
    of that name says, each a path. `line` is where it stands, None for one that is to be written."""

    title: str
    url: str
    html_url: str = ""
    folders: tuple[str, ...] = ()
    categories: tuple[tuple[str, ...], ...] = ()
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """A list: what could be read of it, and what could not, each with its place."""

    title: str
    outlines: tuple[Outline, ...]
    problems: tuple[ConfigError, ...] = ()


def read(data: bytes, name: str) -> Subscriptions:
    """The feeds of an OPML file in its order, duplicates too; `name` is the file's. Ill-formed ones are read as far as they go,
    with a problem. Raises ConfigError E155 for what is no OPML, E156 for a file that is built to do harm."""
    if len(data) > MAX_BYTES:
        raise ConfigError(
            f"the file is larger than {MAX_BYTES // 2**20} MiB", fix="split it", code=REFUSED_OPML, place=Place(name)
        )
    text = _text(data)
    _refuse(text, name)
    root, problems = _parsed(text, name)
    title = next((clean_line(node.text or "", MAX_NAME_CHARS) for node in root.iter() if _is(node, "title")), "")
    outlines: list[Outline] = []
    for found in _outlines(root, name, problems):
        if len(outlines) == MAX_OUTLINES:
            what = f"only the first {MAX_OUTLINES} feeds were read"
            problems.append(ConfigError(what, fix="split the file", code=REFUSED_OPML, place=Place(name, found.line)))
            break
        outlines.append(found)
    return Subscriptions(title, tuple(outlines), tuple(problems))


def write(title: str, outlines: Iterable[Outline], *, created: datetime | None = None, owner: str = "") -> bytes:
    """OPML 2.0 of these subscriptions: folders as outlines around them, in the order in which they first appear. The same
    input gives the same bytes."""
    from lxml import etree

    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = clean_line(title, None)
    if created is not None:
        etree.SubElement(head, "dateCreated").text = format_datetime(created)
    if owner:
        etree.SubElement(head, "ownerName").text = clean_line(owner, None)
    body = etree.SubElement(root, "body")
    folders: dict[tuple[str, ...], _Element] = {(): body}
    for outline in outlines:
        node = etree.SubElement(_folder(folders, outline.folders), "outline")
        label = clean_line(outline.title, None) or outline.url
        for key, value in (
            ("text", label),
            ("title", label),
            ("type", "rss"),
            ("xmlUrl", outline.url),
            ("htmlUrl", outline.html_url),
        ):
            if value:
                node.set(key, clean(value))
        if outline.categories:
            node.set("category", ",".join("/".join(path) for path in outline.categories))
    etree.indent(root)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"
    return written


def _folder(folders: dict[tuple[str, ...], _Element], path: Sequence[str]) -> _Element:
    from lxml import etree

    names = tuple(path)
    if names not in folders:
        node = etree.SubElement(_folder(folders, names[:-1]), "outline")
        node.set("text", clean_line(names[-1], None))
        folders[names] = node
    return folders[names]


def _text(data: bytes) -> str:
    for mark, encoding in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    declared = _DECLARED.match(data[:500])
    said = declared[1].decode("ascii").lower() if declared else "utf-8"
    for encoding in ("gb18030" if said in {"gbk", "gb2312"} else said, "utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except (LookupError, UnicodeError):
            continue
    return data.decode("utf-8", "replace")


def _refuse(text: str, name: str) -> None:
    found = _ENTITY.search(text)
    if found:
        raise _refused("the file declares entities or includes others", text, found.start(), name)
    depth = 0
    for match in _TAG.finditer(text):
        depth += -1 if match[1] else 0 if match[2].endswith("/") else 1
        if depth > MAX_DEPTH:
            raise _refused(f"outlines nest deeper than {MAX_DEPTH}", text, match.start(), name)
        if len(match[2]) > 2000 and match[2].count("=") > MAX_ATTRIBUTES:
            raise _refused(f"an outline has more than {MAX_ATTRIBUTES} attributes", text, match.start(), name)


def _refused(what: str, text: str, at: int, name: str) -> ConfigError:
    place = Place(name, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
    why = "a list of feeds needs nothing of that kind, and files built to do harm do"
    return ConfigError(what, why=why, fix="export the list again, from a reader you trust", code=REFUSED_OPML, place=place)


def _parsed(text: str, name: str) -> tuple[_Element, list[ConfigError]]:
    """The root, and what is wrong with the XML. Lines stay where they were."""
    from lxml import etree

    lines = _DECLARATION.sub(lambda match: "\n" * match[0].count("\n"), text.lstrip("\ufeff"))
    mended = _BROKEN_REFERENCE.sub("", _REFERENCE.sub(_character, clean(lines)))
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(mended.encode(), parser)
    except etree.XMLSyntaxError:
        root = None
    if root is None or not (_is(root, "opml") or any(_is(node, "outline") for node in root.iter())):
        kind = "HTML" if re.search(r"<html\b|<!doctype html", text[:2000], re.IGNORECASE) else "no OPML"
        why = f"its first element is <{_local(root)}>" if root is not None else "there is no element in it"
        raise ConfigError(f"the file is {kind}", why=why, fix="export the list as OPML", code=BAD_OPML, place=Place(name))
    problems = [
        ConfigError(
            "the XML is damaged", why=clean_line(entry.message, 200), code=BAD_OPML, place=Place(name, entry.line, entry.column)
        )
        for entry in list(parser.error_log)[:1]
        if entry.level_name != "WARNING" and "namespace" not in entry.message.lower()
    ]
    return root, problems


def _character(match: re.Match[str]) -> str:
    return html5.get(f"{match[1]};", f"&amp;{match[1]};") if match[1] else "&amp;"


def _outlines(root: _Element, name: str, problems: list[ConfigError]) -> Iterator[Outline]:
    waiting: list[tuple[_Element, tuple[str, ...]]] = [(node, ()) for node in reversed(list(root))]
    while waiting:
        node, folders = waiting.pop()
        inside = folders
        if _is(node, "outline"):
            line = _line(node)
            values = {_local_name(str(key)): str(value) for key, value in node.attrib.items()}
            label = clean_line(values.get("text", ""), MAX_NAME_CHARS) or clean_line(values.get("title", ""), MAX_NAME_CHARS)
            found = _outline(values, label, folders, line)
            if isinstance(found, Outline):
                yield found
            elif found:
                problems.append(ConfigError(found, code=BAD_OUTLINE, place=Place(name, line), fix="correct its xmlUrl"))
            inside = (*folders, label) if label and not values.get("xmlurl", "").strip() else folders
        waiting += [(child, inside) for child in reversed(list(node))]


def _outline(values: dict[str, str], label: str, folders: tuple[str, ...], line: int | None) -> Outline | str | None:
    """The subscription, or why an outline that names a feed cannot be one, or None for any other outline."""
    address = values.get("xmlurl", "").strip()
    if not address:
        return f"`{label}` is of type rss and has no xmlUrl" if values.get("type", "").lower() in {"rss", "atom"} else None
    if values.get("type", "").strip().lower() in _NO_FEED_TYPES:
        return None
    url = safe_url(address)
    if url is None or not is_http(url):
        return f"the address of `{label}` is no http(s) URL"
    html_url = safe_url(values.get("htmlurl", "").strip()) or ""
    paths = (tuple(filter(None, map(str.strip, path.split("/")))) for path in values.get("category", "").split(","))
    categories = tuple(dict.fromkeys(tuple(clean_line(step, MAX_NAME_CHARS) for step in path) for path in paths if path))
    return Outline(label, url, html_url if is_http(html_url) else "", folders, categories, line)


def _local_name(tag: str) -> str:
    return tag.rpartition("}")[2].lower()


def _local(node: _Element) -> str:
    tag: object = node.tag  # of a comment it is a function
    return _local_name(tag) if isinstance(tag, str) else ""


def _line(node: _Element) -> int | None:
    line: object = node.sourceline
    return line if isinstance(line, int) else None


def _is(node: _Element, name: str) -> bool:
    return _local(node) == name
