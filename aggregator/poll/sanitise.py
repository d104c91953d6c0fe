"""Markup from outside -> HTML that can do nothing.

nh3 with a strict allow-list, once and last; relative URLs are resolved in the same pass.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import Literal

import nh3

from aggregator import text, urls

SUMMARY_CHARS = text.SUMMARY_CHARS
CONTENT_CHARS = 200_000
MAX_DEPTH = 200

_TAGS = frozenset({
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "dfn", "div", "dl", "dt", "em",
    "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p",
    "pre", "q", "rp", "rt", "ruby", "s", "samp", "section", "article", "small", "span", "strong", "sub", "sup", "table",
    "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "var",
})  # fmt: skip
_DROPPED = frozenset({
    "script", "style", "noscript", "template", "iframe", "object", "embed", "applet", "svg", "math", "head", "title",
    "textarea", "select", "button", "form", "audio", "video", "canvas", "xmp",
})  # fmt: skip
_ATTRIBUTES: dict[str, set[str]] = {
    "*": set(),
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "ol": {"start"},
    "abbr": {"title"},
}
_OPEN_OR_CLOSE = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
_VOID = frozenset({
    "br", "img", "hr", "input", "wbr", "meta", "link", "source", "area", "col", "embed", "param", "p", "li",
})  # fmt: skip
_MARKUP = re.compile(
    r"</?(?:a|abbr|b|big|blockquote|br|center|cite|code|del|div|em|font|h[1-6]|hr|i|img|ins|kbd|li|mark|ol|p|pre|q|s|small|span|strike|strong|sub|sup"
    r"|table|tbody|td|tr|tt|u|ul|var)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_ACTIVE = re.compile(
    r"<(script|style|iframe|object|svg|math|noscript|template)\b[^<>]*>.*?</\1\s*>|</?(?:script|style|iframe|object|embed|svg|math|form|input|meta|base|link|video|audio|noscript|template|textarea|button)\b[^<>]*>?",
    re.IGNORECASE | re.DOTALL,
)
# What opens and never ends is no markup, but a text about it.
_LONE = re.compile(r"[^<&]{0,2000}<!?[A-Za-z]{0,20}\s{0,20}", re.DOTALL)
# What may become a character that is not wanted.
_ODD_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|nbsp);)")
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


@lru_cache(maxsize=256)
def _cleaner(base: str) -> nh3.Cleaner:
    try:
        return _cleaner_of(("rewrite_with_base", base) if base else "deny")
    except ValueError:  # an address to us, but none to nh3, which knows more of international names
        return _cleaner_of("deny")


def _cleaner_of(relative: Literal["deny"] | tuple[Literal["rewrite_with_base"], str]) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(_TAGS),
        clean_content_tags=set(_DROPPED),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        url_schemes={"http", "https", "mailto"},
        url_relative=relative,
        link_rel="noopener noreferrer",
    )


def clean_html(markup: str, base: str, limit: int = CONTENT_CHARS) -> str:
    """Sanitised HTML of at most about `limit` characters; URLs resolved against `base` ("" drops relative ones)."""
    if not markup:
        return ""
    if ("<" not in markup and "&" not in markup) or _LONE.fullmatch(markup):
        return escape(markup, limit)
    # Before, because nh3 takes valid Unicode only; after, because references become characters in it.
    markup = text.clean(markup if len(markup) <= limit else _cut(markup, limit))
    if nests_deeper(markup, MAX_DEPTH):
        return escape(text.html_to_text(markup))
    cleaned = _cleaner(base if urls.is_http(base) else "").clean(markup)
    return (text.clean(cleaned) if _ODD_REFERENCE.search(markup) else cleaned).strip()


def escape(plain: str, limit: int | None = None) -> str:
    """Plain text as HTML."""
    return html.escape(text.clean(plain, limit), quote=False).strip()


def plain_title(value: str, kind: str) -> str:
    """A title as plain text on one line. `kind` as in RawText: markup is removed from "html", from "guess" where it is
    certainly markup, and from "text" only what would be active."""
    value = value[: 10 * text.TITLE_CHARS]
    if "<" not in value and "&" not in value:
        return text.clean_line(value)
    value = _ACTIVE.sub("", value)
    if kind == "html" or (kind == "guess" and _MARKUP.search(value)):
        value = _unescape(_MARKUP.sub("", value))
    elif kind == "guess":
        value = _unescape(value)
    if "&lt;" in value or "<" in value:
        value = _ACTIVE.sub("", value)
    return text.clean_line(value)


def _unescape(value: str) -> str:
    return _REFERENCE.sub(lambda match: html.unescape(match[0]), value) if "&" in value else value


def _cut(markup: str, limit: int) -> str:
    head = markup[:limit]
    # Not inside a tag or a character reference: the rest of it would show as text.
    opened = head.rfind("<")
    if opened > head.rfind(">"):
        head = head[:opened]
    reference = head.rfind("&")
    return head[:reference] if 0 <= limit - reference < 12 and ";" not in head[reference:] else head


def nests_deeper(markup: str, limit: int) -> bool:
    """True for markup whose elements nest deeper: tree builders take seconds for tens of thousands of levels."""
    tags = markup.count("<")
    if tags <= limit or tags - markup.count("</") <= limit:
        return False
    depth = deepest = 0
    for closing, name in _OPEN_OR_CLOSE.findall(markup):
        if name.lower() not in _VOID:
            depth += -1 if closing else 1
            deepest = max(deepest, depth)
    return deepest > limit
