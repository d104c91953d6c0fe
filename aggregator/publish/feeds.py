"""Which feeds there are and what stands in them, before any of it is RSS, Atom or JSON. Pure.

Three families: one entry per issue (the primary feed), one entry per item, and one entry per item of a section. Each covers
the last 20 issues, and older ones in archive documents (RFC 5005, 4) of 10 issues each, counted from the first issue, so that
one that is full changes no more. Instants come from the issues, never from a clock, so the same issues give the same bytes.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from aggregator.model import Issue, Publication, Section
from aggregator.publish.content import (
    IssueView,
    ItemView,
    SectionView,
    publication_author,
    publication_description,
    publication_language,
    published_at,
    site_url,
)
from aggregator.publish.edition import PART_ISSUES, Edition, Format, Planned
from aggregator.publish.markup import as_uri, text_html, unlike, unmistakable
from aggregator.publish.strings import strings
from aggregator.publish.templating import render

LAST_ISSUES = 20
ARCHIVE_ISSUES = PART_ISSUES
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

    def archive(self, number: int) -> FeedPaths:
        """Where its archive document of that number lies; the oldest is 1."""
        return FeedPaths(*(_numbered(path, number) for path in (self.rss, self.atom, self.json)))


@dataclass(frozen=True, slots=True)
class Feed:
    """One document of a feed, entries newest first. `home_url` is the page it belongs to; `updated_at` the newest change of
    its issues. `current` is where the newest entries are, `older` and `newer` are the archive documents beside this one, each
    None where there is none; `is_archive` is False for the document that people subscribe to."""

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
    current: FeedPaths
    older: FeedPaths | None = None
    newer: FeedPaths | None = None
    is_archive: bool = False


@dataclass(frozen=True, slots=True)
class PlannedFeed:
    """One document of a feed that is made when it is needed; `key` changes whenever it may. Made once for formats that ask for
    it one after the other. `part` is as for Planned."""

    paths: FeedPaths
    key: str
    feed: Callable[[], Feed]
    part: int = 0


ISSUES = FeedPaths("feed.xml", "atom.xml", "feed.json")
ITEMS = FeedPaths("items.xml", "items.atom", "items.json")


def section_paths(section: Section) -> FeedPaths:
    """Where the feeds of a section lie."""
    folder = f"sections/{section.slug}/"
    return FeedPaths(folder + "feed.xml", folder + "atom.xml", folder + "feed.json")


def _numbered(path: str, number: int) -> str:
    folder, _, name = path.rpartition("/")
    stem, _, ending = name.rpartition(".")
    return f"{folder or 'archive'}/{stem}-{number}.{ending}"


@dataclass(frozen=True, slots=True)
class _Family:
    """One feed with its archive: where it lies, the page it belongs to, and the section it is about ("" for all)."""

    paths: FeedPaths
    home: str
    part: str
    slug: str | None


def plan_feeds(edition: Edition) -> Iterator[PlannedFeed]:
    """All documents of all feeds; of a feed the archive comes first, so that every link leads somewhere."""
    publication = edition.publication
    newest = sorted(edition.issues, key=lambda issue: published_at(issue, publication), reverse=True)
    owners = {as_uri(issue.guid): issue for issue in newest}
    # A guid that two issues claim stays the older one's for ever; the other goes by its own address.
    owned = {id(issue) for issue in newest if owners[as_uri(issue.guid)] is issue}
    own = [issue if id(issue) in owned else replace(issue, guid="") for issue in newest]
    # Entries may stand in an archive and in the newest document. With more than 20 issues there are always two archives or more:
    # one alone would have no neighbour to name, and validators call it incomplete.
    last = len(own) // ARCHIVE_ISSUES if len(own) > LAST_ISSUES else 0
    oldest_first = own[::-1]
    families = [
        _Family(ITEMS, "", strings(publication.language)["items"], ""),
        *(
            _Family(section_paths(section), f"sections/{section.slug}/", section.title, section.slug)
            for section in publication.sections
        ),
        _Family(ISSUES, "", "", None),
    ]
    latest = _Latest()
    makers = {family.paths: _Maker(edition, family, last, latest) for family in families}
    for number in range(1, last + 1):
        chosen = oldest_first[(number - 1) * ARCHIVE_ISSUES : number * ARCHIVE_ISSUES][::-1]
        for family in families:
            yield makers[family.paths].planned(chosen, number)
    for family in families:
        yield makers[family.paths].planned(own[:LAST_ISSUES], None)


class FeedFormat(Format):
    """A format of feeds: what it makes of one, and so of all."""

    def plan(self, edition: Edition) -> Iterator[Planned]:
        """One document a feed and archive document."""
        return map(self.plan_feed, plan_feeds(edition))

    @abstractmethod
    def plan_feed(self, planned: PlannedFeed) -> Planned:
        """The document of one feed in this format."""


class _Latest:
    """The feed that was made last, and entries that two families show. No more is kept: 10,000 items fill the memory."""

    def __init__(self) -> None:
        self.paths: FeedPaths | None = None
        self.feed: Feed | None = None
        self.number: int | None = None
        self.entries: dict[tuple[str, str], FeedEntry] = {}

    def entries_of(self, number: int | None) -> dict[tuple[str, str], FeedEntry]:
        """The entries of items made for the archive document of that number, by issue and anchor."""
        if number != self.number:
            self.number, self.entries = number, {}
        return self.entries


class _Maker:
    """Makes the documents of one family."""

    def __init__(self, edition: Edition, family: _Family, last: int, latest: _Latest) -> None:
        self._edition = edition
        self._family = family
        self._last = last
        self._latest = latest

    def planned(self, issues: Sequence[Issue], number: int | None) -> PlannedFeed:
        paths = self._family.paths.archive(number) if number else self._family.paths
        older = number - 1 if number else self._last
        newer = number + 1 if number and number < self._last else 0
        key = self._edition.key("feed", paths.rss, older, newer, *(self._edition.full_key(issue) for issue in issues))

        def make() -> Feed:
            latest = self._latest
            if latest.feed is None or latest.paths != paths:
                latest.feed = self._feed(issues, paths, older, newer, number)
                latest.paths = paths
            return latest.feed

        return PlannedFeed(paths, key, make, number or 0)

    def _feed(self, issues: Sequence[Issue], paths: FeedPaths, older: int, newer: int, number: int | None) -> Feed:
        publication, family = self._edition.publication, self._family
        views = [self._edition.view(issue) for issue in issues]
        name = unmistakable(publication.name)
        carrying = [view for view in views if any(part.slug == family.slug for part in view.sections)] if family.slug else views
        return Feed(
            paths=paths,
            base_url=site_url(publication),
            home_url=site_url(publication, family.home),
            title=f"{name} · {unmistakable(family.part)}" if family.part else name,
            description=unmistakable(publication_description(publication)),
            language=publication_language(publication),
            author=unmistakable(publication_author(publication)),
            hub=publication.hub or None,
            updated_at=max((view.updated_at for view in carrying or views[-1:]), default=_NEVER),
            entries=tuple(self._entries(views, self._latest.entries_of(number))),
            current=family.paths,
            older=family.paths.archive(older) if older else None,
            newer=family.paths.archive(newer) if newer else None,
            is_archive=number is not None,
        )

    def _entries(self, views: Sequence[IssueView], kept: dict[tuple[str, str], FeedEntry]) -> Iterator[FeedEntry]:
        publication, slug = self._edition.publication, self._family.slug
        for view in views:
            if slug is None:
                yield _issue_entry(view, publication)
                continue
            for part in view.sections:
                for item in part.items if slug in {"", part.slug} else ():
                    known = (view.path, item.anchor)
                    if known not in kept:
                        kept[known] = _item_entry(item, part, view, publication)
                    yield kept[known]


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
