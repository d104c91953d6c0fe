"""Markdown of the editor -> HTML and plain text that are safe to publish. Pure.

CommonMark, as GitHub reads it, with raw HTML allowed in and an allow-list (nh3) on the way out: script, handlers, styles,
frames, forms, SVG and every URL that is not http, https or mailto are gone, whoever wrote them. Bare URLs become links, made
of ASCII alone, so that the Chinese punctuation behind one is not swallowed. What looks like a tag and is no HTML element
(`vector<T>`) stays as text.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from aggregator.publish.plain import plain_html
from aggregator.publish.texts import BLOCKS
from aggregator.text import clean, clean_line
from aggregator.urls import is_http, safe_url


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


_INLINE_TAGS = _names(
    "abbr b bdi bdo cite code data del dfn em i ins kbd mark q rp rt ruby s samp small span strong sub sup time u var wbr"
)
_BLOCK_TAGS = _names(
    "a blockquote br caption dd details div dl dt figcaption figure h4 h5 h6 hr img li ol p pre summary table tbody td tfoot "
    "th thead tr ul"
)
_ATTRIBUTES = {
    "*": {"lang", "dir"},
    "a": {"href", "rel"},
    "img": {"src", "alt", "width", "height"},
    "li": {"value"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "time": {"datetime"},
}
# Elements that HTML knows and the allow-list does not: the sanitiser takes them away. Any other name is somebody's text.
_OTHER_ELEMENTS = _names(
    "acronym address animate applet area article aside audio base basefont bgsound big blink body button canvas center col "
    "colgroup command content datalist dialog dir embed fieldset font footer foreignobject form frame frameset h1 h2 h3 head "
    "header hgroup html iframe image input isindex keygen label layer legend link listing main map marquee math menu menuitem "
    "meta meter multicol nav nextid nobr noembed noframes noscript object optgroup option output param picture plaintext "
    "portal progress script search section select slot source spacer strike style svg template textarea title track tt video "
    "xml xmp"
)
_ELEMENTS = _INLINE_TAGS | _BLOCK_TAGS | _OTHER_ELEMENTS
_TAG_START = re.compile(r"<(?=/?([A-Za-z][\w:-]*)([^<>]*))")
_TAG_LIKE = re.compile(r"<(?=[A-Za-z/!?])")
_EMPTY_IMAGE = re.compile(r'<img(?:\s+(?!src=)[\w-]+="[^"]*")*\s*/?>')
# Text that only shows an attribute or an entity; readers that search instead of parsing take it for one.
_LOOK_ALIKE = re.compile(r"(href|src)(\s*)=(?!\"(?:https?:|mailto:))", re.IGNORECASE)
_ENTITY_TEXT = re.compile(r"&amp;(?=#?\w+;)")
# Where somebody before us lost a character. Validators take its mark for a fault of ours; a box says the same.
_LOST, _SHOWN_LOST = "\ufffd", "□"
_BARE_URL = re.compile(r"https?://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
_TRAILING = ".,;:!?'*_~"
# One line in which nothing means anything to Markdown or HTML, as most titles are.
_PLAIN_LINE = re.compile(r"[^\\`*_\[\]<>&!=:\"'\xa0\ufffd]*")
_TAG_URI = re.compile(r"tag:[A-Za-z0-9.@_-]+,\d{4}(?:-\d\d){0,2}:\S+")
_UUID_URI = re.compile(r"urn:uuid:[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_PATH_SAFE = "%/:@!$&'()*+,;=-._~"
# What encode_url would leave as it is, as most URLs are.
_ENCODED = re.compile(
    r"https?://[A-Za-z0-9.:-]+(?:/(?:[A-Za-z0-9/:@!$&'()*+,;=\-._~]|%[0-9A-Fa-f]{2})*(?:\?(?:[A-Za-z0-9/:@!$&'()*+,;=\-._~?]|%[0-9A-Fa-f]{2})+)?)?"
)


def absolute_url(url: str | None, base: str = "") -> str | None:
    """`url` resolved against `base` and encoded as RFC 3986 asks (Chinese, blanks, quotes); None where it may not be printed."""
    if not url:
        return None
    try:
        joined = urljoin(base, clean(url).strip()) if base else url
    except ValueError:
        return None
    safe = safe_url(joined)
    encoded = encode_url(safe) if safe else ""
    # A host in brackets is no page of anybody's, and validators of feeds refuse it; a host that has to be escaped is none.
    return encoded if encoded and not re.search(r"[%\[]", urlsplit(encoded).netloc) else None


def encode_url(url: str) -> str:
    """The URI of an IRI: host by IDNA, everything that is no URI character percent-encoded; what is encoded stays so."""
    if _ENCODED.fullmatch(url):
        return url
    parts = urlsplit(url)
    netloc = parts.netloc
    if not netloc.isascii():
        try:
            netloc = netloc.encode("idna").decode("ascii")
        except UnicodeError:
            netloc = quote(netloc, safe=":")
    path, query, fragment = (_encode(part) for part in (parts.path, parts.query, parts.fragment))
    return urlunsplit((parts.scheme, netloc, path, query, fragment))


def _encode(part: str) -> str:
    return re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", quote(part, safe=_PATH_SAFE + "?"))


def as_uri(identifier: str) -> str:
    """A guid as the URI that Atom asks for (RFC 4287, 4.2.6): itself if http(s), tag or urn:uuid, else a urn:uuid of it."""
    identifier = clean(identifier).strip()
    if safe_url(identifier) and is_http(identifier):
        return encode_url(identifier)
    if _UUID_URI.fullmatch(identifier):
        return identifier
    if _TAG_URI.fullmatch(identifier):
        return quote(identifier, safe=_PATH_SAFE)
    return uuid.uuid5(uuid.NAMESPACE_URL, identifier).urn


def is_element(name: str) -> bool:
    """True for the lower-case name of an element that HTML knows."""
    return name in _ELEMENTS


def _keep_unknown_tags(markup: str) -> str:
    return _TAG_START.sub(lambda match: "<" if _is_tag(match) else "&lt;", markup)


def _is_tag(match: re.Match[str]) -> bool:
    # No text that was meant as text has attributes with values.
    return match[1].lower() in _ELEMENTS or "=" in match[2]


def _render_html(self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    return _keep_unknown_tags(tokens[index].content)


def _demote_headings(state: StateCore) -> None:
    """Headings inside a text become bold lines: the page's own outline has no place for them, and no level may be skipped."""
    for before, token in zip([None, *state.tokens], state.tokens, strict=False):
        if before is not None and before.type == "heading_open" and token.children is not None:
            token.children = [Token("strong_open", "strong", 1), *token.children, Token("strong_close", "strong", -1)]
    for token in state.tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = "p"


