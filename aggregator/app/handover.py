"""What is published elsewhere than in feeds/: the site owner's repository."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from aggregator.app import publishing
from aggregator.app.workspace import Workspace
from aggregator.errors import PublishError
from aggregator.issue.house import render
from aggregator.model import Document
from aggregator.publish import git
from aggregator.publish.disk import refusing, replace_file
from aggregator.publish.edition import Edition
from aggregator.publish.files import FilesReport, write_documents
from aggregator.publish.manifest import HIDDEN_MANIFEST, digest
from aggregator.publish.repository import README, body_text, issue_folder, readme_text, repository_documents


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What became of a repository; `commit` is the short name of the commit that was made, "" for none."""

    files: FilesReport
    readme_changed: bool
    commit: str = ""


def to_repository(workspace: Workspace, folder: Path, *, commit: bool = False, overwrite: bool = False) -> HandedOver:
    """Write the Markdown of all issues, their index inside the README, and redirects into `folder`; with `commit`, commit
    exactly these files. Nothing is ever pushed.

    Raises PublishError: E610 for a repository with uncommitted changes, E611 for what git refuses, E612 for a folder that
    does not exist or, with `commit`, is no repository.
    """
    if not folder.is_dir():
        raise PublishError(f"there is no folder {folder}", fix="clone the repository there first", code="E612")
    is_repository = git.is_repository(folder)
    if commit and not is_repository:
        raise PublishError(f"{folder} is no git repository", fix="`git init` there, or publish without --commit", code="E612")
    if is_repository:
        git.check_clean(folder)
    found = publishing.edition_of(workspace, publishing.published(workspace))
    place = issue_folder(_markdown_files(folder), found.issues)
    documents = list(repository_documents(found, render, place))
    adopted = dict(_unedited(folder, documents))
    report = write_documents(folder, documents, overwrite=overwrite, adopted=adopted, manifest=HIDDEN_MANIFEST)
    readme_changed = _write_readme(folder, found, place)
    changed = [*report.written, *report.removed, *([README] if readme_changed else []), HIDDEN_MANIFEST]
    made = git.commit(folder, changed, _message(found, report.written)) if commit else ""
    return HandedOver(report, readme_changed, made)


def _markdown_files(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*.md")):
        relative = path.relative_to(folder)
        if not any(part.startswith((".", "_")) for part in relative.parts):
            yield relative.as_posix()


def _unedited(folder: Path, documents: Sequence[Document]) -> Iterator[tuple[str, str]]:
    """Files that say what the store says already: only our own additions are missing from them."""
    for document in documents:
        place = folder / document.path
        if place.is_file() and not place.is_symlink():
            with refusing(place, "read"):
                body = place.read_bytes()
            if body_text(body.decode(errors="replace")) == body_text(document.body.decode()):
                yield document.path, digest(body)


def _write_readme(folder: Path, edition: Edition, place: str) -> bool:
    readme = folder / README
    if readme.is_symlink():
        raise PublishError(f"{readme} is a link, and what it leads to is not ours", fix="put a plain file there", code="E602")
    with refusing(readme, "read"):
        before = readme.read_bytes() if readme.exists() else None
    try:
        text = None if before is None else before.decode()
    except UnicodeDecodeError as error:
        raise PublishError(f"{readme} is no UTF-8 text", why=str(error), fix="save it as UTF-8", code="E602") from error
    after = readme_text(text, edition, place).encode()
    if after == before:
        return False
    replace_file(readme, after)
    return True


def _message(edition: Edition, written: Sequence[str]) -> str:
    newest = edition.issues[0] if edition.issues else None
    if newest is not None and any(path.endswith(f"{newest.slug}.md") for path in written):
        number = f"No. {newest.number}, " if newest.number is not None else ""
        return f"Issue {number}{newest.slug}"
    return "Issues brought up to date"
