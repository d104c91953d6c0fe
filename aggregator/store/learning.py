"""What is learnt from the store's own past: labelled works, models, tastes, and the features by which titles are found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from aggregator.model import BLOCKED, EXPIRED, IssueStatus, Status
from aggregator.store.among import among
from aggregator.store.jot import insert, sqlite_of
from aggregator.store.tables import METADATA

_CANDIDATE = METADATA.tables["candidate"]
_ENTRY = METADATA.tables["entry"]
_ISSUE = METADATA.tables["issue"]
_ITEM = METADATA.tables["item"]
_ANCHOR = METADATA.tables["title_anchor"]
_LEARNT = METADATA.tables["learnt"]
_TASTE = METADATA.tables["taste"]
_CHUNK = 500
_STATUS = {status.value: status for status in Status}
_WORK = (
    *("id", "status", "title_raw", "source", "section", "section_confidence", "url", "summary"),
    *("published_at", "arrived_at", "score", "warnings", "links"),
)
_WORK_COLUMNS = tuple(_CANDIDATE.c[name] for name in _WORK)
_TAKEN = (Status.APPROVED.value, Status.PUBLISHED.value)


@dataclass(frozen=True, slots=True)
class Learnt:
    """Something learnt: when, from what (`basis`), and the plain data."""

    at: datetime
    basis: Mapping[str, Any]
    data: Mapping[str, Any]


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


@dataclass(frozen=True, slots=True)
class Printed:
    """An item of the archive that was no candidate: its words are the editor's. `links` are addresses."""

    issue: str
    section: str
    title: str
    source: str
    url: str | None
    summary: str = ""
    links: tuple[str, ...] = ()


class Heading(NamedTuple):
    """A stored candidate's title with what comparing needs: `at` is when it was published, or else arrived."""

    id: int
    title: str
    at: datetime
    status: Status
    sources: frozenset[str]


