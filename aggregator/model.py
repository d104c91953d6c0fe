"""The nouns, in the order in which data flows. Frozen, standard library only; every instant (`_at`) is aware UTC.

Text from an upstream is clean by the time it stands in one of these: valid Unicode without control or bidi-override
characters, HTML sanitised. What the editor wrote stands as written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

# ---------------------------------------------------------------- the publication


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of an issue. `slug` names it in commands, addresses and files; `title` is what readers see.

    `lead_label` is how the lead names it (开源 for 开源项目), `note` stands under the heading of every issue.
    """

    slug: str
    title: str
    lead_label: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """The house form of a publication, as data: what stands around and between the items of an issue.

    Texts are Markdown. `front_matter` is YAML without its fences ("" for none). `lead_label` opens the lead (导读),
    `count` says how many items there are with `{count}` for the number, `section_mark` names a section inside the
    lead with `{label}`. `past_issues` is "list", "table" or "none". `bar` separates title and source in a printed
    title. `link_labels` gives the label to print for each role of a link.
    """

    front_matter: str = "layout: default"
    notes: tuple[str, ...] = ()
    lead_label: str = "导读"
    count: str = "本期{count}条。"
    section_mark: str = "「{label}」"
    opener: str = "先是一些热身小新闻："
    summary_label: str = "摘要"
    colon: str = "："
    bar: str = " | "
    link_labels: Mapping[str, str] = field(default_factory=lambda: dict(DEFAULT_LINK_LABELS))
    past_issues: str = "list"
    past_title: str = "往期回顾"
    past_url: str = ""
    past_limit: int | None = None
    footer: str = ""
    language: str = "zh-CN"


DEFAULT_LINK_LABELS: dict[str, str] = {
    "paper": "论文",
    "code": "代码",
    "project": "项目",
    "demo": "演示",
    "video": "视频",
    "doc": "文档",
    "article": "文章",
    "link": "链接",
}


@dataclass(frozen=True, slots=True)
class Publication:
    """What is published, and for whom. `base_url` ends with a slash; `time_zone` is an IANA name and dates issues. `hub` is the
    WebSub hub that the feeds name, "" for none. Mails are from `mail_from`, and are unsubscribed from by a POST to
    `unsubscribe_url` (RFC 8058); "" where none is set."""

    name: str
    tagline: str
    language: str
    time_zone: str
    base_url: str
    sections: tuple[Section, ...]
    author: str = ""
    description: str = ""
    profile: Profile = field(default_factory=Profile)
    keywords: Mapping[str, float] = field(default_factory=dict)
    hub: str = ""
    mail_from: str = ""
    unsubscribe_url: str = ""

    def section(self, slug: str) -> Section | None:
        """The section with that slug, or None."""
        return next((section for section in self.sections if section.slug == slug), None)


# ---------------------------------------------------------------- 1  poll


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Validators:
    """ETag and Last-Modified of one address: opaque, sent back as they came."""

    etag: str | None = None
    last_modified: str | None = None

    def __bool__(self) -> bool:
        return bool(self.etag or self.last_modified)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often an upstream speaks and wishes to be asked: what its last document said, needed again when a poll brings
    none. `entry_minutes` is the usual gap between its entries; `skip_hours` are 0-23 GMT, `skip_days` 0 is Monday."""

    entry_minutes: float | None = None
    ttl_minutes: float | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Link:
    """A labelled link of a work. `role` is one of paper, code, project, demo, video, doc, article, link; `label` is
    how it is printed ("" for the label of its role). A line that leads nowhere (`标题：…`) has the role text, the whole
    line as its label and "" as its URL."""

    label: str
    role: str
    url: str


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that an entry carries; `length_bytes` None where the upstream does not say."""

    url: str
    media_type: str | None = None
    length_bytes: int | None = None


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of polling one source. `outcome` is "ok", "unchanged", "failed", "limited", "gone" or "paused";
    `state` is what to remember, `entries` all that the upstream listed (known ones too), in its order."""

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


# ---------------------------------------------------------------- 2  queue


class Status(StrEnum):
    """Where a candidate stands."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    DEFERRED = "deferred"
    PUBLISHED = "published"


