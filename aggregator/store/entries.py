"""Entries as they arrived, and how they are stored with the candidates they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from aggregator.model import BLOCKED, Arrival, Entry, NewCandidate, Status
from aggregator.store.among import among
from aggregator.store.jot import TEXT, insert, sqlite_of
from aggregator.store.mapping import CORE, entry_in, entry_out, new_candidate_out
from aggregator.store.tables import METADATA

_ENTRY = METADATA.tables["entry"]
_CANDIDATE = METADATA.tables["candidate"]
_KEY = METADATA.tables["candidate_key"]
Mark = tuple[object, int, int]


class Entries:
    """What the upstreams said."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def mark(self) -> Mark | None:
        """Equal to an earlier one when nobody has written anything since, neither this connection nor another; None where that
        cannot be told."""
        raw = sqlite_of(self._connection)
        return (raw, raw.execute("PRAGMA data_version").fetchone()[0], raw.total_changes) if raw else None

    def known_guids(self, source: str, guids: Iterable[str]) -> set[str]:
        """Which of these guids the source has brought before."""
        statement = "SELECT guid FROM entry WHERE source = :source AND guid IN"
        return {guid for (guid,) in among(self._connection, statement, guids, source=source)}

    def known_urls(self, source: str, urls: Iterable[str]) -> set[str]:
        """Which of these target links the source has brought before, under whatever guid."""
        statement = "SELECT url FROM entry WHERE source = :source AND url IN"
        return {url for (url,) in among(self._connection, statement, urls, source=source)}

    def owners(self, keys: Iterable[str]) -> dict[str, int]:
        """The candidates that stand for these identity keys, by key."""
        return dict(among(self._connection, "SELECT key, candidate_id FROM candidate_key WHERE key IN", keys))

    def reserve(self, count: int) -> list[int]:
        """Ids for so many candidates to come; this transaction alone has them."""
        if not count:
            return []
        if self._connection.dialect.name == "postgresql":
            statement = sa.text("SELECT nextval(pg_get_serial_sequence('candidate', 'id')) FROM generate_series(1, :count)")
            return list(self._connection.execute(statement, {"count": count}).scalars())
        # A writing transaction has SQLite to itself.
        last = self._connection.execute(sa.select(sa.func.max(_CANDIDATE.c.id))).scalar() or 0
        return list(range(last + 1, last + count + 1))

    def add(self, arrivals: Sequence[Arrival], now: datetime) -> list[int]:
        """Store entries with their candidates and keys; the candidate id of every arrival, in order. A new candidate gets the
        id that its arrival names, which was reserved for it."""
        fresh = iter(self.reserve(sum(arrival.candidate_id is None for arrival in arrivals)))
        ids = [next(fresh) if arrival.candidate_id is None else arrival.candidate_id for arrival in arrivals]
        self._insert_candidates([(owner, one.new) for one, owner in zip(arrivals, ids, strict=True) if one.new], now)
        keys = {key: owner for arrival, owner in zip(reversed(arrivals), reversed(ids), strict=True) for key in arrival.keys}
        both = zip(arrivals, ids, strict=True)
        if raw := sqlite_of(self._connection):
            raw.executemany("INSERT OR IGNORE INTO candidate_key (key, candidate_id) VALUES (?, ?)", keys.items())
            at = TEXT.instant(now)
            insert(raw, "entry", (entry_out(arrival.entry, owner, at, TEXT) for arrival, owner in both))
            return ids
        taken = self.owners(keys)
        free = [{"key": key, "candidate_id": owner} for key, owner in keys.items() if key not in taken]
        if free:
            self._connection.execute(sa.insert(_KEY), free)
        if arrivals:
            self._connection.execute(sa.insert(_ENTRY), [entry_out(arrival.entry, owner, now) for arrival, owner in both])
        return ids

    def of(self, candidate_id: int) -> list[tuple[int, Entry]]:
        """The entries of a candidate with their row numbers, in the order of their arrival."""
        statement = sa.select(_ENTRY).where(_ENTRY.c.candidate_id == candidate_id).order_by(_ENTRY.c.id)
        return [(row["id"], entry_in(row)) for row in self._connection.execute(statement).mappings()]

    def park(self, new: NewCandidate, owner: int, now: datetime) -> int:
        """Store a candidate that stands for nothing yet: merged into `owner` until a patch says otherwise; its id."""
        (number,) = self.reserve(1)
        self._insert_candidates([(number, new)], now, merged_into=owner, status=Status.REJECTED.value)
        return number

    def to_be_ruled(self) -> Iterator[tuple[int, Status, list[str], Entry]]:
        """The entries of all candidates that rules may put away or bring back (pending ones, and those that rules put away),
        by candidate: its id, its status, its warnings, and one entry."""
        blocked = sa.cast(_CANDIDATE.c.warnings, sa.String).like(f"%{BLOCKED}%")
        chosen = sa.or_(
            _CANDIDATE.c.status == Status.PENDING.value,
            sa.and_(_CANDIDATE.c.status == Status.REJECTED.value, blocked),
        )
        statement = (
            sa.select(_ENTRY, _CANDIDATE.c.status, _CANDIDATE.c.warnings)
            .join(_CANDIDATE, _CANDIDATE.c.id == _ENTRY.c.candidate_id)
            .where(_CANDIDATE.c.merged_into.is_(None), chosen)
            .order_by(_ENTRY.c.candidate_id, _ENTRY.c.id)
        )
        for row in self._connection.execution_options(yield_per=1000).execute(statement).mappings():
            yield row["candidate_id"], Status(row["status"]), row["warnings"], entry_in(row)

    def _insert_candidates(self, made: Sequence[tuple[int, NewCandidate]], now: datetime, **instead: object) -> None:
        raw = sqlite_of(self._connection)
        form, at = (TEXT, TEXT.instant(now)) if raw else (CORE, now)
        rows = (new_candidate_out(new, at, form) | {"id": number, **instead} for number, new in made)
        if raw:
            insert(raw, "candidate", rows)
        elif made:
            self._connection.execute(sa.insert(_CANDIDATE), list(rows))

    def find(self, *, source: str | None = None, since: datetime | None = None) -> Iterator[Entry]:
        """Entries in the order of their arrival, oldest first."""
        statement = sa.select(_ENTRY).order_by(_ENTRY.c.id)
        if source is not None:
            statement = statement.where(_ENTRY.c.source == source)
        if since is not None:
            statement = statement.where(_ENTRY.c.arrived_at >= since)
        for row in self._connection.execution_options(yield_per=1000).execute(statement).mappings():
            yield entry_in(row)
