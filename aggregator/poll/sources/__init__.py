"""The source kinds, one file each. A new kind is its file and its line in KINDS."""

from __future__ import annotations

from aggregator.poll.sources.arxiv import ArxivPoller
from aggregator.poll.sources.bridge import BridgePoller
from aggregator.poll.sources.feed import FeedPoller
from aggregator.poll.sources.github import GithubPoller
from aggregator.poll.sources.gitlab import GitlabPoller
from aggregator.poll.sources.hackernews import HackernewsPoller
from aggregator.poll.sources.huggingface import HuggingfacePoller
from aggregator.poll.sources.mailbox import MailboxPoller
from aggregator.poll.sources.openreview import OpenreviewPoller
from aggregator.poll.sources.page import PagePoller
from aggregator.poll.sources.reddit import RedditPoller
from aggregator.poll.sources.sitemap import SitemapPoller
from aggregator.poll.sources.submissions import SubmissionsPoller
from aggregator.poll.sources.youtube import YoutubePoller
from aggregator.protocols import Poller

KINDS: dict[str, Poller] = {
    "arxiv": ArxivPoller(),
    "bridge": BridgePoller(),
    "feed": FeedPoller(),
    "github": GithubPoller(),
    "gitlab": GitlabPoller(),
    "hackernews": HackernewsPoller(),
    "huggingface": HuggingfacePoller(),
    "mailbox": MailboxPoller(),
    "openreview": OpenreviewPoller(),
    "page": PagePoller(),
    "reddit": RedditPoller(),
    "sitemap": SitemapPoller(),
    "submissions": SubmissionsPoller(),
    "youtube": YoutubePoller(),
}
