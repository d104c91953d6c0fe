"""What every format shows of an issue: its address, ids, dates and texts, ready to print. Pure.

A view holds the same facts as the noun behind it, with Markdown turned into sanitised HTML and plain text and with every URL
absolute. Templates and feeds print views and nothing else, so there is one place where text becomes markup.
"""

from __future__ import annotations

import re
import unicodedata
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from markupsafe import Markup

from aggregator.model import DEFAULT_LINK_LABELS, Issue, Item, Publication
from aggregator.publish.markup import absolute_url, as_uri, block_html, encode_url, inline_html, inline_text
from aggregator.publish.strings import language_tag, long_date, short_date, strings
from aggregator.text import clean_line, html_to_text
from aggregator.urls import host, is_http

# Letters and symbols by their category, and nothing to see: fillers of Hangul, the blank of Braille.
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ENGLISH_LABELS = {
    "paper": "Paper",
    "code": "Code",
    "project": "Project",
    "demo": "Demo",
    "video": "Video",
    "doc": "Docs",
    "article": "Article",
    "link": "Link",
}


@dataclass(frozen=True, slots=True)
class LinkView:
    """A labelled link: `label` is plain text without its colon, `host` where it leads."""

    label: str
    role: str
    url: str
    host: str


@dataclass(frozen=True, slots=True)
class ItemView:
    """One item. `anchor` is unique in its issue, `fragment` the same as a URL has it, `permalink` the address of the anchor,
    `guid` what feeds call it for ever.

    `url` is None where the item has no link that may be printed. `html` is the summary.
    """

    anchor: str
    fragment: str
    permalink: str
    guid: str
    url: str | None
    title: str
    title_html: Markup
    source: str
    tags: tuple[str, ...]
    links: tuple[LinkView, ...]
    html: Markup
    text: str


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section of an issue that has items; `slug` is "" for one the publication does not know."""

    anchor: str
    slug: str
    name: str
    note: Markup
    items: tuple[ItemView, ...]


@dataclass(frozen=True, slots=True)
class IssueView:
    """One issue. `path` is relative to the site's root and ends with a slash. `published_at` never moves; `updated_at` is not
    before it and moves on an amendment only. `lead_text` is the lead as plain text."""

    path: str
    permalink: str
    guid: str
    title: str
    headline: str
    number: int | None
    day: date
    date: str
    short_date: str
    published_at: datetime
    updated_at: datetime
    notes: tuple[Markup, ...]
    lead: Markup
    lead_text: str
    opener: Markup
    briefs: tuple[Markup, ...]
    sections: tuple[SectionView, ...]
    footer: Markup

    @property
    def headline_parts(self) -> tuple[str, ...]:
        """The parts of the headline, which the house form joins by slashes; empty for no headline."""
        parts = [self.headline] if "://" in self.headline else self.headline.split("/")
        return tuple(part.strip() for part in parts if _seen(part))

    @property
    def items(self) -> tuple[ItemView, ...]:
        """All items in printed order."""
        return tuple(item for section in self.sections for item in section.items)


def site_url(publication: Publication, path: str = "") -> str:
    """The absolute, encoded address of a path of the site ("" for the home page)."""
    return encode_url(publication.base_url.rstrip("/") + "/" + path)


def issue_day(issue: Issue) -> date:
    """The date an issue stands under; the day it was published where it has none, else the epoch."""
    if issue.date is not None:
        return issue.date
    return (issue.published_at or _EPOCH).date()


def issue_path(issue: Issue) -> str:
    """`issues/DATE/`."""
    return f"issues/{issue_day(issue).isoformat()}/"


def published_at(issue: Issue, publication: Publication) -> datetime:
    """When an issue was published, aware UTC, whole seconds; midnight of its date, as the publication counts, where unknown."""
    if issue.published_at is not None:
        return _utc(issue.published_at)
    try:
        zone = ZoneInfo(publication.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    return _utc(datetime.combine(issue_day(issue), time(), zone))


def updated_at(issue: Issue, publication: Publication) -> datetime:
    """When an issue was last amended; when it was published where it never was."""
    first = published_at(issue, publication)
    return max(first, _utc(issue.updated_at)) if issue.updated_at else first


def _utc(at: datetime) -> datetime:
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return aware.astimezone(UTC).replace(microsecond=0)


def issue_view(issue: Issue, publication: Publication) -> IssueView:
    """Everything that is printed of an issue."""
    path = issue_path(issue)
    permalink = site_url(publication, path)
    base = permalink.rstrip("/") + ".md"
    named = issue if issue.name else replace(issue, name=publication.name)
    day = issue_day(issue)
    guid = as_uri(issue.guid) if issue.guid else permalink
    lead = block_html(issue.lead, base)
    return IssueView(
        path=path,
        permalink=permalink,
        guid=guid,
        title=inline_text(named.title) or day.isoformat(),
        headline=_seen(inline_text(issue.headline)),
        number=issue.number,
        day=day,
        date=long_date(day, publication.language),
        short_date=short_date(day, publication.language),
        published_at=published_at(issue, publication),
        updated_at=updated_at(issue, publication),
        notes=tuple(marked(block_html(note, base)) for note in dict.fromkeys(issue.notes) if note.strip()),
        lead=marked(lead),
        lead_text=html_to_text(lead),
        opener=marked(block_html(issue.opener, base)),
        briefs=tuple(marked(_without_paragraph(block_html(brief, base))) for brief in issue.briefs if brief.strip()),
        sections=_section_views(issue, publication, permalink, guid, base),
        footer=marked(block_html(issue.footer, base)),
    )


def _section_views(issue: Issue, publication: Publication, permalink: str, guid: str, base: str) -> tuple[SectionView, ...]:
    # Items choose their anchors first: guids are made of them. `main` is the page's own.
    taken = {"main"}
    printed = [section for section in issue.sections if section.items]
    items = [tuple(_item_view(item, publication, permalink, guid, base, taken) for item in section.items) for section in printed]
    views = []
    for position, (section, own) in enumerate(zip(printed, items, strict=True), start=1):
        anchor = _unique(_anchor(section.slug) or f"section-{position}", taken)
        note = marked(block_html(section.note, base))
        views.append(SectionView(anchor, section.slug, _seen(inline_text(section.name)), note, own))
    return tuple(views)


def _item_view(item: Item, publication: Publication, permalink: str, guid: str, base: str, taken: set[str]) -> ItemView:
    anchor = _unique(_anchor(item.anchor) or f"item-{len(taken)}", taken)
    fragment = encode_url(f"#{anchor}").removeprefix("#")
    url = absolute_url(item.url)
    title = _seen(inline_text(item.title))
    markup = inline_html(item.title) if title else ""
    source = _seen(inline_text(item.source))
    summary = block_html(item.summary, base)
    fallback = title or source or (host(url) if url else "") or strings(publication.language)["untitled"]
    return ItemView(
        anchor=anchor,
        fragment=fragment,
        permalink=f"{permalink}#{fragment}",
        guid=item_guid(guid, fragment),
        url=url,
        title=fallback,
        title_html=marked(markup) if _seen(html_to_text(markup)) else Markup.escape(fallback),
        source=source,
        tags=tuple(tag for tag in map(clean_line, item.tags) if _seen(tag)),
        links=_link_views(item, publication),
        html=marked(summary),
        text=html_to_text(summary),
    )


def item_guid(issue_guid: str, fragment: str) -> str:
    """What feeds call an item for ever: made of its issue's guid, so that a new address of the issue does not change it."""
    if is_http(issue_guid):
        return f"{issue_guid.partition('#')[0]}#{fragment}"
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{issue_guid}#{fragment}").urn


