"""Documents -> files, so that a reader never meets half of one and nothing of the owner's is lost.

A file whose bytes are the same is left alone, its mtime too. Only what the manifest says was written here is ever replaced or
removed; texts that people edit (Markdown, the style sheet, robots.txt) are reported instead, once they were changed by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from aggregator.errors import PublishError
from aggregator.model import Document
from aggregator.publish.disk import PREFIX, append, make_folder, refusing, sync_folder
from aggregator.publish.manifest import HIDDEN_MANIFEST, JOURNAL, MANIFEST, digest, journal_bytes, manifest_bytes
from aggregator.publish.staging import Staged, Staging
from aggregator.publish.standing import Standing, outside

if TYPE_CHECKING:
    from aggregator.publish.edition import Planned

_EDITABLE = (".md", ".css", ".txt")


@dataclass(frozen=True, slots=True)
class FilesReport:
    """What became of the documents, by path. `edited` are not as an earlier run left them, or were never written by one, and
    were let be; `removed` were written by an earlier run and are no longer made. `notices` are
    for the editor: who could not be told."""

    written: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the editor should know, a line each: files that were let be, and who could not be told."""
        fix = "was edited by hand and left as it is: import it, or publish with --overwrite"
        return (*(f"{path} {fix}" for path in self.edited), *self.notices)


def write_documents(
    root: Path,
    documents: Iterable[Document | Planned],
    *,
    overwrite: bool = False,
    adopted: Mapping[str, str] | None = None,
    manifest: str = MANIFEST,
    standing: Standing | None = None,
) -> FilesReport:
    """Make the files below `root` those of `documents`, which are the complete set: what is missing from it is removed.
    What is planned is made only if its key or its file is not as the last run left it.

    `overwrite` replaces also what was edited by hand or stood there before; `adopted` names files that may be replaced as if an
    earlier run had written them, by the digest of their bytes; `manifest` names the record of what was written; `standing` is
    what stands there, where somebody has looked already. Raises PublishError: E602 for a path that leaves the folder, E603 for
    what the file system refuses (the message says which file and what to do), E604 for two documents of one path. Where one
    cannot be made or written, all files are as they were, and the next run begins anew; one that is killed, or may not remove
    what is no longer made, is completed by the next.
    """
    make_folder(root)
    return _Run(standing or Standing(root, manifest), overwrite, adopted or {}).write_all(documents)


def check_path(path: str) -> None:
    """Raises PublishError E602 unless `path` is relative, with forward slashes, and names a file inside the folder."""
    parts = path.split("/")
    if any(part in {"", ".", ".."} or len(part.encode(errors="replace")) > 200 for part in parts):
        raise outside(path, "every part of the path has to be a plain name of at most 200 bytes")
    if "\\" in path or ":" in path or not path.isprintable():
        raise outside(path, "backslashes, colons and control characters mean something else elsewhere")
    if any(part.startswith(PREFIX) for part in parts) or path == MANIFEST:
        raise outside(path, "names that start like that are kept for our own records")


