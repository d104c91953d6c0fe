"""Addresses an issue had before its date slipped: a page at each that leads on, and a _redirects file for hosts that read one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from aggregator.model import Issue
from aggregator.publish.content import issue_path, publication_language, site_url
from aggregator.publish.edition import Edition, Format, Planned
from aggregator.publish.markup import unmistakable
from aggregator.publish.strings import strings
from aggregator.publish.templating import render

MEDIA_TYPE = "text/html"
_SLUG = re.compile(r"\w[\w.-]{0,99}")


class RedirectsRenderer(Format):
    """Writes a page for every former address that no issue has now."""

    name = "redirects"

    def plan(self, edition: Edition) -> Iterator[Planned]:
        """One page a former address, then the list of them all."""
        moved = former_slugs(edition)
        for slug, issue in moved.items():
            path = f"issues/{slug}/index.html"
            key = edition.key(self.name, slug, edition.head_key(issue))
            yield Planned(path, MEDIA_TYPE, key, lambda issue=issue: _page(edition, issue))  # type: ignore[misc]  # bound now
        if moved:
            listed = [(slug, issue_path(issue)) for slug, issue in moved.items()]
            yield Planned("_redirects", "text/plain", edition.key("_redirects", *listed), lambda: _list(edition, listed))


def former_slugs(edition: Edition) -> dict[str, Issue]:
    """The issue that each former slug leads to: the newest that had it, and none where an issue lies there now."""
    taken = {issue_path(issue) for issue in edition.issues}
    found: dict[str, Issue] = {}
    for issue in edition.issues:
        for slug in issue.redirects:
            if _SLUG.fullmatch(slug) and f"issues/{slug}/" not in taken:
                found.setdefault(slug, issue)
    return dict(sorted(found.items()))


def _page(edition: Edition, issue: Issue) -> bytes:
    view, publication = edition.head(issue), edition.publication
    # Relative, so that a copy of the site under another address leads on as well.
    target = "../../" + view.path
    text = render(
        "redirect.html",
        language=publication_language(publication),
        words=strings(publication.language),
        title=unmistakable(view.title),
        address=view.permalink,
        target=target,
    )
    return text.encode()


def _list(edition: Edition, moved: list[tuple[str, str]]) -> bytes:
    root = urlsplit(site_url(edition.publication)).path
    lines = []
    for slug, path in moved:
        lines.append(f"{root}issues/{slug}/ {root}{path} 301")
        lines += [f"{root}issues/{slug}.{kind} {root}{path.rstrip('/')}.{kind} 301" for kind in ("md", "json")]
    return ("\n".join(lines) + "\n").encode()
