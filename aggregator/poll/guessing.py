"""Which encoding bytes are in when nobody says it, or somebody says it wrongly: that in which a language's most frequent
characters come out. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

LOOK_BYTES = 30_000
SURE = 0.15  # the frequent characters below are a third of any text in their language, and a fiftieth of a misread one
DOUBTFUL = 0.03
LEAST_CHARS = 8
ENOUGH_BYTES = 80  # before what somebody says counts for less than what is seen

_HANS = (
    "的一是不了在有人我他这中大来上国个到说们为子和你地出会也时要就可以对生能而下过自之年发后作里用道行所然家种事成方多经么去法学如都同"
    "现当没动面起看定天分还进好小部其些主样理心本前开但因只从想实日者意无力它与长把机十第公此已工使情明性知全三又关点正业外将两高间由问"
    "很最重并物手应向头文体相见被利什二等产或新制果加月话合回特代内信表化位次度先通提立及比员解名论处各入几认条平系气题更量感建务接计管"
)
_HANT = (
    "的一是不了在有人我他這中大來上國個到說們為子和你地出會也時要就可以對生能而下過自之年發後作裡用道行所然家種事成方多經麼去法學如都同"
    "現當沒動面起看定天分還進好小部其些主樣理心本前開但因只從想實日者意無力它與長把機十第公此已工使情明性知全三又關點正業外將兩高間由問"
    "很最重並物手應向頭文體相見被利什二等產或新制果加月話合回特代內信表化位次度先通提立及比員解名論處各入幾認條平系氣題更量感建務接計管"
)
_KANA = "".join(map(chr, [*range(0x3041, 0x3094), *range(0x30A1, 0x30FB), 0x30FC]))
_HANGUL = "이다는의에가을고하지한로기를사은도리나자어그시대있서인스아정해부일전보수제화과장주구동조성원와새진공능"
_CYRILLIC = "оеаинтсрвлкмдпуяызбгчйхжюшцщэфъь"
_CYRILLIC_CODECS = ("cp1251", "koi8-r", "iso8859-5", "cp866")
_FREQUENT: Mapping[str, frozenset[str]] = {
    "gb18030": frozenset(_HANS),
    "big5hkscs": frozenset(_HANT),
    "cp932": frozenset(_KANA),
    "euc_jp": frozenset(_KANA),
    "cp949": frozenset(_HANGUL),
    **dict.fromkeys(_CYRILLIC_CODECS, frozenset(_CYRILLIC)),
}
_HIGH = re.compile(rb"[\x80-\xff]")
_RUNS = re.compile(rb"[\x80-\xff]{2,}")
# What Western European languages write besides ASCII. Neighbours in other encodings (ł, ą, ş, ů) come out as something else.
_WESTERN = frozenset("àâäãåáæçèéêëìíîïñòóôöõøœùúûüßÀÂÄÃÅÁÆÇÈÉÊËÍÎÏÑÓÔÖÕØŒÚÛÜ«»‹›“”„‘’‚–—…•·¡¿©®™°§€£ªº´\xa0\xad")
WESTERN = 0.95
_LATIN = frozenset({"cp1252", "iso8859-9", "iso8859-15", "macroman"})


def best(body: bytes) -> str | None:
    """The encoding in which the bytes are a text of a known language, None where they are in none for sure."""
    words = _in_runs(body)
    scores = {codec: score(body, codec) for codec in _FREQUENT if words or codec not in _CYRILLIC_CODECS}
    found = max(scores, key=lambda codec: scores[codec])
    return found if scores[found] >= SURE else None


def better(body: bytes, declared: str) -> str | None:
    """The encoding that the bytes are in for sure where the declared one, in which they can be read, is surely wrong."""
    if declared in _LATIN:
        return best(body) if _in_runs(body) else None
    if declared not in _FREQUENT or declared in _CYRILLIC_CODECS or len(_HIGH.findall(body)) < ENOUGH_BYTES:
        return None
    found = best(body) if score(body, declared) < DOUBTFUL else None
    return found if found != declared and found not in _CYRILLIC_CODECS else None


def is_western(body: bytes) -> bool:
    """True where what is not ASCII stands alone and is, read as windows-1252, what Western European languages write."""
    high = b"".join(_HIGH.findall(body[:LOOK_BYTES])).decode("cp1252", "replace")
    return bool(high) and not _in_runs(body) and sum(char in _WESTERN for char in high) >= WESTERN * len(high)


def _in_runs(body: bytes) -> bool:
    """True where what is not ASCII comes in words; in Western texts, accented letters stand alone."""
    head = body[:LOOK_BYTES]
    return 10 * sum(map(len, _RUNS.findall(head))) >= 7 * len(_HIGH.findall(head))


def score(body: bytes, codec: str) -> float:
    """How much of the text that comes out, ASCII left aside, is frequent in the language of an encoding: 0 to 1 or so."""
    chars = [char for char in body[:LOOK_BYTES].decode(codec, "replace") if char > "\x7f"]
    if len(chars) < LEAST_CHARS:
        return 0.0
    frequent = _FREQUENT[codec]
    good = sum(char in frequent for char in chars) - 4 * max(chars.count("\ufffd") - 1, 0)
    # Small letters are nearly all there is of a Cyrillic text, and half of one that is something else.
    return good / len(chars) - (0.6 if codec in _CYRILLIC_CODECS else 0.0)
