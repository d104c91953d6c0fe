"""Which feeds there are and what stands in them, before any of it is RSS, Atom or JSON. Pure.

Three families: one entry per issue (the primary feed), one entry per item, and one entry per item of a section. All of them
cover the last 20 issues. Instants come from the issues, never from a clock, so the same issues give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from aggregator.model import Issue, Publication, Section
from aggregator.publish.content import (
    IssueView,
    ItemView,
    SectionView,
    issue_view,
    publication_author,
    publication_description,
    publication_language,
    published_at,
    site_url,
)
from aggregator.publish.markup import as_uri, text_html, unlike, unmistakable
from aggregator.publish.strings import strings
from aggregator.publish.templating import render

LAST_ISSUES = 20
# Atom must have an instant even before the first issue, and validators call dates before 1990 implausible.
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A link of a feed or an entry; `rel` is an Atom relation, `title` and `media_type` may be ""."""

    href: str
    rel: str
    media_type: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry. `guid` is a URI; `url` is where its title leads, `permalink` our own address of it; `summary_html` may be "",
    `content_html` never is. Both are sanitised, with absolute URLs. `title` and `summary_text` are plain text."""

    guid: str
    permalink: str
    url: str
    title: str
    author: str
    published_at: datetime
    updated_at: datetime
    summary_html: str
    summary_text: str
    content_html: str
    categories: tuple[str, ...]
    links: tuple[FeedLink, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedPaths:
    """Where the three formats of one feed lie, relative to the site's root."""

    rss: str
    atom: str
    json: str


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed, entries newest first. `home_url` is the page it belongs to; `updated_at` the newest change of its issues."""

    paths: FeedPaths
    base_url: str
    home_url: str
    title: str
    description: str
    language: str
    author: str
    hub: str | None
    updated_at: datetime
    entries: tuple[FeedEntry, ...]


ISSUES = FeedPaths("feed.xml", "atom.xml", "feed.json")
ITEMS = FeedPaths("items.xml", "items.atom", "items.json")


def section_paths(section: Section) -> FeedPaths:
    """Where the feeds of a section lie."""
    folder = f"sections/{section.slug}/"
    return FeedPaths(folder + "feed.xml", folder + "atom.xml", folder + "feed.json")


def feeds(publication: Publication, issues: Sequence[Issue]) -> Iterator[Feed]:
    """All feeds of a publication, the primary one first."""
    newest = sorted(issues, key=lambda issue: published_at(issue, publication), reverse=True)
    owners = {as_uri(issue.guid): issue for issue in newest}
    # A guid that two issues claim stays the older one's for ever; the other goes by its own address.
    own = [issue if owners[as_uri(issue.guid)] is issue else replace(issue, guid="") for issue in newest[:LAST_ISSUES]]
    views = [issue_view(issue, publication) for issue in own]
    yield _feed(publication, ISSUES, "", "", views, [_issue_entry(view, publication) for view in views])
    items = [_item_entry(item, part, view, publication) for view in views for part in view.sections for item in part.items]
    yield _feed(publication, ITEMS, "", strings(publication.language)["items"], views, items)
    for section in publication.sections:
        chosen = [
            _item_entry(item, part, view, publication)
            for view in views
            for part in view.sections
            if part.slug == section.slug
            for item in part.items
        ]
        carrying = [view for view in views if any(part.slug == section.slug for part in view.sections)] or views[-1:]
        yield _feed(publication, section_paths(section), f"sections/{section.slug}/", section.title, carrying, chosen)


def _feed(
    publication: Publication,
    paths: FeedPaths,
    home: str,
    part: str,
    views: Sequence[IssueView],
    entries: Sequence[FeedEntry],
) -> Feed:
    name = unmistakable(publication.name)
    return Feed(
        paths=paths,
        base_url=site_url(publication),
        home_url=site_url(publication, home),
        title=f"{name} · {unmistakable(part)}" if part else name,
        description=unmistakable(publication_description(publication)),
        language=publication_language(publication),
        author=unmistakable(publication_author(publication)),
        hub=publication.hub or None,
        updated_at=max((view.updated_at for view in views), default=_NEVER),
        entries=tuple(entries),
    )


def _issue_entry(view: IssueView, publication: Publication) -> FeedEntry:
    words = strings(publication.language)
    return FeedEntry(
        guid=view.guid,
        permalink=view.permalink,
        url=view.permalink,
        title=unmistakable(view.title),
        author=unmistakable(publication_author(publication)),
        published_at=view.published_at,
        updated_at=view.updated_at,
        summary_html=str(view.lead),
        summary_text=_plain(view.lead_text),
        content_html=unlike(render("feed/issue.html", issue=view, words=words).strip()),
        categories=tuple(dict.fromkeys(unmistakable(section.name) for section in view.sections if section.name)),
    )


def _item_entry(item: ItemView, section: SectionView, view: IssueView, publication: Publication) -> FeedEntry:
    words = strings(publication.language)
    related = [FeedLink(link.url, "related", "", unmistakable(link.label)) for link in item.links if link.url != item.url]
    return FeedEntry(
        guid=item.guid,
        permalink=item.permalink,
        url=item.url or item.permalink,
        title=unmistakable(item.title),
        author=unmistakable(item.source or publication_author(publication)),
        published_at=view.published_at,
        updated_at=view.updated_at,
        summary_html=str(item.html) or text_html(item.title),
        summary_text=_plain(item.text or item.title),
        content_html=unlike(render("feed/item.html", item=item, issue=view, words=words).strip()),
        categories=(unmistakable(section.name),) if section.name else (),
        links=(FeedLink(item.permalink, "via", "text/html", unmistakable(view.title)), *related),
    )


def _plain(text: str) -> str:
    return "\n".join(unmistakable(line) for line in text.split("\n"))
