"""The formats: one file an output, each named here. A new one is a file, a line below and its golden files.

The order is that of writing. What is pointed at comes before what points at it, so a run that is cut short leaves no link
into nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from aggregator.errors import PublishError
from aggregator.model import Document, Issue, IssueStatus, Publication
from aggregator.publish.blogroll import BlogrollEntry
from aggregator.publish.content import issue_day
from aggregator.publish.edition import Edition, Format, Planned
from aggregator.publish.feeds import FeedFormat, plan_feeds
from aggregator.publish.formats.atom import AtomRenderer
from aggregator.publish.formats.email import EmailRenderer
from aggregator.publish.formats.html import HtmlRenderer
from aggregator.publish.formats.jsonfeed import JsonFeedRenderer
from aggregator.publish.formats.markdown import MarkdownRenderer, PrintIssue
from aggregator.publish.formats.opml import OpmlRenderer
from aggregator.publish.formats.redirects import RedirectsRenderer
from aggregator.publish.formats.rss import RssRenderer
from aggregator.publish.formats.sitemap import SitemapRenderer
from aggregator.publish.formats.twin import TwinRenderer
from aggregator.publish.formats.wechat import WechatRenderer

# Each takes the function that prints an issue as house Markdown; most need nothing of the kind.
RENDERERS: tuple[Callable[[PrintIssue], Format], ...] = (
    MarkdownRenderer,
    lambda _: TwinRenderer(),
    lambda _: HtmlRenderer(),
    lambda _: RedirectsRenderer(),
    lambda _: EmailRenderer(),
    lambda _: JsonFeedRenderer(),
    lambda _: AtomRenderer(),
    lambda _: RssRenderer(),
    lambda _: OpmlRenderer(),
    lambda _: SitemapRenderer(),
    lambda _: WechatRenderer(),
)


def renderers(print_issue: PrintIssue) -> tuple[Format, ...]:
    """All formats, in the order of writing."""
    return tuple(make(print_issue) for make in RENDERERS)


def edition(
    publication: Publication, issues: Sequence[Issue], sources: Sequence[BlogrollEntry] = (), *, search: bool = False
) -> Edition:
    """What is published of `issues`, which may come in any order; drafts are left out.

    Raises PublishError E601 when two issues would be written to the same place.
    """
    published = sorted((issue for issue in issues if issue.status == IssueStatus.PUBLISHED), key=issue_day, reverse=True)
    for newer, older in pairwise(published):
        if issue_day(newer) == issue_day(older):
            raise PublishError(
                f"two published issues are dated {issue_day(newer).isoformat()}",
                why="an issue's address is its date, and one would overwrite the other",
                fix="give one of them another date",
                code="E601",
            )
    return Edition(publication, published, sources, search=search)


def plan(found: Edition, print_issue: PrintIssue) -> Iterator[Planned]:
    """All documents of an edition, in the order of writing, none of them made yet."""
    planned = list(_by_format(found, print_issue))
    # Part by part, the newest first: what several documents show of an issue is made once and then forgotten.
    yield from sorted((one for one in planned if one.part), key=lambda one: -one.part)
    yield from (one for one in planned if not one.part)


def _by_format(found: Edition, print_issue: PrintIssue) -> Iterator[Planned]:
    formats = renderers(print_issue)
    feeds = [one for one in formats if isinstance(one, FeedFormat)]
    for one in formats:
        if one not in feeds:
            yield from one.plan(found)
        elif one is feeds[0]:
            # Feed by feed, not format by format: what a feed shows is made once for the three.
            for planned in plan_feeds(found):
                yield from (feed_format.plan_feed(planned) for feed_format in feeds)


def documents(
    publication: Publication, issues: Sequence[Issue], print_issue: PrintIssue, sources: Sequence[BlogrollEntry] = ()
) -> Iterator[Document]:
    """All documents of a publication, made as they are asked for. Raises PublishError E601 as `edition` does."""
    for planned in plan(edition(publication, issues, sources), print_issue):
        yield planned.document()
