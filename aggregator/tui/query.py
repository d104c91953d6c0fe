"""What is typed into the search field, as a filter and back. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from aggregator.model import CandidateFilter, Status


def filter_of(text: str) -> CandidateFilter:
    """`section:papers source:NAME status:deferred` and words to look for; a status that does not exist is a word."""
    wanted = CandidateFilter()
    words: list[str] = []
    for word in re.split("[ \t\u3000]+", text.strip(" \t\u3000")):
        name, colon, value = word.partition(":")
        if colon and value and name == "section":
            wanted = replace(wanted, section=value)
        elif colon and value and name == "source":
            wanted = replace(wanted, source=value.replace("\u00a0", " "))
        elif colon and name == "status" and value in {*Status, "all"}:
            wanted = replace(wanted, statuses=() if value == "all" else (Status(value),))
        else:
            words.append(word)
    return replace(wanted, search=" ".join(words) or None)


def text_of(wanted: CandidateFilter) -> str:
    """A filter as it would be typed."""
    words = []
    if wanted.statuses != (Status.PENDING,):
        words.append(f"status:{wanted.statuses[0].value if wanted.statuses else 'all'}")
    words += [f"section:{wanted.section}"] if wanted.section else []
    # A blank of a source's name is kept from ending the word.
    words += [f"source:{wanted.source.replace(' ', chr(0xA0))}"] if wanted.source else []
    words += [wanted.search] if wanted.search else []
    return " ".join(words)
