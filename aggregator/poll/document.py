"""The text of a feed document made safe and, where little is missing, well-formed, before an XML parser sees it. Pure.

Nothing that can blow up reaches a parser: the prolog with its document type (entities, external subsets) is read and
dropped here, nesting and attributes are capped. Nothing is fetched, no entity is expanded but short literal ones.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from html.entities import html5

from aggregator.errors import ParseError

CUT_OFF = "the document is cut off"  # the note by which a partial answer is known
MAX_DEPTH = 250
MAX_ATTRIBUTES = 200
MAX_NAMESPACES = 200
MAX_TAG_CHARS = 100_000
MAX_ENTITY_CHARS = 200
MAX_EXPANDED_CHARS = 100_000

_PAGES = frozenset({"html", "head", "body"})
_ROOTS = frozenset({"rss", "feed", "rdf", "channel", "entry"})
_NAME = r"[A-Za-z_][\w.-]*"
_LATE_ROOT = re.compile(
    r"<(?:rss\s[^<>]{0,2000}?\bversion|(?:[A-Za-z_][\w.-]{0,30}:)?(?:feed|RDF)\s[^<>]{0,2000}?\bxmlns)\b", re.IGNORECASE
)
_ROOT = re.compile(rf"<((?:{_NAME}:)?({_NAME}))(?=[\s/>])")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_AMPERSAND = re.compile(r"&(?!(?:lt|gt|amp|quot|apos);)(?:#([0-9]{1,8}|[xX][0-9a-fA-F]{1,7});|([A-Za-z][A-Za-z0-9]{0,31});)?")
_LESS = re.compile(r"<(?![A-Za-z_/!?])")
_TAG = re.compile(r"<(/?)([A-Za-z_][^\s<>/]*+)([^<>]*+)>")
_ENTITY = re.compile(
    rf"<!ENTITY\s+({_NAME})\s+(?:\"([^\"&%<]{{0,{MAX_ENTITY_CHARS}}})\"|'([^'&%<]{{0,{MAX_ENTITY_CHARS}}})')\s*>"
)
_NAMESPACE = re.compile(r"\bxmlns:([^\s=<>]{1,100})")
_ATTRIBUTE = re.compile(r"=\s*[\"']")
_COMMENT = re.compile(r"<!--.*?-->|<\?.*?\?>", re.DOTALL)
_LOOK_CHARS = 2000
_JUNK_CHARS = 20_000
_TAIL_CHARS = 200
_DOCTYPE_MARK = re.compile(r"[\"'\[\]>]|<!--")
# Feeds that forget to escape hold HTML, and HTML leaves these open.
_VOID = frozenset({"br", "img", "hr", "input", "wbr", "meta", "source", "embed", "p", "li"})


@dataclass(frozen=True, slots=True)
class Document:
    """`text` starts with the root element, whose local name is `root`: rss, feed, rdf, channel or entry. `notes` say
    what was mended; `cut_off` when its end is missing."""

    text: str
    root: str
    notes: tuple[str, ...] = ()
    cut_off: bool = False


def prepare(text: str) -> Document:
    """The document of a feed. Raises ParseError E251 (empty), E252 (HTML), E253 (no feed), E255 (built to break a parser)."""
    text = _ILLEGAL.sub("", text).strip("\ufeff \t\r\n")
    if not text:
        raise ParseError("the answer is empty", why="the server sent no text", fix="open the address in a browser", code="E251")
    start, entities = _prolog(text)
    begin = _past_junk(text, start)
    name, local = _root(text, begin)
    notes = ["text before the feed was dropped"] if begin > start else []
    start = begin
    text = _closed(text, name)
    end = text.rfind(f"</{name}>")
    if end >= 0 and _COMMENT.sub("", text[end + len(name) + 3 : end + _LOOK_CHARS]).strip():
        notes.append("text after the end of the feed was dropped")
    if end < 0:
        notes.append(CUT_OFF)
    body = text[start : end + len(name) + 3] if end >= 0 else text[start:]
    if body.count("xmlns:") > MAX_NAMESPACES and len(set(_NAMESPACE.findall(body))) > MAX_NAMESPACES:
        raise _too_much(f"it declares more than {MAX_NAMESPACES} namespaces")
    return Document(_mend(body, entities), local, tuple(notes), cut_off=end < 0)


def _prolog(text: str) -> tuple[int, dict[str, str]]:
    """Where the first element starts, and the harmless entities that the document type declares."""
    entities: dict[str, str] = {}
    position = 0
    while True:
        position = text.find("<", position)
        if position < 0:
            return len(text), entities
        if text.startswith("<?", position):
            end = text.find("?>", position)
        elif text.startswith("<!--", position):
            end = text.find("-->", position)
        elif text.startswith("<!", position):
            end = _doctype_end(text, position)
            entities.update(_entities(text[position:end]))
        else:
            return position, entities
        if end < 0:
            return len(text), entities
        position = end + 1


def _doctype_end(text: str, position: int) -> int:
    # A ">" inside quotes, comments or the internal subset does not end the declaration.
    inside = False
    match = _DOCTYPE_MARK.search(text, position + 2)
    while match:
        mark, position = match[0], match.end()
        if mark == ">" and not inside:
            return match.start()
        if mark in {"[", "]"}:
            inside = mark == "["
        elif mark != ">":
            closing = "-->" if mark == "<!--" else mark
            position = text.find(closing, position) + len(closing)
            if position < len(closing):
                return -1
        match = _DOCTYPE_MARK.search(text, position)
    return -1


def _entities(doctype: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in _ENTITY.finditer(doctype[:MAX_EXPANDED_CHARS]):
        found.setdefault(match[1], match[2] if match[2] is not None else match[3])
    return found


def _closed(text: str, name: str) -> str:
    """The text with its last end tag in the usual spelling: `</rss >`, or `</rss` at the very end."""
    tail = text[-_TAIL_CHARS:]
    found = re.search(rf"</{re.escape(name)}(?:\s+>|\s*\Z)", tail)
    return f"{text[: len(text) - len(tail) + found.start()]}</{name}>{tail[found.end() :]}" if found else text


def _past_junk(text: str, start: int) -> int:
    """Where the feed starts behind what its server printed before it, such as a warning of PHP's; else `start`."""
    match = _ROOT.match(text, start)
    if match is None or match[2].lower() in _ROOTS or match[2].lower() in _PAGES:
        return start
    late = _LATE_ROOT.search(text, start, start + _JUNK_CHARS)
    return late.start() if late else start


