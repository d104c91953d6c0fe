"""The site: home, one page an issue, the archive by year, sections, subscribe, 404 and the style sheet.

Plain HTML and CSS: no script, nothing from another host, internal links relative so that a copy on disk or under another
address works as well. Pages of issues come first, so that nothing points at a page that is not there yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from itertools import groupby
from urllib.parse import urlsplit

from aggregator.model import Document, Issue, Publication, Section
from aggregator.publish.content import (
    IssueView,
    ItemView,
    issue_view,
    marked,
    publication_description,
    publication_language,
    site_url,
)
from aggregator.publish.feeds import ISSUES, ITEMS, section_paths
from aggregator.publish.markup import inline_html, unmistakable
from aggregator.publish.strings import strings
from aggregator.publish.templating import render
from aggregator.text import clean_line, trim

MEDIA_TYPE = "text/html"
SECTION_ISSUES = 50
HOME_ISSUES = 12
_DESCRIPTION_CHARS = 200


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
    """One issue in a list: its view without texts, and how many items it has."""

    issue: IssueView
    count: int


class HtmlRenderer:
    """Writes the pages of the site."""

    name = "html"

    def render(self, publication: Publication, issues: Sequence[Issue]) -> Iterator[Document]:
        """All pages; `issues` newest first."""
        site = _Site(publication)
        rows: list[Row] = []
        latest: IssueView | None = None
        for position, issue in enumerate(issues):
            view = issue_view(issue, publication)
            latest = latest or view
            newer = issues[position - 1] if position else None
            older = issues[position + 1] if position + 1 < len(issues) else None
            yield site.issue(view, _neighbour(older, publication), _neighbour(newer, publication))
            rows.append(Row(_without_texts(view), len(view.items)))
        for section in publication.sections:
            yield site.section(section, rows)
        yield site.archive(rows)
        yield site.subscribe()
        yield site.not_found()
        yield Document("style.css", "text/css", _style())
        yield site.home(latest, rows)


class _Site:
    """The pages of one publication."""

    def __init__(self, publication: Publication) -> None:
        self._publication = publication
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
        }

    def _document(self, template: str, page: Page, **values: object) -> Document:
        text = render(template, page=page, **self._values, **values)
        folder = page.path == "" or page.path.endswith("/")
        return Document(page.path + "index.html" if folder else page.path, MEDIA_TYPE, text.encode())

    def issue(self, view: IssueView, older: IssueView | None, newer: IssueView | None) -> Document:
        words = view.lead_text or " · ".join(item.title for item in view.items)
        page = Page(view.path, "../../", unmistakable(view.title), _short(words or view.title), kind="article")
        return self._document("issue.html", page, issue=view, older=older, newer=newer)

    def home(self, latest: IssueView | None, rows: Sequence[Row]) -> Document:
        page = Page("", "", unmistakable(self._publication.name), _short(publication_description(self._publication)))
        return self._document("home.html", page, latest=latest, rows=rows[1 : HOME_ISSUES + 1], total=len(rows))

    def archive(self, rows: Sequence[Row]) -> Document:
        page = self._page("archive/", "../", self._words["archive"])
        years = [(year, list(group)) for year, group in groupby(rows, key=lambda row: row.issue.day.year)]
        return self._document("archive.html", page, years=years, total=len(rows))

    def section(self, section: Section, rows: Sequence[Row]) -> Document:
        page = replace(self._page(f"sections/{section.slug}/", "../../", section.title), section=section)
        found = [(row.issue, items) for row in rows if (items := _items_of(row.issue, section.slug))]
        shown = found[:SECTION_ISSUES]
        return self._document("section.html", page, section=section, groups=shown, more=len(found) > len(shown))

    def subscribe(self) -> Document:
        return self._document("subscribe.html", self._page("subscribe/", "../", self._words["subscribe"]))

    def not_found(self) -> Document:
        # Served for any address, however deep: its links start at the host.
        root = urlsplit(site_url(self._publication)).path
        return self._document("404.html", self._page("404.html", root, self._words["not_found"]))

    def _page(self, path: str, root: str, title: str) -> Page:
        named = f"{unmistakable(title)} · {unmistakable(self._publication.name)}"
        return Page(path, root, named, _short(publication_description(self._publication)))


def _neighbour(issue: Issue | None, publication: Publication) -> IssueView | None:
    return (
        issue_view(replace(issue, sections=(), briefs=(), notes=(), lead="", opener="", footer=""), publication)
        if issue
        else None
    )


def _items_of(view: IssueView, slug: str) -> tuple[ItemView, ...]:
    return tuple(item for section in view.sections if section.slug == slug for item in section.items)


def _without_texts(view: IssueView) -> IssueView:
    # Lists show titles alone; the texts of ten thousand items need not stay in memory for them.
    empty = view.footer[:0]
    sections = tuple(
        replace(section, note=empty, items=tuple(replace(item, html=empty, text="") for item in section.items))
        for section in view.sections
    )
    return replace(view, lead=empty, opener=empty, notes=(), briefs=(), footer=empty, sections=sections)


def _short(text: str) -> str:
    return trim(unmistakable(text), _DESCRIPTION_CHARS)


def _style() -> bytes:
    return files("aggregator.publish").joinpath("templates/style.css").read_bytes()
