"""How a title is worded: what stands around its matter, which numbers and parts it names, whether two of them exclude each other.
Pure.

Parts of a series (v0.5 and v0.6, 上 and 下, two dates), greetings and titles cast in one mould are alike and yet no copies.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache

from aggregator.text import fold, fold_title

MIN_CHARS = 6
MOULD_AROUND = 3
MOULD_INSIDE = 4
# Comparing piece by piece takes the cube of the length where the same few characters come again and again.
MOULD_CHARS = 120
_NUMBER = re.compile(r"\d+(?:[./:-]\d+)*")
_PART = re.compile(
    r"[第(（\[【]\s*([一二三四五六七八九十百]+|[上中下])\s*[)）\]】期篇章部讲集弹]|([上中下][篇集部]?|[一二三四五六七八九十]+|[^\W\d_]{1,6}篇)\s*$"
)
_FRAME = re.compile(r"^(?:(?:【[^】]{1,12}】|\[[^\]]{1,12}\]|[^|｜丨]{1,14}\s*[|｜丨])\s*(?:@[^：:]{1,12}[：:]|\d+-)?\s*)")
# What is called out before a headline, and the series that it stands in.
_CALL = re.compile(
    r"^(?:重磅|突发|刚刚|最新|独家|官宣|官方|快讯|燃|收藏|干货|预告|推荐|活动|思考|译|原创|转载|热点|速递|爆料|真|震惊|注意"
    r"|紧急|喜报|有奖征文|包邮送书|送书|breaking|just in|exclusive)\s*(?:揭秘|消息)?\s*[！!：:|｜丨～~·•…]+\s*",
    re.IGNORECASE,
)
_SERIES = re.compile(r"^(?:[^：:]{0,8}(?:系列|专栏|连载|周报|周刊|早报|日报)\s*(?:#?\d+)?\s*[：:·|｜\s-]+|《[^》]{1,12}》之)")
_ASIDE = re.compile(r"\s*(?:[（(【\[][^（()）【】\[\]]{1,20}[)）】\]]|[|｜丨][^|｜丨]{1,10})\s*$")
_FILLER = re.compile(
    r"[，,！!。：:~～\s]+(?:(?:看|有|读|只看)?(?:完)?(?:这|一|这一)篇(?:文章)?(?:就|足)够了?|(?:建议|值得|赶紧)收藏|拿走不谢|速看|必看|强烈推荐|附(?:源码|代码|下载|链接|课件))\W*$"
)
_TELLS_PART = re.compile(r"\d|[上中下一二三四五六七八九十]\s*[)）】\]]")
_GREETING = re.compile(
    r"祝.{0,10}(?:快乐|安康|吉祥|如意|顺利)|(?:节|新年|新春)(?:快乐|安康)|happy (?:new year|holidays)", re.IGNORECASE
)
_NOT_FINAL = re.compile(r"草案|征求意见|意见稿|\bdraft\b", re.IGNORECASE)
_COUNTDOWN = re.compile(r"(?:倒数|倒计时|最后|仅剩|还剩|还有)\D{0,3}?(\d+|[一二两三四五六七八九十]+)\s*([天周日月]|小时|分钟)")
_NAME = re.compile(r"《([^《》]{2,40})》|「([^「」]{4,40})」")
_DIGITS = {char: number for number, char in enumerate("零一二三四五六七八九")} | {"两": 2}
_COUNTED = re.compile(
    r"(?<![第周期拜零一二三四五六七八九十百千万亿\d])([二两三四五六七八九]?十[一二三四五六七八九]?|[二两三四五六七八九])(?=\s*(?:[天周年月款个大条种招步家届问张倍]|小时|分钟))"
)


def unframed(title: str) -> str:
    """A title without the name of the column it stands in (`【第9期】`, `干货 |`), as long as enough is left."""
    frame = _FRAME.match(title)
    if frame is None:
        return title
    bare = title[frame.end() :]
    return bare if tells(bare) else title


@lru_cache(maxsize=3_000)
def tells(title: str) -> bool:
    """Whether a title is long enough to say anything."""
    return len(fold_title(title)) >= MIN_CHARS


@lru_cache(maxsize=1_000)
def core(title: str) -> str:
    """The matter of a title: without its column and series, what is called out before it (`突发！`), what is said aside behind it
    (`（附代码）`); as long as enough is left."""
    for _ in range(3):
        bare = _SERIES.sub("", _CALL.sub("", unframed(title), count=1), count=1)
        aside = _ASIDE.search(bare)
        if aside and not _TELLS_PART.search(aside[0]):
            bare = bare[: aside.start()]
        bare = _FILLER.sub("", bare, count=1)
        if bare == title or not tells(bare):
            break
        title = bare
    return title


def names(title: str) -> frozenset[str]:
    """What stands in the marks of a title of a book, a law, a report: folded."""
    return frozenset(fold_title(match[1] or match[2]) for match in _NAME.finditer(title))


def numbers(title: str) -> frozenset[str]:
    """The numbers that a title names, those counted in Chinese among them (`六个` is 6)."""
    return frozenset(_NUMBER.findall(_COUNTED.sub(_arabic, fold(title))))


def _arabic(match: re.Match[str]) -> str:
    tens, ten, ones = match[1].rpartition("十")
    return str((_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones, 0))


def contradict(one: str, other: str) -> bool:
    """True when two titles cannot be of one work: they name different numbers, versions or parts, count down to different days,
    one of them is about a draft and the other is not, or both only wish well."""
    days, other_days = _countdowns(one), _countdowns(other)
    if (days and other_days and days != other_days) or bool(_NOT_FINAL.search(one)) != bool(_NOT_FINAL.search(other)):
        return True
    if _GREETING.search(one) and _GREETING.search(other):
        return True
    one, other = unframed(one), unframed(other)
    for find in (numbers, _parts):
        first, second = find(one), find(other)
        if first - second and second - first:
            return True
    first, second = _parts(one), _parts(other)
    return bool(first) != bool(second) and fold_title(one)[:8] == fold_title(other)[:8]


def _parts(title: str) -> frozenset[str]:
    found = (match[1] or match[2] for match in _PART.finditer(title))
    return frozenset(part[0] if part[0] in "上中下" else part for part in found)


def _countdowns(title: str) -> frozenset[str]:
    return frozenset(match[1] + match[2] for match in _COUNTDOWN.finditer(fold(title)))


def of_one_mould(one: str, other: str) -> bool:
    """True when two titles are cast alike around different matter ("论NLP领域的内卷", "论AI领域的内卷")."""
    first, second = fold_title(one), fold_title(other)
    start = _common(first, second)
    end = _common(first[start:][::-1], second[start:][::-1])
    left, right = first[start : len(first) - end], second[start : len(second) - end]
    shorter = min(len(first), len(second))
    if start >= 1 and min(len(left), len(right)) >= 2 and start + end >= shorter * 0.4 and not set(left) & set(right):
        return True
    return _replaced_inside(*sorted((first[:MOULD_CHARS], second[:MOULD_CHARS])))


def _replaced_inside(first: str, second: str) -> bool:
    """True when between two long pieces that both titles have each has other matter of its own."""
    steps = SequenceMatcher(None, first, second, autojunk=False).get_opcodes()
    for before, step, after in zip(steps, steps[1:], steps[2:], strict=False):
        _, start, end, other_start, other_end = step
        around = before[0] == after[0] == "equal" and min(before[2] - before[1], after[2] - after[1]) >= MOULD_AROUND
        if step[0] == "replace" and around and min(end - start, other_end - other_start) >= MOULD_INSIDE:
            return True
    return False


def _common(one: str, other: str) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
