"""Text in Chinese and English alike: clean, fold, tokenise, trim. Pure.

Words are not enough for Chinese, so whatever matches or ranks uses character n-grams of Chinese runs beside Latin words.
"""

from __future__ import annotations

import html
import re
import unicodedata
from operator import add

TITLE_CHARS = 500
SUMMARY_CHARS = 20_000

# C0/C1 controls but tab and newline, DEL, bidirectional overrides and isolates, zero-width marks that hide text, line and
# paragraph separators, noncharacters, lone surrogates, interlinear annotation, the byte order mark.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufdd0-\ufdef\ufeff\ufff0-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U0001fffe\U0001ffff\U000e0000-\U000e007f]"
)
_UNWANTED_BYTES = bytes(code for code in (*range(32), 127) if code not in {9, 10})
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_FULL_WIDTH = tuple(zip("，：！？（）；", ",:!?();", strict=True))
_SPACE = re.compile(r"\s+")
_NO_WORD = re.compile(r"[\W_]+")
_NO_WORD_BYTES = bytes(code for code in range(128) if not chr(code).isalnum())
_CJK = "\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"[{_CJK}]+|[a-z0-9]+(?:[.+#-][a-z0-9]+)*\+*")
_CJK_RUN = re.compile(rf"[{_CJK}]")
_LAST_SENTENCE_END = re.compile(r".*(?:[。！？!?；;…][”’」』）)\"']*|\.(?=\s|$))", re.DOTALL)
_BLOCK = re.compile(
    r"</?(?:p|div|br|li|ul|ol|tr|table|h[1-6]|section|article|blockquote|pre|figure|hr|dd|dt)\b[^>]*>", re.IGNORECASE
)
_DROPPED = re.compile(r"<(script|style|noscript|template|iframe|svg|math|head)\b.*?(?:</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
_COMMENT = re.compile(r"<!--.*?(?:-->|$)|<!\[CDATA\[|\]\]>", re.DOTALL)
_TAG = re.compile(r"</?[a-zA-Z!?/][^<>]*>?")


def clean(text: str, limit: int | None = None) -> str:
    """Valid Unicode without control, bidi-override and invisible characters; tabs and newlines stay. Cut at `limit`."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    # Bytes are five times as fast as the expression, and most text is ASCII; most of the rest is printable to the last character.
    if text.isascii():
        raw = text.encode()
        kept = raw.translate(None, _UNWANTED_BYTES)
        text = text if len(kept) == len(raw) else kept.decode()
    elif not text.replace("\n", "").isprintable():
        text = _UNWANTED.sub("", text)
    return text if limit is None else text[:limit]


def clean_line(text: str, limit: int | None = TITLE_CHARS) -> str:
    """`clean` on one line: every run of white space (NBSP and the ideographic space too) becomes one blank."""
    if text.isprintable() and "  " not in text:  # as most titles and names are: nothing to mend but the ends
        line = text.strip()
        return line if limit is None or len(line) <= limit else line[:limit].rstrip()
    line = _SPACE.sub(" ", clean(text.replace("\u2028", " ").replace("\u2029", " "))).strip()
    return line if limit is None or len(line) <= limit else line[:limit].rstrip()


def is_cjk(text: str) -> bool:
    """True when the text holds any Chinese, Japanese or Korean character."""
    return bool(_CJK_RUN.search(text))


def without_escapes(markdown: str) -> str:
    """Markdown inline text with its backslash escapes undone (CommonMark, 2.4): `a \\| b` is `a | b`."""
    return _ESCAPE.sub(r"\1", markdown)


def fold_title(title: str) -> str:
    """A title reduced to what makes two of them the same: NFKC, case folded, punctuation and spaces dropped."""
    if title.isascii():  # bytes are several times as fast as the expression
        return title.lower().encode().translate(None, _NO_WORD_BYTES).decode()
    return _NO_WORD.sub("", fold(title))


def tokens(text: str) -> list[str]:
    """Latin words and numbers as they are, Chinese runs as overlapping pairs of characters, all case folded (NFKC)."""
    runs = _TOKEN.findall(fold(text))
    if text.isascii():
        return runs
    found: list[str] = []
    for run in runs:
        if run.isascii() or len(run) == 1:
            found.append(run)
        else:
            found.extend(map(add, run, run[1:]))
    return found


def contains_term(text: str, term: str) -> bool:
    """True when a folded `text` holds `term`: a Latin term as a whole word, a Chinese one anywhere. Both NFKC, case folded."""
    start = text.find(term)
    if start >= 0 and not term.isascii() and _CJK_RUN.search(term):
        return True
    while start >= 0:
        end = start + len(term)
        before, after = text[start - 1 : start], text[end : end + 1]
        if not (_is_latin(before) and _is_latin(term[0])) and not (_is_latin(after) and _is_latin(term[-1])):
            return True
        start = text.find(term, start + 1)
    return False


def _is_latin(char: str) -> bool:
    return bool(char) and char.isalnum() and not _CJK_RUN.match(char)


def fold(text: str) -> str:
    """NFKC and case folded: the form in which terms are searched."""
    if text.isascii():
        return text.lower()
    # Chinese text has hardly anything but these marks that NFKC changes, and what it need not change it passes quickly.
    for wide, plain in _FULL_WIDTH:
        if wide in text:
            text = text.replace(wide, plain)
    return unicodedata.normalize("NFKC", text).casefold()


def trim(text: str, limit: int) -> str:
    """At most `limit` characters, cut at the last sentence end that fits, else at a blank or comma with an ellipsis."""
    text = text.strip()
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    found = _LAST_SENTENCE_END.match(text, 0, limit)
    if found and found.end() >= limit // 3:
        return found[0].rstrip()
    cut = max(head.rfind(mark) for mark in (" ", "，", "、", ",", "\n"))
    return (head[:cut] if cut >= limit // 2 else head).rstrip(" ，、,\n") + "…"


def html_to_text(markup: str) -> str:
    """The text of an HTML fragment: blocks become lines, entities characters, scripts and styles nothing. Not a sanitiser."""
    if "<" in markup:
        if "<!" in markup or "]]>" in markup:
            markup = _COMMENT.sub("", markup)
        markup = _DROPPED.sub(" ", markup)
        markup = _TAG.sub("", _BLOCK.sub("\n", markup))
    text = html.unescape(markup) if "&" in markup else markup
    lines = text.split("\n")
    # What is printable has no white space but blanks, and nothing that is unwanted; few lines have two blanks in a row.
    if "  " in text or not all(map(str.isprintable, lines)):
        lines = [" ".join(line.split()) for line in clean(text).split("\n")]
    return "\n".join(filter(None, map(str.strip, lines)))


def head_text(markup: str, limit: int) -> str:
    """The beginning of `html_to_text(markup)`: the first `limit` characters at least, as far as there are so many."""
    for chars in (limit * 7 // 4, 3 * limit, 6 * limit):  # most markup is a third tags at the most
        if len(markup) <= chars:
            break
        piece = markup[:chars]
        cut = max(piece.rfind("<"), piece.rfind(" "))  # neither a tag nor an entity is cut through
        text = html_to_text(piece[:cut]) if cut > 0 else ""
        if len(text) >= limit:
            return text
    return html_to_text(markup)


def display_width(text: str) -> int:
    """Columns of a terminal that `text` takes: wide and full-width characters two, combining marks none."""
    width = 0
    for char in text:
        if unicodedata.combining(char) or char in "\u200d\ufe0f":
            continue
        width += 2 if unicodedata.east_asian_width(char) in "WF" else 1
    return width


def fit(text: str, columns: int) -> str:
    """`text` cut to that many terminal columns, with an ellipsis where it was cut."""
    if display_width(text) <= columns:
        return text
    kept, width = [], 0
    for char in text:
        step = display_width(char)
        if width + step > columns - 1:
            break
        kept.append(char)
        width += step
    return "".join(kept) + "…"
