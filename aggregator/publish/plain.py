"""Texts in which nothing means anything to Markdown or HTML, as most are: they need no parser."""

from __future__ import annotations

import re

# Quotes mean nothing between blocks; a line that begins with a letter begins no list, heading, quotation or code.
_MARKED = re.compile(r"[\\`*_\[\]<>&=\ufffd]|://")
_START = re.compile(r"[^\W\d_]")
_GAP = re.compile(r"\n\n+")
_BREAK = "<br>\n"


def plain_html(markdown: str) -> str:
    """The paragraphs of such a text as HTML, the same as by way of the parser and the sanitiser; "" for any other text."""
    if _MARKED.search(markdown):
        return ""
    lines = [line.rstrip(" ") for line in markdown.split("\n")]
    if not all(line.isprintable() and _START.match(line) and not line[-1].isspace() for line in lines if line):
        return ""
    paragraphs = _GAP.split("\n".join(lines).strip("\n"))
    return "\n".join(f"<p>{text.replace(chr(10), _BREAK)}</p>" for text in paragraphs)
