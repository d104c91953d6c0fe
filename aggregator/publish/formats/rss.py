"""RSS 2.0: feed.xml (the primary feed), items.xml and one feed a section."""

from __future__ import annotations

from aggregator.publish.edition import Planned
from aggregator.publish.feedgen_ext import generator, xml_bytes
from aggregator.publish.feeds import Feed, FeedFormat, PlannedFeed

MEDIA_TYPE = "application/rss+xml"


class RssRenderer(FeedFormat):
    """Writes every feed as RSS, with Atom and Dublin Core elements for what RSS has no place for."""

    name = "rss"

    def plan_feed(self, planned: PlannedFeed) -> Planned:
        """The document of one feed."""
        return Planned(planned.paths.rss, MEDIA_TYPE, planned.key, lambda: rss_bytes(planned.feed()), planned.part)


def rss_bytes(feed: Feed) -> bytes:
    """A feed as RSS 2.0 in UTF-8."""
    made = generator(feed, self_url=feed.base_url + feed.paths.rss, media_type=MEDIA_TYPE, rss=True)
    return xml_bytes(made.rss_str(pretty=True))
