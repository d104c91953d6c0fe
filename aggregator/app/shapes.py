"""The JSON shapes of cli.md: keys are never translated and never removed; unknown is null."""

from __future__ import annotations

from typing import Any

from aggregator.app.explaining import Explained
from aggregator.app.listing import SourceReport
from aggregator.app.polling import PollReport
from aggregator.app.ruling import Ruling
from aggregator.model import Candidate, Decision, Entry, Issue, Item, Link
from aggregator.text import without_escapes


def _links(links: tuple[Link, ...]) -> list[dict[str, str | None]]:
    return [{"label": link.label or None, "role": link.role, "url": link.url} for link in links]


def candidate(one: Candidate) -> dict[str, Any]:
    """A candidate of the queue."""
    return {
        "id": one.id,
        "status": one.status.value,
        "title": one.title,
        "title_raw": one.title_raw,
        "url": one.url,
        "canonical_url": one.canonical_url,
        "section": one.section,
        "section_confidence": one.section_confidence,
        "section_second": one.second,
        "score": one.score,
        "source": one.source or None,
        "author": one.author,
        "published_at": one.published_at,
        "arrived_at": one.arrived_at,
        "summary": one.summary or None,
        "tags": list(one.tags),
        "links": _links(one.links),
        "entries": [
            {"source": copy.source, "guid": copy.guid, "url": copy.url, "title": copy.title, "published_at": copy.published_at}
            for copy in one.entries
        ],
        "seen_in": [{"issue": seen.issue, "item_id": seen.item_id, "relation": seen.relation} for seen in one.seen_in],
        "similar": [{"id": like.id, "likeness": like.likeness} for like in one.similar],
        "warnings": list(one.warnings),
        "merged_into": one.merged_into,
    }


def why(one: Candidate) -> dict[str, Any]:
    """The reasons of a candidate's score and section."""
    return {
        "id": one.id,
        "score": one.score,
        "score_reasons": [{"points": reason.points, "text": reason.text} for reason in one.score_reasons],
        "section": one.section,
        "section_confidence": one.section_confidence,
        "section_second": one.second,
        "section_reasons": [{"points": reason.points, "text": reason.text} for reason in one.section_reasons],
    }


def entry(one: Entry) -> dict[str, Any]:
    """An entry as its upstream said it; a text that it left out is known to be empty."""
    return {
        "source": one.source,
        "source_url": one.source_url,
        "feed_title": one.feed_title,
        "feed_link": one.feed_link,
        "guid": one.guid,
        "title": one.title,
        "url": one.url,
        "author": one.author,
        "authors": list(one.authors),
        "published_at": one.published_at,
        "updated_at": one.updated_at,
        "summary": one.summary,
        "content": one.content,
        "tags": list(one.tags),
        "enclosures": [
            {"url": file.url, "media_type": file.media_type, "length_bytes": file.length_bytes} for file in one.enclosures
        ],
    }


def source(report: SourceReport) -> dict[str, Any]:
    """A source and its health."""
    state = report.state
    return {
        "name": report.source.name,
        "kind": report.source.kind,
        "url": report.source.url,
        "section": report.source.section,
        "status": report.status.value,
        "last_polled_at": state.last_polled_at,
        "last_ok_at": state.last_ok_at,
        "last_new_at": state.last_new_at,
        "next_poll_at": state.next_poll_at,
        "failures": state.failures,
        "last_error": state.last_error,
        "silent_days": report.silence.days if report.silence else None,
        "feed_title": state.feed_title,
        "feed_link": state.feed_link,
        "entries": report.entries,
        "approved": report.approved,
    }


def explained(found: Explained) -> dict[str, Any]:
    """A source, why it is asked when it is, and its last requests."""
    return source(found.report) | {
        "why": found.why,
        "next_poll_reason": found.report.state.next_poll_reason,
        "hosts": list(found.hosts),
        "rhythm": list(found.rhythm),
        "moved": dict(found.report.state.moved),
        "requests": [{name: getattr(record, name) for name in record.__dataclass_fields__} for record in found.requests],
    }


def ruling(found: Ruling) -> dict[str, Any]:
    """What rules take of what is stored, and what they no longer do."""
    return {
        "looked_at": found.looked_at,
        "put_away": [{"id": one.id, "title": one.title, "source": one.source, "rule": one.why} for one in found.put_away],
        "brought_back": [{"id": one.id, "title": one.title, "source": one.source} for one in found.brought_back],
        "notes": found.notes,
    }


def item(one: Item) -> dict[str, Any]:
    """A printed item."""
    return {
        "id": one.id,
        "title": without_escapes(one.title),
        "source": one.source or None,
        "url": one.url,
        "tags": list(one.tags),
        "links": _links(one.links),
        "summary": one.summary or None,
        "anchor": one.anchor,
        "candidate": one.candidate_id,
        "title_raw": one.title_raw or None,
        "starred": one.starred,
        "untouched": list(one.untouched),
    }


def issue(one: Issue) -> dict[str, Any]:
    """An issue with its items."""
    return {
        "date": one.date,
        "number": one.number,
        "slug": one.slug,
        "title": one.title,
        "status": one.status.value,
        "headline": one.headline,
        "lead": one.lead or None,
        "opener": one.opener,
        "briefs": list(one.briefs),
        "sections": [{"name": section.name, "items": [item(each) for each in section.items]} for section in one.sections],
        "published_at": one.published_at,
        "updated_at": one.updated_at,
        "redirects": list(one.redirects),
        "untouched": list(one.untouched),
    }


def decision(one: Decision) -> dict[str, Any]:
    """An event of the log."""
    return {
        "id": one.id,
        "at": one.at,
        "who": one.who,
        "action": one.action,
        "subject": one.subject,
        "before": one.before,
        "after": one.after,
        "undoes": one.undoes,
    }


def poll(report: PollReport) -> dict[str, Any]:
    """What came of a poll."""
    return {
        "polled": report.polled,
        "unchanged": report.unchanged,
        "new": report.new,
        "folded": report.folded,
        "failed": report.failed,
        "seconds": round(report.seconds, 3),
        "sources": [
            {"name": line.name, "outcome": line.outcome, "http_status": line.http_status, "new": line.new, "error": line.error}
            for line in report.sources
        ],
    }
