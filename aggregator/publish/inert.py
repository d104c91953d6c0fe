"""Markdown that holds nothing active, changed in no byte where there was nothing. Pure.

An issue's Markdown is published as the editor wrote it. What an upstream smuggled into it (script, handlers, frames,
`javascript:` links) would run on a site that turns it into HTML, so such tags and links are made text. A real HTML parser says
whether anything is active; the patterns below only decide how little has to be changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape

from markdown_it import MarkdownIt
from markdown_it.token import Token
from selectolax.lexbor import LexborHTMLParser

from aggregator.publish.markup import is_element

_WORDS = (
    "a abbr b big blockquote br center cite code dd del details div dl dt em figcaption figure font h1 h2 h3 h4 h5 h6 hr i img "
    "ins kbd li mark ol p pre q rp rt ruby s samp small span strike strong sub summary sup table tbody td tfoot th thead tr tt "
    "u ul var wbr"
)
_HARMLESS = frozenset(_WORDS.split())
_IMPLIED = frozenset(("html", "head", "body"))
_TEXT_NAMES = frozenset(("alt", "title", "id", "class", "name", "summary"))
_BAD_STYLE = re.compile(r"[\\(@\x00-\x1f]|script|-link|-binding|behaviou?r|position", re.IGNORECASE)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_SCHEMES = frozenset(("http", "https", "mailto", "ftp", "tel"))
_IGNORED_IN_URLS = re.compile("[\x00-\x20]+")

_TAG_START = re.compile(r"<(?=[A-Za-z/!?])")
_PLAIN_TAG = re.compile(
    rf"</?(?:{'|'.join(sorted(_HARMLESS))})(?:\s+(?:rel|alt|title|width|height|align|color|size|lang|dir|class|id|start)=\"[^\"<>]*\""
    r"|\s+(?:src|href)=\"(?:https?://|mailto:|#)[^\"<>]*\"|\s+style=\"border-width:0\")*\s*/?>|<https?://[^<>\s]+>"
)
_TAG = re.compile(r"</?([A-Za-z][^\s/<>]*)[^<>]*>?")
_LINK = re.compile(r"\](?=\()|\](?=\[)|(?<=\[)(?=[^\]\n]*\]:)|<(?=[A-Za-z][A-Za-z0-9+.-]*:)")
_REFERENCE = re.compile(r"^(\s*(?:>\s*)*)\[(?=[^\]]*\]:)", re.MULTILINE)
# A link, reference or autolink that does not plainly lead to the web; without one and without tags there is nothing to parse.
_SUSPICIOUS_LINK = re.compile(
    r"\]\(\s*<?(?!https?://|mailto:)[^)]*[:&\\%]|<(?!https?:|mailto:)[A-Za-z][A-Za-z0-9+.-]*:|\]:", re.IGNORECASE
)
_FENCE = re.compile(r"`{3,}|~{3,}")
_PASSES = 6
_FENCES = 20


def _engine() -> MarkdownIt:
    # What one engine takes for indented code is a paragraph to another (kramdown, inside lists).
    engine = MarkdownIt("commonmark", {"html": True}).enable("table").disable("code")
    # Every link is looked at, also those that this engine would leave as text and another would not.
    engine.validateLink = lambda url: True  # type: ignore[method-assign]
    return engine


_MARKDOWN = _engine()


def inert_markdown(text: str) -> str:
    """The same Markdown with active tags and links made text: `<` of such a tag becomes `&lt;`, `](` of such a link `]\\(`."""
    if not _SUSPICIOUS_LINK.search(text) and not _TAG_START.search(_PLAIN_TAG.sub("", text)):
        return text
    for _ in range(_PASSES):
        # What was the inside of a link is Markdown again once the link is text, so it is looked at again.
        if not is_active(str(_MARKDOWN.render(_unfenced(text)))):
            return text
        changed = _escaped(text)
        if changed == text:
            break
        text = changed
    return _REFERENCE.sub(r"\1\\[", _TAG_START.sub("&lt;", text).replace("](", "]\\("))


def _unfenced(text: str) -> str:
    """The same lines without the fences that not every engine takes for fences: kramdown reads one that nothing closes as text,
    and one inside a list by other rules."""
    if not _FENCE.search(text):
        return text
    lines = text.split("\n")
    for _ in range(_FENCES):
        doubtful = [token for token in _MARKDOWN.parse("\n".join(lines)) if token.type == "fence" and _is_doubtful(token, lines)]
        if not doubtful:
            return "\n".join(lines)
        for start, end in (token.map for token in doubtful if token.map):
            lines[start] = _FENCE.sub("", lines[start])
            lines[end - 1] = _FENCE.sub("", lines[end - 1])
    return _FENCE.sub("", text)


def _is_doubtful(token: Token, lines: Sequence[str]) -> bool:
    start, end = token.map or (0, 0)
    closing = lines[end - 1].strip() if end - 1 > start else ""
    return token.level > 0 or not (closing.startswith(token.markup) and not closing.strip(token.markup[0]))


def is_active(markup: str) -> bool:
    """True where an HTML parser finds an element or attribute that runs, embeds, submits or leads to another scheme."""
    # A tag that is not closed here may be closed by what follows in a page.
    tails = (
        ("", '">', "'>", ">")
        if markup.count('"') % 2 or markup.count("'") % 2 or markup.rfind("<") > markup.rfind(">")
        else ("",)
    )
    return any(_holds_active(markup + tail) for tail in tails)


def _holds_active(markup: str) -> bool:
    root = LexborHTMLParser(markup).root
    if root is None:
        return False
    for node in root.traverse(include_text=False):
        name = (node.tag or "").lower()
        if name.startswith("-") or (name in _IMPLIED and not node.attributes):
            continue  # comments, and what the parser adds of its own
        if name not in _HARMLESS and (is_element(name) or node.attributes):
            return True
        if any(_is_bad_attribute(key.lower(), value or "") for key, value in node.attributes.items()):
            return True
    return False


def _is_bad_attribute(name: str, value: str) -> bool:
    if name.startswith("on") or name in {"srcdoc", "formaction", "ping"}:
        return True
    if name == "style":
        return bool(_BAD_STYLE.search(value))
    return name not in _TEXT_NAMES and not _is_safe(value)


def _is_safe(url: str) -> bool:
    # As a browser reads it: entities decoded, blanks and control characters inside the scheme ignored.
    scheme = _SCHEME.match(_IGNORED_IN_URLS.sub("", unescape(unescape(url))))
    return scheme is None or scheme[1].lower() in _SCHEMES


def _escaped(text: str) -> str:
    lines = text.split("\n")
    environment: dict[str, dict[str, dict[str, object]]] = {}
    for token in _MARKDOWN.parse(_unfenced(text), environment):
        if token.map is None:
            continue
        start, end = token.map
        if any(is_active(piece) for piece in _html_of(token)):
            gentle = [_TAG.sub(_escape_active, line) for line in lines[start:end]]
            plain = gentle if gentle != lines[start:end] else [_TAG_START.sub("&lt;", line) for line in gentle]
            lines[start:end] = plain
        if token.type == "inline" and any(not _is_safe(url) for url in _urls_of(token)):
            lines[start:end] = [_LINK.sub(_escape_link, line) for line in lines[start:end]]
    changed = "\n".join(lines)
    if any(not _is_safe(str(reference.get("href", ""))) for reference in environment.get("references", {}).values()):
        changed = _REFERENCE.sub(r"\1\\[", changed)
    return changed


def _html_of(token: Token) -> Iterator[str]:
    if token.type == "html_block":
        yield token.content
    elif token.type == "inline":
        yield str(_MARKDOWN.renderer.render([token], _MARKDOWN.options, {}))


def _urls_of(token: Token) -> Iterator[str]:
    for child in token.children or []:
        if child.type in {"link_open", "image"}:
            yield str(child.attrs.get("href") or child.attrs.get("src") or "")


def _escape_active(match: re.Match[str]) -> str:
    active = is_active(match[0] if match[0].endswith(">") else match[0] + ">")
    closing = match[0].startswith("</") and match[1].lower() not in _HARMLESS and is_element(match[1].lower())
    return "&lt;" + match[0][1:] if active or closing else match[0]


def _escape_link(match: re.Match[str]) -> str:
    return {"]": "]\\", "<": "&lt;", "": "\\"}[match[0]]
