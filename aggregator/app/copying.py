"""What an entry says as a candidate would show it, before anything is judged."""

from __future__ import annotations

from aggregator.app.naming import Names
from aggregator.model import Entry, NewCandidate, Score, SectionGuess, Similar
from aggregator.text import head_text, trim
from aggregator.urls import arxiv_id, canonical, is_temporary, is_work

SUMMARY_CHARS = 400
# So much of a text tells what its first SUMMARY_CHARS are, and whether there are more.
READ_CHARS = SUMMARY_CHARS + 1
_UNJUDGED, _UNSCORED = SectionGuess("", 0.0), Score(0.0)
_EXPIRES = ("this WeChat link expires: replace it by the permanent one",)


def copy_of(
    names: Names, entry: Entry, keys: tuple[str, ...] = (), source_name: str | None = None, text: str | None = None
) -> NewCandidate:
    """The fields that an entry fills in. `source_name` is printed after the bar in place of what `names` tells; `text` is the
    entry's text, where that is known already."""
    printed = names.printed(entry) if source_name is None else source_name
    title = title_of(entry)
    return filled(entry, keys, title=title, source=printed, summary=summary_of(entry, title, text))


def title_of(entry: Entry) -> str:
    """The title of an entry, or what stands for one."""
    return entry.title or entry.url or entry.guid


def summary_of(entry: Entry, title: str, text: str | None = None) -> str:
    """The summary of an entry of that title, "" where it says no more than this; `text` is the entry's text if it is known."""
    if text is None:
        text = head_text(entry.summary or entry.content, READ_CHARS)
    # A title may be longer than what is read of the text.
    same = text == title or (len(text) > SUMMARY_CHARS and title.startswith(text))
    return "" if same else trim(text, SUMMARY_CHARS)


def filled(
    entry: Entry,
    keys: tuple[str, ...],
    *,
    title: str,
    source: str,
    summary: str,
    section: SectionGuess = _UNJUDGED,
    score: Score = _UNSCORED,
    similar: tuple[Similar, ...] = (),
) -> NewCandidate:
    """A candidate of what is known of an entry and what was judged of it."""
    url = entry.url or None
    paper = arxiv_id(url) if url and is_work(url) else None
    return NewCandidate(
        keys=keys,
        title=title,
        url=entry.url,
        canonical_url=canonical(url) if url else None,
        section=section,
        score=score,
        source=source,
        author=entry.author,
        published_at=entry.published_at,
        summary=summary,
        tags=(paper,) if paper else (),
        links=entry.links,
        warnings=_EXPIRES if url and is_temporary(url) else (),
        similar=similar,
    )
