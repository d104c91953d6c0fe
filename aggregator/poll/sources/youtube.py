"""kind: youtube. The videos of a channel or a playlist, by the feed that YouTube serves for it.

https://developers.google.com/youtube/v3/guides/push_notifications names the address; it lists the 15 newest.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from aggregator.model import Link, Source
from aggregator.poll import kind
from aggregator.poll.kind import own_pages
from aggregator.poll.parse import ACCEPT, parse_fetched
from aggregator.protocols import Fetcher, Option, Polled

_CHANNEL = re.compile(r"UC[A-Za-z0-9_-]{22}")
_PLAYLIST = re.compile(r"[A-Za-z0-9_-]{10,64}")


class YoutubePoller:
    """A channel is named by its id, which begins with UC; `sources add` finds the id of a handle such as @name."""

    kind = "youtube"
    needs_url = False
    passes_on = staticmethod(own_pages)
    options: Sequence[Option] = (
        Option("channel", str, "the id of a channel: UC and 22 characters"),
        Option("playlist", str, "the id of a playlist, instead of a channel"),
        Option("shorts", bool, "keep shorts, which have an address of their own", default=True),
        Option("base_url", str, "where /feeds/videos.xml is served", "https://www.youtube.com"),
    )

    def addresses(self, source: Source) -> tuple[str, ...]:
        """The address of the feed. Raises ConfigError E133 for no channel and no playlist, or for both."""
        if source.urls:
            return source.urls
        channel, playlist = kind.word(source, "channel"), kind.word(source, "playlist")
        if bool(channel) == bool(playlist):
            raise kind.wrong(source, "give one of channel and playlist", "add `channel: UC…`")
        if channel and not _CHANNEL.fullmatch(channel):
            raise kind.wrong(
                source, f"channel {channel!r} is no id", "`aggregator sources add URL` finds the id of a channel's page"
            )
        if playlist and not _PLAYLIST.fullmatch(playlist):
            raise kind.wrong(source, f"playlist {playlist!r} is no id", "copy what stands behind list= in its address")
        asked = f"channel_id={channel}" if channel else f"playlist_id={playlist}"
        return (f"{kind.base(source, 'base_url', 'https://www.youtube.com')}/feeds/videos.xml?{asked}",)

    async def poll(self, source: Source, url: str, fetch: Fetcher, now: datetime) -> Polled:
        """Videos, newest first. Raises FetchError or ParseError."""
        polled = parse_fetched(await fetch.get(url, accept=ACCEPT), source=source, now=now)
        shorts = source.options.get("shorts") is not False
        kept = (entry for entry in polled.entries if shorts or not urlsplit(entry.url or "").path.startswith("/shorts/"))
        made = (
            replace(entry, links=(Link("", "video", entry.url), *entry.links)) if entry.url else entry  # the work is the video
            for entry in kept
        )
        return replace(polled, entries=tuple(made))
