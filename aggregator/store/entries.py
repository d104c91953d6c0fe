"""Entries as they arrived, and how they are stored with the candidates they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from aggregator.model import Arrival, Entry, NewCandidate, Status
from aggregator.store.mapping import entry_in, entry_out, new_candidate_out
from aggregator.store.tables import METADATA

_ENTRY = METADATA.tables["entry"]
_CANDIDATE = METADATA.tables["candidate"]
_KEY = METADATA.tables["candidate_key"]
_CHUNK = 500


class Entries:
    """What the upstreams said."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def known_guids(self, source: str, guids: Iterable[str]) -> set[str]:
        """Which of these guids the source has brought before."""
        found: set[str] = set()
        for chunk in _chunks(list(guids)):
            statement = sa.select(_ENTRY.c.guid).where(_ENTRY.c.source == source, _ENTRY.c.guid.in_(chunk))
            found.update(self._connection.execute(statement).scalars())
        return found

    def known_urls(self, source: str, urls: Iterable[str]) -> set[str]:
        """Which of these target links the source has brought before, under whatever guid."""
        found: set[str] = set()
        for chunk in _chunks(list(urls)):
            statement = sa.select(_ENTRY.c.url).where(_ENTRY.c.source == source, _ENTRY.c.url.in_(chunk))
            found.update(url for url in self._connection.execute(statement).scalars() if url)
        return found

    def owners(self, keys: Iterable[str]) -> dict[str, int]:
        """The candidates that stand for these identity keys, by key."""
        found: dict[str, int] = {}
        for chunk in _chunks(list(keys)):
            statement = sa.select(_KEY.c.key, _KEY.c.candidate_id).where(_KEY.c.key.in_(chunk))
            found.update({row.key: row.candidate_id for row in self._connection.execute(statement)})
        return found

    def add(self, arrivals: Sequence[Arrival], now: datetime) -> list[int]:
        """Store entries with their candidates and keys; the candidate id of every arrival, in order."""
        rows = [new_candidate_out(arrival.new, now) for arrival in arrivals if arrival.new]
        made = iter(self._insert_candidates(rows))
        ids: list[int] = []
        for arrival in arrivals:
            if arrival.new:
                ids.append(next(made))
            elif arrival.joins is not None:
                ids.append(ids[arrival.joins])
            elif arrival.candidate_id is not None:
                ids.append(arrival.candidate_id)
            else:
                raise ValueError(f"an arrival belongs to no candidate: {arrival.entry.guid}")
        keys = {key: owner for arrival, owner in zip(reversed(arrivals), reversed(ids), strict=True) for key in arrival.keys}
        taken = self.owners(keys)
        fresh = [{"key": key, "candidate_id": owner} for key, owner in keys.items() if key not in taken]
        if fresh:
            self._connection.execute(sa.insert(_KEY), fresh)
        if arrivals:
            entries = [entry_out(arrival.entry, owner, now) for arrival, owner in zip(arrivals, ids, strict=True)]
            self._connection.execute(sa.insert(_ENTRY), entries)
        return ids

    def of(self, candidate_id: int) -> list[tuple[int, Entry]]:
        """The entries of a candidate with their row numbers, in the order of their arrival."""
        statement = sa.select(_ENTRY).where(_ENTRY.c.candidate_id == candidate_id).order_by(_ENTRY.c.id)
        return [(row["id"], entry_in(row)) for row in self._connection.execute(statement).mappings()]

    def park(self, new: NewCandidate, owner: int, now: datetime) -> int:
        """Store a candidate that stands for nothing yet: merged into `owner` until a patch says otherwise; its id."""
        row = new_candidate_out(new, now) | {"merged_into": owner, "status": Status.REJECTED.value}
        return self._insert_candidates([row])[0]

    def _insert_candidates(self, rows: list[dict[str, object]]) -> list[int]:
        if not rows:
            return []
        statement = sa.insert(_CANDIDATE).returning(_CANDIDATE.c.id, sort_by_parameter_order=True)
        return list(self._connection.execute(statement, rows).scalars())

    def find(self, *, source: str | None = None, since: datetime | None = None) -> Iterator[Entry]:
        """Entries in the order of their arrival, oldest first."""
        statement = sa.select(_ENTRY).order_by(_ENTRY.c.id)
        if source is not None:
            statement = statement.where(_ENTRY.c.source == source)
        if since is not None:
            statement = statement.where(_ENTRY.c.arrived_at >= since)
        for row in self._connection.execution_options(yield_per=1000).execute(statement).mappings():
            yield entry_in(row)


def _chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]
