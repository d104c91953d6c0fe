"""The visible text of a page: the element that holds the article, and its first real paragraphs. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from aggregator import text

SUMMARY_CHARS = 400
MIN_LATIN_CHARS = 40
MIN_CJK_CHARS = 16
MAX_ARTICLE_CHARS = 400_000

_NOISE = [
    "script", "style", "noscript", "template", "nav", "footer", "aside", "form", "button", "select", "iframe", "svg", "math",
    "head", "dialog",
]  # fmt: skip
_CONTAINERS = (
    "#js_content",
    "blockquote.abstract",
    ".Post-RichText",
    ".RichText",
    "article .markdown-body",
    ".article-content",
    ".entry-content",
    ".post-content",
    ".article__content",
    "#article-content",
    '[itemprop="articleBody"]',
    "article",
    "main",
    "#content",
    ".content",
    "body",
)
_NO_PROSE = ["h1", "h2", "h3", "h4", "h5", "h6", "pre", "figure", "figcaption", "caption", "label", "summary"]
_BOILERPLATE = re.compile(
    r"^(?:点击(?:上方|蓝字|关注|阅读)|关注(?:我们|公众号)|(?:来源|作者|编辑|编译)[:：|｜]|转载|本文(?:来自|转载|首发|授权)"
    r"|原文链接|责任编辑|扫码|长按"
    r"|cookies?\b|we use cookies|subscribe\b|sign up\b|share this|posted (?:by|on|in)\b|copyright\b|all rights reserved"
    r"|by continuing)",
    re.IGNORECASE,
)
_URL = re.compile(r"https?://[\x21-\x7e]+")


def strip_noise(tree: LexborHTMLParser) -> None:
    """Drops, in place, what is never the article. Read the metadata first."""
    tree.strip_tags(_NOISE)


def article(tree: LexborHTMLParser) -> LexborNode | None:
    """The element that holds the article's text: the first known container with a paragraph of it, else the body."""
    for selector in _CONTAINERS:
        node = tree.css_first(selector)
        if node is not None and (selector == "body" or len(_line(node)) >= MIN_CJK_CHARS):
            return node
    return None


def summary(node: LexborNode, limit: int = SUMMARY_CHARS) -> str:
    """The first real paragraphs as plain text, a line each, at most `limit` characters, cut at a sentence's end."""
    chosen: list[str] = []
    size = 0
    for line in paragraphs(node):
        if size and size + len(line) > limit:
            break
        chosen.append(line)
        size += len(line)
        if size >= limit * 2 // 3:
            break
    return text.trim("\n".join(chosen), limit)


def paragraphs(node: LexborNode) -> Iterator[str]:
    """The lines of real prose, each once: whatever breaks a line on the screen ends one."""
    tree = LexborHTMLParser((node.html or "")[:MAX_ARTICLE_CHARS])
    tree.strip_tags(_NO_PROSE)
    seen: set[str] = set()
    for line in text.html_to_text(tree.html or "").splitlines():
        if line not in seen and is_prose(line):
            seen.add(line)
            yield line


def is_prose(line: str) -> bool:
    """True for a line long enough to say something, and that is no furniture of a page."""
    said = _URL.sub("", line)
    enough = MIN_CJK_CHARS if text.is_cjk(said) else MIN_LATIN_CHARS
    return len(said) >= enough and not _BOILERPLATE.match(line) and not line.startswith(("{", "http"))


def _line(node: LexborNode) -> str:
    return text.clean_line(node.text(deep=True, separator="")[:20_000], None)
