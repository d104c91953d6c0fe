"""The name that is printed after an item's title: whose page it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlsplit

from aggregator.model import Entry, Source
from aggregator.poll.sitenames import SITES, site_name
from aggregator.poll.sources import KINDS
from aggregator.urls import host, names_itself

_OF_A_FEED = re.compile(
    r"(?:feeds?|rss\d?|atom|posts|default|latest|all|index)(?:\.\w{2,4})?|[\w.-]+\.(?:xml|rss|atom|rdf|json)", re.IGNORECASE
)
_OF_ONE_SITE = frozenset(("feed", "page", "sitemap"))


@dataclass
class Names:
    """Names for what the given sources, by name, bring."""

    sources: Mapping[str, Source]
    _passing: dict[str, bool] = field(default_factory=dict)

    def printed(self, entry: Entry) -> str:
        """The name for an entry: that of its source; where this passes on what others wrote, that of the page's site, by the
        name of the source that has this site, else its own. "" for papers and repositories, which are known by their own
        name, and for what nobody names."""
        source = self.sources.get(entry.source)
        if source is None:
            return entry.feed_title or ""
        if not self._passes_on(source):
            return source.name
        if entry.url is None or names_itself(entry.url):
            return ""
        return self._own(entry.url) or site_name(entry.url)

    def _passes_on(self, source: Source) -> bool:
        known = self._passing.get(source.name)
        if known is None:
            known = self._passing[source.name] = KINDS[source.kind].passes_on(source)
        return known

    def _own(self, url: str) -> str:
        path = urlsplit(url).path
        found = [(len(folder), name) for folder, name in self._folders.get(host(url), ()) if path.startswith(folder)]
        return max(found)[1] if found else ""

    @cached_property
    def _folders(self) -> dict[str, list[tuple[str, str]]]:
        """By host: under which folder which source's pages lie. That of `/blog/feed.xml` is `/blog/`."""
        found: dict[str, list[tuple[str, str]]] = {}
        for source in self.sources.values():
            name = host(source.url)
            if source.kind in _OF_ONE_SITE and name not in SITES and not self._passes_on(source):
                parts = urlsplit(source.url).path.strip("/").split("/")
                while parts and (not parts[-1] or _OF_A_FEED.fullmatch(parts[-1])):
                    parts.pop()
                found.setdefault(name, []).append(("".join(("/", *(f"{part}/" for part in parts))), source.name))
        return found
