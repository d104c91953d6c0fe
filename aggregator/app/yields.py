"""What the sources yield, and what to do about it: which to mute, which to add."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from aggregator.app import listing, ranking
from aggregator.app.workspace import Workspace
from aggregator.model import SourceStatus
from aggregator.text import fold_title

# After so many approvals what was never taken from was passed over, though nobody rejected it.
MUTE_CHOSEN = 20
MUTE_SEEN = 100
MUTE_REJECTED = 30
ADD_PRINTED = 2
DEAD_FAILURES = 5


@dataclass(frozen=True, slots=True)
class Yield:
    """What one source has brought: works taken and rejected, items that the archive prints under its name, and when the last
    work of it that was taken arrived."""

    report: listing.SourceReport
    approved: int
    rejected: int
    printed: int
    last_hit_at: datetime | None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something to do: `action` is mute, mend or add; `name` what with; `why` in words."""

    action: str
    name: str
    why: str


def yields(workspace: Workspace) -> list[Yield]:
    """All configured sources, the most fruitful first."""
    reports = listing.sources(workspace)
    with workspace.store.read() as unit:
        decided, hits = unit.learning.taken_by_source(), unit.learning.last_taken()
        names = ranking.names_in(unit.learning.printed_names())
    found = [
        Yield(
            report,
            *decided.get(report.source.name, (0, 0)),
            ranking.count_of(report.source.name, names),
            hits.get(report.source.name),
        )
        for report in reports
    ]
    return sorted(found, key=lambda one: (-one.approved - one.printed, -one.report.entries, one.report.source.name))


def suggestions(workspace: Workspace, found: list[Yield]) -> list[Suggestion]:
    """What to mute, mend and add."""
    made: list[Suggestion] = []
    chosen = sum(one.approved for one in found) >= MUTE_CHOSEN
    for one in found:
        name, seen, failures = one.report.source.name, one.report.entries, one.report.state.failures
        if one.report.status is SourceStatus.MUTED:
            continue
        barren = not one.approved + one.printed
        passed_over = seen >= MUTE_SEEN and (one.rejected > 0 or (chosen and seen >= 2 * MUTE_SEEN))
        if barren and (one.rejected >= MUTE_REJECTED or passed_over):
            made.append(Suggestion("mute", name, f"nothing taken of {seen} seen, {one.rejected} rejected"))
        elif failures >= DEAD_FAILURES:
            made.append(Suggestion("mend", name, f"{failures} polls failed in a row"))
    return [*made, *_missing(workspace)]


def _missing(workspace: Workspace) -> list[Suggestion]:
    known = {fold_title(source.name) for source in workspace.sources}
    with workspace.store.read() as unit:
        printed = unit.learning.printed() + unit.learning.printed(candidates=True)
    counts = Counter(item.source.strip() for item in printed if item.source.strip())
    wanted = [
        (name, count)
        for name, count in counts.most_common()
        if count >= ADD_PRINTED and not {fold_title(part) for part in (name, *name.split())} & known
    ]
    return [Suggestion("add", name, f"{count} published items came from it, and it is not polled") for name, count in wanted]