def _link_views(item: Item, publication: Publication) -> tuple[LinkView, ...]:
    views: list[LinkView] = []
    for link in item.links:
        url = absolute_url(link.url)
        if url is None or any(view.url == url for view in views):
            continue
        label = _seen(inline_text(link.label).rstrip(":： ")) or link_label(link.role, publication)
        views.append(LinkView(label, link.role, url, host(url)))
    return tuple(views)


def link_label(role: str, publication: Publication) -> str:
    """The label to print for a link of that role that carries none."""
    labels = publication.profile.link_labels
    if labels == DEFAULT_LINK_LABELS and strings(publication.language)["link"] == _ENGLISH_LABELS["link"]:
        labels = _ENGLISH_LABELS
    return labels.get(role) or labels.get("link") or strings(publication.language)["link"]


def _seen(text: str) -> str:
    """The text, or "" where there is nothing to see of it: a link or a heading of blanks alone is none to its reader."""
    if text.isascii():
        return text if text.strip() else ""
    return text if any(unicodedata.category(char)[0] in "LNPS" and char not in _FILLERS for char in text) else ""


def _anchor(name: str) -> str:
    # White space ends an id in HTML; quotes and the like only make links that people cannot copy.
    return re.sub(r"[^\w.~-]+", "-", clean_line(name)).strip("-")


def _unique(name: str, taken: set[str]) -> str:
    candidate, count = name, 1
    while candidate in taken:
        count += 1
        candidate = f"{name}-{count}"
    taken.add(candidate)
    return candidate


def _without_paragraph(markup: str) -> str:
    if not (markup.startswith("<p>") and markup.endswith("</p>")):
        return markup
    inner = markup[3:-4]
    return markup if "<p>" in inner or "</p>" in inner else inner


def marked(sanitised: str) -> Markup:
    """Tells templates not to escape what markup.py has sanitised; nothing else may be given to it."""
    return Markup(sanitised)  # noqa: S704


def publication_author(publication: Publication) -> str:
    """The name that stands as author: Atom is invalid without one (RFC 4287, 4.1.1)."""
    return clean_line(publication.author) or clean_line(publication.name) or site_url(publication)


def publication_language(publication: Publication) -> str:
    """The language as a tag for `lang` attributes and feeds."""
    return language_tag(publication.language)


def publication_description(publication: Publication) -> str:
    """One paragraph of plain text about the publication, never empty: RSS asks for a description."""
    return inline_text(publication.description) or inline_text(publication.tagline) or inline_text(publication.name)
