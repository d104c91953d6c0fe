"""What is polled: sources, what they said, and what polling them taught."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from aggregator.model.link import Link
from aggregator.model.value import value


@dataclass(frozen=True, slots=True)
class Rule:
    """What entries have to be like: all that is set must hold. `title`, `url`, `author` and `tag` are regular expressions
    that are searched for in any letter case; the age is that at which an entry arrives."""

    title: str = ""
    url: str = ""
    author: str = ""
    tag: str = ""
    older_minutes: float | None = None
    newer_minutes: float | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """Which entries are let in: none that a rule of `block` matches, and where there are rules to `keep`, only what one of
    them matches."""

    keep: tuple[Rule, ...] = ()
    block: tuple[Rule, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.keep or self.block)


@value
class Source:
    """One configured upstream. `urls` are its addresses in the order in which they are tried; never empty.

    `interval_minutes` None means adaptive. `options` are those of its kind, validated by config. `weight` is added to
    the score of what it brings (0 is neutral). `line` is where sources.yaml names it. A source that is `muted` has a
    `mute_reason`.
    """

    name: str
    kind: str
    urls: tuple[str, ...]
    section: str | None = None
    interval_minutes: float | None = None
    muted: bool = False
    weight: float = 0.0
    user_agent: str | None = None
    time_zone: str | None = None
    tags: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    line: int | None = None
    mute_reason: str = ""
    rules: Rules = field(default_factory=Rules)

    @property
    def url(self) -> str:
        """The first address, by which the source is listed."""
        return self.urls[0]


class SourceStatus(StrEnum):
    """How a source is doing."""

    NEW = "new"
    OK = "ok"
    FAILING = "failing"
    PAUSED = "paused"
    LIMITED = "limited"
    GONE = "gone"
    MUTED = "muted"


@value
class Validators:
    """ETag and Last-Modified of one address: opaque, sent back as they came."""

    etag: str | None = None
    last_modified: str | None = None

    def __bool__(self) -> bool:
        return bool(self.etag or self.last_modified)


@value
class Rhythm:
    """How often an upstream speaks and wishes to be asked: what its last document said, needed again when a poll brings
    none. `entry_minutes` is the gap between its entries or the time since the newest, by which it is asked; `skip_hours`
    are 0-23 GMT, `skip_days` 0 is Monday. `usual_minutes` and `longest_minutes` are the gaps while it spoke, `newest_at` the
    date of its newest entry, and `first_read_at` when it could first be read: by these a silence is told from a quiet day."""

    entry_minutes: float | None = None
    ttl_minutes: float | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    usual_minutes: float | None = None
    longest_minutes: float | None = None
    newest_at: datetime | None = None
    first_read_at: datetime | None = None


@value
class PollState:
    """What the polls of a source have taught. `validators` are kept per address; `moved` maps an address to where a
    permanent redirect sent it; `body_hashes` maps an address to the digest of the last body that parsed, `item_hashes` to
    those of the items in it."""

    source: str
    status: SourceStatus = SourceStatus.NEW
    validators: Mapping[str, Validators] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)
    body_hashes: Mapping[str, str] = field(default_factory=dict)
    last_polled_at: datetime | None = None
    last_ok_at: datetime | None = None
    last_new_at: datetime | None = None
    next_poll_at: datetime | None = None
    next_poll_reason: str | None = None
    failures: int = 0
    last_error: str | None = None
    feed_title: str | None = None
    feed_link: str | None = None
    rhythm: Rhythm = field(default_factory=Rhythm)
    item_hashes: Mapping[str, str] = field(default_factory=dict)


@value
class Enclosure:
    """A file that an entry carries; `length_bytes` None where the upstream does not say."""

    url: str
    media_type: str | None = None
    length_bytes: int | None = None


@value
class Entry:
    """What an upstream said. Its identity is (`source`, `guid`): a guid is never compared across sources.

    `title` is plain text; `summary` and `content` are sanitised HTML. `url` is the target link, absolute, or None.
    `published_at` is the upstream's word, clamped for order; None where it gave none. `links` are related links of a
    known role.
    """

    source: str
    guid: str
    url: str | None
    title: str
    source_url: str = ""
    author: str | None = None
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    updated_at: datetime | None = None
    summary: str = ""
    content: str = ""
    tags: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    links: tuple[Link, ...] = ()
    language: str | None = None
    feed_title: str | None = None
    feed_link: str | None = None
    arrived_at: datetime | None = None


@value
class RequestRecord:
    """One HTTP exchange of a poll, for `sources explain` and the request log. `reason` says why it was asked then."""

    at: datetime
    url: str
    status: int | None
    seconds: float
    length_bytes: int
    conditional: bool
    reason: str = ""
    error: str | None = None


@value
class Outcome:
    """What came of polling one source. `outcome` is "ok", "unchanged", "failed", "limited", "gone" or "paused";
    `state` is what to remember, `entries` all that the upstream listed (known ones too), in its order; `blocked` gives, by
    guid, why rules do not let some of them in."""

    source: str
    outcome: str
    state: PollState
    entries: tuple[Entry, ...] = ()
    http_status: int | None = None
    error: str | None = None
    error_code: str | None = None
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    requests: tuple[RequestRecord, ...] = ()
    blocked: Mapping[str, str] = field(default_factory=dict)
