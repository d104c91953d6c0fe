"""Rows to nouns and back. A row is a plain mapping of column names, as Core gives and takes it, or in another `Form`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aggregator.model import (
    Candidate,
    Decision,
    Enclosure,
    Entry,
    Issue,
    IssueSection,
    IssueStatus,
    Item,
    Link,
    NewCandidate,
    PastIssue,
    PollState,
    Reason,
    RequestRecord,
    Rhythm,
    Similar,
    SourceStatus,
    Status,
    Validators,
)

Row = Mapping[Any, Any]
_RHYTHM_INSTANTS = ("newest_at", "first_read_at")
_REQUEST_FIELDS = tuple(RequestRecord.__dataclass_fields__)


def _as_it_is(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class Form:
    """How a row holds what a driver may have no type for: instants, and what is kept as JSON. None stays None."""

    instant: Callable[[datetime], Any]
    json: Callable[[Any], Any]


CORE = Form(_as_it_is, _as_it_is)


def links_out(links: tuple[Link, ...]) -> list[dict[str, str]]:
    """Links as JSON."""
    return [{"label": link.label, "role": link.role, "url": link.url} for link in links]


def links_in(value: Any) -> tuple[Link, ...]:
    """Links from JSON."""
    return tuple(Link(link["label"], link["role"], link["url"]) for link in value)


def reasons_out(reasons: tuple[Reason, ...]) -> list[list[Any]]:
    """Reasons as JSON pairs."""
    return [[reason.points, reason.text] for reason in reasons]


def reasons_in(value: Any) -> tuple[Reason, ...]:
    """Reasons from JSON pairs."""
    return tuple(Reason(points, text) for points, text in value)


def similar_out(similar: tuple[Similar, ...]) -> list[list[Any]]:
    """Similar candidates as JSON pairs."""
    return [[one.id, one.likeness] for one in similar]


# ---------------------------------------------------------------- sources


def state_out(state: PollState, form: Form = CORE) -> dict[str, Any]:
    """PollState -> row of source_state."""
    instant, json = form.instant, form.json
    return {
        "source": state.source,
        "status": state.status.value,
        "validators": json({url: [value.etag, value.last_modified] for url, value in state.validators.items()}),
        "moved": json(dict(state.moved)),
        "body_hashes": json(dict(state.body_hashes)),
        "item_hashes": json(dict(state.item_hashes)),
        "last_polled_at": state.last_polled_at and instant(state.last_polled_at),
        "last_ok_at": state.last_ok_at and instant(state.last_ok_at),
        "last_new_at": state.last_new_at and instant(state.last_new_at),
        "next_poll_at": state.next_poll_at and instant(state.next_poll_at),
        "next_poll_reason": state.next_poll_reason,
        "failures": state.failures,
        "last_error": state.last_error,
        "feed_title": state.feed_title,
        "feed_link": state.feed_link,
        "rhythm": json(_rhythm_out(state.rhythm)),
    }


def state_in(row: Row) -> PollState:
    """Row of source_state -> PollState."""
    values = dict(row)
    values["status"] = SourceStatus(values["status"])
    values["validators"] = {url: Validators(*pair) for url, pair in values["validators"].items()}
    values["rhythm"] = _rhythm_in(values["rhythm"])
    return PollState(**values)


def _rhythm_out(rhythm: Rhythm) -> dict[str, Any]:
    return {
        "entry_minutes": rhythm.entry_minutes,
        "ttl_minutes": rhythm.ttl_minutes,
        "skip_hours": rhythm.skip_hours,
        "skip_days": rhythm.skip_days,
        "usual_minutes": rhythm.usual_minutes,
        "longest_minutes": rhythm.longest_minutes,
        "newest_at": rhythm.newest_at and rhythm.newest_at.isoformat(),
        "first_read_at": rhythm.first_read_at and rhythm.first_read_at.isoformat(),
    }


def _rhythm_in(row: dict[str, Any]) -> Rhythm:
    # A row of an earlier version says less.
    instants = {name: datetime.fromisoformat(row[name]) for name in _RHYTHM_INSTANTS if row.get(name)}
    lists = {name: tuple(row[name]) for name in ("skip_hours", "skip_days")}
    return Rhythm(**row | lists | instants)


def request_out(source: str, record: RequestRecord, form: Form = CORE) -> dict[str, Any]:
    """RequestRecord -> row of request."""
    fields = {name: getattr(record, name) for name in _REQUEST_FIELDS}
    return {"source": source, **fields, "at": form.instant(record.at)}


def request_in(row: Row) -> RequestRecord:
    """Row of request -> RequestRecord."""
    return RequestRecord(**{name: row[name] for name in RequestRecord.__dataclass_fields__})


# ---------------------------------------------------------------- entries


def entry_out(entry: Entry, candidate_id: int, arrived_at: Any, form: Form = CORE) -> dict[str, Any]:
    """Entry -> row of entry; `arrived_at` is given as the form has it."""
    published_at, updated_at = entry.published_at, entry.updated_at
    return {
        "source": entry.source,
        "guid": entry.guid,
        "candidate_id": candidate_id,
        "url": entry.url,
        "title": entry.title,
        "published_at": published_at and form.instant(published_at),
        "updated_at": updated_at and form.instant(updated_at),
        "arrived_at": arrived_at,
        "summary": entry.summary,
        "content": entry.content,
        "extra": form.json(_extra_out(entry)),
    }


def _extra_out(entry: Entry) -> dict[str, Any]:
    extra: dict[str, Any] = {}
    if entry.author:
        extra["author"] = entry.author
    if entry.authors:
        extra["authors"] = entry.authors
    if entry.tags:
        extra["tags"] = entry.tags
    if entry.enclosures:
        extra["enclosures"] = [[file.url, file.media_type, file.length_bytes] for file in entry.enclosures]
    if entry.links:
        extra["links"] = links_out(entry.links)
    if entry.language:
        extra["language"] = entry.language
    return extra


def entry_in(row: Row) -> Entry:
    """Row of entry -> Entry; what its feed calls itself stands with the source."""
    extra = row["extra"]
    return Entry(
        source=row["source"],
        guid=row["guid"],
        url=row["url"],
        title=row["title"],
        author=extra.get("author"),
        authors=tuple(extra.get("authors", ())),
        published_at=row["published_at"],
        updated_at=row["updated_at"],
        arrived_at=row["arrived_at"],
        summary=row["summary"],
        content=row["content"],
        tags=tuple(extra.get("tags", ())),
        enclosures=tuple(Enclosure(*file) for file in extra.get("enclosures", ())),
        links=links_in(extra.get("links", ())),
        language=extra.get("language"),
    )


# ---------------------------------------------------------------- candidates


def new_candidate_out(new: NewCandidate, arrived_at: Any, form: Form = CORE) -> dict[str, Any]:
    """NewCandidate -> row of candidate; `arrived_at` is given as the form has it."""
    json, section, score = form.json, new.section, new.score
    return {
        "status": new.status.value,
        "title": new.title,
        "title_raw": new.title,
        "url": new.url,
        "canonical_url": new.canonical_url,
        "section": section.slug,
        "section_confidence": section.confidence,
        "second": section.second,
        "score": score.value,
        "source": new.source,
        "author": new.author,
        "published_at": new.published_at and form.instant(new.published_at),
        "arrived_at": arrived_at,
        "summary": new.summary,
        "tags": json(new.tags),
        "links": json(links_out(new.links)),
        "score_reasons": json(reasons_out(score.reasons)),
        "section_reasons": json(reasons_out(section.reasons)),
        "similar": json(similar_out(new.similar)),
        "warnings": json(new.warnings),
        "merged_into": None,
    }


def candidate_in(row: Row) -> Candidate:
    """Row of candidate -> Candidate without its entries and its past."""
    values = dict(row)
    values["status"] = Status(values["status"])
    values["tags"] = tuple(values["tags"])
    values["links"] = links_in(values["links"])
    values["score_reasons"] = reasons_in(values["score_reasons"])
    values["section_reasons"] = reasons_in(values["section_reasons"])
    values["similar"] = tuple(Similar(*pair) for pair in values["similar"])
    values["warnings"] = tuple(values["warnings"])
    return Candidate(**values)


def candidate_value(name: str, value: Any) -> Any:
    """One field of a Candidate as its column holds it."""
    if name == "links":
        return links_out(value)
    if name in {"score_reasons", "section_reasons"}:
        return reasons_out(value)
    if name == "similar":
        return similar_out(value)
    if isinstance(value, tuple):
        return list(value)
    return value.value if isinstance(value, Status) else value


# ---------------------------------------------------------------- decisions


def decision_in(row: Row) -> Decision:
    """Row of decision -> Decision."""
    return Decision(**dict(row))


# ---------------------------------------------------------------- issues


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
