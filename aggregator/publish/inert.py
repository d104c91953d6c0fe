"""Markdown that holds nothing active, changed in no byte where there was nothing. Pure.

An issue's Markdown is published as the editor wrote it. What an upstream smuggled into it (script, handlers, frames,
`javascript:` links) would run on a site that turns it into HTML, so exactly those tags and links are made text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from markdown_it import MarkdownIt
from markdown_it.token import Token

# Tags that may stand as they are, unless one of their attributes is active.
_HARMLESS = frozenset(
    re.split(
        r"\s+",
        "a abbr b big blockquote br center cite code dd del details div dl dt em figcaption figure font h1 h2 h3 h4 h5 h6 hr "
        "i img ins kbd li mark ol p pre q rp rt ruby s samp small span strike strong sub summary sup table tbody td "
        "tfoot th thead tr tt u ul var wbr",
    )
)
_TAG = re.compile(r"<(/?)([A-Za-z][^\s/>]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>?")
_TAG_START = re.compile(r"<(?=[A-Za-z/!?])")
_BAD_ATTRIBUTE = re.compile(r"[\s/\"']on\w+\s*=|srcdoc|formaction", re.IGNORECASE)
_STYLE = re.compile(r"style\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s>]+)", re.IGNORECASE)
_BAD_STYLE = re.compile(r"[\\(@\x00-\x1f]|script|-link|-binding|behaviou?r|position", re.IGNORECASE)
_URL_ATTRIBUTE = re.compile(
    r"(?:href|src|srcset|poster|background|action|data|cite)\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s>]+)", re.IGNORECASE
)
_LINK = re.compile(r"\](?=\()|\](?=\[)|(?<=\[)(?=[^\]\n]*\]:)|<(?=[A-Za-z][A-Za-z0-9+.-]*:)")
_REFERENCE = re.compile(r"^(\s*(?:>\s*)*)\[(?=[^\]]*\]:)")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_SCHEMES = frozenset(("http", "https", "mailto", "ftp", "tel"))
# A link, reference or autolink that does not plainly lead to the web; without one there is nothing to parse.
_SUSPICIOUS_LINK = re.compile(
    r"\]\(\s*<?(?!https?://|mailto:)[^)]*[:&\\%]|<(?!https?:|mailto:)[A-Za-z][A-Za-z0-9+.-]*:|\]:", re.IGNORECASE
)
_PASSES = 6
_IGNORED_IN_URLS = re.compile("[\x00-\x20]+")


def _engine() -> MarkdownIt:
    engine = MarkdownIt("commonmark", {"html": True}).enable("table")
    # Every link is looked at, also those that this engine would leave as text and another would not.
    engine.validateLink = lambda url: True  # type: ignore[method-assign]
    return engine


_MARKDOWN = _engine()


def inert_markdown(text: str) -> str:
    """The same Markdown with active tags and links made text: `<` of such a tag becomes `&lt;`, `](` of such a link `]\\(`."""
    if not (_SUSPICIOUS_LINK.search(text) or _is_active(text)):
        return text
    for _ in range(_PASSES):
        # What was the inside of a link is Markdown again once the link is text, so it is looked at again.
        text, before = _one_pass(text), text
        if text == before:
            return text
    return _TAG_START.sub("&lt;", text)


def _one_pass(text: str) -> str:
    lines = text.split("\n")
    environment: dict[str, dict[str, dict[str, object]]] = {}
    for token in _MARKDOWN.parse(text, environment):
        if token.map is None:
            continue
        start, end = token.map
        pieces = list(_html_of(token))
        if any(_is_active(piece) for piece in pieces):
            lines[start:end] = [_TAG.sub(_escape_active, line) for line in lines[start:end]]
            if _is_active("\n".join(lines[start:end])):
                # A tag that spans lines, or that is never closed: nothing of these lines stays a tag.
                lines[start:end] = [_TAG_START.sub("&lt;", line) for line in lines[start:end]]
        if token.type == "inline" and any(not _is_safe(url) for url in _urls_of(token)):
            lines[start:end] = [_LINK.sub(_escape_link, line) for line in lines[start:end]]
    if any(not _is_safe(str(reference.get("href", ""))) for reference in environment.get("references", {}).values()):
        lines = [_REFERENCE.sub(r"\1\\[", line) for line in lines]
    return "\n".join(lines)


def _html_of(token: Token) -> Iterator[str]:
    if token.type == "html_block":
        yield token.content
    if token.type == "inline":
        yield from (child.content for child in token.children or [] if child.type == "html_inline")


def _urls_of(token: Token) -> Iterator[str]:
    for child in token.children or []:
        if child.type in {"link_open", "image"}:
            yield str(child.attrs.get("href") or child.attrs.get("src") or "")


def _is_safe(url: str) -> bool:
    # As a browser reads it: entities decoded, blanks and control characters inside the scheme ignored.
    scheme = _SCHEME.match(_IGNORED_IN_URLS.sub("", unescape(unescape(url))))
    return scheme is None or scheme[1].lower() in _SCHEMES


def _is_active(markup: str) -> bool:
    return any(_is_active_tag(match) for match in _TAG.finditer(markup))


def _is_active_tag(match: re.Match[str]) -> bool:
    if match[2].lower() not in _HARMLESS or _BAD_ATTRIBUTE.search(match[3]) or not match[0].endswith(">"):
        return True
    if any(_BAD_STYLE.search(unescape(found[1])) for found in _STYLE.finditer(match[3])):
        return True
    return any(not _is_safe(found[1].strip("\"'")) for found in _URL_ATTRIBUTE.finditer(match[3]))


def _escape_active(match: re.Match[str]) -> str:
    return "&lt;" + match[0][1:] if _is_active_tag(match) else match[0]


def _escape_link(match: re.Match[str]) -> str:
    return {"]": "]\\", "<": "&lt;", "": "\\"}[match[0]]
