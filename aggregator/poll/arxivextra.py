"""What arXiv's documents say beside the elements of a feed: DOI, journal reference, primary category. Pure.

https://info.arxiv.org/help/api/user-manual.html (arxiv:doi, arxiv:journal_ref) and
https://info.arxiv.org/help/rss_specifications.html (arxiv:DOI, arxiv:journal_reference)
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace
from urllib.parse import quote

from aggregator.model import Entry, Link
from aggregator.text import clean_line

_PART = re.compile(r"<(?:entry|item)[\s>]")
_ID = re.compile(r"arxiv\.org/abs/((?:[a-z-]+(?:\.[A-Za-z]{2})?/)?[0-9.]{7,12})(?:v\d+)?", re.IGNORECASE)
_DOI = re.compile(r"<arxiv:doi\b[^>]{0,200}>\s*(10\.[^<\s]{3,200})\s*<", re.IGNORECASE)
_JOURNAL = re.compile(r"<arxiv:journal_ref(?:erence)?\b[^>]{0,200}>([^<]{3,500})<", re.IGNORECASE)
_PRIMARY = re.compile(r"<arxiv:primary_category\b[^>]{0,300}?\bterm=[\"']([A-Za-z.-]{2,30})[\"']", re.IGNORECASE)
_PART_CHARS = 50_000


@dataclass(frozen=True, slots=True)
class Extra:
    """`doi` such as 10.1000/182, `journal` as the authors wrote it, `primary` the category a paper was submitted to, which the
    API alone tells; "" for none."""

    doi: str = ""
    journal: str = ""
    primary: str = ""


def read(body: bytes) -> dict[str, Extra]:
    """The extras of a feed's papers by arXiv id without version; papers without any are left out."""
    if b"arxiv:" not in body:
        return {}
    found: dict[str, Extra] = {}
    for part in _PART.split(body.decode("utf-8", "replace"))[1:]:
        part = part[:_PART_CHARS]
        paper, doi, journal, primary = (one.search(part) for one in (_ID, _DOI, _JOURNAL, _PRIMARY))
        if paper and (doi or journal or primary):
            found[paper[1].lower()] = Extra(
                html.unescape(doi[1]) if doi else "",
                clean_line(html.unescape(journal[1]), 100) if journal else "",
                primary[1] if primary else "",
            )
    return found


def with_extra(entry: Entry, extra: Extra | None) -> Entry:
    """The paper with its DOI as a link and its journal reference as a tag."""
    if extra is None:
        return entry
    links, tags = entry.links, entry.tags
    if extra.doi:
        doi = Link("DOI", "paper", f"https://doi.org/{quote(extra.doi, safe='/().;:-_')}")
        links = (*(link for link in links if link.url.lower() != doi.url.lower()), doi)
    if extra.journal and extra.journal not in tags:
        tags = (*tags, extra.journal)
    return replace(entry, links=links, tags=tags)