def _root(text: str, start: int) -> tuple[str, str]:
    match = _ROOT.match(text, start)
    local = match[2].lower() if match else ""
    if match and local in _ROOTS:
        return match[1], local
    head = text[:4000].lower()
    if local in _PAGES or "<!doctype html" in head or "<html" in head:
        raise _not_a_feed_but_html(text)
    what = f"the document is <{local}>, not a feed" if local else "the answer is no feed"
    shown = " ".join(text[:60].split())
    raise ParseError(
        what,
        why=f"it starts with {shown!r}" if not local else "no <rss>, <feed> or <rdf:RDF> at its top",
        fix="check the address",
        code="E253",
    )


def _not_a_feed_but_html(text: str) -> ParseError:
    title = re.search(r"<title[^>]{0,200}>([^<]{0,300})", text[:200_000], re.IGNORECASE)
    name = " ".join(html.unescape(title[1]).split()) if title else ""
    login = re.search(r"type\s*=\s*[\"']?password|\b(?:log|sign)[ -]?in\b|登录|登入", text[:200_000], re.IGNORECASE)
    why = f"the page is titled “{name[:80]}”" if name else "the server answered with a page"
    if login:
        return ParseError(
            "a page came instead of the feed, and it asks to log in",
            why=why,
            fix="renew the login of the bridge, or use an address that needs none",
            code="E252",
        )
    return ParseError(
        "a page came instead of the feed (HTML)",
        why=why,
        fix="find the feed's own address: `aggregator sources add URL` looks for it",
        code="E252",
    )


def _mend(text: str, entities: dict[str, str]) -> str:
    """Comments out, CDATA kept, in the markup between them: entities replaced, stray `&` and `<` escaped."""
    budget = [MAX_EXPANDED_CHARS]
    depth = 0
    pieces: list[str] = []
    position = 0
    while True:
        start = text.find("<!", position)
        markup = _mend_markup(text[position : start if start >= 0 else len(text)], entities, budget)
        depth = _depth_after(markup, depth)
        pieces.append(markup)
        if start < 0:
            return "".join(pieces)
        mark = next((mark for mark in ("<![CDATA[", "<!--") if text.startswith(mark, start)), "<!")
        closing = {"<![CDATA[": "]]>", "<!--": "-->"}.get(mark, ">")
        end = text.find(closing, start + len(mark))
        if mark == "<![CDATA[":
            pieces.append(text[start : end + 3] if end >= 0 else f"{text[start:]}]]>")
        if end < 0:
            return "".join(pieces)
        position = end + len(closing)


def _mend_markup(markup: str, entities: dict[str, str], budget: list[int]) -> str:
    if "&" in markup:

        def one(match: re.Match[str]) -> str:
            number, name = match[1], match[2]
            if number:
                return match[0] if _is_character(number) else ""
            if not name:
                return "&amp;"
            value = entities.get(name)
            if value is not None and len(value) <= budget[0]:
                budget[0] -= len(value)
                return value
            known = html5.get(f"{name};")
            return known or f"&amp;{name};"

        markup = _AMPERSAND.sub(one, markup)
    return _LESS.sub("&lt;", markup)


def _is_character(number: str) -> bool:
    # XML 1.0, 2.2: https://www.w3.org/TR/xml/#charsets
    code = int(number[1:], 16) if number[0] in "xX" else int(number)
    return code in {9, 10, 13} or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF


def _depth_after(markup: str, depth: int) -> int:
    for match in _TAG.finditer(markup):
        closing, name, attributes = match.groups()
        if closing:
            depth -= name.lower() not in _VOID
            continue
        if len(attributes) > 1000 and (len(attributes) > MAX_TAG_CHARS or len(_ATTRIBUTE.findall(attributes)) > MAX_ATTRIBUTES):
            raise _too_much(f"an element has more than {MAX_ATTRIBUTES} attributes, or one too long to be meant")
        if len(name) > 1000:
            raise _too_much("an element has a name of more than 1,000 characters")
        if not attributes.endswith("/") and name.lower() not in _VOID:
            depth += 1
            if depth > MAX_DEPTH:
                raise _too_much(f"elements nest deeper than {MAX_DEPTH}")
    return depth


def _too_much(why: str) -> ParseError:
    return ParseError("the document is built to break a parser", why=why, fix="mute the source, or tell its owner", code="E255")
