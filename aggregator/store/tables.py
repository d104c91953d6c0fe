"""The tables. What needs an index or a comparison is a column; what is only carried is JSON.

Table rows never leave this package: `mapping` turns them into the nouns of `model` and back. SQLModel does not validate
tables on construction, so nothing here is relied on for checking input.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, Column, Index, Integer, UniqueConstraint
from sqlmodel import Field, SQLModel


def _json() -> Any:
    return Field(sa_column=Column(JSON, nullable=False))


class SourceStateRow(SQLModel, table=True):
    """What the polls of one source have taught; sources themselves are configuration."""

    __tablename__ = "source_state"

    source: str = Field(primary_key=True)
    status: str
    validators: dict[str, Any] = _json()
    moved: dict[str, Any] = _json()
    body_hashes: dict[str, Any] = _json()
    item_hashes: dict[str, Any] = _json()
    last_polled_at: dt.datetime | None
    last_ok_at: dt.datetime | None
    last_new_at: dt.datetime | None
    next_poll_at: dt.datetime | None
    next_poll_reason: str | None
    failures: int
    last_error: str | None
    feed_title: str | None
    feed_link: str | None
    rhythm: dict[str, Any] = _json()


class HostHoldRow(SQLModel, table=True):
    """Until when a host has asked for quiet, by the name of its queue."""

    __tablename__ = "host_hold"

    host: str = Field(primary_key=True)
    quiet_until: dt.datetime


class RequestRow(SQLModel, table=True):
    """The request log: one HTTP exchange each, the last few of every source."""

    __tablename__ = "request"

    id: int | None = Field(default=None, primary_key=True)
    source: str = Field(index=True)
    at: dt.datetime
    url: str
    status: int | None
    seconds: float
    length_bytes: int
    conditional: bool
    reason: str
    error: str | None


class CandidateRow(SQLModel, table=True):
    """One work in the review queue."""

    __tablename__ = "candidate"
    __table_args__ = (
        Index("ix_candidate_queue", "status", "score", "published_at", "id"),
        Index("ix_candidate_standing", "merged_into", "status"),
    )

    id: int | None = Field(default=None, primary_key=True)
    status: str
    title: str
    title_raw: str
    url: str | None
    canonical_url: str | None
    section: str
    section_confidence: float
    second: str | None
    score: float
    source: str
    author: str | None
    published_at: dt.datetime | None
    arrived_at: dt.datetime
    summary: str
    tags: list[Any] = _json()
    links: list[Any] = _json()
    score_reasons: list[Any] = _json()
    section_reasons: list[Any] = _json()
    similar: list[Any] = _json()
    warnings: list[Any] = _json()
    merged_into: int | None


class CandidateKeyRow(SQLModel, table=True):
    """Identity keys: at most one candidate stands for a key."""

    __tablename__ = "candidate_key"

    key: str = Field(primary_key=True)
    candidate_id: int = Field(foreign_key="candidate.id", index=True)


class TitleAnchorRow(SQLModel, table=True):
    """The rarest features of a candidate's title, 16-bit numbers packed one after the other, by which near-same titles are
    found."""

    __tablename__ = "title_anchor"

    candidate_id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    anchors: bytes


class LearntRow(SQLModel, table=True):
    """What was learnt from the store's own past, as plain data; it can be learnt again."""

    __tablename__ = "learnt"

    name: str = Field(primary_key=True)
    at: dt.datetime
    basis: dict[str, Any] = _json()
    data: dict[str, Any] = _json()


class TasteRow(SQLModel, table=True):
    """What the editor asked for more or less of: a term and its points."""

    __tablename__ = "taste"

    term: str = Field(primary_key=True)
    points: float


class EntryRow(SQLModel, table=True):
    """What an upstream said. Identity is (source, guid)."""

    __tablename__ = "entry"
    __table_args__ = (UniqueConstraint("source", "guid"),)

    id: int | None = Field(default=None, primary_key=True)
    source: str
    guid: str
    candidate_id: int = Field(foreign_key="candidate.id", index=True)
    url: str | None
    title: str
    published_at: dt.datetime | None
    updated_at: dt.datetime | None
    arrived_at: dt.datetime = Field(index=True)
    summary: str
    content: str
    extra: dict[str, Any] = _json()


class DecisionRow(SQLModel, table=True):
    """Append-only: rows are never changed or removed."""

    __tablename__ = "decision"
    # What undo walks along; the rows themselves may be megabytes.
    __table_args__ = (Index("ix_decision_head", "id", "action", "undoes"),)

    id: int | None = Field(default=None, primary_key=True)
    at: dt.datetime = Field(index=True)
    who: str
    action: str
    subject: str
    before: dict[str, Any] = _json()
    after: dict[str, Any] = _json()
    undoes: int | None


class IssueRow(SQLModel, table=True):
    """One issue; its items stand in `item`."""

    __tablename__ = "issue"

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True)
    date: dt.date | None = Field(index=True)
    number: int | None
    status: str = Field(index=True)
    name: str
    headline: str
    tagline: str
    notes: list[Any] = _json()
    lead: str
    opener: str
    briefs: list[Any] = _json()
    sections: list[Any] = _json()
    past_issues: list[Any] = _json()
    footer: str
    verbatim: str
    guid: str
    published_at: dt.datetime | None
    updated_at: dt.datetime | None
    untouched: list[Any] = _json()
    redirects: list[Any] = _json()
    briefed: list[Any] = _json()


class ItemRow(SQLModel, table=True):
    """One printed item. `section_index` points into the issue's sections, `position` orders within it."""

    __tablename__ = "item"
    # Undo and redo name items by id: the id of a removed one must never become another's.
    __table_args__ = {"sqlite_autoincrement": True}

    id: int | None = Field(default=None, primary_key=True)
    issue_id: int = Field(foreign_key="issue.id", index=True)
    section_index: int
    position: int
    title: str
    title_raw: str
    url: str | None
    source: str
    tags: list[Any] = _json()
    links: list[Any] = _json()
    summary: str
    anchor: str
    candidate_id: int | None = Field(index=True)
    starred: bool
    untouched: list[Any] = _json()
    line: int | None


class ItemKeyRow(SQLModel, table=True):
    """Identity keys of what an item prints (its target and its links): where did this run before?"""

    __tablename__ = "item_key"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(index=True)
    item_id: int = Field(foreign_key="item.id", index=True)
    relation: str


class LinkRow(SQLModel, table=True):
    """What an address answered when a check asked it last; `status` None where nothing answered."""

    __tablename__ = "link"

    url: str = Field(primary_key=True)
    checked_at: dt.datetime
    status: int | None
    final_url: str | None
    permanent: bool
    error: str | None
    code: str | None


METADATA = SQLModel.metadata