# The warning of a candidate that was put away because nobody decided on it; it counts as passed over, not as rejected.
EXPIRED = "expired: nobody decided on it in time"


@dataclass(frozen=True, slots=True)
class Reason:
    """One term of a score or of a section's prediction: `points` of all reasons of a score add up to it."""

    points: float
    text: str


@dataclass(frozen=True, slots=True)
class SectionGuess:
    """A predicted section: `confidence` is between 0 and 1, `second` the next best slug or None."""

    slug: str
    confidence: float
    reasons: tuple[Reason, ...] = ()
    second: str | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """How relevant a candidate is; `value` is the sum of the points of `reasons`."""

    value: float
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Copy:
    """One entry that was folded into a candidate."""

    source: str
    guid: str
    url: str | None
    title: str
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SeenIn:
    """Where the archive has met a work before. `relation` is "same link", "same paper" or "same repository"."""

    issue: str
    item_id: int
    relation: str


@dataclass(frozen=True, slots=True)
class Similar:
    """A candidate whose title is much like another's, though not enough to be folded: `likeness` is between 0 and 1."""

    id: int
    likeness: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """One work in the review queue: one or more entries folded.

    `title_raw` is the title as it arrived, `title` as it stands now. `source` is the name printed after the bar.
    `summary` is plain text or Markdown, prefilled. `section` is a slug. `captured` is False where a pasted page could
    not be fetched; `warnings` are for the editor's eye (an expiring link, a page that failed).
    """

    id: int
    status: Status
    title: str
    title_raw: str
    url: str | None
    canonical_url: str | None
    section: str
    section_confidence: float
    score: float
    source: str
    author: str | None = None
    published_at: datetime | None = None
    arrived_at: datetime | None = None
    summary: str = ""
    tags: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    entries: tuple[Copy, ...] = ()
    seen_in: tuple[SeenIn, ...] = ()
    score_reasons: tuple[Reason, ...] = ()
    section_reasons: tuple[Reason, ...] = ()
    warnings: tuple[str, ...] = ()
    merged_into: int | None = None
    second: str | None = None
    similar: tuple[Similar, ...] = ()


