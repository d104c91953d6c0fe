"""Candidates out of entries: what they say, the section, the score."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aggregator.app.copying import filled, summary_of, title_of
from aggregator.app.naming import Names
from aggregator.app.ranking import Brain, brain
from aggregator.app.workspace import Workspace
from aggregator.model import Entry, NewCandidate, Publication, Similar, Source
from aggregator.queue import rank, sections
from aggregator.store.polls.unit import PollUnit


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes candidates of what sources, given by name, bring."""

    publication: Publication
    sources: dict[str, Source]
    brain: Brain
    names: Names
    now: datetime

    @classmethod
    def prepare(cls, workspace: Workspace, unit: PollUnit, now: datetime) -> Maker:
        """With what the store knows of every source."""
        by_name = {source.name: source for source in workspace.sources}
        return cls(workspace.publication, by_name, brain(workspace, unit), Names(by_name), now)

    def candidate(
        self, entry: Entry, keys: tuple[str, ...], *, source_name: str | None = None, similar: tuple[Similar, ...] = ()
    ) -> NewCandidate:
        """The candidate that an entry makes, with its fields filled in."""
        title = title_of(entry)
        printed = self.names.printed(entry) if source_name is None else source_name
        summary = summary_of(entry, title)
        source = self.sources.get(entry.source)
        guess = sections.predict(
            self.publication,
            title=title,
            url=entry.url,
            source=printed,
            source_section=source.section if source else None,
            summary=summary,
            links=[link.url for link in entry.links],
            model=self.brain.sections,
        )
        subject = rank.Subject(title, summary, printed, self.brain.record(entry.source, printed), entry.published_at)
        score = rank.score(self.brain.ranking, subject, self.now)
        return filled(entry, keys, title=title, source=printed, summary=summary, section=guess, score=score, similar=similar)
