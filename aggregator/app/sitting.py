"""One sitting of the review: where it was left off, whether the store has changed since, the rest rejected."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from aggregator.app.workspace import Workspace
from aggregator.model import CandidateFilter, Status
from aggregator.queue import review
from aggregator.store.peek import Peek, peek

if TYPE_CHECKING:
    from aggregator.store.patches import Patch

PLACE = ".aggregator.review"


@dataclass(frozen=True, slots=True)
class Place:
    """The row that the editor looked at: its candidate, and how many rows stood above it."""

    candidate: int = 0
    index: int = 0


def place(workspace: Workspace) -> Place:
    """Where the last sitting in this workspace was left off, the top when that is not known."""
    try:
        kept = json.loads((workspace.root / PLACE).read_text(encoding="utf-8"))
        candidate, index = kept["candidate"], kept["index"]
    except (OSError, ValueError, LookupError, TypeError):
        return Place()
    known = isinstance(candidate, int) and isinstance(index, int) and index >= 0
    return Place(candidate, index) if known else Place()


def keep_place(workspace: Workspace, at: Place) -> None:
    """Remember the row. It is a file beside sources.yaml, because it belongs to this desk and is no part of what is decided."""
    path = workspace.root / PLACE
    fresh = path.with_name(f"{PLACE}.{os.getpid()}.tmp")
    # A folder that cannot be written costs the place and nothing else.
    with contextlib.suppress(OSError):
        fresh.write_text(json.dumps({"candidate": at.candidate, "index": at.index}), encoding="utf-8")
        fresh.replace(path)


def first_look(workspace: Workspace, limit: int) -> Peek | None:
    """The best pending candidates, read before the store is opened, which takes longer; None where that cannot be done."""
    return peek(workspace.config.settings.database_url, limit)


def version(workspace: Workspace) -> str:
    """A text that is another one as soon as anybody has changed anything in the store."""
    return workspace.store.version()


def newest(workspace: Workspace) -> tuple[int, int]:
    """Numbers of the newest event and of the newest entry: when neither has changed, nor has the queue."""
    with workspace.store.read() as unit:
        return unit.decisions.newest()


def reject_rest(workspace: Workspace, wanted: CandidateFilter, *, now: datetime, who: str) -> int:
    """Reject every pending candidate that `wanted` lists, as one event; how many. Raises QueueError for an unknown section."""
    if wanted.section is not None:
        review.check_section(wanted.section, workspace.publication)
    with workspace.store.write() as unit:
        ids = unit.candidates.ids(replace(wanted, statuses=(Status.PENDING,), limit=None))
        if ids:
            before, after = _standing(ids, Status.PENDING), _standing(ids, Status.REJECTED)
            unit.candidates.patch(after)
            subject = f"the rest ({len(ids)})"
            unit.decisions.append(at=now, who=who, action="reject", subject=subject, before=before, after=after)
        return len(ids)


def _standing(ids: list[int], status: Status) -> Patch:
    return {"candidate": {str(number): {"status": status.value} for number in ids}}
