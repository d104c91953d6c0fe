"""Titles as an upstream writes them: what an editor of an archive put around a title is taken off again. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from aggregator.text import clean_line, fold

_MARKS = re.compile(r"[*`]+|<[^<>]{1,40}>")
_TAG = re.compile(r"\s*(?:\[[^\[\]]{2,24}\]|\[\[[^\[\]]{2,24}\])\s*")
_PAPER_ID = re.compile(r"\s*\d{4}\.\d{4,5}(?:v\d+)?\s*[\]:：]\s*")
_REPOSITORY = re.compile(r"\s*[A-Za-z0-9][\w.-]*/[\w.-]+\s*[:：]\s*")

# Each with what it cannot be without.
_PREFIXES = (("[", _TAG), (".", _PAPER_ID), ("/", _REPOSITORY))


def as_arrived(title: str) -> str:
    """A printed title without Markdown, bracketed tags (`[CVPR2020]`), paper ids and an `owner/repo:` prefix.

    A title that is nothing but a prefix stays as it is.
    """
    plain = clean_line(_MARKS.sub("", title) if "<" in title or "*" in title or "`" in title else title)
    for sign, prefix in _PREFIXES:
        if sign in plain and (found := prefix.match(plain)):
            plain = plain[found.end() :].strip() or plain
    return plain


def has_repository_prefix(title: str) -> bool:
    """True for `owner/repo: …`."""
    return "/" in title and bool(_REPOSITORY.match(title))


@lru_cache(maxsize=64)
def learnt_form(title: str) -> str:
    """What models read: the title as it arrived, NFKC and case folded."""
    return folded(as_arrived(title))


@lru_cache(maxsize=64)
def folded(text: str) -> str:
    """A title or a summary NFKC and case folded; those that judge a work ask for the same one after the other."""
    return fold(text)
