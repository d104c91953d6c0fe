"""OPML 2.0 (opml.org/spec2): sources.opml, the upstreams to subscribe to, and the same where readers look for a blogroll."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import format_datetime

from lxml import etree

from aggregator.publish.content import publication_author, site_url, updated_at
from aggregator.publish.edition import Edition, Format, Planned
from aggregator.publish.markup import absolute_url, unmistakable

MEDIA_TYPE = "text/x-opml"
PATHS = ("sources.opml", ".well-known/recommendations.opml")


class OpmlRenderer(Format):
    """Writes the list of sources; nothing where there is none to show."""

    name = "opml"

    def plan(self, edition: Edition) -> Iterator[Planned]:
        """The same bytes at both places."""
        if not edition.sources:
            return
        newest = [edition.head_key(issue) for issue in edition.issues[:1]]
        key = edition.key(self.name, *map(repr, edition.sources), *newest)
        for path in PATHS:
            yield Planned(path, MEDIA_TYPE, key, lambda: opml_bytes(edition))


def opml_bytes(edition: Edition) -> bytes:
    """The sources in the order of sections, which are their categories. One flat list: not every reader opens groups."""
    publication = edition.publication
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = unmistakable(publication.name)
    if edition.issues:
        changed = max(updated_at(issue, publication) for issue in edition.issues[:1])
        etree.SubElement(head, "dateModified").text = format_datetime(changed, usegmt=True)
    etree.SubElement(head, "ownerName").text = unmistakable(publication_author(publication))
    etree.SubElement(head, "ownerId").text = site_url(publication)
    body = etree.SubElement(root, "body")
    titles = {section.slug: unmistakable(section.title) for section in publication.sections}
    order = {slug: position for position, slug in enumerate(titles)}
    listed: set[str] = set()
    for entry in sorted(edition.sources, key=lambda entry: order.get(entry.section, len(order))):
        address = absolute_url(entry.feed_url)
        if address is None or address in listed:
            continue
        listed.add(address)
        title = unmistakable(entry.title) or address
        outline = etree.SubElement(body, "outline", type="rss", text=title, title=title, xmlUrl=address)
        if home := absolute_url(entry.home_url):
            outline.set("htmlUrl", home)
        if entry.section in titles:
            outline.set("category", "/" + titles[entry.section].replace("/", " ").replace(",", " "))
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
