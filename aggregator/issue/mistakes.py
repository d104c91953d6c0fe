"""Mistakes of an issue as a whole: lead, briefs, sections, past issues. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aggregator.issue.house.blocks import Kind
from aggregator.issue.house.derive import day_of
from aggregator.issue.page_view import Page, short
from aggregator.model import Finding, Publication

_COUNT = re.compile(r"(?:本期|本次|这期|今期)(?:共|共有|内容)?\s*(\d{1,3})\s*[条篇]")
_RESIDUE = r"\{count\}|\{label\}|TODO|TBD|FIXME|待补充|待补|占位"
_SAME_BRIEF_CHARS = 8


def issue_mistakes(page: Page) -> Iterator[Finding]:
    """Everything that is wrong above and below the items."""
    yield from _lead(page)
    yield from _repeats(page)
    if not page.read.items:
        yield page.error("C104", "the issue has no items", page.line_of(Kind.TITLE))
    yield from _past(page)
    yield from _prefilled(page)


def _prefilled(page: Page) -> Iterator[Finding]:
    """What was filled in and that the editor has not touched."""
    places = {"lead": page.line_of(Kind.LEAD), "headline": page.line_of(Kind.TITLE)}
    for name, line in places.items():
        if name in page.issue.untouched and getattr(page.issue, name):
            yield page.hint("C106", f"the {name} is as prefilled", line, "aggregator issue edit")
    waiting = [item for item in page.issue.items if "summary" in item.untouched]
    if waiting:
        names = ", ".join(short(item.title, 16) for item in waiting[:4]) + (" …" if len(waiting) > 4 else "")
        yield page.hint("C107", f"{len(waiting)} summaries are as they arrived: {names}", page.line_of(Kind.ITEM))


def _lead(page: Page) -> Iterator[Finding]:
    lead, line = page.read.lead, page.line_of(Kind.LEAD) or page.line_of(Kind.TITLE)
    # An issue of the archive may have none by design; a draft, an issue of ours and a label without words may not.
    asked = page.line_of(Kind.LEAD) is not None or not page.read.date or page.issue.number is not None
    if not lead.strip():
        if asked and page.publication.profile.lead_label:
            yield page.error("C101", "the lead is empty", line, "`aggregator issue edit`; a prefilled one is offered")
        return
    own = re.escape(page.publication.profile.count).replace(re.escape("{count}"), r"(\d+)")
    for match in re.finditer(f"{own}|{_COUNT.pattern}", lead):
        said = next((group for group in match.groups() if group), None)
        if said is not None and int(said) != len(page.read.items):
            text = f"the lead says {said} items, the issue has {len(page.read.items)}"
            yield page.error("C102", text, line, match[0].replace(said, str(len(page.read.items))))
            break
    residue = _residue(page.publication).search(lead)
    if residue:
        at = page.line_holding(residue[0].rstrip(), line)
        yield page.error("C103", f"the lead holds what a template left: {residue[0]}", at)


def _residue(publication: Publication) -> re.Pattern[str]:
    # A section's mark with nothing behind it; a bracketed word of a title is none.
    names = {name for part in publication.sections for name in (part.lead_label, part.title) if name}
    marks = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)) or "(?!)"
    return re.compile(rf"[【「](?:{marks})[】」]\s*(?:[；。;，]|$)|{_RESIDUE}")


def _repeats(page: Page) -> Iterator[Finding]:
    seen: dict[str, int] = {}
    for at, brief in enumerate(page.read.briefs):
        words = re.sub(r"\W+", "", brief)
        if len(words) < _SAME_BRIEF_CHARS:
            continue
        if words in seen:
            yield page.error("C105", f"the same brief twice: {short(brief)}", page.line_of(Kind.BRIEF, at))
        seen.setdefault(words, at)


def _past(page: Page) -> Iterator[Finding]:
    if not page.archive:
        return
    known = {one.date for one in page.archive} | {page.issue.date, page.read.date}
    lost = [link for link in page.read.past_issues if (day := day_of(link.label) or day_of(link.url)) and day not in known]
    if lost:
        names = " ".join(link.label for link in lost)
        yield page.warning("C111", f"links to past issues that the archive does not have: {names}", page.line_of(Kind.PAST))
