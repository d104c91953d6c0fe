"""Entries as they arrive, and how they are stored with the candidates they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from aggregator.model import Arrival, NewCandidate
from aggregator.store.mapping import entry_out, new_candidate_out
from aggregator.store.way import Mark, Way, among


class PollEntries:
    """What the upstreams say."""

    def __init__(self, way: Way) -> None:
        self._way = way

    def mark(self) -> Mark | None:
        """Equal to an earlier one when nobody has written anything since, neither this connection nor another; None where that
        cannot be told."""
        return self._way.mark()

    def known_guids(self, source: str, guids: Iterable[str]) -> set[str]:
        """Which of these guids the source has brought before."""
        statement = "SELECT guid FROM entry WHERE source = :source AND guid IN"
        return {guid for (guid,) in among(self._way, statement, guids, source=source)}

    def known_urls(self, source: str, urls: Iterable[str]) -> set[str]:
        """Which of these target links the source has brought before, under whatever guid."""
        statement = "SELECT url FROM entry WHERE source = :source AND url IN"
        return {url for (url,) in among(self._way, statement, urls, source=source)}

    def owners(self, keys: Iterable[str]) -> dict[str, int]:
        """The candidates that stand for these identity keys, by key."""
        return dict(among(self._way, "SELECT key, candidate_id FROM candidate_key WHERE key IN", keys))

    def reserve(self, count: int) -> list[int]:
        """Ids for so many candidates to come; this transaction alone has them."""
        return self._way.reserve("candidate", count) if count else []

    def add(self, arrivals: Sequence[Arrival], now: datetime) -> list[int]:
        """Store entries with their candidates and keys; the candidate id of every arrival, in order. A new candidate gets the
        id that its arrival names, which was reserved for it."""
        fresh = iter(self.reserve(sum(arrival.candidate_id is None for arrival in arrivals)))
        ids = [next(fresh) if arrival.candidate_id is None else arrival.candidate_id for arrival in arrivals]
        self._insert_candidates([(owner, one.new) for one, owner in zip(arrivals, ids, strict=True) if one.new], now)
        keys = {key: owner for arrival, owner in zip(reversed(arrivals), reversed(ids), strict=True) for key in arrival.keys}
        self._way.insert("candidate_key", ({"key": key, "candidate_id": owner} for key, owner in keys.items()), "IGNORE")
        form, both = self._way.form, zip(arrivals, ids, strict=True)
        at = form.instant(now)
        self._way.insert("entry", (entry_out(arrival.entry, owner, at, form) for arrival, owner in both))
        return ids

    def _insert_candidates(self, made: Sequence[tuple[int, NewCandidate]], now: datetime, **instead: object) -> None:
        form = self._way.form
        at = form.instant(now)
        self._way.insert("candidate", (new_candidate_out(new, at, form) | {"id": number, **instead} for number, new in made))