def _link_bare_urls(state: StateCore) -> None:
    for token in state.tokens:
        if token.children and "://" in token.content:
            token.children = _linked(token.children)


def _linked(children: list[Token]) -> list[Token]:
    result: list[Token] = []
    depth = 0
    for child in children:
        opening = child.content.lower() if child.type == "html_inline" else ""
        depth += (child.type == "link_open" or opening.startswith("<a ")) - (
            child.type == "link_close" or opening.startswith("</a")
        )
        if child.type == "text" and depth <= 0 and "://" in child.content:
            result.extend(_split_text(child.content))
        else:
            result.append(child)
    return result


def _split_text(content: str) -> list[Token]:
    result: list[Token] = []
    end = 0
    for match in _BARE_URL.finditer(content):
        url = match[0].rstrip(_TRAILING)
        while url.endswith(")") and url.count(")") > url.count("("):
            url = url[:-1].rstrip(_TRAILING)
        if not is_http(url):
            continue
        result.append(_text(content[end : match.start()]))
        link = Token("link_open", "a", 1)
        link.attrs = {"href": url}
        result += [link, _text(url), Token("link_close", "a", -1)]
        end = match.start() + len(url)
    return [*result, _text(content[end:])]


def _text(content: str) -> Token:
    token = Token("text", "", 0)
    token.content = content
    return token


