"""What the store knows, for lists: sources with their health, entries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.app.polling import chosen_sources
from aggregator.app.workspace import Workspace
from aggregator.model import Entry, PollState, RequestRecord, Source, SourceStatus
from aggregator.poll.silence import Silence, silence


@dataclass(frozen=True, slots=True)
class SourceReport:
    """A source, how it is doing, and what it has brought."""

    source: Source
    state: PollState
    entries: int = 0
    approved: int = 0

    @property
    def status(self) -> SourceStatus:
        """Muted by configuration, or what its last poll left."""
        return SourceStatus.MUTED if self.source.muted else self.state.status

    @property
    def silence(self) -> Silence | None:
        """For how long it has said nothing, where that is longer than a quiet spell; None for a muted one."""
        return None if self.source.muted else silence(self.state)

    @property
    def trouble(self) -> str | None:
        """What is wrong with it in a sentence, None where nothing is."""
        return self.state.last_error or (str(self.silence) if self.silence else None)


def sources(workspace: Workspace) -> list[SourceReport]:
    """All configured sources in their order."""
    with workspace.store.read() as unit:
        states = unit.sources.states()
        entries, approved = unit.sources.entry_counts(), unit.sources.approved_counts()
    return [
        SourceReport(
            source,
            states.get(source.name, PollState(source.name)),
            entries.get(source.name, 0),
            approved.get(source.name, 0),
        )
        for source in workspace.sources
    ]


def source(workspace: Workspace, name: str) -> tuple[SourceReport, list[RequestRecord]]:
    """One source and its last requests, newest first. Raises ConfigError for a name that is not configured."""
    chosen_sources(workspace.sources, [name])
    with workspace.store.read() as unit:
        requests = unit.sources.requests(name)
    return next(report for report in sources(workspace) if report.source.name == name), requests


def entries(workspace: Workspace, *, source: str | None = None, since: datetime | None = None) -> Iterator[Entry]:
    """Entries in the order of their arrival, with what is known of their source."""
    configured = {one.name: one for one in workspace.sources}
    with workspace.store.read() as unit:
        states = unit.sources.states()
        for entry in unit.entries.find(source=source, since=since):
            state, origin = states.get(entry.source), configured.get(entry.source)
            yield replace(
                entry,
                source_url=origin.url if origin else "",
                feed_title=state.feed_title if state else None,
                feed_link=state.feed_link if state else None,
            )
