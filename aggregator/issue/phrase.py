"""A title in short, as the lead and the headline name an item. Pure."""

from __future__ import annotations

import html
import re

from aggregator.issue.house import escape_plain
from aggregator.model import Item
from aggregator.text import display_width, fit, is_cjk

# Columns: a Chinese character takes two, so one limit serves both languages.
PHRASE_COLUMNS = 36
_ENOUGH = 3  # a clause of a third of the limit says enough
_LONGER = 1.3  # a title with a colon may be that much longer before one side of it goes
_LONGEST = 1.6  # a whole clause may be that much longer: cut in its middle it would say nothing

_MARKS = re.compile(r"\\([!-/:-@\[-`{-~])|[*`]|!?\[([^\[\]]*)\]\([^()]*\)")
_PREFIX = re.compile(r"^([\w.-]+)/([\w.-]+)\s*[:：]\s*")
_BRACKETED = re.compile(r"^(?:[【\[][^】\]]{1,16}[】\]]\s*)+|\s*[【\[][^】\]]{1,16}[】\]]$")
_EXTRAS = re.compile(r"\s*[（(](?:内?附|含|送|文末|转载|译|原创|上|中|下|[一二三四五六七八九十\d]+)[^）)]{0,14}[）)]")
_BARS = re.compile(r"\s*[|｜丨]\s*")
_CHAPTER = re.compile(
    r"^(?:第\s?[\d一二三四五六七八九十百]+\s?[章节篇讲期部回集课]\s*[:：、.\s]*|[（(]?[一二三四五六七八九十]{1,3}[）)、，,]\s*|\d{1,2}\s*[、)）]\s*"
    r"|(?:Chapter|Part|Lesson|Vol\.?|No\.?|Episode|Ep\.?)\s*\d+\s*[:：.\-–—]?\s+)",
    re.IGNORECASE,
)
_TEASER = re.compile(
    r"^(?:重磅|突发|刚刚|官宣|震惊|炸裂|太强了|最新|独家|干货|快讯|速递|推荐|盘点|揭秘|译文|原创|爆料|好消息|深度|热点|资讯|实锤|来了"
    r"|Breaking|Exclusive|Just in|News|Update)(?:[!！]+\s*|\s*[,，:：]\s*|\s+)(?=\S)",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[，。！？；,;!?]+(?!\d)|[.!?]\s|——+|…+|\s[-–—]\s|(?<=[\u3400-\u9fff）”]) +(?=[\u3400-\u9fff“（])")
# American English sets the colon before the quote that closes.
_COLON = re.compile(r"""\s*[：:](?!\d|//)(["'”’](?!\w))?\s*""")
_QUOTES = {"“": "”", "‘": "’", "「": "」", "『": "』", "《": "》", "（": "）", "(": ")", "[": "]"}
_OPENS, _CLOSES = re.compile(r"(?<!\w)'(?=[^\W\d])"), re.compile(r"(?<=\S)'(?!\w)")


def plain(markdown: str) -> str:
    """Inline Markdown as plain text: escapes and entities resolved, of links and bold only the words."""
    return html.unescape(_MARKS.sub(lambda match: match[1] or match[2] or "", markdown)).strip()


def phrase(item: Item, columns: int = PHRASE_COLUMNS) -> str:
    """The gist of an item's title as Markdown, about that many columns long: without markup, bracketed notes, column names
    and teasers, cut at the end of a clause. A repository that its description does not name stands before it."""
    whole = plain(item.title)
    prefix = _PREFIX.match(whole)
    name, rest = (prefix[2], whole[prefix.end() :]) if prefix else ("", whole)
    text = _bare(rest)
    if name and not text:
        return escape_plain(name)
    cut = _cut(text, columns)
    if name and name.casefold() not in cut.casefold():
        cut = f"{name}{'：' if is_cjk(cut) else ': '}{cut}"
    return escape_plain(cut)


def without_column(title: str) -> str:
    """A plain title without the name of the column that an account puts behind or before a bar."""
    return max(_BARS.split(title), key=display_width).strip() or title


def _bare(text: str) -> str:
    """The title without what an account puts around it."""
    text = _EXTRAS.sub("", _BRACKETED.sub("", text)).strip() or text.strip()
    text = without_column(text)
    for pattern in (_CHAPTER, _TEASER):
        text = pattern.sub("", text).strip() or text
    return text


def _cut(text: str, columns: int) -> str:
    ends = [match.start() for match in _CLAUSE.finditer(text) if _whole(text[: match.start()])]
    least = columns // _ENOUGH
    end = next((end for end in ends if display_width(text[:end]) >= least), len(text))
    cut = _trimmed(text[:end])
    if display_width(cut) <= columns * _LONGER:
        return cut
    colon = next((match for match in _COLON.finditer(cut) if _balanced(cut[: match.start()] + (match[1] or ""))), None)
    if colon:
        head, tail = _trimmed(cut[: colon.start()]) + (colon[1] or ""), _trimmed(cut[colon.end() :])
        if columns // 2 <= display_width(head) <= columns * _LONGEST:
            return head
        if display_width(head) < columns // 2 and display_width(tail) <= columns * _LONGEST:
            return tail
    if display_width(cut) <= columns * _LONGEST:
        return cut
    return _at_word(cut, int(columns * _LONGEST))


def _at_word(text: str, columns: int) -> str:
    """The longest beginning that ends before a blank or a comma of enumeration, else one that is marked as cut."""
    head = fit(text, columns).rstrip("…")
    at = max(head.rfind(mark) for mark in (" ", "、", "，", ","))
    if at > len(head) // 2 and _balanced(head[:at]):
        return _trimmed(head[:at])
    return _trimmed(head) + "…"


def _balanced(text: str) -> bool:
    if text.count('"') % 2 or len(_OPENS.findall(text)) > len(_CLOSES.findall(text)):
        return False
    return all(text.count(opening) <= text.count(closing) for opening, closing in _QUOTES.items())


def _whole(text: str) -> bool:
    """A clause that closes its quotes and does not wait for its noun."""
    return _balanced(text) and not text.rstrip().endswith(("之", "的", "和", "与"))


def _trimmed(text: str) -> str:
    return text.strip(" ：:，,、.。！!；;-–—")
