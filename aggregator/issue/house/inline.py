"""Inline Markdown of the house form: brackets, link targets, and the forms that every renderer reads alike. Pure.

CommonMark 0.31, GitHub and kramdown differ on bars, tildes, bare URLs and raw HTML; Liquid reads `{{` and `{%` before
any of them. What is written anew uses only forms on which all agree.
"""

from __future__ import annotations

import re

from aggregator.text import clean

_PIECE = re.compile(
    r"(?P<escape>\\[!-/:-@\[-`{-~])"
    r"|(?P<auto><(?:https?://|mailto:)[^\s<>]+>)"
    r"|(?P<code>(?<!`)(?P<ticks>`+)(?!`)(?P<inner>.+?)(?<!`)(?P=ticks)(?!`))"
    r"|(?P<link>!?\[(?:[^\[\]\\]|\\.)*\]\((?:<[^<>\n]*>|[^()\s<>]*(?:\([^()\s<>]*\)[^()\s<>]*)*)\))"
    r"|(?P<entity>&(?:\#\d{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)"
    r"|(?P<url>https?://(?:(?!&\#?\w{1,31};)[^\s<>\[\]{}\\\u3000-\u303f\uff00-\uff60\u2018-\u201d`|])+)"
    r"|(?P<html></?(?:font|br|sub|sup)\b[^<>]*>)"
    r"|(?P<liquid>\{(?=[{%]))"
    r"|(?P<tildes>~+)"
    r"|(?P<tick>`+)"
    r"|(?P<math>\$\$)"
    r"|(?P<tag><(?=[A-Za-z/!?]))",
    re.DOTALL,
)
_ENTITIES = {"&": "&amp;", "{": "&#123;", "<": "&lt;", "$": "&#36;"}
_URL_TAIL = re.compile(r"[.,;:!?'\"）)】\]*_]+$")
_STRICT = re.compile(r"\\.|[\[\]|*_]", re.DOTALL)
_PLAIN = re.compile(r"[\\`*\[\]|~]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|<(?=[A-Za-z/!?])|\$(?=\$)|\{(?=[{%])|&(?=#?\w{1,31};)")


def matching(text: str, start: int) -> int | None:
    """The index of the `]` that closes the `[` at `start`, escapes and code left aside; None when it stays open."""
    depth, index = 0, start
    while index < len(text):
        char = text[index]
        if char == "\\":
            index += 1
        elif char == "`":
            index = _after_code(text, index) - 1
        elif char == "[":
            depth += 1
        elif char == "]":
            depth -= 1
            if not depth:
                return index
        index += 1
    return None


def _after_code(text: str, start: int) -> int:
    end = start
    while end < len(text) and text[end] == "`":
        end += 1
    ticks = text[start:end]
    match = re.compile(rf"(?<!`){ticks}(?!`)").search(text, end)
    return match.end() if match else end


def masked(text: str) -> str:
    """The text with escapes, code and entities blanked out by NUL, at the same length: what is left is markup or plain."""
    hidden = ("escape", "code", "entity")
    return _PIECE.sub(lambda match: "\0" * len(match[0]) if match.lastgroup in hidden else match[0], text)


def target(text: str, start: int) -> tuple[str, int] | None:
    """The link target in the parentheses at `start` and the index after them; None where they never close.

    Reads `(<any url>)`, balanced parentheses, and, as editors paste them, targets that hold blanks.
    """
    if text[start : start + 1] != "(":
        return None
    pointed = re.compile(r"\(\s*<([^<>\n]*)>\s*(?:\"[^\"]*\"\s*)?\)").match(text, start)
    if pointed:
        return pointed[1], pointed.end()
    depth = 0
    for index in range(start, len(text)):
        if text[index] == "(":
            depth += 1
        elif text[index] == ")":
            depth -= 1
            if not depth:
                inside = re.sub(r"\s+\"[^\"]*\"$", "", text[start + 1 : index].strip())
                return inside, index + 1
    return None


def destination(url: str) -> str:
    """A URL as it stands inside the parentheses of a link: in `<>` where it holds blanks or parentheses."""
    url = clean(url).replace("\n", "").replace("\t", " ").strip()
    for char, code in (("<", "%3C"), (">", "%3E"), ("\\", "%5C"), ("|", "%7C"), ("{", "%7B"), ("}", "%7D"), ("`", "%60")):
        url = url.replace(char, code)
    url = re.sub(r"&(#?\w{1,31});", r"&\1%3B", url)
    return f"<{url}>" if re.search(r"[()\s]", url) else url


def one_line(text: str) -> str:
    """Clean text on one line, blanks at its ends dropped."""
    return re.sub(r"[\n\t]+", " ", clean(text)).strip()


def escape_plain(text: str) -> str:
    """Plain text as Markdown that shows exactly it in every renderer, as a title or in running text."""
    return _PLAIN.sub(lambda match: _ENTITIES.get(match[0]) or "\\" + match[0], text)


def safe_inline(markdown: str, *, title: bool = False) -> str:
    """Markdown in the forms that all renderers read alike; what it shows stays the same. Idempotent.

    `title` is for the text of a link: brackets, bars, `*` and `_` that would break it are escaped as well; bold stays.
    """
    done: list[str] = []
    last = 0
    for match in _PIECE.finditer(markdown):
        done.append(_between(markdown[last : match.start()], title=title))
        done.append(_piece(match, title=title))
        last = match.end()
    done.append(_between(markdown[last:], title=title))
    return "".join(done)


def _piece(match: re.Match[str], *, title: bool) -> str:
    kind, text = match.lastgroup, match[0]
    if match["code"]:
        if re.search(r"\{[{%]", text) or (title and re.search(r"[\[\]|]", text)):
            return escape_plain(match["inner"].strip())
        return text
    if kind == "link":
        return _between(text, title=True) if title else text
    if kind == "url":
        return _between(text, title=True) if title else _pointed(text)
    if kind == "auto":
        return _between(text[1:-1], title=True) if title else text
    if kind == "liquid":
        return "&#123;"
    if kind == "math":
        return "&#36;$"
    if kind == "tildes":
        return "\\~" if len(text) == 1 else text
    if kind == "tick":
        return "\\`" * len(text)
    if kind == "tag":
        return "&lt;"
    return text


def _pointed(url: str) -> str:
    tail = _URL_TAIL.search(url)
    core = url[: tail.start()] if tail else url
    if tail and tail[0].startswith(")") and "(" in core:
        core, rest = core + ")", tail[0][1:]
    else:
        rest = tail[0] if tail else ""
    return f"<{core}>{rest}" if len(core) > len("https://") else url


def _between(text: str, *, title: bool) -> str:
    if not title:
        return text

    def one(match: re.Match[str]) -> str:
        found = match[0]
        if found == "*":
            around = text[max(0, match.start() - 1) : match.start()] + text[match.end() : match.end() + 1]
            return found if "*" in around else "\\*"
        if found == "_":
            before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
            return found if before.isalnum() and after.isalnum() else "\\_"
        return found if found.startswith("\\") else "\\" + found

    return _STRICT.sub(one, text)
