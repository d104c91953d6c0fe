"""RSS 2.0: feed.xml (the primary feed), items.xml and one feed a section."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aggregator.model import Document, Issue, Publication
from aggregator.publish.feedgen_ext import generator, xml_bytes
from aggregator.publish.feeds import Feed, feeds

MEDIA_TYPE = "application/rss+xml"


class RssRenderer:
    """Writes every feed as RSS, with Atom and Dublin Core elements for what RSS has no place for."""

    name = "rss"

    def render(self, publication: Publication, issues: Sequence[Issue]) -> Iterator[Document]:
        """One document a feed; `issues` newest first."""
        for feed in feeds(publication, issues):
            yield Document(feed.paths.rss, MEDIA_TYPE, rss_bytes(feed))


def rss_bytes(feed: Feed) -> bytes:
    """A feed as RSS 2.0 in UTF-8."""
    made = generator(feed, self_url=feed.base_url + feed.paths.rss, media_type=MEDIA_TYPE, rss=True)
    return xml_bytes(made.rss_str(pretty=True))
