"""An issue and its items, and what a check finds in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from aggregator.model.link import Link


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
