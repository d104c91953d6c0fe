"""Mistakes of an issue as a whole: heading, lead, briefs, sections. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aggregator.issue.house.blocks import Kind
from aggregator.issue.house.derive import day_of
from aggregator.issue.numbers import NUMBER, number_of
from aggregator.issue.page_view import Page, short
from aggregator.model import Finding, Publication

# What a count is of, and what says that all items are meant: a number elsewhere in a lead counts something else.
_ALL = r"(?:本|这|今|此)(?:一?期|次)(?:[^\d，。；：,.;:「【]{0,6}?)|^\W*(?:共|总共|一共|合计)(?:收录|包含|有)?\s*"
_COUNT = re.compile(
    rf"(?:{_ALL}){NUMBER}\s*(?:条|篇|则)(?!简讯|热身|小新闻)|\b(?:this issue|in all|altogether)\D{{0,20}}?{NUMBER} items?\b",
    re.IGNORECASE,
)
_RESIDUE = r"\{\w+\}|TODO|TBD|FIXME|待补充|待补|占位|XXX+|x{3,}|本[期次]\s*(?:[_NXx?？]+\s*)?条(?![目款件理幅])"
_SAME_BRIEF_CHARS = 8
_MOST = 0.5
_LEAST_REPEATED = 3


def issue_mistakes(page: Page) -> Iterator[Finding]:
    """Everything that is wrong above and around the items."""
    yield from _heading(page)
    yield from _lead(page)
    yield from _briefs(page)
    if not page.read.items:
        yield page.error("C104", page.line_of(Kind.TITLE))
    yield from _sections(page)
    yield from _overwritten(page)
    yield from _prefilled(page)


def _prefilled(page: Page) -> Iterator[Finding]:
    """What was filled in and that the editor has not touched."""
    places = {"lead": page.line_of(Kind.LEAD), "headline": page.line_of(Kind.TITLE)}
    for name, line in places.items():
        if name in page.issue.untouched and getattr(page.issue, name):
            yield page.hint("C106", line, "aggregator issue edit", name=name)
    waiting = [item for item in page.issue.items if "summary" in item.untouched]
    if waiting:
        names = ", ".join(short(item.title, 16) for item in waiting[:4]) + (" …" if len(waiting) > 4 else "")
        yield page.hint("C107", page.line_of(Kind.ITEM), count=len(waiting), names=names)


def _heading(page: Page) -> Iterator[Finding]:
    line = page.line_of(Kind.TITLE)
    if line is None or page.tree.numbers:
        return
    raw = page.tree.lines[line - 1].rstrip()
    named = day_of(page.path.replace("\\", "/").rsplit("/", 1)[-1])
    said = day_of(raw)
    if said and named and said != named:
        yield page.error("C108", line, said=said, name=page.path.replace("\\", "/").rsplit("/", 1)[-1])
    if raw.endswith(("：", ":")):
        yield page.warning("C110", line)
    residue = re.search(_RESIDUE, page.read.headline)
    if residue:
        yield page.error("C103.heading", line, residue=residue[0])


def _lead(page: Page) -> Iterator[Finding]:
    lead, line = page.read.lead, page.line_of(Kind.LEAD) or page.line_of(Kind.TITLE)
    # An issue of the archive may have none by design; a draft, an issue of ours and a label without words may not.
    asked = page.line_of(Kind.LEAD) is not None or not page.read.date or page.issue.number is not None
    if not lead.strip():
        if asked and page.publication.profile.lead_label:
            yield page.error("C101", line, "`aggregator issue edit`; a prefilled one is offered")
        return
    yield from _count(page, lead, line)
    residue = _residue(page.publication).search(lead)
    if residue:
        at = page.line_holding(residue[0].rstrip(), line)
        yield page.error("C103", at, residue=residue[0])


def _count(page: Page, lead: str, line: int | None) -> Iterator[Finding]:
    """A count that says of all items how many they are."""
    own = re.escape(page.publication.profile.count).replace(re.escape("{count}"), NUMBER)
    for match in re.finditer(f"{own}|{_COUNT.pattern}", lead, re.IGNORECASE):
        said = next((group for group in match.groups() if group), "")
        count = len(page.read.items)
        if said and number_of(said) != count:
            at, fix = page.line_holding(match[0], line), match[0].replace(said, str(count))
            yield page.error("C102", at, fix, said=said, count=count)
            break


def _residue(publication: Publication) -> re.Pattern[str]:
    # A section's mark with nothing behind it; a bracketed word of a title is none.
    names = {name for part in publication.sections for name in (part.lead_label, part.title) if name}
    marks = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)) or "(?!)"
    return re.compile(rf"[【「](?:{marks})[】」]\s*(?:[；。;，]|[【「](?:{marks})|$)|{_RESIDUE}", re.MULTILINE)


def _briefs(page: Page) -> Iterator[Finding]:
    seen: dict[str, int] = {}
    for at, brief in enumerate(page.read.briefs):
        words = re.sub(r"\W+", "", brief)
        if not words:
            yield page.warning("C105.empty", page.line_of(Kind.BRIEF, at))
        if len(words) < _SAME_BRIEF_CHARS:
            continue
        if words in seen:
            yield page.error("C105", page.line_of(Kind.BRIEF, at), brief=short(brief))
        seen.setdefault(words, at)


def _sections(page: Page) -> Iterator[Finding]:
    names: set[str] = set()
    for at, part in enumerate(part for part in page.read.sections if part.name):
        if part.name in names:
            yield page.warning("C115", page.line_of(Kind.SECTION, at), section=part.name)
        names.add(part.name)


def _overwritten(page: Page) -> Iterator[Finding]:
    """An issue most of whose items stand in another one too."""
    own = {item.url for item in page.read.items if item.url}
    if len(own) < _LEAST_REPEATED:
        return
    for one in page.archive:
        count = len(own & {item.url for item in one.items})
        if count >= _LEAST_REPEATED and count >= len(own) * _MOST:
            yield page.error("C109", page.line_of(Kind.TITLE), count=count, all=len(own), issue=one.slug)
            return
