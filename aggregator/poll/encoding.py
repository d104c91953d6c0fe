"""Bytes -> text. What decodes is believed before what is declared: declarations are wrong too often. Pure.

The order: byte order mark, UTF-8 that is valid and not plain ASCII, the HTTP charset, the document's own declaration (Latin-1
last, for that is what servers say by default), UTF-8 with a few broken bytes, a guess. What is declared stands back where the
text would make no sense. Names are looked up in a table (after https://encoding.spec.whatwg.org/#names-and-labels):
a codec that Python knows and the web does not (zip, rot13, idna, utf-7) is never used.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from aggregator.poll import guessing

_LATIN = "cp1252"
_LABELS = {
    "utf-8": "utf-8 utf8 unicode-1-1-utf-8 u8 cp65001",
    "utf-16-le": "utf-16le",
    "utf-16-be": "utf-16be",
    "gb18030": "gb18030 gbk gb2312 gb-2312 gb-2312-80 x-gbk cp936 ms936 windows-936 euc-cn chinese iso-ir-58 csgb2312",
    "hz": "hz hz-gb-2312 hzgb",
    "big5hkscs": "big5 big5-hkscs big5hkscs x-x-big5 cn-big5 cp950 csbig5",
    "cp932": "shift-jis sjis x-sjis ms-kanji windows-31j cp932 ms932 csshiftjis",
    "euc_jp": "euc-jp x-euc-jp eucjp",
    "iso2022_jp": "iso-2022-jp iso2022-jp csiso2022jp",
    "cp949": "euc-kr cp949 ks-c-5601-1987 ksc5601 korean windows-949 uhc euckr",
    "johab": "johab cp1361 ms1361",
    "iso2022_kr": "iso-2022-kr iso2022-kr csiso2022kr",
    "koi8-r": "koi8-r koi8 koi cskoi8r",
    "koi8-u": "koi8-u koi8-ru",
    "cp866": "ibm866 cp866",
    "mac-cyrillic": "x-mac-cyrillic",
    "macroman": "macintosh mac x-mac-roman",
    "cp1252": "windows-1252 cp1252 iso-8859-1 iso8859-1 latin1 latin-1 l1 us-ascii ascii ansi-x3.4-1968 iso-ir-100",
    "iso8859-9": "",
    "cp874": "windows-874 tis-620 iso-8859-11",
}
_CODECS = {label: codec for codec, labels in _LABELS.items() for label in labels.split()}
_PAGES = (437, 737, 775, 850, 852, 855, 857, 858, 860, 861, 862, 863, 865, 869, 1250, 1251, 1253, 1254, 1255, 1256, 1257, 1258)
for _number in _PAGES:
    _CODECS.update(dict.fromkeys((f"windows-{_number}", f"cp{_number}", f"ibm{_number}"), f"cp{_number}"))
_CODECS.update({f"iso-8859-{number}": f"iso8859-{number}" for number in (2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16)})
_CODECS.update({f"iso8859-{number}": f"iso8859-{number}" for number in (2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16)})
# Codecs whose text is plain ASCII bytes with escapes: valid UTF-8, so only a declaration tells.
_SEVEN_BIT = frozenset({"hz", "iso2022_jp", "iso2022_kr"})
# These escapes stand in no other text, so that nobody has to declare them.
_ESCAPES = {b"\x1b$)C": "iso2022_kr", b"\x1b$B": "iso2022_jp", b"\x1b$@": "iso2022_jp"}
_EAST_ASIAN = frozenset({"gb18030", "big5hkscs", "cp932", "euc_jp", "cp949"})

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_FIRST_BYTES = ((b"<\0\0\0", "utf-32-le"), (b"\0\0\0<", "utf-32-be"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_XML_DECLARED = re.compile(rb"^\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
_HTML_DECLARED = re.compile(rb"<meta[^>]{0,200}?\bcharset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_HTTP_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_THREE_BYTES = re.compile(rb"[\xe0-\xf4][\x80-\xbf]{2}")
_HIGH = re.compile(rb"[\x80-\xff]")
_HEAD_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the codec that read it, and a note when bytes were broken or the declaration was wrong."""

    text: str
    encoding: str
    note: str | None = None


def codec_of(label: str | None) -> str | None:
    """The codec for a declared name, None for a name the web does not know."""
    return _CODECS.get(label.strip().lower().replace("_", "-")) if label else None


