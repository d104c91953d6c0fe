"""feeds/ from the store: every document, written again; what did not change is left alone."""

from __future__ import annotations

from collections.abc import Sequence

from aggregator.app.workspace import Workspace
from aggregator.errors import PublishError
from aggregator.issue.house import render
from aggregator.model import Issue, IssueStatus
from aggregator.publish.files import FilesReport, write_documents
from aggregator.publish.formats import edition, plan

NO_PUBLICATION = "E112"

__all__ = ["FilesReport", "write", "write_all"]


def write_all(workspace: Workspace, *, overwrite: bool = False) -> FilesReport:
    """Write all documents of all published issues. Raises PublishError when a file cannot be written."""
    with workspace.store.read() as unit:
        published = unit.issues.find(status=IssueStatus.PUBLISHED)
    return write(workspace, published, overwrite=overwrite)


def write(workspace: Workspace, published: Sequence[Issue], *, overwrite: bool = False) -> FilesReport:
    """Write the documents of these issues, whatever their order. Raises PublishError for a file system that refuses, and
    for a workspace that does not say what it publishes: its feeds would name addresses that are nobody's."""
    unnamed = next((note for note in workspace.config.notes if note.code == NO_PUBLICATION), None)
    if unnamed is not None:
        raise PublishError(
            "there is no `publication` to publish", why=unnamed.why, fix=unnamed.fix, code="E605", place=unnamed.place
        )
    found = edition(workspace.publication, published)
    return write_documents(workspace.feeds, plan(found, render), overwrite=overwrite)
