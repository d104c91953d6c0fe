"""Fixture pairs `name.xml` + `name.json`, found by glob: a document (.xml, .html, .mbox, or .api for an API's JSON), and what
must be found in it.

The JSON holds `entries` (each names only the fields it is about; `field~` is a regular expression), fields of the feed
(`feed_title`, `ttl_minutes` …), `notes` or `notes~`, or `error` with a code; and how it was asked: `options`,
`content_type`, `time_zone`, `now`, `url`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from aggregator.model import Source, Validators
from aggregator.protocols import Fetched, Polled

FIXTURES = Path(__file__).parent / "fixtures"
URL = "https://feeds.example/x/feed.xml"
NOW = "2026-11-21T12:00:00+00:00"


@dataclass(frozen=True)
class Case:
    kind: str
    path: Path

    @property
    def name(self) -> str:
        return f"{self.kind}/{self.path.stem}"

    @property
    def expected(self) -> dict[str, Any]:
        return json.loads(self.path.with_suffix(".json").read_text(encoding="utf-8"))

    @property
    def source(self) -> Source:
        wanted = self.expected
        options = wanted.get("options", {})
        if self.kind == "mailbox":
            options = {**options, "path": str(self.path)}
        return Source("a source", self.kind, (self.url,), time_zone=wanted.get("time_zone"), options=options)

    @property
    def url(self) -> str:
        return self.expected.get("url", URL)

    @property
    def media_type(self) -> str:
        known = {".xml": "application/xml", ".html": "text/html", ".api": "application/json", ".mbox": "application/mbox"}
        return known[self.path.suffix]

    @property
    def now(self) -> datetime:
        return datetime.fromisoformat(self.expected.get("now", NOW))


def cases(kind: str) -> list[Case]:
    found = (path for path in (FIXTURES / kind).iterdir() if path.suffix in {".xml", ".html", ".api", ".mbox"})
    return [Case(kind, path) for path in sorted(found)]


class FileFetcher:
    """The Fetcher seam over files: whatever is asked, the document is the answer."""

    def __init__(self, body: bytes, content_type: str | None = None, status: int = 200, final_url: str | None = None) -> None:
        self.body, self.content_type, self.status, self.final_url = body, content_type, status, final_url
        self.asked: list[tuple[str, Mapping[str, str]]] = []

    async def get(
        self,
        url: str,
        *,
        validators: Validators | None = None,
        headers: Mapping[str, str] | None = None,
        accept: str | None = None,
        max_bytes: int | None = None,
    ) -> Fetched:
        self.asked.append((url, {**(headers or {}), "accept": accept or ""}))
        answered = {"content-type": self.content_type} if self.content_type else {}
        return Fetched(url, self.final_url or url, self.status, answered, self.body)


def check(polled: Polled, expected: Mapping[str, Any]) -> None:
    """Every field that the expectation names, on the feed and on its entries in order."""
    for name in ("feed_title", "feed_link", "ttl_minutes"):
        if name in expected:
            assert getattr(polled, name) == expected[name], name
    for name in ("skip_hours", "skip_days"):
        if name in expected:
            assert sorted(getattr(polled, name)) == expected[name], name
    if "notes" in expected:
        assert list(polled.notes) == expected["notes"]
    if "notes~" in expected:
        assert any(re.search(expected["notes~"], note) for note in polled.notes), polled.notes
    if "at_least" in expected:
        assert len(polled.entries) >= expected["at_least"]
    else:
        assert len(polled.entries) == len(expected["entries"]), [entry.title for entry in polled.entries]
    for number, (entry, wanted) in enumerate(zip(polled.entries, expected["entries"], strict=False)):
        for name, value in wanted.items():
            found = _plain(getattr(entry, name.rstrip("~")))
            if name.endswith("~"):
                assert re.search(value, found), (number, name, found)
            else:
                assert found == value, (number, name)


def _plain(value: object) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if hasattr(value, "role"):
        return [value.role, value.url]
    if hasattr(value, "media_type"):
        return [value.url, value.media_type, value.length_bytes]
    return value
