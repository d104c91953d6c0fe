"""Entries into candidates: which are new, which fold, which section, which score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aggregator.app.workspace import Workspace
from aggregator.model import Entry, NewCandidate, Publication, Source
from aggregator.queue import identity, rank, sections
from aggregator.store.store import Unit
from aggregator.text import html_to_text, trim
from aggregator.urls import arxiv_id, canonical, is_temporary

SUMMARY_CHARS = 400


@dataclass(frozen=True, slots=True)
class Ingest:
    """Turns entries into candidates: which are new, which fold, which section, which score."""

    publication: Publication
    sources: dict[str, Source]
    keywords: tuple[rank.Keyword, ...]
    records: dict[str, rank.SourceRecord]
    now: datetime

    @classmethod
    def prepare(cls, workspace: Workspace, unit: Unit, now: datetime) -> Ingest:
        """With what the store knows of every source."""
        seen, approved = unit.sources.entry_counts(), unit.sources.approved_counts()
        records = {
            source.name: rank.SourceRecord(seen.get(source.name, 0), approved.get(source.name, 0), source.weight)
            for source in workspace.sources
        }
        by_name = {source.name: source for source in workspace.sources}
        return cls(workspace.publication, by_name, rank.keywords(workspace.publication.keywords), records, now)

    def entries(self, unit: Unit, source: str, entries: Sequence[Entry]) -> tuple[int, int]:
        """Store what the source had not brought before: (candidates made, entries folded into others)."""
        if not entries:
            return 0, 0
        known = unit.entries.known_guids(source, [entry.guid for entry in entries])
        if len(known) == len({entry.guid for entry in entries}):
            return 0, 0
        urls = unit.entries.known_urls(source, [entry.url for entry in entries if entry.url])
        fresh = identity.unseen(entries, known, urls)
        owners = unit.entries.owners({key for entry in fresh for key in identity.entry_keys(entry)})
        arrivals = identity.arrange(fresh, owners, self.candidate)
        unit.entries.add(arrivals, self.now)
        made = sum(arrival.new is not None for arrival in arrivals)
        return made, len(arrivals) - made

    def candidate(self, entry: Entry, keys: tuple[str, ...], *, source_name: str | None = None) -> NewCandidate:
        """The candidate that an entry makes, with its fields filled in."""
        source = self.sources.get(entry.source)
        printed = source_name or _printed_source(entry, source)
        text = html_to_text(entry.summary or entry.content)
        title = entry.title or (entry.url or entry.guid)
        guess = sections.predict(
            self.publication,
            title=title,
            url=entry.url,
            source=printed,
            source_section=source.section if source else None,
            links=[link.url for link in entry.links],
        )
        points = rank.score(
            self.keywords,
            title=title,
            summary=text,
            record=self.records.get(entry.source, rank.SourceRecord()),
            source=printed,
            published_at=entry.published_at,
            now=self.now,
        )
        return NewCandidate(
            keys=keys,
            title=title,
            url=entry.url,
            canonical_url=canonical(entry.url) if entry.url else None,
            section=guess,
            score=points,
            source=printed,
            author=entry.author,
            published_at=entry.published_at,
            summary="" if text == title else trim(text, SUMMARY_CHARS),
            tags=_tags(entry),
            links=entry.links,
            warnings=("this WeChat link expires: replace it by the permanent one",)
            if entry.url and is_temporary(entry.url)
            else (),
        )


def _printed_source(entry: Entry, source: Source | None) -> str:
    # A repository or a paper archive is no name that a reader looks for after the bar.
    if source is not None and source.kind in {"arxiv", "github"}:
        return ""
    return source.name if source is not None else (entry.feed_title or "")


def _tags(entry: Entry) -> tuple[str, ...]:
    paper = arxiv_id(entry.url) if entry.url else None
    return (paper,) if paper else ()
