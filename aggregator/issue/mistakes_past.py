"""Mistakes of the list of past issues: what is not there, leads elsewhere, is not past, or is missing. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from aggregator.issue.house.blocks import Kind
from aggregator.issue.house.derive import day_of
from aggregator.issue.house.lines import marker
from aggregator.issue.page_view import Page, short
from aggregator.model import Finding

# An issue that slipped by so many days is the one that was meant.
_NEAR = timedelta(days=9)
_SHOWN = 6


def past_mistakes(page: Page) -> Iterator[Finding]:
    """Everything that is wrong with the links to past issues, as far as the known issues tell."""
    start = page.line_of(Kind.PAST)
    own = page.read.date or page.issue.date
    others = {one.date for one in page.archive if one.date} | page.days
    known = others | ({own} if own else set()) if others else set()
    listed: set[date] = set()
    unknown: list[str] = []
    for link in page.read.past_issues:
        line = page.line_holding(f"{link.label}]({link.url}", start)
        named, led = day_of(link.label), day_of(link.url)
        if named and led and named != led:
            yield page.error("C112", line, label=link.label, url=short(link.url, 60))
        day = named or led
        if day is None:
            continue
        listed |= {day} | ({led} if led else set())
        if own and day > own:
            yield page.warning("C113", line, label=link.label)
        # Older than all that is known may well exist: nobody has imported it.
        elif known and day not in known and day > min(known):
            near = min(known, key=lambda one: abs(one - day))
            if abs(near - day) <= _NEAR:
                yield page.warning("C111.near", line, link.url.replace(day.isoformat(), near.isoformat()), day=day, near=near)
            else:
                unknown.append(link.label)
    if unknown:
        yield page.warning("C111", start, days=_shown(unknown))
    yield from _strays(page)
    yield from _missing(page, known, listed, own)


def _strays(page: Page) -> Iterator[Finding]:
    """Lines among the past issues that are neither of a list nor of a table."""
    for block in page.tree.blocks:
        if block.kind is not Kind.PAST:
            continue
        for at in range(block.start + 1, block.end):
            line = page.tree.lines[at].strip()
            if line and "](" not in line and "|" not in line and not day_of(line) and marker(line) is None:
                number = page.tree.numbers[at] if page.tree.numbers else at
                yield page.warning("C002", number + 1, words=short(line, 60))
                break


def _missing(page: Page, known: set[date], listed: set[date], own: date | None) -> Iterator[Finding]:
    """Known issues between two listed ones, or after the last of them, that the list leaves out."""
    if not listed or own is None:
        return
    stood_in = {near for day in listed - known for near in known if abs(near - day) <= _NEAR}
    lost = sorted(day for day in known - listed - stood_in if min(listed) < day < own)
    if lost:
        yield page.hint("C114", page.line_of(Kind.PAST), days=_shown([day.isoformat() for day in lost]))


def _shown(days: list[str]) -> str:
    return " ".join(days[:_SHOWN]) + (f" … ({len(days)})" if len(days) > _SHOWN else "")