def decode(body: bytes, content_type: str | None = None) -> Decoded:
    """The text of a feed or page. Never fails: what cannot be read becomes U+FFFD, with a note."""
    marked = _marked(body)
    if marked:
        return marked
    labels = _labels(body, content_type)
    declared = sorted((codec for codec in map(codec_of, labels) if codec), key=lambda codec: codec == _LATIN)
    seven_bit = _seven_bit(body, declared)
    if seven_bit:
        text = _strict(body, seven_bit)
        if text is not None:
            return Decoded(text, seven_bit)
    text = _strict(body, "utf-8")
    if text is not None and not _is_rather_east_asian(body, declared):
        wrong = not all(map(_may_be_utf8, labels)) and _HIGH.search(body)
        return Decoded(text, "utf-8", "declared in another encoding, read as utf-8" if wrong else None)
    for codec in declared:
        text = _strict(body, codec) if codec != "utf-8" else None
        if text is not None:
            better = guessing.better(body, codec)
            if better is None:
                return Decoded(text, codec)
            return Decoded(body.decode(better, "replace"), better, f"declared in another encoding, read as {better}")
    return _damaged(body, declared)


def is_called_utf8(body: bytes, content_type: str | None) -> bool:
    """True when nothing that is declared speaks against UTF-8: valid UTF-8 is then read as such, without a note."""
    return _marked_as(body) in {None, "utf-8"} and all(map(_may_be_utf8, _labels(body, content_type)))


def _may_be_utf8(label: str) -> bool:
    # Latin-1 is what servers say by default.
    return codec_of(label) in {"utf-8", _LATIN}


def _labels(body: bytes, content_type: str | None) -> list[str]:
    """The encodings that the server and the document declare."""
    head = body[:_HEAD_BYTES]
    http = _HTTP_CHARSET.search(content_type or "")
    inside = _XML_DECLARED.search(head) or _HTML_DECLARED.search(head)
    return [*([http[1]] if http else []), *([inside[1].decode("ascii")] if inside else [])]


def _seven_bit(body: bytes, declared: list[str]) -> str | None:
    if "hz" in declared and b"~{" in body:
        return "hz"
    if b"\x1b$" not in body:
        return None
    said = next((codec for codec in declared if codec in _SEVEN_BIT), None)
    return said or next((codec for escape, codec in _ESCAPES.items() if escape in body), None)


def _marked(body: bytes) -> Decoded | None:
    codec = _marked_as(body)
    if codec is None:
        return None
    mark = next((mark for mark, named in _BOMS if named == codec and body.startswith(mark)), b"")
    return _lenient(body[len(mark) :], codec)


def _marked_as(body: bytes) -> str | None:
    """The codec that the first bytes give away: a byte order mark, or the zeros around the first `<`."""
    return next((codec for start, codec in (*_BOMS, *_FIRST_BYTES) if body.startswith(start)), None)


def _lenient(body: bytes, codec: str) -> Decoded:
    text = body.decode(codec, "replace")
    broken = text.count("\ufffd")
    return Decoded(text, codec, f"{broken} broken characters, read as {codec}" if broken else None)


def _strict(body: bytes, codec: str) -> str | None:
    try:
        return body.decode(codec)
    except (UnicodeDecodeError, LookupError):
        return None


def _is_rather_east_asian(body: bytes, declared: list[str]) -> bool:
    # A few characters of GBK can pass as two-byte UTF-8 (Greek, Cyrillic); East Asian text in UTF-8 takes three bytes.
    return bool(declared and declared[0] in _EAST_ASIAN and _HIGH.search(body) and not _THREE_BYTES.search(body))


def _damaged(body: bytes, declared: list[str]) -> Decoded:
    high = len(_HIGH.findall(body))
    as_utf8 = body.decode("utf-8", "replace")
    broken = as_utf8.count("\ufffd")
    # One cut character must not turn a whole document into windows-1252.
    if broken * 10 <= high:
        return Decoded(as_utf8, "utf-8", f"{broken} broken characters, read as utf-8")
    for codec in [codec for codec in declared if codec != "utf-8"]:
        text = body.decode(codec, "replace")
        lost = text.count("\ufffd")
        if lost * 10 <= high:
            return Decoded(text, codec, f"{lost} broken characters, read as {codec}")
    guessed = _guess(body)
    return Decoded(body.decode(guessed, "replace"), guessed, f"no valid encoding declared, read as {guessed}")


def _guess(body: bytes) -> str:
    found = guessing.best(body)
    if found is not None:
        return found
    if guessing.is_western(body):
        return _LATIN
    if _strict(body, "gb18030") is not None:
        return "gb18030"
    # Few documents leave it to a guess, and every process would wait for it.
    from charset_normalizer import from_bytes

    best = from_bytes(body[:50_000]).best()
    return codec_of(best.encoding if best else None) or "cp1252"
