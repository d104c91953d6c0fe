"""issues/DATE.json: every issue as data, in the shape that `issue show --json` prints."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

from aggregator.model import Issue, Item
from aggregator.publish.content import issue_path
from aggregator.publish.edition import Edition, Format, Planned
from aggregator.publish.inert import inert_markdown
from aggregator.text import clean
from aggregator.urls import safe_url

MEDIA_TYPE = "application/json"


class TwinRenderer(Format):
    """Writes the texts of an issue as they are (Markdown, nothing active), with URLs that may not be published as null."""

    name = "twin"

    def plan(self, edition: Edition) -> Iterator[Planned]:
        """One document an issue."""
        for issue in edition.issues:
            path = issue_path(issue).rstrip("/") + ".json"
            key = edition.key(self.name, edition.full_key(issue))
            yield Planned(path, MEDIA_TYPE, key, partial(twin_bytes, issue), edition.part(issue))


def twin_bytes(issue: Issue) -> bytes:
    """An issue as JSON in UTF-8."""
    # One key a line, not one value: that many times indented would take several times as long to write.
    lines = (f" {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in issue_json(issue).items())
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def issue_json(issue: Issue) -> dict[str, object]:
    """An issue as JSON values: the keys of the command line's contract, in its order; instants ISO 8601 UTC, unknown null."""
    return {
        "date": issue.date.isoformat() if issue.date else None,
        "number": issue.number,
        "slug": clean(issue.slug),
        "title": _text(issue.title),
        "status": str(issue.status),
        "lead": _text(issue.lead),
        "briefs": [_text(brief) for brief in issue.briefs],
        "sections": [
            {"name": _text(section.name), "items": [_item(item) for item in section.items]} for section in issue.sections
        ],
        "published_at": _instant(issue.published_at),
        "updated_at": _instant(issue.updated_at),
    }


def _item(item: Item) -> dict[str, object]:
    return {
        "id": item.id,
        "title": _text(item.title),
        "source": _text(item.source),
        "url": safe_url(item.url),
        "tags": [clean(tag) for tag in item.tags],
        "links": [{"label": _text(link.label), "role": link.role, "url": safe_url(link.url)} for link in item.links],
        "summary": _text(item.summary),
    }


def _text(markdown: str) -> str:
    return inert_markdown(clean(markdown))


def _instant(at: datetime | None) -> str | None:
    if at is None:
        return None
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat().replace("+00:00", "Z")
