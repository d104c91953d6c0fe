"""The site: home, one page an issue, the archive by year, sections, search, subscribe, 404 and the style sheet.

Plain HTML and CSS: nothing needs a script (search alone may bring one), nothing comes from another host, internal links are
relative so that a copy on disk or under another address works as well. Pages of issues come first, so that nothing points at a
page that is not there yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.resources import files
from itertools import groupby
from urllib.parse import urlsplit

from aggregator.model import Issue, Section
from aggregator.publish.content import (
    IssueView,
    ItemView,
    issue_path,
    marked,
    publication_description,
    publication_language,
    site_url,
)
from aggregator.publish.edition import Edition, Format, Planned
from aggregator.publish.feeds import ISSUES, ITEMS, section_paths
from aggregator.publish.markup import inline_html, inline_text, unmistakable
from aggregator.publish.strings import strings
from aggregator.publish.templating import render
from aggregator.text import clean_line, trim

MEDIA_TYPE = "text/html"
SECTION_ISSUES = 50
HOME_ISSUES = 12
_DESCRIPTION_CHARS = 200
_TEASER_TITLES = 3
_TEASER_CHARS = 120


@dataclass(frozen=True, slots=True)
class Page:
    """What the head of a page needs. `root` leads from the page to the site's root ("" or "../../"), `kind` is Open Graph's."""

    path: str
    root: str
    title: str
    description: str
    kind: str = "website"
    section: Section | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One issue in a list: its view without texts, how many items it has, and some of their titles where it has no headline."""

    issue: IssueView
    count: int
    teaser: str


class HtmlRenderer(Format):
    """Writes the pages of the site."""

    name = "html"

    def plan(self, edition: Edition) -> Iterator[Planned]:
        """All pages."""
        site = _Site(edition)
        for position, issue in enumerate(edition.issues):
            newer = edition.issues[position - 1] if position else None
            older = edition.issues[position + 1] if position + 1 < len(edition.issues) else None
            yield site.issue(issue, older, newer)
        for section in edition.publication.sections:
            yield site.section(section)
        yield site.archive()
        yield from site.search()
        yield site.subscribe()
        yield site.not_found()
        yield Planned("card.png", "image/png", edition.key("card"), partial(_file, "card.png"))
        yield Planned("icon.svg", "image/svg+xml", edition.key("icon"), partial(_file, "icon.svg"))
        yield Planned("style.css", "text/css", edition.key("style"), partial(_file, "style.css"))
        yield site.home()


