"""sitemap.xml (sitemaps.org/protocol) and the robots.txt that names it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from lxml import etree

from aggregator.model import Issue
from aggregator.publish.content import issue_path, site_url, updated_at
from aggregator.publish.edition import Edition, Format, Planned

_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


class SitemapRenderer(Format):
    """Writes the addresses of all pages, with the instant of their last change where issues tell it."""

    name = "sitemap"

    def plan(self, edition: Edition) -> Iterator[Planned]:
        """sitemap.xml and robots.txt."""
        publication = edition.publication
        heads = [f"{edition.head_key(issue)} {sorted(_slugs(issue))}" for issue in edition.issues]
        yield Planned("sitemap.xml", "application/xml", edition.key(self.name, *heads), lambda: sitemap_bytes(edition))
        robots = f"User-agent: *\nAllow: /\n\nSitemap: {site_url(publication, 'sitemap.xml')}\n"
        yield Planned("robots.txt", "text/plain", edition.key("robots"), robots.encode)


def sitemap_bytes(edition: Edition) -> bytes:
    """All pages of the site but the error page."""
    publication, issues = edition.publication, edition.issues
    root = etree.Element(f"{{{_NAMESPACE}}}urlset", nsmap={None: _NAMESPACE})  # type: ignore[dict-item]  # the stubs know no default namespace
    newest = max((updated_at(issue, publication) for issue in issues), default=None)
    _add(root, site_url(publication), newest)
    for issue in issues:
        _add(root, site_url(publication, issue_path(issue)), updated_at(issue, publication))
    _add(root, site_url(publication, "archive/"), newest)
    for section in publication.sections:
        changed = max((updated_at(issue, publication) for issue in issues if section.slug in _slugs(issue)), default=None)
        _add(root, site_url(publication, f"sections/{section.slug}/"), changed)
    _add(root, site_url(publication, "search/"), newest)
    _add(root, site_url(publication, "subscribe/"), None)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _slugs(issue: Issue) -> set[str]:
    return {part.slug for part in issue.sections if part.items}


def _add(root: etree._Element, address: str, changed_at: datetime | None) -> None:
    url = etree.SubElement(root, f"{{{_NAMESPACE}}}url")
    etree.SubElement(url, f"{{{_NAMESPACE}}}loc").text = address
    if changed_at is not None:
        etree.SubElement(url, f"{{{_NAMESPACE}}}lastmod").text = changed_at.isoformat()
