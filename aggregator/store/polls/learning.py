"""What polls ask of the store's own past: models, tastes, how sources have done, and the features by which titles are found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from aggregator.model import BLOCKED, EXPIRED, IssueStatus, Status
from aggregator.store.forms import instant_in, json_in
from aggregator.store.way import Way, among, following

TAKEN = (Status.APPROVED.value, Status.PUBLISHED.value)
_STATUS = {status.value: status for status in Status}
_CHUNK = 500
_PRINTED = (
    f"FROM item JOIN issue ON issue.id = item.issue_id WHERE issue.status = '{IssueStatus.PUBLISHED.value}'"
    " AND item.candidate_id IS {}"
)
_BY_SOURCE = (
    "SELECT entry.source, candidate.status, count(DISTINCT candidate.id)"  # noqa: S608 - our own words
    " FROM entry JOIN candidate ON candidate.id = entry.candidate_id"
    f" WHERE candidate.status IN {(*TAKEN, Status.REJECTED.value)} AND candidate.merged_into IS NULL"
    " AND CAST(candidate.warnings AS VARCHAR) NOT LIKE :expired AND CAST(candidate.warnings AS VARCHAR) NOT LIKE :blocked"
    " GROUP BY entry.source, candidate.status"
)


@dataclass(frozen=True, slots=True)
class Learnt:
    """Something learnt: when, from what (`basis`), and the plain data."""

    at: datetime
    basis: Mapping[str, Any]
    data: Mapping[str, Any]


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


class PollLearning:
    """Models by name, tastes, titles."""

    def __init__(self, way: Way) -> None:
        self._way = way

    def get(self, name: str) -> Learnt | None:
        """What was learnt under a name, None when nothing was."""
        for at, basis, data in self._way.run("SELECT at, basis, data FROM learnt WHERE name = :name", {"name": name}):
            return Learnt(_instant(at), json_in(basis), json_in(data))
        return None

    def basis(self, name: str) -> Mapping[str, Any]:
        """From what a model was learnt, without its data; empty when there is none."""
        for (found,) in self._way.run("SELECT basis FROM learnt WHERE name = :name", {"name": name}):
            basis = json_in(found)
            return basis if isinstance(basis, dict) else {}
        return {}

    def put(self, name: str, learnt: Learnt) -> None:
        """Keep what was learnt, in place of what was."""
        instant, json = self._way.form.instant, self._way.form.json
        values = {"at": instant(learnt.at), "basis": json(dict(learnt.basis)), "data": json(dict(learnt.data))}
        self._way.insert("learnt", [{"name": name, **values}], "REPLACE")

    def tastes(self) -> dict[str, float]:
        """What was asked for more or less of: points by term."""
        return {term: points for term, points in self._way.run("SELECT term, points FROM taste") if points}

    def counts(self) -> dict[str, int]:
        """How many works there are to learn from: taken, rejected, printed."""
        by_status = {row[0]: row[1] for row in self._way.run("SELECT status, count(*) FROM candidate GROUP BY status")}
        ((printed,),) = self._way.run("SELECT count(*) FROM item WHERE candidate_id IS NULL")
        return {
            "taken": sum(by_status.get(status, 0) for status in TAKEN),
            "rejected": by_status.get(Status.REJECTED.value, 0),
            "waiting": by_status.get(Status.PENDING.value, 0) + by_status.get(Status.DEFERRED.value, 0),
            "printed": printed,
        }

    def printed(self, *, candidates: bool = False) -> list[Printed]:
        """Items of published issues that were no candidates (or only those that were), oldest issue first."""
        columns = "issue.slug, issue.sections, item.section_index, item.title, item.source, item.url, item.summary, item.links"
        chosen = _PRINTED.format("NOT NULL" if candidates else "NULL")
        order = "issue.date, issue.slug, item.section_index, item.position"
        rows = self._way.run(f"SELECT {columns} {chosen} ORDER BY {order}")
        return [
            Printed(slug, _section(names, at), title, source, url, summary, _addresses(links))
            for slug, names, at, title, source, url, summary, links in rows
        ]

    def printed_names(self) -> list[str]:
        """The name after the bar of each item of a published issue that was no candidate."""
        return [name for (name,) in self._way.run(f"SELECT item.source {_PRINTED.format('NULL')}")]

    def taken_by_source(self) -> dict[str, tuple[int, int]]:
        """For every source: works of it that were taken, and that were rejected by hand."""
        found: dict[str, tuple[int, int]] = {}
        for source, status, count in self._way.run(_BY_SOURCE, {"expired": f"%{EXPIRED}%", "blocked": f"%{BLOCKED}%"}):
            taken, rejected = found.get(source, (0, 0))
            found[source] = (taken + count, rejected) if status in TAKEN else (taken, rejected + count)
        return found

    # ------------------------------------------------------------ titles

    def first_since(self, moment: datetime) -> int:
        """The lowest id of a candidate that arrived at `moment` or later; one above the highest when there is none."""
        low, (high,) = 1, following(self._way, "candidate", 1)
        while low < high:
            middle = (low + high) // 2
            statement = "SELECT arrived_at FROM candidate WHERE id >= :id ORDER BY id LIMIT 1"
            arrived = next((instant_in(at) for (at,) in self._way.run(statement, {"id": middle})), None)
            low, high = (middle + 1, high) if arrived is not None and arrived < moment else (low, middle)
        return low

    def anchor(self, rows: Iterable[tuple[int, bytes]]) -> None:
        """Store by what the titles of new candidates are found again: (candidate id, anchors as packed numbers) pairs."""
        self._way.insert("title_anchor", ({"candidate_id": owner, "anchors": packed} for owner, packed in rows))

    def anchors(self, since: int) -> Iterable[tuple[int, bytes]]:
        """What `anchor` stored for the candidates with ids from `since`, oldest first."""
        statement = "SELECT candidate_id, anchors FROM title_anchor WHERE candidate_id >= :since ORDER BY candidate_id"
        return ((owner, packed) for owner, packed in self._way.run(statement, {"since": since}))

    def headings(self, ids: Sequence[int]) -> Iterator[Heading]:
        """Titles of candidates that stand for themselves."""
        for start in range(0, len(ids), _CHUNK):
            chunk = ids[start : start + _CHUNK]
            sources: dict[int, set[str]] = {}
            for owner, source in among(self._way, "SELECT candidate_id, source FROM entry WHERE candidate_id IN", chunk):
                sources.setdefault(owner, set()).add(source)
            # `merged_into` is no condition: for many ids SQLite would rather walk the index of all that are merged into nothing.
            statement = "SELECT id, title_raw, status, merged_into, coalesce(published_at, arrived_at) FROM candidate WHERE id IN"
            for owner, title, status, merged_into, at in among(self._way, statement, chunk):
                if merged_into is None:
                    yield Heading(owner, title, _instant(at), _STATUS[status], frozenset(sources.get(owner, ())))


def _instant(value: Any) -> datetime:
    at = instant_in(value)
    if at is None:
        raise ValueError("there is no instant")
    return at


def _section(names: Any, index: int) -> str:
    listed = json_in(names)
    return str(listed[index][1]) if index < len(listed) else ""


def _addresses(links: Any) -> tuple[str, ...]:
    return tuple(link["url"] for link in json_in(links) if link["url"])