class _Site:
    """The pages of one edition, planned."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self._issues = edition.issues
        self._publication = publication = edition.publication
        self._words = strings(publication.language)
        self._values = {
            "publication": publication,
            "name": clean_line(publication.name),
            "tagline_html": marked(inline_html(publication.tagline)),
            "description": publication_description(publication),
            "language": publication_language(publication),
            "words": self._words,
            "feeds": ISSUES,
            "item_feeds": ITEMS,
            "section_feeds": {section.slug: section_paths(section) for section in publication.sections},
            "base": site_url(publication),
            "blogroll": bool(edition.sources),
            "search": edition.search,
        }

    def _planned(self, path: str, make: Callable[[], bytes], *inputs: str) -> Planned:
        key = self._edition.key("page", path, bool(self._edition.sources), self._edition.search, *inputs)
        return Planned(path + "index.html" if path == "" or path.endswith("/") else path, MEDIA_TYPE, key, make)

    def _bytes(self, template: str, page: Page, **values: object) -> bytes:
        return render(template, page=page, **self._values, **values).encode()

    def _row(self, issue: Issue) -> Row:
        titles = (trim(unmistakable(inline_text(title)), _TEASER_CHARS) for title in _teased(issue))
        return Row(self._edition.head(issue), len(issue.items), " · ".join(filter(None, titles)))

    def _row_key(self, issue: Issue) -> str:
        return "\x1f".join((self._edition.head_key(issue), *_teased(issue)))

    def issue(self, issue: Issue, older: Issue | None, newer: Issue | None) -> Planned:
        edition = self._edition
        inputs = [edition.full_key(issue), *(edition.head_key(one) if one else "" for one in (older, newer))]
        planned = self._planned(issue_path(issue), partial(self._issue, issue, older, newer), *inputs)
        return replace(planned, part=edition.part(issue))

    def _issue(self, issue: Issue, older: Issue | None, newer: Issue | None) -> bytes:
        view = self._edition.view(issue)
        words = view.lead_text or " · ".join(item.title for item in view.items)
        page = Page(view.path, "../../", unmistakable(view.title), _short(words or view.title), kind="article")
        around = {"older": older and self._edition.head(older), "newer": newer and self._edition.head(newer)}
        return self._bytes("issue.html", page, issue=view, **around)

    def home(self) -> Planned:
        edition, listed = self._edition, self._issues[1 : HOME_ISSUES + 1]
        newest = [edition.full_key(issue) for issue in self._issues[:1]]
        inputs = [str(len(self._issues)), *newest, *map(self._row_key, listed)]
        return self._planned("", self._home, *inputs)

    def _home(self) -> bytes:
        page = Page("", "", unmistakable(self._publication.name), _short(publication_description(self._publication)))
        latest = self._edition.view(self._issues[0]) if self._issues else None
        rows = [self._row(issue) for issue in self._issues[1 : HOME_ISSUES + 1]]
        return self._bytes("home.html", page, latest=latest, rows=rows, total=len(self._issues))

    def archive(self) -> Planned:
        return self._planned("archive/", self._archive, *map(self._row_key, self._issues))

    def _archive(self) -> bytes:
        page = self._page("archive/", "../", self._words["archive"])
        rows = map(self._row, self._issues)
        years = [(year, list(group)) for year, group in groupby(rows, key=lambda row: row.issue.day.year)]
        return self._bytes("archive.html", page, years=years, total=len(self._issues))

    def section(self, section: Section) -> Planned:
        carrying = [issue for issue in self._issues if any(part.slug == section.slug and part.items for part in issue.sections)]
        shown = carrying[:SECTION_ISSUES]
        more = len(carrying) > len(shown)
        make = partial(self._section, section, shown, more)
        return self._planned(f"sections/{section.slug}/", make, str(more), *map(self._edition.titles_key, shown))

    def _section(self, section: Section, shown: Sequence[Issue], more: bool) -> bytes:
        page = replace(self._page(f"sections/{section.slug}/", "../../", section.title), section=section)
        views = map(self._edition.titles, shown)
        groups = [(view, _items_of(view, section.slug)) for view in views]
        return self._bytes("section.html", page, section=section, groups=groups, more=more)

    def search(self) -> Iterator[Planned]:
        shown = self._issues[:SECTION_ISSUES]
        more = len(self._issues) > len(shown)
        if self._edition.bundles:
            yield Planned("search/search.js", "text/javascript", self._edition.key("script"), partial(_file, "search.js"))
        make = partial(self._search, shown, more)
        yield self._planned("search/", make, str(more), str(self._edition.bundles), *map(self._edition.titles_key, shown))

    def _search(self, shown: Sequence[Issue], more: bool) -> bytes:
        page = self._page("search/", "../", self._words["search"])
        return self._bytes("search.html", page, issues=map(self._edition.titles, shown), more=more, bundles=self._edition.bundles)

    def subscribe(self) -> Planned:
        page = self._page("subscribe/", "../", self._words["subscribe"])
        return self._planned(page.path, lambda: self._bytes("subscribe.html", page))

    def not_found(self) -> Planned:
        # Served for any address, however deep: its links start at the host.
        root = urlsplit(site_url(self._publication)).path
        page = self._page("404.html", root, self._words["not_found"])
        return self._planned(page.path, lambda: self._bytes("404.html", page))

    def _page(self, path: str, root: str, title: str) -> Page:
        named = f"{unmistakable(title)} · {unmistakable(self._publication.name)}"
        return Page(path, root, named, _short(publication_description(self._publication)))


def _teased(issue: Issue) -> list[str]:
    """The titles that stand for an issue without a headline, as Markdown: the first of each section."""
    if issue.headline.strip():
        return []
    return [section.items[0].title for section in issue.sections if section.items][:_TEASER_TITLES]


def _items_of(view: IssueView, slug: str) -> tuple[ItemView, ...]:
    return tuple(item for section in view.sections if section.slug == slug for item in section.items)


def _short(text: str) -> str:
    return trim(unmistakable(text), _DESCRIPTION_CHARS)


def _file(name: str) -> bytes:
    return files("aggregator.publish").joinpath(f"templates/{name}").read_bytes()
