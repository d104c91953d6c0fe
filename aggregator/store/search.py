"""Finding again everything ever seen: candidates with all their entries, and what issues printed.

Any part of a text from two characters up: in SQLite by an index (`search_index`), in another database row by row.
"""

# Names of our own tables and numbers are all that is put into statements; words are bound.
# ruff: noqa: S608

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from aggregator.model import SearchFilter, SearchHit, Status
from aggregator.store.search_index import SearchIndex, pair_word, quoted
from aggregator.store.tables import METADATA
from aggregator.text import fold

_CANDIDATE = METADATA.tables["candidate"]
_CANDIDATE_KEY = METADATA.tables["candidate_key"]
_ISSUE = METADATA.tables["issue"]
_ITEM = METADATA.tables["item"]
_ITEM_KEY = METADATA.tables["item_key"]
_BATCH = 500
_GRAM = 3
# A word in as many items is common; that many of the rarest tell what is related.
_COMMON = 1000
_RAREST = 8


class Search:
    """Candidates and items by what they say."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._index = SearchIndex(connection)

    def refresh(self) -> int:
        """Bring the index up to date, in a writing transaction; the number of rows that had changed."""
        return self._index.refresh()

    def stale(self) -> bool:
        """True when a search would miss something until `refresh`."""
        return self._index.stale()

    def items(self, terms: Sequence[str], wanted: SearchFilter, limit: int | None, *, titles: bool = False) -> list[SearchHit]:
        """Printed items of published issues that hold all terms (`titles`: in their title), the newest issue first."""
        # The rows are wide, so that which ones are wanted is found out by their places alone.
        statement = (
            sa.select(_ITEM.c.id, _ITEM.c.section_index, _ISSUE.c.id)
            .join(_ISSUE, _ISSUE.c.id == _ITEM.c.issue_id)
            # Not the bare column: by its index, SQLite would go through all issues and look for each match in each.
            .where(sa.func.coalesce(_ISSUE.c.status, "") == "published", self._matches("item", _ITEM, terms, titles=titles))
            .order_by(_ISSUE.c.date.desc(), _ITEM.c.section_index, _ITEM.c.position)
        )
        if wanted.source:
            statement = statement.where(_ITEM.c.source.icontains(wanted.source, autoescape=True))
        if wanted.issue:
            statement = statement.where(_ISSUE.c.slug == wanted.issue)
        if wanted.since:
            statement = statement.where(_ISSUE.c.date >= wanted.since.date())
        if wanted.section is None:
            return self._hits([row[0] for row in self._connection.execute(statement.limit(limit))])
        rows = self._connection.execute(sa.select(_ISSUE.c.id, _ISSUE.c.sections))
        sections = {row.id: row.sections for row in rows}
        found = []
        for item, index, issue in self._connection.execute(statement):
            name, slug, _ = sections[issue][index]
            if (slug or name) == wanted.section:
                found.append(item)
                if len(found) == limit:
                    break
        return self._hits(found)

    def _rarest(self, words: Sequence[str]) -> list[str]:
        """The rarest of the words, quoted: what nearly every item says tells none from another, and is slow to weigh."""
        count = f"SELECT count(*) FROM (SELECT 1 FROM search_item WHERE search_item MATCH :query LIMIT {_COMMON})"
        phrases = [quoted(word) for word in words]
        often = {word: self._sql(count, query=word).scalar_one() for word in phrases}
        return sorted(phrases, key=lambda word: often[word] or _COMMON)[:_RAREST]

    def _hits(self, ids: Sequence[int]) -> list[SearchHit]:
        """The items of these ids, in this order."""
        found: dict[int, SearchHit] = {}
        for start in range(0, len(ids), _BATCH):
            statement = (
                sa.select(_ITEM, _ISSUE.c.slug, _ISSUE.c.sections, _ISSUE.c.date)
                .join(_ISSUE, _ISSUE.c.id == _ITEM.c.issue_id)
                .where(_ITEM.c.id.in_(ids[start : start + _BATCH]))
            )
            found |= {row["id"]: _item_hit(row) for row in self._connection.execute(statement).mappings()}
        return [found[number] for number in ids]

    def candidates(self, terms: Sequence[str], wanted: SearchFilter, limit: int) -> list[SearchHit]:
        """Candidates that no issue has printed and that hold all terms, the last arrived first."""
        statement = sa.select(_CANDIDATE).where(
            self._matches("candidate", _CANDIDATE, terms),
            _CANDIDATE.c.merged_into.is_(None),
            _CANDIDATE.c.status != Status.PUBLISHED.value,
        )
        if wanted.source:
            statement = statement.where(_CANDIDATE.c.source.icontains(wanted.source, autoescape=True))
        if wanted.section:
            statement = statement.where(_CANDIDATE.c.section == wanted.section)
        if wanted.status:
            statement = statement.where(_CANDIDATE.c.status == wanted.status.value)
        if wanted.since:
            statement = statement.where(_CANDIDATE.c.arrived_at >= wanted.since)
        statement = statement.order_by(_CANDIDATE.c.id.desc()).limit(limit)
        return [_candidate_hit(row) for row in self._connection.execute(statement).mappings()]

    def briefs(self, terms: Sequence[str], wanted: SearchFilter, limit: int) -> list[SearchHit]:
        """Briefs of published issues that hold all terms, the newest issue first."""
        statement = sa.select(_ISSUE.c.slug, _ISSUE.c.date, _ISSUE.c.briefs).where(_ISSUE.c.status == "published")
        # JSON writes some characters otherwise, so the database only sieves by what it writes as it is.
        for term in (term for term in terms if term.isalnum()):
            statement = statement.where(sa.cast(_ISSUE.c.briefs, sa.String).icontains(term, autoescape=True))
        if wanted.issue:
            statement = statement.where(_ISSUE.c.slug == wanted.issue)
        if wanted.since:
            statement = statement.where(_ISSUE.c.date >= wanted.since.date())
        found = []
        for slug, day, texts in self._connection.execute(statement.order_by(_ISSUE.c.date.desc())):
            found += [
                SearchHit("brief", None, text, None, "", "", slug, day, "published")
                for text in texts
                if all(term in fold(text) for term in terms)
            ]
        return found[:limit]

    def ran(self, keys: Iterable[str]) -> list[SearchHit]:
        """Items of published issues that any of these identity keys stands for, the newest issue first."""
        statement = (
            sa.select(_ITEM, _ISSUE.c.slug, _ISSUE.c.sections, _ISSUE.c.date)
            .join(_ISSUE, _ISSUE.c.id == _ITEM.c.issue_id)
            .where(_ITEM.c.id.in_(sa.select(_ITEM_KEY.c.item_id).where(_ITEM_KEY.c.key.in_(list(keys)))))
            .where(_ISSUE.c.status == "published")
            .order_by(_ISSUE.c.date.desc(), _ITEM.c.id)
        )
        return [_item_hit(row) for row in self._connection.execute(statement).mappings()]

    def met(self, keys: Iterable[str]) -> list[SearchHit]:
        """Candidates of any status that any of these identity keys stands for, the last arrived first."""
        theirs = sa.select(_CANDIDATE_KEY.c.candidate_id).where(_CANDIDATE_KEY.c.key.in_(list(keys)))
        statement = sa.select(_CANDIDATE).where(_CANDIDATE.c.id.in_(theirs), _CANDIDATE.c.merged_into.is_(None))
        return [_candidate_hit(row) for row in self._connection.execute(statement.order_by(_CANDIDATE.c.id.desc())).mappings()]

    def related(self, words: Sequence[str], limit: int) -> list[SearchHit]:
        """Items of published issues that share the most, and the rarest, of these words; the closest first."""
        long = [word for word in words if len(word) >= _GRAM]
        if not self._index.exists or not long:
            return []
        rows = self._sql(
            "SELECT rowid FROM search_item WHERE search_item MATCH :query ORDER BY bm25(search_item, 4.0, 1.0) LIMIT :limit",
            query=" OR ".join(self._rarest(long)),
            limit=limit,
        )
        order = [row[0] for row in rows]
        published = sa.select(_ITEM.c.id).join(_ISSUE, _ISSUE.c.id == _ITEM.c.issue_id)
        known = set(self._connection.execute(published.where(_ITEM.c.id.in_(order), _ISSUE.c.status == "published")).scalars())
        return self._hits([number for number in order if number in known])

    # -- matching

    def _matches(self, kind: str, table: sa.Table, terms: Sequence[str], *, titles: bool = False) -> sa.ColumnElement[bool]:
        if not self._index.exists:
            columns = [table.c.title, table.c.title_raw, *([] if titles else [table.c.summary, table.c.source])]
            return sa.and_(*(sa.or_(*(column.icontains(term, autoescape=True) for column in columns)) for term in terms))
        words = {
            f"search_{kind}": [quoted(term) for term in terms if len(term) >= _GRAM],
            f"search_{kind}_pairs": [pair_word(term) for term in terms if len(term) < _GRAM],
        }
        conditions = []
        for name, queries in words.items():
            if queries:
                query = " AND ".join(f"title : {one}" if titles else one for one in queries)
                found = sa.text(f"SELECT rowid FROM {name} WHERE {name} MATCH :{name}").bindparams(**{name: query})
                conditions.append(table.c.id.in_(found.columns(sa.column("rowid", sa.Integer))))
        return sa.and_(*conditions)

    def _sql(self, statement: str, **values: Any) -> sa.CursorResult[Any]:
        return self._connection.execute(sa.text(statement), values)


def _item_hit(row: Any) -> SearchHit:
    sections = row["sections"] if isinstance(row["sections"], list) else json.loads(row["sections"])
    name, slug, _ = sections[row["section_index"]]
    return SearchHit(
        "item",
        row["id"],
        row["title"],
        row["url"],
        row["source"],
        slug or name,
        row["slug"],
        row["date"],
        "published",
        row["summary"],
    )


def _candidate_hit(row: Any) -> SearchHit:
    arrived: datetime = row["published_at"] or row["arrived_at"]
    return SearchHit(
        "candidate",
        row["id"],
        row["title"],
        row["url"],
        row["source"],
        row["section"],
        None,
        arrived.date(),
        row["status"],
        row["summary"],
    )
