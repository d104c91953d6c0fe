"""The archive as memory: what was seen, approved or printed, found again by words, by address, by topic."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from aggregator.app.workspace import Workspace
from aggregator.errors import UsageError
from aggregator.model import SearchFilter, SearchHit, Status
from aggregator.queue import review
from aggregator.text import contains_term, fold, is_cjk, tokens
from aggregator.urls import identity_keys, is_http

LEAST_CHARS = 2
_RELATED_WORDS = 40
# As many of the newest items are looked at for their titles.
_SORTED = 500
_ALL = 2000


@dataclass(frozen=True, slots=True)
class TopicIssue:
    """What one issue had on a topic, in printed order: what names it, and what only mentions it further down."""

    issue: str
    date: date | None
    hits: tuple[SearchHit, ...]
    mentions: tuple[SearchHit, ...] = ()


def refresh(workspace: Workspace) -> int:
    """Bring the index up to date; the number of rows that had changed. A search does it by itself."""
    with workspace.store.read() as unit:
        if not unit.search.stale():
            return 0
    with workspace.store.write() as unit:
        return unit.search.refresh()


def search(workspace: Workspace, words: Iterable[str], wanted: SearchFilter, limit: int) -> list[SearchHit]:
    """What holds all the words, Chinese or English, upper or lower case, as any part of a text: printed items (those first
    that say it in their title), then briefs, newest issue first, then candidates, last arrived first; `limit` of all.

    Raises UsageError for a word of one character, QueueError for an unknown section.
    """
    terms = _terms(words)
    if wanted.section is not None:
        review.check_section(wanted.section, workspace.publication)
    refresh(workspace)
    found: list[SearchHit] = []
    with workspace.store.read() as unit:
        if wanted.status in {None, Status.PUBLISHED}:
            printed = unit.search.items(terms, wanted, max(limit, _SORTED))
            found += sorted(printed, key=lambda hit: not all(term in fold(hit.title) for term in terms))[:limit]
            if not wanted.section and not wanted.source:
                found += unit.search.briefs(terms, wanted, limit - len(found))
        if wanted.status is not Status.PUBLISHED and wanted.issue is None and len(found) < limit:
            found += unit.search.candidates(terms, wanted, limit - len(found))
    return found[:limit]


def _terms(words: Iterable[str]) -> list[str]:
    terms = list(dict.fromkeys(part for word in words for part in fold(word).split()))
    if not terms:
        raise UsageError("there is nothing to search for", fix="give one or more words")
    short = next((term for term in terms if len(term) < LEAST_CHARS), None)
    if short is not None:
        raise UsageError(f"`{short}` is too short to search for", fix=f"give words of at least {LEAST_CHARS} characters")
    return terms


def ran(workspace: Workspace, url: str) -> list[SearchHit]:
    """Where the work at this address was printed, and the candidates that no item tells of: what waits, was left out, or was
    printed as a brief. Raises UsageError for what is no http(s) address."""
    keys = identity_keys(url)
    if not is_http(url) or not keys:
        raise UsageError(f"this is no http(s) URL: {url}", fix="paste the whole address")
    with workspace.store.read() as unit:
        printed = unit.search.ran(keys)
        return printed + [one for one in unit.search.met(keys) if not printed or one.status != Status.PUBLISHED]


def related(workspace: Workspace, candidate_id: int, limit: int) -> list[SearchHit]:
    """Printed items that share the rarest words with a candidate, the closest first. Raises QueueError for no such one."""
    refresh(workspace)
    with workspace.store.read() as unit:
        one = unit.candidates.get(candidate_id)
        return unit.search.related(_grams(f"{one.title} {' '.join(one.tags)}"), limit)


def _grams(text: str) -> list[str]:
    """Latin words as they are, Chinese runs as overlapping threes."""
    found: dict[str, None] = {}
    pairs = list(tokens(text))
    for at, token in enumerate(pairs):
        if not is_cjk(token):
            found[token] = None
        elif at + 1 < len(pairs) and is_cjk(pairs[at + 1]) and token[-1] == pairs[at + 1][0]:
            found[token + pairs[at + 1][-1]] = None
    return list(found)[:_RELATED_WORDS]


def topic(workspace: Workspace, name: str) -> list[TopicIssue]:
    """All issues that printed something about a topic, oldest first: items that name it in their title and briefs, then items
    whose summary or links mention it. A Latin name counts as a whole word. Raises UsageError for a name of one character."""
    terms = _terms([name])
    whole = " ".join(terms)
    refresh(workspace)
    with workspace.store.read() as unit:
        everything = SearchFilter()
        hits = unit.search.items(terms, everything, None, titles=True)
        hits += unit.search.briefs(terms, everything, _ALL)
        hits = [hit for hit in hits if contains_term(fold(hit.title), whole)]
        named = {hit.id for hit in hits}
        mentions = [hit for hit in unit.search.items(terms, everything, _ALL) if hit.id not in named]
        mentions = [hit for hit in mentions if contains_term(fold(f"{hit.summary}\n{hit.source}"), whole)]
    by_issue: dict[str, TopicIssue] = {}
    for hit in (*hits, *mentions):
        one = by_issue.setdefault(hit.issue or "", TopicIssue(hit.issue or "", hit.date, ()))
        is_mention = hit.kind == "item" and hit.id not in named
        fresh = replace(one, mentions=(*one.mentions, hit)) if is_mention else replace(one, hits=(*one.hits, hit))
        by_issue[one.issue] = fresh
    return sorted(by_issue.values(), key=lambda one: one.issue)
