"""What both terminal faces work on: the rows that are shown, and each key as one call of the app."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from aggregator.app import sitting
from aggregator.app.workspace import Workspace
from aggregator.errors import AggregatorError
from aggregator.model import Candidate, CandidateFilter, Section, Status
from aggregator.tui.later import Later
from aggregator.tui.shown import line
from aggregator.tui.words import Words

LATER = ("deciding", "history", "merging", "reviewing")
if TYPE_CHECKING:
    from aggregator.app import deciding, history, merging, reviewing
else:
    deciding, history, merging, reviewing = (Later(f"aggregator.app.{name}") for name in LATER)

WINDOW = 300
NEAR = 50


@dataclass(frozen=True, slots=True)
class Said:
    """What came of a key: a message, whether it is a refusal, and the candidate to go to."""

    text: str
    wrong: bool = False
    at: int | None = None


class Desk:
    """The queue as one person sees it. `rows` are the first of it, the best first; `more` says that there are others."""

    def __init__(self, workspace: Workspace, clock: Callable[[], datetime], who: str, words: Words) -> None:
        self.workspace = workspace
        self.words = words
        self.wanted = CandidateFilter()
        self.rows: list[Candidate] = []
        self.more = False
        self.counts: dict[Status, int] = {}
        self.sections: tuple[tuple[Section, int], ...] = ()
        self._clock = clock
        self._who = who
        self._window = WINDOW
        self._newest = (0, 0)

    @property
    def now(self) -> datetime:
        """The time of the next decision."""
        return self._clock()

    @property
    def who(self) -> str:
        """The name that decisions are recorded under."""
        return self._who

    # ------------------------------------------------------------ reading

    def open(self, index: int) -> None:
        """Read the queue for the first time, down to a row at least; past the store, where that can be done."""
        while self._window < index + 2 * NEAR:
            self._window *= 2
        found = sitting.first_look(self.workspace, self._window)
        if found is None:
            self.load()
            return
        self.rows, self.more, self.counts = list(found.candidates), found.more, found.statuses
        sections = self.workspace.publication.sections
        self.sections = tuple((section, found.draft.get(section.slug, 0)) for section in sections)
        self._newest = found.newest

    def warm(self) -> None:
        """Get ready for the first key: import what it needs and open the store."""
        for name in LATER:
            importlib.import_module(f"aggregator.app.{name}")
        _ = self.workspace.store

    def load(self) -> None:
        """Read the queue anew."""
        self._newest = sitting.newest(self.workspace)
        shown = reviewing.overview(self.workspace, self.wanted, self._window)
        self.rows, self.more, self.sections = list(shown.candidates), shown.more, shown.draft
        self.counts = dict(shown.statuses)

    def reach(self, index: int) -> bool:
        """Read further rows when `index` comes near the last one; True when there are more now."""
        if not self.more or index < len(self.rows) - NEAR:
            return False
        while self._window < index + 2 * NEAR:
            self._window *= 2
        self._window *= 2
        self.load()
        return True

    def moved_on(self) -> bool:
        """Whether someone else has changed the queue; then it is read anew."""
        if sitting.newest(self.workspace) == self._newest:
            return False
        self.load()
        return True

    def index_of(self, number: int) -> int | None:
        """Where a candidate stands in the rows."""
        return next((index for index, row in enumerate(self.rows) if row.id == number), None)

    def section_title(self, slug: str) -> str:
        """What readers see for a section."""
        found = self.workspace.publication.section(slug)
        return found.title if found else slug

    def local_day(self, at: datetime) -> str:
        """The date of an instant where the newsletter is made."""
        return at.astimezone(ZoneInfo(self.workspace.publication.time_zone)).date().isoformat()

    def section_key(self, slug: str) -> str:
        """The digit that approves into a section, blank for one beyond the digits."""
        slugs = [section.slug for section in self.workspace.publication.sections]
        return str(slugs.index(slug) + 1) if slug in slugs[:9] else " "

    def narrow(self, wanted: CandidateFilter) -> Said:
        """Show only what a filter lists; an unknown section leaves everything as it was."""
        before, self.wanted = self.wanted, wanted
        self._window = WINDOW
        try:
            self.load()
        except AggregatorError as error:
            self.wanted = before
            self.load()
            return Said(self.words.error(error), wrong=True)
        return Said("")

    # ------------------------------------------------------------ deciding

    def decide(self, action: str, ids: Sequence[int], section: str | None = None) -> Said:
        """Approve, reject or defer, as one event."""

        def act() -> Said:
            done = deciding.decide(self.workspace, action, ids, now=self.now, who=self.who, section=section)
            self._settle([one.candidate for one in done])
            title, into = self._titles(ids, done[0].candidate), self.section_title(done[0].candidate.section)
            changed = any(one.changed for one in done)
            return Said(self.words(f"did.{action}" if changed else "did.same", title=title, section=into))

        return self._try(act)

    def section_at(self, digit: int) -> str | None:
        """The slug of the section of that digit, counted from 1."""
        sections = self.workspace.publication.sections
        return sections[digit - 1].slug if 0 < digit <= len(sections) else None

    def brief(self, ids: Sequence[int]) -> Said:
        """Turn candidates into briefs."""

        def act() -> Said:
            from aggregator.app import arranging

            arranging.brief(self.workspace, ids, now=self.now, who=self.who)
            return self._settled("did.brief", ids)

        return self._try(act)

    def star(self, ids: Sequence[int]) -> Said:
        """Approve candidates and put them into the headline."""

        def act() -> Said:
            from aggregator.app import arranging

            arranging.star(self.workspace, [str(number) for number in ids], now=self.now, who=self.who)
            return self._settled("did.star", ids)

        return self._try(act)

    def merge(self, losers: Iterable[int], winner: int) -> Said:
        """Fold candidates into another, each as an event of its own."""

        def act() -> Said:
            for loser in losers:
                merging.merge(self.workspace, loser, winner, now=self.now, who=self.who)
            self.load()
            return Said(self.words("did.merge", title=self._title(deciding.get(self.workspace, winner))), at=winner)

        return self._try(act)

    def edit(self, number: int, title: str, summary: str) -> Said:
        """Give a candidate another title and summary."""

        def act() -> Said:
            fields = {"title": title, "summary": summary}
            deciding.edit(self.workspace, number, fields, now=self.now, who=self.who)
            return self._settled("did.edit", [number])

        return self._try(act)

    def reject_rest(self) -> Said:
        """Reject everything pending that the filter lists, as one event."""

        def act() -> Said:
            count = sitting.reject_rest(self.workspace, self.wanted, now=self.now, who=self.who)
            self.load()
            return Said(self.words("did.rest", count=count))

        return self._try(act)

    def undo(self) -> Said:
        """Take back the last event."""

        def act() -> Said:
            number = history.undo(self.workspace, 1, now=self.now, who=self.who)[0].id
            return self._again("did.undo", number)

        return self._try(act)

    def redo(self) -> Said:
        """Do again what was undone last."""

        def act() -> Said:
            number = history.redo(self.workspace, 1, now=self.now, who=self.who)[0].id
            return self._again("did.redo", number)

        return self._try(act)

    def write_lead(self, text: str) -> Said:
        """Give the draft a lead."""

        def act() -> Said:
            from aggregator.app import rewriting

            rewriting.write_lead(self.workspace, text, now=self.now, who=self.who)
            return Said(self.words("did.lead"))

        return self._try(act)

    def publish(self, *, force: bool = False) -> Said:
        """Publish the draft under today's date."""

        def act() -> Said:
            from aggregator.app import drafting

            done = drafting.publish(self.workspace, now=self.now, who=self.who, force=force)
            self.load()
            items, files = len(done.issue.items), len(done.files.written)
            said = self.words("did.publish", slug=done.issue.slug, items=items, files=files)
            return Said(" · ".join([said, *done.files.remarks]))

        return self._try(act)

    def attempt(self, act: Callable[[], Said]) -> Said:
        """Run something that may be refused, and read the queue anew."""
        said = self._try(act)
        self.load()
        return said

    # ------------------------------------------------------------ inside

    def _try(self, act: Callable[[], Said]) -> Said:
        try:
            said = act()
        except AggregatorError as error:
            return Said(self.words.error(error), wrong=True)
        self._newest = self._own(self._newest)
        return said

    def _own(self, before: tuple[int, int]) -> tuple[int, int]:
        """The marker after an act of ours: kept when someone else acted too, so that the next look finds it."""
        after = sitting.newest(self.workspace)
        return after if after in {(before[0] + 1, before[1]), before} else before

    def _settled(self, name: str, ids: Sequence[int]) -> Said:
        candidates = [deciding.get(self.workspace, number) for number in ids]
        self._settle(candidates)
        return Said(self.words(name, title=self._titles(ids, candidates[0])))

    def _settle(self, candidates: Iterable[Candidate]) -> None:
        """Rows as they stand after an act of ours, without reading the whole queue again."""
        by_id = {candidate.id: candidate for candidate in candidates}
        kept: list[Candidate] = []
        for row in self.rows:
            fresh = by_id.get(row.id)
            if fresh is None:
                kept.append(row)
                continue
            self.counts[row.status] = self.counts.get(row.status, 0) - 1
            self.counts[fresh.status] = self.counts.get(fresh.status, 0) + 1
            if not self.wanted.statuses or fresh.status in self.wanted.statuses:
                kept.append(fresh)
        self.rows = kept
        self.sections = reviewing.draft_counts(self.workspace)

    def _again(self, name: str, number: int) -> Said:
        self.load()
        event = reviewing.event(self.workspace, number)
        titles = " · ".join(self._title(candidate) for candidate in event.candidates[:3])
        at = event.candidates[0].id if event.candidates else None
        return Said(self.words(name, what=titles or event.decision.subject), at=at)

    def _titles(self, ids: Sequence[int], first: Candidate) -> str:
        return self._title(first) if len(ids) == 1 else self.words("many", count=len(ids))

    def _title(self, candidate: Candidate) -> str:
        return line(candidate.title) or self.words("untitled")
