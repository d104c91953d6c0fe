"""The published issues read past SQLAlchemy: its import takes longer than publishing what one change changes.

Rows are told apart by a digest, so that whoever knows an issue already need not make it from them.
"""

from __future__ import annotations

import hashlib
import marshal
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from aggregator.model import Issue, IssueStatus, Item
from aggregator.store import direct
from aggregator.store.forms import instant_in, json_in
from aggregator.store.issuerows import issue_of
from aggregator.store.mapping import links_in

_JSON = ("notes", "briefs", "sections", "past_issues", "untouched", "redirects", "briefed")
_INSTANTS = ("published_at", "updated_at")
_FIELDS = tuple(Item.__dataclass_fields__)
_COLUMNS = ("issue_id", "section_index", *_FIELDS)
_TAGS, _LINKS, _UNTOUCHED, _STARRED = (_COLUMNS.index(name) for name in ("tags", "links", "untouched", "starred"))
# Both in the order of `Issues.find`.
_ISSUES = "SELECT * FROM issue WHERE status = ? ORDER BY date IS NULL DESC, date DESC, id DESC"
_ITEMS = f"SELECT {', '.join(_COLUMNS)} FROM item ORDER BY section_index, position, id"  # noqa: S608 - names of our own columns


@dataclass(frozen=True, slots=True)
class Shelved:
    """One published issue in rows: `row` of the issue, `items` of its items in printed order."""

    row: Mapping[str, Any]
    items: Sequence[tuple[Any, ...]]

    @property
    def digest(self) -> str:
        """The digest of the rows."""
        whole: list[Any] = [tuple(self.row.values()), *self.items]
        return hashlib.sha256(marshal.dumps(whole, 2)).hexdigest()[:40]

    def issue(self) -> Issue:
        """The issue, as the repository of issues gives it."""
        values = dict(self.row)
        values.update({name: json_in(values[name]) for name in _JSON})
        values.update({name: instant_in(values[name]) for name in _INSTANTS})
        values["date"] = date.fromisoformat(values["date"]) if values["date"] else None
        by_section: dict[int, list[Item]] = {}
        for item in self.items:
            by_section.setdefault(item[1], []).append(_item(item))
        return issue_of(values, by_section)


def shelf(url: str) -> list[Shelved] | None:
    """The published issues of the database at `url`, newest first; None when they can only be had by opening it properly: no
    SQLite, no file yet, another schema, or anything that is wrong with it."""
    return direct.read(url, _shelved)


def _shelved(connection: sqlite3.Connection) -> list[Shelved]:
    found = connection.execute(_ISSUES, (IssueStatus.PUBLISHED.value,))
    names = [column[0] for column in found.description]
    rows = [dict(zip(names, row, strict=True)) for row in found]
    items: dict[int, list[tuple[Any, ...]]] = {}
    for item in connection.execute(_ITEMS):
        items.setdefault(item[0], []).append(item)
    return [Shelved(row, items.get(row["id"], [])) for row in rows]


def _item(row: tuple[Any, ...]) -> Item:
    values = list(row)
    values[_TAGS] = tuple(json_in(row[_TAGS]))
    values[_LINKS] = links_in(json_in(row[_LINKS]))
    values[_UNTOUCHED] = tuple(json_in(row[_UNTOUCHED]))
    values[_STARRED] = bool(row[_STARRED])
    return Item(*values[2:])
