"""feeds/ from the store: every document that is not as it should be, written; what did not change is left alone."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from ipaddress import ip_address
from urllib.parse import parse_qsl, urlsplit

from aggregator.app.workspace import Workspace
from aggregator.errors import PublishError
from aggregator.issue.house import render
from aggregator.model import Issue, IssueStatus, Source
from aggregator.publish.content import site_url
from aggregator.publish.disk import try_folder
from aggregator.publish.edition import BlogrollEntry, Edition
from aggregator.publish.feeds import ISSUES, ITEMS, section_paths
from aggregator.publish.files import FilesReport, write_documents
from aggregator.publish.formats import edition, plan
from aggregator.publish.search import SearchIndex, search_version
from aggregator.urls import is_http, safe_url

NO_PUBLICATION = "E112"
_PUBLIC_KINDS = frozenset(("feed", "arxiv"))
_SECRET = re.compile(r"key|token|secret|auth|pass|sig|code|uid", re.IGNORECASE)

__all__ = ["FilesReport", "check_writable", "edition_of", "published", "write", "write_all"]


def published(workspace: Workspace) -> list[Issue]:
    """The published issues, newest first."""
    with workspace.store.read() as unit:
        return unit.issues.find(status=IssueStatus.PUBLISHED)


def write_all(workspace: Workspace, *, overwrite: bool = False) -> FilesReport:
    """Write all documents of all published issues. Raises PublishError when a file cannot be written."""
    # Read inside the turn: a run that read before another one published would take that issue's files away again.
    with workspace.turn("publish"):
        report = _write(workspace, published(workspace), overwrite=overwrite)
    return _told(workspace, report)


def write(workspace: Workspace, issues: Sequence[Issue], *, overwrite: bool = False) -> FilesReport:
    """Write the documents of these issues, whatever their order. Raises PublishError for a file system that refuses, and
    for a workspace that does not say what it publishes: its feeds would name addresses that are nobody's."""
    with workspace.turn("publish"):
        report = _write(workspace, issues, overwrite=overwrite)
    return _told(workspace, report)


def check_writable(workspace: Workspace) -> None:
    """Raises PublishError when feeds/ cannot be written, and E605 for a workspace that does not say what it publishes."""
    edition_of(workspace, ())
    try_folder(workspace.feeds)


def _write(workspace: Workspace, issues: Sequence[Issue], *, overwrite: bool) -> FilesReport:
    found = edition_of(workspace, issues)
    planned = list(plan(found, render))
    pages = [one for one in planned if one.part and one.path.endswith("/index.html")]
    with SearchIndex(workspace.feeds, found, pages) as index:
        return write_documents(workspace.feeds, index.joined(planned), overwrite=overwrite)


def _told(workspace: Workspace, report: FilesReport) -> FilesReport:
    """Tells the hub, once the files are in place, which feeds changed; what went wrong is a notice."""
    hub, changed = workspace.publication.hub, set(report.written)
    paths = [ISSUES, ITEMS, *map(section_paths, workspace.publication.sections)] if hub and changed else []
    topics = [site_url(workspace.publication, path) for one in paths for path in (one.rss, one.atom, one.json) if path in changed]
    if not topics:
        return report
    # Imported here: pages are written without a network as a rule.
    from aggregator.poll.transport import GuardedTransport
    from aggregator.publish.notify import ping

    transport = GuardedTransport(workspace.config.settings.allow_private_networks)
    return replace(report, notices=asyncio.run(ping(hub, topics, transport)))


def edition_of(workspace: Workspace, issues: Sequence[Issue]) -> Edition:
    """What is published of these issues. Raises PublishError E605 for a workspace that does not say what it publishes."""
    unnamed = next((note for note in workspace.config.notes if note.code == NO_PUBLICATION), None)
    if unnamed is not None:
        raise PublishError(
            "there is no `publication` to publish", why=unnamed.why, fix=unnamed.fix, code="E605", place=unnamed.place
        )
    return edition(workspace.publication, issues, blogroll(workspace.sources), search=bool(search_version()))


def blogroll(sources: Iterable[Source]) -> tuple[BlogrollEntry, ...]:
    """The sources that readers may be shown: those with a feed of its own, at an address that is public and holds no secret."""
    shown = []
    for source in sources:
        url = safe_url(source.url) if source.urls and not source.muted and source.kind in _PUBLIC_KINDS else None
        if url is not None and _is_public(url):
            shown.append(BlogrollEntry(source.name, url, "", source.section or ""))
    return tuple(shown)


def _is_public(url: str) -> bool:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if not is_http(url) or parts.port not in {None, 80, 443} or any(_SECRET.search(name) for name, _ in parse_qsl(parts.query)):
        return False
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".local", ".internal", ".lan", ".home.arpa"))
