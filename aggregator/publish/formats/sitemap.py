"""sitemap.xml (sitemaps.org/protocol) and the robots.txt that names it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from lxml import etree

from aggregator.model import Document, Issue, Publication
from aggregator.publish.content import issue_path, site_url, updated_at

_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


class SitemapRenderer:
    """Writes the addresses of all pages, with the instant of their last change where issues tell it."""

    name = "sitemap"

    def render(self, publication: Publication, issues: Sequence[Issue]) -> Iterator[Document]:
        """sitemap.xml and robots.txt."""
        root = etree.Element(f"{{{_NAMESPACE}}}urlset", nsmap={None: _NAMESPACE})  # type: ignore[dict-item]  # the stubs know no default namespace
        newest = max((updated_at(issue, publication) for issue in issues), default=None)
        _add(root, site_url(publication), newest)
        for issue in issues:
            _add(root, site_url(publication, issue_path(issue)), updated_at(issue, publication))
        _add(root, site_url(publication, "archive/"), newest)
        for section in publication.sections:
            own = [issue for issue in issues if any(part.slug == section.slug and part.items for part in issue.sections)]
            changed = max((updated_at(issue, publication) for issue in own), default=None)
            _add(root, site_url(publication, f"sections/{section.slug}/"), changed)
        _add(root, site_url(publication, "subscribe/"), None)
        body = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
        yield Document("sitemap.xml", "application/xml", body)
        robots = f"User-agent: *\nAllow: /\n\nSitemap: {site_url(publication, 'sitemap.xml')}\n"
        yield Document("robots.txt", "text/plain", robots.encode())


def _add(root: etree._Element, address: str, changed_at: datetime | None) -> None:
    url = etree.SubElement(root, f"{{{_NAMESPACE}}}url")
    etree.SubElement(url, f"{{{_NAMESPACE}}}loc").text = address
    if changed_at is not None:
        etree.SubElement(url, f"{{{_NAMESPACE}}}lastmod").text = changed_at.isoformat()
