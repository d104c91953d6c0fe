"""What must not be published: every mistake that readers of an issue have met before. Pure, and needs no network.

    C0xx  reading    what the reader did not understand (house)
    C1xx  issue      heading, lead, briefs, sections; past issues (C111-C114)
    C2xx  items      link, summary, tags, prefix, repeats
    C3xx  links      expiring, tracking, insecure, broken; and, from C311, what their servers answered
    C4xx  text       hidden characters, Liquid, HTML, lines that say nothing

An error stops publishing; a warning does not; a hint is about how some renderers show it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from aggregator.issue.house.forms import in_form
from aggregator.issue.house.reader import read
from aggregator.issue.mistakes import issue_mistakes
from aggregator.issue.mistakes_answers import answer_mistakes
from aggregator.issue.mistakes_items import item_mistakes
from aggregator.issue.mistakes_links import link_mistakes
from aggregator.issue.mistakes_past import past_mistakes
from aggregator.issue.mistakes_punctuation import punctuation_mistakes
from aggregator.issue.mistakes_text import text_mistakes
from aggregator.issue.page_view import Page
from aggregator.model import Finding, Issue, LinkAnswer, Publication, Severity

_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.HINT: 2}
# What the reader warns of is an error where it is about to be published.
_ERRORS_HERE = frozenset({"C004"})


def check(
    issue: Issue,
    publication: Publication,
    text: str,
    *,
    path: str,
    archive: Sequence[Issue] = (),
    answers: Mapping[str, LinkAnswer] = MappingProxyType({}),
    days: Iterable[date] = (),
    language: str = "",
) -> tuple[Finding, ...]:
    """All findings about an issue, by line, errors before warnings on the same line.

    `text` is its Markdown: lines count in it. `archive` are the published issues; without them nothing is said about
    repeats and about links to past issues. `answers` are what the addresses of `asked_addresses` answered, as far as they
    were asked; `days` those of issues that exist besides the archive's. Findings are in `language`, the publication's own
    where none is given.
    """
    publication = replace(in_form(text, publication), language=language or publication.language)
    tree, derived = read(text, publication, path)
    others = tuple(one for one in archive if one.slug != issue.slug and (one.id is None or one.id != issue.id))
    page = Page(issue, derived.issue, publication, tree, path, others, frozenset(days))
    found = [
        *_reading(derived.findings),
        *issue_mistakes(page),
        *past_mistakes(page),
        *item_mistakes(page),
        *link_mistakes(page),
        *answer_mistakes(page, answers),
        *text_mistakes(page),
        *punctuation_mistakes(page),
    ]
    return tuple(sorted(dict.fromkeys(found), key=lambda one: (one.line or 0, _RANK[one.severity], one.code)))


def _reading(findings: Sequence[Finding]) -> Iterator[Finding]:
    for one in findings:
        if one.severity is Severity.HINT:
            continue
        severity = Severity.ERROR if one.code in _ERRORS_HERE else one.severity
        yield Finding(one.code, severity, one.text, one.path, one.line, one.fix)
