"""What is learnt from the store's own past: labelled works, models, tastes, and the features by which titles are found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from aggregator.model import BLOCKED, EXPIRED, Status
from aggregator.store.polls.learning import TAKEN, PollLearning
from aggregator.store.tables import METADATA
from aggregator.store.through import way_of

_CANDIDATE = METADATA.tables["candidate"]
_ENTRY = METADATA.tables["entry"]
_CHUNK = 500
_WORK = (
    *("id", "status", "title_raw", "source", "section", "section_confidence", "url", "summary"),
    *("published_at", "arrived_at", "score", "warnings", "links"),
)
_WORK_COLUMNS = tuple(_CANDIDATE.c[name] for name in _WORK)


@dataclass(frozen=True, slots=True)
class Work:
    """A candidate as learning and ranking see it: `source` is the configured source that brought it first, `printed` the
    name after the bar; `copies` counts the sources that have it; `links` are addresses."""

    id: int
    status: Status
    title: str
    printed: str
    section: str
    section_confidence: float
    url: str | None
    summary: str
    published_at: datetime | None
    arrived_at: datetime
    source: str
    copies: int
    score: float
    expired: bool = False
    links: tuple[str, ...] = ()


class Learning(PollLearning):
    """Models by name, labelled works, tastes."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(way_of(connection))
        self._connection = connection

    def works(self, statuses: Iterable[Status], *, limit: int | None = None) -> Iterator[Work]:
        """Candidates of these statuses, the newest arrival first; at most `limit`."""
        chosen = (
            sa.select(_CANDIDATE)
            .where(_CANDIDATE.c.merged_into.is_(None), _CANDIDATE.c.status.in_([status.value for status in statuses]))
            .order_by(_CANDIDATE.c.id.desc())
        )
        ids = list(self._connection.execute(chosen.with_only_columns(_CANDIDATE.c.id).limit(limit)).scalars())
        for start in range(0, len(ids), _CHUNK):
            yield from self.works_of(ids[start : start + _CHUNK])

    def works_of(self, ids: Sequence[int]) -> list[Work]:
        """The candidates of these ids, newest first; at most 500 ids."""
        origins: dict[int, list[str]] = {}
        statement = sa.select(_ENTRY.c.candidate_id, _ENTRY.c.source).where(_ENTRY.c.candidate_id.in_(ids)).order_by(_ENTRY.c.id)
        for owner, source in self._connection.execute(statement):
            origins.setdefault(owner, []).append(source)
        rows = self._connection.execute(
            sa.select(*_WORK_COLUMNS).where(_CANDIDATE.c.id.in_(ids)).order_by(_CANDIDATE.c.id.desc())
        )
        return [_work(row, origins.get(row.id, [])) for row in rows]

    def last_taken(self) -> dict[str, datetime]:
        """When the last work that was taken of every source arrived."""
        statement = (
            sa.select(_ENTRY.c.source, sa.func.max(_CANDIDATE.c.arrived_at, type_=_CANDIDATE.c.arrived_at.type))
            .join(_CANDIDATE, _CANDIDATE.c.id == _ENTRY.c.candidate_id)
            .where(_CANDIDATE.c.status.in_(TAKEN))
            .group_by(_ENTRY.c.source)
        )
        return {row[0]: row[1] for row in self._connection.execute(statement)}


def _work(row: Any, sources: Sequence[str]) -> Work:
    return Work(
        row.id,
        Status(row.status),
        row.title_raw,
        row.source,
        row.section,
        row.section_confidence,
        row.url,
        row.summary,
        row.published_at,
        row.arrived_at,
        sources[0] if sources else "",
        max(len(set(sources)), 1),
        row.score,
        any(one.startswith((EXPIRED, BLOCKED)) for one in row.warnings),
        tuple(link["url"] for link in row.links),
    )
