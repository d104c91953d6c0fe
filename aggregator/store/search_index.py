"""The index of everything ever seen or printed, in SQLite.

One FTS5 index of trigrams over folded text, and one of the pairs of characters in it; each for candidates and for items.
Triggers note which rows changed, so that polling pays next to nothing, and a search brings the index up to date first. It is
derived: made when it is first asked for, and made anew when a part of it is missing.
"""

# Names of our own tables and numbers are all that is put into statements; words are bound.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from aggregator.store.tables import METADATA
from aggregator.text import fold

_CANDIDATE = METADATA.tables["candidate"]
_ENTRY = METADATA.tables["entry"]
_ITEM = METADATA.tables["item"]
_BATCH = 500
_WATCHED = {
    "candidate": (
        ("candidate", "title, title_raw, summary, source, author, tags", "id"),
        ("entry", "candidate_id, title", "candidate_id"),
    ),
    "item": (("item", "title, title_raw, source, tags, links, summary", "id"),),
}


class SearchIndex:
    """What `search_candidate`, `search_item` and their pairs hold; nothing in another database than SQLite."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.exists = connection.dialect.name == "sqlite"

    def refresh(self) -> int:
        """Bring the index up to date, in a writing transaction; the number of rows that had changed."""
        if not self.exists:
            return 0
        if not self._complete():
            self._make()
        return sum(self._refresh(kind) for kind in _WATCHED)

    def stale(self) -> bool:
        """True when a search would miss something until `refresh`."""
        if not self.exists:
            return False
        return not self._complete() or any(self._sql(f"SELECT 1 FROM search_{kind}_changed LIMIT 1").first() for kind in _WATCHED)

    def _complete(self) -> bool:
        names = {row[0] for row in self._sql("SELECT name FROM sqlite_master WHERE name LIKE 'search\\_%' ESCAPE '\\'")}
        return all(name in names for kind in _WATCHED for name in _names(kind))

    def _make(self) -> None:
        for kind, watched in _WATCHED.items():
            for name in _names(kind):
                self._sql(f"DROP {'TRIGGER' if '_on_' in name else 'TABLE'} IF EXISTS {name}")
            self._sql(f"DROP TABLE IF EXISTS search_{kind}_grams")
            self._sql(f"CREATE VIRTUAL TABLE search_{kind} USING fts5(title, body, tokenize='trigram case_sensitive 1')")
            self._sql(
                f"CREATE VIRTUAL TABLE search_{kind}_pairs USING fts5(title, body, content='', detail=column, tokenize=ascii)"
            )
            self._sql(f"CREATE TABLE search_{kind}_changed (id INTEGER PRIMARY KEY)")
            for table, columns, key in watched:
                for event, rows in (("INSERT", ("NEW",)), (f"UPDATE OF {columns}", ("OLD", "NEW")), ("DELETE", ("OLD",))):
                    notes = "".join(f"INSERT OR IGNORE INTO search_{kind}_changed VALUES ({row}.{key}); " for row in rows)
                    name = f"search_{kind}_on_{table}_{event.split()[0].lower()}"
                    self._sql(f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {notes}END")
            self._sql(f"INSERT INTO search_{kind}_changed SELECT id FROM {kind}")

    def _refresh(self, kind: str) -> int:
        changed = [row[0] for row in self._sql(f"SELECT id FROM search_{kind}_changed ORDER BY id")]
        for start in range(0, len(changed), _BATCH):
            chunk = changed[start : start + _BATCH]
            self._forget(kind, chunk)
            rows = self._candidate_rows(chunk) if kind == "candidate" else self._item_rows(chunk)
            values = [{"id": number, "title": fold(title), "body": fold(body)} for number, title, body in rows]
            for name, texts in ((f"search_{kind}", values), (f"search_{kind}_pairs", [_paired(one) for one in values])):
                if texts:
                    insert = sa.text(f"INSERT INTO {name} (rowid, title, body) VALUES (:id, :title, :body)")
                    self._connection.execute(insert, texts)
        self._sql(f"DELETE FROM search_{kind}_changed")
        return len(changed)

    def _forget(self, kind: str, ids: Sequence[int]) -> None:
        # An index without content forgets only what it is told once more.
        marks = ",".join(map(str, ids))
        rows = self._sql(f"SELECT rowid AS id, title, body FROM search_{kind} WHERE rowid IN ({marks})")
        old = [_paired(dict(row)) for row in rows.mappings()]
        if old:
            name = f"search_{kind}_pairs"
            forget = sa.text(f"INSERT INTO {name} ({name}, rowid, title, body) VALUES ('delete', :id, :title, :body)")
            self._connection.execute(forget, old)
        self._sql(f"DELETE FROM search_{kind} WHERE rowid IN ({marks})")

    def _candidate_rows(self, ids: Sequence[int]) -> Iterator[tuple[int, str, str]]:
        titles: dict[int, list[str]] = {}
        copies = sa.select(_ENTRY.c.candidate_id, _ENTRY.c.title).where(_ENTRY.c.candidate_id.in_(ids))
        for owner, title in self._connection.execute(copies):
            titles.setdefault(owner, []).append(title)
        for row in self._connection.execute(sa.select(_CANDIDATE).where(_CANDIDATE.c.id.in_(ids))).mappings():
            said = dict.fromkeys([row["title"], row["title_raw"], *titles.get(row["id"], [])])
            yield row["id"], "\n".join(said), "\n".join([row["source"], row["author"] or "", *row["tags"], row["summary"]])

    def _item_rows(self, ids: Sequence[int]) -> Iterator[tuple[int, str, str]]:
        for row in self._connection.execute(sa.select(_ITEM).where(_ITEM.c.id.in_(ids))).mappings():
            links = [f"{label} {url}" for label, _, url in row["links"]]
            said = dict.fromkeys([row["title"], row["title_raw"]])
            yield row["id"], "\n".join(said), "\n".join([row["source"], *row["tags"], row["summary"], row["url"] or "", *links])

    def _sql(self, statement: str, **values: Any) -> sa.CursorResult[Any]:
        return self._connection.execute(sa.text(statement), values)


def _names(kind: str) -> list[str]:
    triggers = [f"search_{kind}_on_{table}_{event}" for table, _, _ in _WATCHED[kind] for event in ("insert", "update", "delete")]
    return [*triggers, f"search_{kind}_pairs", f"search_{kind}", f"search_{kind}_changed"]


def quoted(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'


@lru_cache(maxsize=1 << 17)
def pair_word(pair: str) -> str:
    """Two characters as a word that any tokeniser leaves whole."""
    return "x".join(f"{ord(char):x}" for char in pair)


def _paired(row: dict[str, Any]) -> dict[str, Any]:
    """A row of folded texts as the different pairs of characters in them."""
    return {"id": row["id"]} | {name: " ".join(_pairs(row[name])) for name in ("title", "body")}


def _pairs(text: str) -> Iterator[str]:
    seen = {first + second for first, second in pairwise(text)}
    return (pair_word(pair) for pair in seen if not (pair[0].isspace() or pair[1].isspace()))
