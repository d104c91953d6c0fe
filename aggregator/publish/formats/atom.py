"""Atom 1.0 (RFC 4287): atom.xml, items.atom and one feed a section."""

from __future__ import annotations

from aggregator.publish.edition import Planned
from aggregator.publish.feedgen_ext import generator, xml_bytes
from aggregator.publish.feeds import Feed, FeedFormat, PlannedFeed

MEDIA_TYPE = "application/atom+xml"


class AtomRenderer(FeedFormat):
    """Writes every feed as Atom."""

    name = "atom"

    def plan_feed(self, planned: PlannedFeed) -> Planned:
        """The document of one feed."""
        return Planned(planned.paths.atom, MEDIA_TYPE, planned.key, lambda: atom_bytes(planned.feed()), planned.part)


def atom_bytes(feed: Feed) -> bytes:
    """A feed as Atom in UTF-8."""
    made = generator(feed, self_url=feed.base_url + feed.paths.atom, media_type=MEDIA_TYPE, rss=False)
    return xml_bytes(made.atom_str(pretty=True))
