"""The source kinds, one file each. A new kind is its file and its line in _CLASSES.

A file is read when a source of its kind is polled: most polls ask feeds alone, and every process of a poll reads them anew.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping

from aggregator.protocols import Poller

_CLASSES = {
    "arxiv": "ArxivPoller",
    "bridge": "BridgePoller",
    "feed": "FeedPoller",
    "github": "GithubPoller",
    "gitlab": "GitlabPoller",
    "hackernews": "HackernewsPoller",
    "huggingface": "HuggingfacePoller",
    "mailbox": "MailboxPoller",
    "openreview": "OpenreviewPoller",
    "page": "PagePoller",
    "reddit": "RedditPoller",
    "sitemap": "SitemapPoller",
    "submissions": "SubmissionsPoller",
    "youtube": "YoutubePoller",
}


class Kinds(Mapping[str, Poller]):
    """The source kinds by name: `arxiv` is the class named here, in the module of that name."""

    def __init__(self, classes: Mapping[str, str]) -> None:
        self._classes = classes
        self._made: dict[str, Poller] = {}

    def __getitem__(self, kind: str) -> Poller:
        if kind not in self._made:
            name = self._classes[kind]
            self._made[kind] = getattr(importlib.import_module(f"{__name__}.{kind}"), name)()
        return self._made[kind]

    def __iter__(self) -> Iterator[str]:
        return iter(self._classes)

    def __len__(self) -> int:
        return len(self._classes)


KINDS = Kinds(_CLASSES)