class _Run:
    """One run over one folder."""

    def __init__(self, standing: Standing, overwrite: bool, adopted: Mapping[str, str]) -> None:
        self._standing = standing
        self._manifest = standing.manifest
        self._overwrite = overwrite
        self._adopted = adopted
        self._ours: dict[str, str] = {}
        self._keys: dict[str, str] = {}
        self._unchanged: list[str] = []
        self._edited: list[str] = []

    def write_all(self, documents: Iterable[Document | Planned]) -> FilesReport:
        standing = self._standing
        standing.remove_leftovers()
        with Staging(standing.root) as staging:
            named = self._stage(documents, staging)
            staging.settle()
            staged = [one for one in staging.files if self._is_still_to_write(one, staging)]
            removed = [path for path in sorted(self._manifest.digests) if path not in named and self._is_to_remove(path)]
            self._put(staging, staged, removed)
        return FilesReport(tuple(one.path for one in staged), tuple(self._unchanged), tuple(removed), tuple(self._edited))

    def _stage(self, source: Iterable[Document | Planned], staging: Staging) -> set[str]:
        named: set[str] = set()
        for document in source:
            check_path(document.path)
            if document.path in named:
                raise PublishError(f"two documents are named {document.path}", code="E604")
            named.add(document.path)
            for changed, found in self._changed(document):
                staging.add(changed.path, self._standing.target(changed.path), changed.body, found)
        return named

    def _changed(self, document: Document | Planned) -> list[tuple[Document, str]]:
        """The document with its digest if it is to be written."""
        if not isinstance(document, Document):
            if self._standing.is_made_of(document.path, document.key):
                self._ours[document.path] = self._manifest.digests[document.path][0]
                self._keys[document.path] = document.key
                self._unchanged.append(document.path)
                return []
            self._keys[document.path] = document.key
            document = document.document()
        found = digest(document.body)
        return [(document, found)] if self._is_to_write(document.path, found) else []

    def _is_to_write(self, path: str, new: str) -> bool:
        old = self._standing.digest(path)
        if old not in {None, new} and not self._may_replace(path, old or ""):
            self._leave(path)
            return False
        self._ours[path] = new
        if old == new:
            self._unchanged.append(path)
        return old != new

    def _is_still_to_write(self, one: Staged, staging: Staging) -> bool:
        # Making takes a while, and an editor may have saved the file meanwhile.
        if not self._standing.look_again(one.path) or self._is_to_write(one.path, one.digest):
            return True
        staging.discard(one)
        return False

    def _may_replace(self, path: str, old: str) -> bool:
        if self._overwrite or self._manifest.wrote(path, old) or self._adopted.get(path) == old:
            return True
        # A page or a feed that differs from what was written is damaged, not edited: it is made anew.
        known = self._manifest.knows(path) or not self._manifest.readable
        return known and not path.endswith(_EDITABLE)

    def _leave(self, path: str) -> None:
        self._edited.append(path)
        self._keys.pop(path, None)
        self._ours.pop(path, None)
        if self._manifest.knows(path):
            self._ours[path] = self._manifest.digests[path][-1]

    def _is_to_remove(self, path: str) -> bool:
        self._standing.look_again(path)
        try:
            old = self._standing.digest(path)
        except PublishError:
            return False  # it became a link or a folder since, so it is not ours any more
        if old is None:
            return False
        if not self._overwrite and not self._manifest.wrote(path, old):
            self._leave(path)
            return False
        return True

    def _put(self, staging: Staging, staged: list[Staged], removed: list[str]) -> None:
        """The short part: everything is on the disk, and from here on readers see the new files."""
        standing, record = self._standing, self._stage_record(staging)
        if staged or removed:
            append(standing.root / JOURNAL, journal_bytes({one.path: one.digest for one in staged}))
            sync_folder(standing.root)
        staging.put(staged)
        for one in staged:
            standing.put(one.path, one.digest)
        for path in removed:
            staging.remove(standing.root / path)
            standing.gone(path)
        staging.sync()
        if record is not None:
            staging.put([record])
            standing.put(record.path, record.digest)
            staging.sync()
        self._forget_records()
        standing.written = self._ours | {standing.manifest_name: standing.digest(standing.manifest_name) or ""}

    def _stage_record(self, staging: Staging) -> Staged | None:
        name = self._standing.manifest_name
        body = manifest_bytes(self._ours, self._keys)
        found = digest(body)
        if self._standing.digest(name) == found:
            return None
        record = staging.add(name, self._standing.target(name), body, found)
        staging.settle()
        return record

    def _forget_records(self) -> None:
        """The journal of this run, and the manifest of an earlier version."""
        root = self._standing.root
        for name in sorted({JOURNAL, HIDDEN_MANIFEST} - {self._standing.manifest_name}):
            done = root / name
            if done.exists():
                with refusing(done, "remove"):
                    done.unlink()
                self._standing.gone(name)
                sync_folder(root)
