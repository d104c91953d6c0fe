"""feeds/ from the store: every document that is not as it should be, written; what did not change is left alone.

A run that finds everything as the last one left it imports neither the formats nor the database's toolkit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from aggregator.app.workspace import Workspace
from aggregator.errors import PublishError
from aggregator.model import Issue, IssueStatus
from aggregator.publish.blogroll import blogroll
from aggregator.publish.disk import make_folder, try_folder
from aggregator.publish.files import FilesReport, write_documents
from aggregator.publish.manifest import MANIFEST
from aggregator.publish.memory import Memory, recall, recall_texts, retain, retain_texts
from aggregator.publish.program import program_digest, reading_digest, search_version
from aggregator.publish.standing import Standing
from aggregator.publish.texts import BLOCKS
from aggregator.store.shelf import Shelved, shelf

if TYPE_CHECKING:
    from aggregator.publish.edition import Edition

NO_PUBLICATION = "E112"
SEEN, TEXTS = ".aggregator.publish.seen", ".aggregator.publish.texts"

__all__ = ["FilesReport", "blogroll", "check_writable", "edition_of", "published", "write", "write_all"]


def published(workspace: Workspace) -> list[Issue]:
    """The published issues, newest first."""
    shelved = shelf(workspace.config.settings.database_url)
    if shelved is not None:
        return [one.issue() for one in shelved]
    with workspace.store.read() as unit:
        return unit.issues.find(status=IssueStatus.PUBLISHED)


def write_all(workspace: Workspace, *, overwrite: bool = False) -> FilesReport:
    """Write all documents of all published issues. Raises PublishError when a file cannot be written."""
    _check_named(workspace)
    # Read inside the turn: a run that read before another one published would take that issue's files away again.
    with workspace.turn("publish"):
        shelved = shelf(workspace.config.settings.database_url)
        if shelved is None:
            report = _write(workspace, published(workspace), overwrite=overwrite)
        else:
            report = _bring_up_to_date(workspace, shelved, overwrite=overwrite)
    return _told(workspace, report)


def write(workspace: Workspace, issues: Sequence[Issue], *, overwrite: bool = False) -> FilesReport:
    """Write the documents of these issues, whatever their order. Raises PublishError for a file system that refuses, and
    for a workspace that does not say what it publishes: its feeds would name addresses that are nobody's."""
    _check_named(workspace)
    with workspace.turn("publish"):
        report = _write(workspace, issues, overwrite=overwrite)
    return _told(workspace, report)


def check_writable(workspace: Workspace) -> None:
    """Raises PublishError when feeds/ cannot be written, and E605 for a workspace that does not say what it publishes."""
    _check_named(workspace)
    try_folder(workspace.feeds)


def _bring_up_to_date(workspace: Workspace, shelved: Sequence[Shelved], *, overwrite: bool) -> FilesReport:
    program = program_digest() + reading_digest()
    digests = [one.digest for one in shelved]
    ground = _digest(program, repr(workspace.publication), repr(blogroll(workspace.sources)), search_version(), *digests)
    # Who overwrites wants every file looked at.
    memory = Memory() if overwrite else recall(workspace.root / SEEN)
    make_folder(workspace.feeds)
    standing = Standing(workspace.feeds, seen=memory.files)
    if memory.files and memory.ground == ground and standing.is_settled and standing.is_as(memory.files):
        _retain(workspace, replace(memory, files=standing.seen({path: one.digest for path, one in memory.files.items()})), memory)
        return FilesReport(unchanged=tuple(path for path in memory.files if path != MANIFEST))
    issues = [one.issue() for one in shelved]
    found = edition_of(workspace, issues)
    if memory.program == program:
        for digest, issue in zip(digests, issues, strict=True):
            found.know(issue, memory.keys.get(digest, {}))
    recall_texts(workspace.root / TEXTS, program, BLOCKS)
    report = _print(found, standing, overwrite=overwrite)
    retain_texts(workspace.root / TEXTS, program, BLOCKS)
    keys = {digest: found.known(issue) for digest, issue in zip(digests, issues, strict=True)}
    _retain(workspace, Memory(program, "" if report.edited else ground, standing.seen(standing.written), keys), memory)
    return report


def _retain(workspace: Workspace, memory: Memory, before: Memory) -> None:
    if memory != before:
        retain(workspace.root / SEEN, memory)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1e".join(parts).encode(errors="surrogatepass")).hexdigest()


def _write(workspace: Workspace, issues: Sequence[Issue], *, overwrite: bool) -> FilesReport:
    found = edition_of(workspace, issues)
    make_folder(workspace.feeds)
    return _print(found, Standing(workspace.feeds), overwrite=overwrite)


def _print(found: Edition, standing: Standing, *, overwrite: bool) -> FilesReport:
    # Imported here: the formats are not needed where nothing changed.
    from aggregator.issue.house import render
    from aggregator.publish.formats import plan
    from aggregator.publish.search import SearchIndex

    planned = list(plan(found, render))
    pages = [one for one in planned if one.part and one.path.endswith("/index.html")]
    with SearchIndex(standing, found, pages) as index:
        return write_documents(standing.root, index.joined(planned), overwrite=overwrite, standing=standing)


def _told(workspace: Workspace, report: FilesReport) -> FilesReport:
    """Tells the hub, once the files are in place, which feeds changed; what went wrong is a notice."""
    hub, changed = workspace.publication.hub, set(report.written)
    if not hub or not changed:
        return report
    # Imported here: pages are written without a network as a rule.
    import asyncio

    from aggregator.poll.transport import GuardedTransport
    from aggregator.publish.content import site_url
    from aggregator.publish.feeds import ISSUES, ITEMS, section_paths
    from aggregator.publish.notify import ping

    paths = [ISSUES, ITEMS, *map(section_paths, workspace.publication.sections)]
    topics = [site_url(workspace.publication, path) for one in paths for path in (one.rss, one.atom, one.json) if path in changed]
    if not topics:
        return report
    transport = GuardedTransport(workspace.config.settings.allow_private_networks)
    return replace(report, notices=asyncio.run(ping(hub, topics, transport)))


def edition_of(workspace: Workspace, issues: Sequence[Issue]) -> Edition:
    """What is published of these issues. Raises PublishError E605 for a workspace that does not say what it publishes."""
    from aggregator.publish.formats import edition

    _check_named(workspace)
    return edition(workspace.publication, issues, blogroll(workspace.sources), search=bool(search_version()))


def _check_named(workspace: Workspace) -> None:
    unnamed = next((note for note in workspace.config.notes if note.code == NO_PUBLICATION), None)
    if unnamed is not None:
        raise PublishError(
            "there is no `publication` to publish", why=unnamed.why, fix=unnamed.fix, code="E605", place=unnamed.place
        )
