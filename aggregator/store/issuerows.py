"""Rows of issues and items to nouns and back. A row is a plain mapping of column names, as Core gives and takes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aggregator.model import Issue, IssueSection, IssueStatus, Item, PastIssue
from aggregator.store.mapping import Row, links_in, links_out


def issue_out(issue: Issue) -> dict[str, Any]:
    """Issue -> row of issue; its items are rows of their own."""
    return {
        "slug": issue.slug,
        "date": issue.date,
        "number": issue.number,
        "status": issue.status.value,
        "name": issue.name,
        "headline": issue.headline,
        "tagline": issue.tagline,
        "notes": list(issue.notes),
        "lead": issue.lead,
        "opener": issue.opener,
        "briefs": list(issue.briefs),
        "sections": [[section.name, section.slug, section.note] for section in issue.sections],
        "past_issues": [[past.label, past.url] for past in issue.past_issues],
        "footer": issue.footer,
        "verbatim": issue.verbatim,
        "guid": issue.guid,
        "published_at": issue.published_at,
        "updated_at": issue.updated_at,
        "untouched": list(issue.untouched),
        "redirects": list(issue.redirects),
        "briefed": list(issue.briefed),
    }


def issue_in(row: Row, items: list[Row]) -> Issue:
    """Row of issue and its item rows in order -> Issue."""
    by_section: dict[int, list[Item]] = {}
    for item in items:
        by_section.setdefault(item["section_index"], []).append(item_in(item))
    return issue_of(row, by_section)


def issue_of(row: Row, by_section: Mapping[int, list[Item]]) -> Issue:
    """Row of issue and its items by the index of their section -> Issue."""
    values = dict(row)
    values["status"] = IssueStatus(values["status"])
    values["sections"] = tuple(
        IssueSection(name=name, slug=slug, note=note, items=tuple(by_section.get(index, ())))
        for index, (name, slug, note) in enumerate(values["sections"])
    )
    values["past_issues"] = tuple(PastIssue(*past) for past in values["past_issues"])
    for name in ("notes", "briefs", "untouched", "redirects", "briefed"):
        values[name] = tuple(values[name])
    return Issue(**values)


def item_out(item: Item, issue_id: int, section_index: int, position: int) -> dict[str, Any]:
    """Item -> row of item."""
    return {
        "issue_id": issue_id,
        "section_index": section_index,
        "position": position,
        "title": item.title,
        "title_raw": item.title_raw,
        "url": item.url,
        "source": item.source,
        "tags": list(item.tags),
        "links": links_out(item.links),
        "summary": item.summary,
        "anchor": item.anchor,
        "candidate_id": item.candidate_id,
        "starred": item.starred,
        "untouched": list(item.untouched),
        "line": item.line,
    }


def item_in(row: Row) -> Item:
    """Row of item -> Item."""
    values = {name: row[name] for name in Item.__dataclass_fields__}
    values["tags"] = tuple(values["tags"])
    values["links"] = links_in(values["links"])
    values["untouched"] = tuple(values["untouched"])
    return Item(**values)