def _engine() -> MarkdownIt:
    # Lines are printed as lines: the house form ends each of them with a hard break.
    engine = MarkdownIt("commonmark", {"html": True, "breaks": True})
    engine.add_render_rule("html_inline", _render_html)
    engine.add_render_rule("html_block", _render_html)
    engine.core.ruler.push("demote_headings", _demote_headings)
    engine.core.ruler.push("bare_urls", _link_bare_urls)
    return engine


_MARKDOWN = _engine()
_INLINE_CLEANER = nh3.Cleaner(
    tags=set(_INLINE_TAGS), attributes={key: value for key, value in _ATTRIBUTES.items() if key in _INLINE_TAGS | {"*"}}
)


@lru_cache(maxsize=64)
def _cleaner(base: str) -> nh3.Cleaner:
    def keep(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "href":
            return absolute_url(value, base)
        if attribute == "src":
            # A relative image names a file beside the Markdown it came with, and that file is not published here.
            url = absolute_url(value)
            return url if is_http(url) else None
        if attribute in {"width", "height", "start", "value", "colspan", "rowspan"} and not re.fullmatch(r"\d{1,5}", value):
            return None
        return value.replace("=", "＝") if attribute == "alt" else value

    return nh3.Cleaner(
        tags=set(_INLINE_TAGS | _BLOCK_TAGS),
        attributes=_ATTRIBUTES,
        attribute_filter=keep,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )


def sanitise(markup: str, base: str) -> str:
    """An HTML fragment without anything active; links are absolute against `base`, images must be absolute already."""
    cleaner = _cleaner(base)
    cleaned = cleaner.clean(clean(markup))
    for _ in range(3):
        # Of crossed tags the first parse may make a tree that reads differently once it is written.
        cleaned, before = cleaner.clean(cleaned), cleaned
        if cleaned == before:
            break
    return unlike(_EMPTY_IMAGE.sub("", cleaned).strip())


def unlike(markup: str) -> str:
    """The same HTML, with text that looks like an attribute or an entity written so that no search finds one."""
    if "=" in markup or "&amp;" in markup:
        markup = _ENTITY_TEXT.sub("&#38;", _LOOK_ALIKE.sub(r"\1\2&#61;", markup))
    return markup.replace(_LOST, _SHOWN_LOST)


@lru_cache(maxsize=4096)
def block_html(markdown: str, base: str) -> str:
    """Markdown blocks as sanitised HTML ("" for nothing). `base` resolves relative links."""
    if not markdown.strip():
        return ""
    return plain_html(markdown) or BLOCKS.get(_parsed, markdown, base)


def _parsed(markdown: str, base: str) -> str:
    return sanitise(str(_MARKDOWN.render(clean(markdown))), base)


@lru_cache(maxsize=4096)
def inline_html(markdown: str) -> str:
    """One line of Markdown as sanitised HTML without links and images: it stands inside a link or a heading."""
    line = clean_line(markdown, None)
    # Cleaned again: a character reference may stand for what is no text.
    if _PLAIN_LINE.fullmatch(line):
        return line
    return unlike(clean(_INLINE_CLEANER.clean(str(_MARKDOWN.renderInline(line)))).strip())


@lru_cache(maxsize=4096)
def inline_text(markdown: str) -> str:
    """One line of Markdown as plain text: the text of titles in feeds, page titles and cards."""
    line = clean_line(markdown, None)
    if _PLAIN_LINE.fullmatch(line):
        return line
    tokens = _MARKDOWN.parseInline(line)
    return clean_line("".join(_plain(token) for token in tokens), None).replace(_LOST, _SHOWN_LOST)


def _plain(token: Token) -> str:
    if token.children and token.type in {"inline", "image"}:
        return "".join(_plain(child) for child in token.children)
    if token.type in {"softbreak", "hardbreak"}:
        return " "
    if token.type == "html_inline":
        match = _TAG_START.match(token.content)
        return token.content if match and not _is_tag(match) else ""
    return token.content


def unmistakable(text: str) -> str:
    """Plain text for places that some readers take for HTML (titles, names): what could open a tag is written full-width."""
    return _TAG_LIKE.sub("＜", clean_line(text, None)).replace(_LOST, _SHOWN_LOST)


def text_html(text: str) -> str:
    """Plain text as HTML: what RSS expects in a description."""
    return unlike(escape(clean(text), quote=False))
