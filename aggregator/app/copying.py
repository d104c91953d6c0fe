"""What an entry says as a candidate would show it, before anything is judged."""

from __future__ import annotations

from aggregator.app.naming import Names
from aggregator.model import Entry, NewCandidate, Score, SectionGuess
from aggregator.text import head_text, trim
from aggregator.urls import arxiv_id, canonical, is_temporary

SUMMARY_CHARS = 400
READ_CHARS = 500
_UNJUDGED, _UNSCORED = SectionGuess("", 0.0), Score(0.0)


def copy_of(
    names: Names, entry: Entry, keys: tuple[str, ...] = (), source_name: str | None = None, text: str | None = None
) -> NewCandidate:
    """The fields that an entry fills in. `source_name` is printed after the bar in place of what `names` tells; `text` is the
    entry's text, where that is known already."""
    printed = names.printed(entry) if source_name is None else source_name
    text = head_text(entry.summary or entry.content, READ_CHARS) if text is None else text
    title = entry.title or (entry.url or entry.guid)
    temporary = bool(entry.url) and is_temporary(entry.url or "")
    return NewCandidate(
        keys=keys,
        title=title,
        url=entry.url,
        canonical_url=canonical(entry.url) if entry.url else None,
        section=_UNJUDGED,
        score=_UNSCORED,
        source=printed,
        author=entry.author,
        published_at=entry.published_at,
        summary="" if text == title else trim(text, SUMMARY_CHARS),
        tags=_tags(entry),
        links=entry.links,
        warnings=("this WeChat link expires: replace it by the permanent one",) if temporary else (),
    )


def _tags(entry: Entry) -> tuple[str, ...]:
    paper = arxiv_id(entry.url) if entry.url else None
    return (paper,) if paper else ()
