"""The visible text of a page: the element that holds the article, and its first real paragraphs. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

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
    "#content_views",
    "#cnblogs_post_body",
    ".article-viewer",
    ".model-card-content",
    ".entry-content",
    ".post-content",
    ".post-body",
    ".available-content",
    ".article-body",
    ".article__body",
    ".article__content",
    "#article-content",
    '[itemprop="articleBody"]',
    "article",
    "main",
    "#content",
    ".content",
    "body",
)
_WIDE = frozenset({"main", "#content", ".content", "body"})
_NO_PROSE = ["h1", "h2", "h3", "h4", "h5", "h6", "pre", "figure", "figcaption", "caption", "label", "summary"]
_BOILERPLATE = re.compile(
    r"^(?:点击(?:上方|蓝字|关注|阅读)|关注(?:我们|公众号)|(?:来源|作者|编辑|编译)[:：|｜]|转载|本文(?:来自|转载|首发|授权)"
    r"|原文链接|责任编辑|扫码|长按|(?:选自|转自|来自|摘自|编译自)\s*[\w《「]|.{0,30}(?:公众号|微信)\s*(?:ID|[:：])|本文约?\s*\d+\s*字"
    r"|(?:机器之心|量子位|新智元|本报|编辑部)?(?:报道|原创|出品|编辑部|整理|编译|专栏)\s*(?:$|[|｜丨:：])|版权(?:声明|归)|.{0,12}版权所有"
    r"|未经(?:许可|授权)|声明[:：]|免责声明|欢迎(?:关注|转发|扫码|加入)|添加.{0,8}微信|后台回复|加群|阅读本文|↑|▲|△"
    r"|[图表]\s?\d+\s?[:：.．]"
    r"|(?:figure|fig\.|table)\s?\d+|image (?:credit|source|by)|photo(?: credit|:)|(?:last )?updated?\b|published\b|reading time"
    r"|\d+ min read"
    r"|cookies?\b|we use cookies|subscribe\b|sign up\b|share this|posted (?:by|on|in)\b|copyright\b|all rights reserved"
    r"|by continuing)",
    re.IGNORECASE,
)
# A caption or a byline has none of these.
_SENTENCE = re.compile(r"[。！？；，…]|[.!?:;,)\"’”](?:\s|$)")
LONG_CHARS = 120
_URL = re.compile(r"https?://[\x21-\x7e]+")


def strip_noise(tree: LexborHTMLParser) -> None:
    """Drops, in place, what is never the article. Read the metadata first."""
    tree.strip_tags(_NOISE)


def article(tree: LexborHTMLParser) -> LexborNode | None:
    """The element that holds the article's text: the first known container with a paragraph of it, else the body."""
    return container(tree)[0]


def container(tree: LexborHTMLParser) -> tuple[LexborNode | None, bool]:
    """`article`, and whether its container is one that holds an article and nothing else."""
    for selector in _CONTAINERS:
        node = tree.css_first(selector)
        if node is not None and (selector == "body" or len(_line(node)) >= MIN_CJK_CHARS):
            return node, selector not in _WIDE
    return None, False


def summary(node: LexborNode, limit: int = SUMMARY_CHARS) -> str:
    """The first real paragraphs as plain text, a line each, at most `limit` characters, cut at a sentence's end."""
    return _first(paragraphs(node), limit)


def summary_of(plain: str, limit: int = SUMMARY_CHARS) -> str:
    """The same of a plain text."""
    return _first((line for line in map(text.clean_line, text.clean(plain).splitlines()) if is_prose(line)), limit)


def _first(lines: Iterable[str], limit: int) -> str:
    chosen: list[str] = []
    size = 0
    for line in lines:
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
    """True for a line that says something in a sentence, and is no furniture of a page, byline or caption."""
    said = _URL.sub("", line)
    cjk = text.is_cjk(said)
    if len(said) < (MIN_CJK_CHARS if cjk else MIN_LATIN_CHARS) or line.startswith(("{", "http")) or _BOILERPLATE.match(line):
        return False
    return bool(_SENTENCE.search(said)) or len(said) >= LONG_CHARS


def _line(node: LexborNode) -> str:
    return text.clean_line(node.text(deep=True, separator="")[:20_000], None)