@dataclass(frozen=True, slots=True)
class CandidateFilter:
    """Which candidates to list. `statuses` empty means all; `search` is a text that the title, summary, source or
    address contains, in any letter case."""

    statuses: tuple[Status, ...] = (Status.PENDING,)
    section: str | None = None
    source: str | None = None
    search: str | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class NewCandidate:
    """A candidate about to be stored: what the queue made of an entry nobody had met before."""

    keys: tuple[str, ...]
    title: str
    url: str | None
    canonical_url: str | None
    section: SectionGuess
    score: Score
    source: str
    author: str | None = None
    published_at: datetime | None = None
    summary: str = ""
    tags: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    warnings: tuple[str, ...] = ()
    similar: tuple[Similar, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrival:
    """One entry on its way in: into a candidate that exists (`candidate_id`) or one that is made from it (`new`).

    Exactly one of the two is set, or neither when `joins` names the index of an earlier arrival of the same batch.
    """

    entry: Entry
    keys: tuple[str, ...]
    candidate_id: int | None = None
    new: NewCandidate | None = None
    joins: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """One append-only event. `before` and `after` hold the changed fields of the candidates (or issue) concerned, by
    id, as JSON values; `undoes` names the decision that an undo (or, for a redo, the undo) takes back."""

    id: int
    at: datetime
    who: str
    action: str
    subject: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    undoes: int | None = None


# ---------------------------------------------------------------- 3  issue


@dataclass(frozen=True, slots=True)
class Item:
    """One printed line-up entry in the editor's words.

    `title` is Markdown inline text without the source; `source` the name after the bar ("" for none); `tags` are the
    bracketed prefixes (1911.05289, CVPR2020); `summary` is Markdown, lines joined by newlines, without its label.
    `anchor` is unique in its issue and never changes: permalinks and guids are made of it. `untouched` names the
    fields that were prefilled and that the editor has not looked at.
    """

    title: str
    url: str | None = None
    source: str = ""
    tags: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    summary: str = ""
    id: int | None = None
    anchor: str = ""
    title_raw: str = ""
    candidate_id: int | None = None
    starred: bool = False
    untouched: tuple[str, ...] = ()
    line: int | None = None


@dataclass(frozen=True, slots=True)
class IssueSection:
    """The items of one section in printed order. `slug` is "" for a heading the publication does not know."""

    name: str
    slug: str = ""
    items: tuple[Item, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class PastIssue:
    """One link of the past-issue list: its text (a date, as a rule) and its address."""

    label: str
    url: str


class IssueStatus(StrEnum):
    """Whether readers can see an issue."""

    DRAFT = "draft"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class Issue:
    """One dated number of the newsletter. The draft has no date and no number: both are stamped at publish.

    `lead` is Markdown without its label; `opener` the line before `briefs` (each Markdown, without its bullet).
    `guid` is the permalink it was first published under; `redirects` are the slugs it had before its date slipped, oldest
    first. `briefed` are the candidates whose news stands in the briefs. `verbatim` is the Markdown it was read from, "" when
    it was made here: what did not change since is printed from it byte for byte. `untouched` as for Item.
    """

    slug: str
    date: date | None = None
    number: int | None = None
    status: IssueStatus = IssueStatus.DRAFT
    name: str = ""
    headline: str = ""
    tagline: str = ""
    notes: tuple[str, ...] = ()
    lead: str = ""
    opener: str = ""
    briefs: tuple[str, ...] = ()
    sections: tuple[IssueSection, ...] = ()
    past_issues: tuple[PastIssue, ...] = ()
    footer: str = ""
    verbatim: str = ""
    id: int | None = None
    guid: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    untouched: tuple[str, ...] = ()
    redirects: tuple[str, ...] = ()
    briefed: tuple[int, ...] = ()

    @property
    def items(self) -> tuple[Item, ...]:
        """All items in printed order."""
        return tuple(item for section in self.sections for item in section.items)

    @property
    def title(self) -> str:
        """The heading without Markdown: `NAME (DATE)：HEADLINE`, as far as each is known; with a colon of its script."""
        dated = f"{self.name} ({self.date.isoformat()})" if self.date else self.name
        colon = "：" if any("\u2e80" <= char <= "\u9fff" for char in dated + self.headline) else ": "
        return f"{dated}{colon}{self.headline}" if self.headline else dated


class Severity(StrEnum):
    """An error stops publishing; a warning is shown; a hint is shown when asked for."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a reader or a check noticed in an issue: `code` is stable, `line` counts from 1."""

    code: str
    severity: Severity
    text: str
    path: str = ""
    line: int | None = None
    fix: str | None = None


@dataclass(frozen=True, slots=True)
class LinkAnswer:
    """What an address of an issue answered when it was asked last. `status` is None where nothing did; `final_url` is where
    redirects led, `permanent` says that all of them were; `error` and its `code` tell what went wrong, None for nothing."""

    url: str
    checked_at: datetime
    status: int | None = None
    final_url: str | None = None
    permanent: bool = False
    error: str | None = None
    code: str | None = None


# ---------------------------------------------------------------- the archive as memory


@dataclass(frozen=True, slots=True)
class SearchFilter:
    """What a search is narrowed to; None is no limit. `section` is a slug, `source` a part of a name, `issue` a slug."""

    section: str | None = None
    source: str | None = None
    issue: str | None = None
    since: datetime | None = None
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class SearchHit:
    """Something seen before: `kind` is "item" (printed), "brief" or "candidate". `section` is a slug, or a heading that the
    publication does not know. `issue` is where it was printed, `date` when that was, or when a candidate appeared."""

    kind: str
    id: int | None
    title: str
    url: str | None
    source: str
    section: str
    issue: str | None
    date: date | None
    status: str
    summary: str = ""


# ---------------------------------------------------------------- 4  publish


@dataclass(frozen=True, slots=True)
class Document:
    """One rendered file. `path` is relative to feeds/, with forward slashes."""

    path: str
    media_type: str
    body: bytes
