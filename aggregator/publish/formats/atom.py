"""Atom 1.0 (RFC 4287): atom.xml, items.atom and one feed a section."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aggregator.model import Document, Issue, Publication
from aggregator.publish.feedgen_ext import generator, xml_bytes
from aggregator.publish.feeds import Feed, feeds

MEDIA_TYPE = "application/atom+xml"


class AtomRenderer:
    """Writes every feed as Atom."""

    name = "atom"

    def render(self, publication: Publication, issues: Sequence[Issue]) -> Iterator[Document]:
        """One document a feed; `issues` newest first."""
        for feed in feeds(publication, issues):
            yield Document(feed.paths.atom, MEDIA_TYPE, atom_bytes(feed))


def atom_bytes(feed: Feed) -> bytes:
    """A feed as Atom in UTF-8."""
    made = generator(feed, self_url=feed.base_url + feed.paths.atom, media_type=MEDIA_TYPE, rss=False)
    return xml_bytes(made.atom_str(pretty=True))