class Learning:
    """Models by name, labelled works, tastes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, name: str) -> Learnt | None:
        """What was learnt under a name, None when nothing was."""
        row = self._connection.execute(sa.select(_LEARNT).where(_LEARNT.c.name == name)).mappings().one_or_none()
        return Learnt(row["at"], row["basis"], row["data"]) if row else None

    def basis(self, name: str) -> Mapping[str, Any]:
        """From what a model was learnt, without its data; empty when there is none."""
        found = self._connection.execute(sa.select(_LEARNT.c.basis).where(_LEARNT.c.name == name)).scalar_one_or_none()
        return found if isinstance(found, dict) else {}

    def put(self, name: str, learnt: Learnt) -> None:
        """Keep what was learnt, in place of what was."""
        values = {"at": learnt.at, "basis": dict(learnt.basis), "data": dict(learnt.data)}
        changed = self._connection.execute(sa.update(_LEARNT).where(_LEARNT.c.name == name).values(values))
        if not changed.rowcount:
            self._connection.execute(sa.insert(_LEARNT).values({"name": name, **values}))

    def tastes(self) -> dict[str, float]:
        """What was asked for more or less of: points by term."""
        rows = self._connection.execute(sa.select(_TASTE.c.term, _TASTE.c.points))
        return {term: points for term, points in rows if points}

    def counts(self) -> dict[str, int]:
        """How many works there are to learn from: taken, rejected, printed."""
        statement = sa.select(_CANDIDATE.c.status, sa.func.count()).group_by(_CANDIDATE.c.status)
        by_status: dict[str, int] = {row[0]: row[1] for row in self._connection.execute(statement)}
        printed = sa.select(sa.func.count()).select_from(_ITEM).where(_ITEM.c.candidate_id.is_(None))
        return {
            "taken": sum(by_status.get(status, 0) for status in _TAKEN),
            "rejected": by_status.get(Status.REJECTED.value, 0),
            "waiting": by_status.get(Status.PENDING.value, 0) + by_status.get(Status.DEFERRED.value, 0),
            "printed": self._connection.execute(printed).scalar_one(),
        }

    def printed(self, *, candidates: bool = False) -> list[Printed]:
        """Items of published issues that were no candidates (or only those that were), oldest issue first."""
        columns = (_ITEM.c.title, _ITEM.c.source, _ITEM.c.url, _ITEM.c.summary, _ITEM.c.links)
        statement = (
            sa.select(_ISSUE.c.slug, _ISSUE.c.sections, _ITEM.c.section_index, *columns)
            .join(_ISSUE, _ISSUE.c.id == _ITEM.c.issue_id)
            .where(
                _ISSUE.c.status == IssueStatus.PUBLISHED.value,
                _ITEM.c.candidate_id.is_not(None) if candidates else _ITEM.c.candidate_id.is_(None),
            )
            .order_by(_ISSUE.c.date, _ISSUE.c.slug, _ITEM.c.section_index, _ITEM.c.position)
        )
        return [
            Printed(row.slug, row.sections[row[2]][1] if row[2] < len(row.sections) else "", *row[3:7], _addresses(row.links))
            for row in self._connection.execute(statement)
        ]

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

    def taken_by_source(self) -> dict[str, tuple[int, int]]:
        """For every source: works of it that were taken, and that were rejected by hand."""
        warnings = sa.cast(_CANDIDATE.c.warnings, sa.String)
        statement = (
            sa.select(_ENTRY.c.source, _CANDIDATE.c.status, sa.func.count(sa.distinct(_CANDIDATE.c.id)))
            .join(_CANDIDATE, _CANDIDATE.c.id == _ENTRY.c.candidate_id)
            .where(_CANDIDATE.c.status.in_([*_TAKEN, Status.REJECTED.value]))
            .where(_CANDIDATE.c.merged_into.is_(None), *(warnings.not_like(f"%{one}%") for one in (EXPIRED, BLOCKED)))
            .group_by(_ENTRY.c.source, _CANDIDATE.c.status)
        )
        found: dict[str, tuple[int, int]] = {}
        for source, status, count in self._connection.execute(statement):
            taken, rejected = found.get(source, (0, 0))
            found[source] = (taken + count, rejected) if status in _TAKEN else (taken, rejected + count)
        return found

    def last_taken(self) -> dict[str, datetime]:
        """When the last work that was taken of every source arrived."""
        statement = (
            sa.select(_ENTRY.c.source, sa.func.max(_CANDIDATE.c.arrived_at, type_=_CANDIDATE.c.arrived_at.type))
            .join(_CANDIDATE, _CANDIDATE.c.id == _ENTRY.c.candidate_id)
            .where(_CANDIDATE.c.status.in_(_TAKEN))
            .group_by(_ENTRY.c.source)
        )
        return {row[0]: row[1] for row in self._connection.execute(statement)}

    # ------------------------------------------------------------ titles

    def first_since(self, moment: datetime) -> int:
        """The lowest id of a candidate that arrived at `moment` or later; one above the highest when there is none."""
        low, high = 1, self.next_id()
        while low < high:
            middle = (low + high) // 2
            statement = sa.select(_CANDIDATE.c.arrived_at).where(_CANDIDATE.c.id >= middle).order_by(_CANDIDATE.c.id).limit(1)
            arrived = self._connection.execute(statement).scalar()
            low, high = (middle + 1, high) if arrived is not None and arrived < moment else (low, middle)
        return low

    def anchor(self, rows: Sequence[tuple[int, bytes]]) -> None:
        """Store by what the titles of new candidates are found again: (candidate id, anchors as packed numbers) pairs."""
        values = [{"candidate_id": owner, "anchors": packed} for owner, packed in rows]
        if raw := sqlite_of(self._connection):
            insert(raw, "title_anchor", values)
        elif values:
            self._connection.execute(sa.insert(_ANCHOR), values)

    def anchors(self, since: int) -> Iterable[tuple[int, bytes]]:
        """What `anchor` stored for the candidates with ids from `since`, oldest first."""
        statement = sa.select(_ANCHOR.c.candidate_id, _ANCHOR.c.anchors).where(_ANCHOR.c.candidate_id >= since)
        return ((row[0], row[1]) for row in self._connection.execute(statement.order_by(_ANCHOR.c.candidate_id)))

    def next_id(self) -> int:
        """One above the highest id of a candidate."""
        return int(self._connection.execute(sa.select(sa.func.max(_CANDIDATE.c.id))).scalar() or 0) + 1

    def headings(self, ids: Sequence[int]) -> Iterator[Heading]:
        """Titles of candidates that stand for themselves."""
        for start in range(0, len(ids), _CHUNK):
            chunk = list(ids[start : start + _CHUNK])
            sources: dict[int, set[str]] = {}
            for owner, source in self._rows("SELECT candidate_id, source FROM entry WHERE candidate_id IN", chunk):
                sources.setdefault(owner, set()).add(source)
            # `merged_into` is no condition: for many ids SQLite would rather walk the index of all that are merged into nothing.
            statement = "SELECT id, title_raw, status, merged_into, coalesce(published_at, arrived_at) FROM candidate WHERE id IN"
            for owner, title, status, merged_into, at in self._rows(statement, chunk):
                if merged_into is None:
                    yield Heading(owner, title, _instant(at), _STATUS[status], frozenset(sources.get(owner, ())))

    def _rows(self, statement: str, ids: Sequence[int]) -> Sequence[Any]:
        return list(among(self._connection, statement, ids))


def _instant(value: datetime | str) -> datetime:
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _addresses(links: Sequence[Any]) -> tuple[str, ...]:
    return tuple(link["url"] for link in links if link["url"])


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
    )
