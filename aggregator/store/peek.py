"""What the terminal review shows first, read past SQLAlchemy: its import takes longer than everything else until then."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace

from aggregator.model import Candidate, SeenIn, Status
from aggregator.store import direct
from aggregator.store.forms import json_in
from aggregator.store.hints import hint_keys, with_hints
from aggregator.store.mapping import candidate_read
from aggregator.store.polls.candidates import PollCandidates
from aggregator.store.polls.decisions import PollDecisions
from aggregator.store.way import Plain

_QUEUE = (
    "SELECT * FROM candidate WHERE merged_into IS NULL AND status = 'pending' "
    "ORDER BY score DESC, published_at DESC NULLS LAST, id DESC LIMIT ?"
)
_COUNTS = "SELECT status, count(*) FROM candidate WHERE merged_into IS NULL GROUP BY status"
_DRAFT = "SELECT id, sections FROM issue WHERE status = 'draft' ORDER BY id DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Peek:
    """The first of the queue, the best first, and whether there are others; how many candidates stand in each status; how many
    items the draft has in each section, by slug; the numbers of the newest event and entry."""

    candidates: tuple[Candidate, ...]
    more: bool
    statuses: dict[Status, int]
    draft: dict[str, int]
    newest: tuple[int, int]


def peek(url: str, limit: int) -> Peek | None:
    """What the database at `url` shows first; None when that can only be said by opening it properly: no SQLite, no file yet,
    another schema, or anything that is wrong with it."""
    return direct.read(url, lambda connection: _read(connection, limit))


def _read(connection: sqlite3.Connection, limit: int) -> Peek:
    connection.row_factory = sqlite3.Row
    found = [candidate_read(row) for row in connection.execute(_QUEUE, (limit + 1,))]
    way = Plain(connection)
    rows = PollCandidates(way).with_copies(found[:limit])
    met = _met(connection, sorted({key for one in rows for key in hint_keys(one)}))
    seen = with_hints(rows, _seen_in(connection, rows), met)
    whole = tuple(replace(one, seen_in=tuple(seen.get(one.id, ()))) for one in rows)
    statuses = {Status(row[0]): row[1] for row in connection.execute(_COUNTS)}
    return Peek(whole, len(found) > limit, statuses, _draft(connection), PollDecisions(way).newest())


def _seen_in(connection: sqlite3.Connection, rows: Sequence[Candidate]) -> dict[int, list[SeenIn]]:
    found: dict[int, list[SeenIn]] = {}
    statement = (
        "SELECT candidate_key.candidate_id, issue.slug, item.id, item_key.relation FROM candidate_key "
        "JOIN item_key ON item_key.key = candidate_key.key JOIN item ON item.id = item_key.item_id "
        "JOIN issue ON issue.id = item.issue_id WHERE candidate_key.candidate_id IN ({}) ORDER BY issue.date DESC, item.id"
    )
    for row in _about(connection, statement, rows):
        found.setdefault(row[0], []).append(SeenIn(row[1], row[2], row[3]))
    return found


def _met(connection: sqlite3.Connection, keys: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
    found: dict[str, list[tuple[str, int]]] = {}
    statement = (
        "SELECT item_key.key, issue.slug, item.id FROM item_key JOIN item ON item.id = item_key.item_id "
        "JOIN issue ON issue.id = item.issue_id WHERE item_key.key = ? ORDER BY issue.date DESC, item.id"
    )
    for key in keys:
        for row in connection.execute(statement, (key,)):
            found.setdefault(row[0], []).append((row[1], row[2]))
    return found


def _about(connection: sqlite3.Connection, statement: str, rows: Sequence[Candidate]) -> list[sqlite3.Row]:
    ids = [one.id for one in rows]
    found: list[sqlite3.Row] = []
    for start in range(0, len(ids), 500):
        chunk = ids[start : start + 500]
        found += connection.execute(statement.format(", ".join("?" * len(chunk))), chunk).fetchall()
    return found


def _draft(connection: sqlite3.Connection) -> dict[str, int]:
    found = connection.execute(_DRAFT).fetchone()
    if found is None:
        return {}
    counted = connection.execute("SELECT section_index, count(*) FROM item WHERE issue_id = ? GROUP BY 1", (found["id"],))
    counts = {row[0]: row[1] for row in counted}
    return {slug: counts.get(index, 0) for index, (_, slug, _) in enumerate(json_in(found["sections"]))}
