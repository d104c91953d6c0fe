"""Rows to nouns and back. A row is a plain mapping of column names, as Core gives and takes it, or in another form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from aggregator.model import (
    Candidate,
    Decision,
    Enclosure,
    Entry,
    Link,
    NewCandidate,
    Reason,
    Similar,
    Status,
)
from aggregator.store.forms import CORE, Form, instant_in, json_in

Row = Mapping[Any, Any]
CANDIDATE_COLUMNS = tuple(name for name in Candidate.__dataclass_fields__ if name not in {"entries", "seen_in"})
CANDIDATE_JSON = frozenset(("tags", "links", "score_reasons", "section_reasons", "similar", "warnings"))
_CANDIDATE_INSTANTS = ("published_at", "arrived_at")


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


_AS_JSON: Mapping[str, Callable[[Any], Any]] = {
    "links": links_out,
    "score_reasons": reasons_out,
    "section_reasons": reasons_out,
    "similar": similar_out,
}


def entry_out(entry: Entry, candidate_id: int, arrived_at: Any, form: Form = CORE) -> dict[str, Any]:
    """Entry -> row of entry; `arrived_at` is given as the form has it."""
    published_at, updated_at = entry.published_at, entry.updated_at
    published = published_at and form.instant(published_at)
    return {
        "source": entry.source,
        "guid": entry.guid,
        "candidate_id": candidate_id,
        "url": entry.url,
        "title": entry.title,
        "published_at": published,
        # Most say the same of both, or nothing of one.
        "updated_at": published if updated_at == published_at else updated_at and form.instant(updated_at),
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


def candidate_read(row: Row) -> Candidate:
    """Row of candidate as a driver gives it -> Candidate without its entries and its past."""
    values = dict(row)
    values.update({name: json_in(values[name]) for name in CANDIDATE_JSON})
    values.update({name: instant_in(values[name]) for name in _CANDIDATE_INSTANTS})
    return candidate_in(values)


def candidate_value(name: str, value: Any) -> Any:
    """One field of a Candidate as its column holds it."""
    if name in _AS_JSON:
        return _AS_JSON[name](value)
    if isinstance(value, tuple):
        return list(value)
    return value.value if isinstance(value, Status) else value


def decision_in(row: Row) -> Decision:
    """Row of decision -> Decision."""
    return Decision(**dict(row))
