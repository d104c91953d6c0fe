"""Documents -> files, so that a reader never meets half of one and nothing of the owner's is lost.

A file whose bytes are the same is left alone, its mtime too. Only what the manifest says was written here is ever replaced or
removed; texts that people edit (Markdown, the style sheet, robots.txt) are reported instead, once they were changed by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from aggregator.errors import PublishError
from aggregator.model import Document
from aggregator.publish.disk import (
    PREFIX,
    append,
    make_folder,
    refusing,
    remove_empty_folders,
    remove_leftovers,
    replace_file,
    sync_folder,
)
from aggregator.publish.edition import Planned
from aggregator.publish.manifest import (
    HIDDEN_MANIFEST,
    JOURNAL,
    MANIFEST,
    digest,
    journal_bytes,
    manifest_bytes,
    read_manifest,
)

_BATCH = 64
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
) -> FilesReport:
    """Make the files below `root` those of `documents`, which are the complete set: what is missing from it is removed.
    What is planned is made only if its key or its file is not as the last run left it.

    `overwrite` replaces also what was edited by hand or stood there before; `adopted` names files that may be replaced as if an
    earlier run had written them, by the digest of their bytes; `manifest` names the record of what was written. Raises
    PublishError: E602 for a path that leaves the folder, E603 for what the file system refuses (the message says which file and
    what to do), E604 for two documents of one path. After an error the files that were not reached are as they were, and the
    next run completes the set.
    """
    make_folder(root)
    return _Run(root.resolve(), overwrite, adopted or {}, manifest).write_all(documents)


def check_path(path: str) -> None:
    """Raises PublishError E602 unless `path` is relative, with forward slashes, and names a file inside the folder."""
    parts = path.split("/")
    if any(part in {"", ".", ".."} or len(part.encode(errors="replace")) > 200 for part in parts):
        raise _outside(path, "every part of the path has to be a plain name of at most 200 bytes")
    if "\\" in path or ":" in path or not path.isprintable():
        raise _outside(path, "backslashes, colons and control characters mean something else elsewhere")
    if any(part.startswith(PREFIX) for part in parts) or path == MANIFEST:
        raise _outside(path, "names that start like that are kept for our own records")


def _outside(path: str, why: str) -> PublishError:
    fix = "name it otherwise: a document is a plain file inside the folder"
    return PublishError(f"no document can be written to {path!r}", why=why, fix=fix, code="E602")


class _Run:
    """One run over one folder."""

    def __init__(self, root: Path, overwrite: bool, adopted: Mapping[str, str], manifest: str) -> None:
        self._root = root
        self._adopted = adopted
        self._overwrite = overwrite
        self._manifest_name = manifest
        self._manifest = read_manifest(root, manifest)
        self._ours: dict[str, str] = {}
        self._keys: dict[str, str] = {}
        self._written: list[str] = []
        self._unchanged: list[str] = []
        self._edited: list[str] = []
        self._changed_folders: set[Path] = set()
        # The disk takes as long as the making: one thread writes, in order, while the next documents are made.
        self._writer = ThreadPoolExecutor(1, "publish")
        self._pending: Future[None] | None = None

    def write_all(self, documents: Iterable[Document | Planned]) -> FilesReport:
        remove_leftovers(self._root)
        with self._writer:
            seen = self._write_documents(iter(documents))
            self._settle()
        removed = [path for path in sorted(self._manifest.digests) if path not in seen and self._remove(path)]
        for folder in sorted(self._changed_folders):
            if folder.is_dir():
                sync_folder(folder)
        self._write_manifest()
        return FilesReport(tuple(self._written), tuple(self._unchanged), tuple(removed), tuple(self._edited))

    def _write_documents(self, source: Iterator[Document | Planned]) -> set[str]:
        seen: set[str] = set()
        while batch := list(islice(source, _BATCH)):
            made = []
            for document in batch:
                check_path(document.path)
                if document.path in seen:
                    raise PublishError(f"two documents are named {document.path}", code="E604")
                seen.add(document.path)
                if isinstance(document, Document):
                    made.append(document)
                elif not self._stands(document):
                    made.append(document.document())
                    self._keys[document.path] = document.key
            changed = [document for document in made if self._is_to_write(document)]
            self._settle()
            if changed:
                self._pending = self._writer.submit(self._write_batch, changed)
        return seen

    def _settle(self) -> None:
        """Wait for what is being written. Raises what went wrong."""
        if self._pending is not None:
            self._pending.result()
            self._pending = None

    def _write_batch(self, changed: list[Document]) -> None:
        append(self._root / JOURNAL, journal_bytes({document.path: digest(document.body) for document in changed}))
        sync_folder(self._root)
        for document in changed:
            target = self._target(document.path)
            self._changed_folders.update(make_folder(target.parent))
            replace_file(target, document.body)
            self._changed_folders.add(target.parent)
            self._written.append(document.path)

    def _stands(self, planned: Planned) -> bool:
        """True where the file is the one that was made from the same, byte for byte."""
        path = planned.path
        if self._manifest.keys.get(path) != planned.key or len(self._manifest.digests.get(path, ())) != 1:
            return False
        old = self._read(self._target(path))
        if old is None or not self._manifest.wrote(path, digest(old)):
            return False
        self._ours[path], self._keys[path] = self._manifest.digests[path][0], planned.key
        self._unchanged.append(path)
        return True

    def _is_to_write(self, document: Document) -> bool:
        old = self._read(self._target(document.path))
        if old is not None and old != document.body and not self._may_replace(document.path, old):
            self._leave(document.path)
            return False
        self._ours[document.path] = digest(document.body)
        if old == document.body:
            self._unchanged.append(document.path)
            return False
        return True

    def _may_replace(self, path: str, old: bytes) -> bool:
        if self._overwrite or self._manifest.wrote(path, digest(old)) or self._adopted.get(path) == digest(old):
            return True
        # A page or a feed that differs from what was written is damaged, not edited: it is made anew.
        known = self._manifest.knows(path) or not self._manifest.readable
        return known and not path.endswith(_EDITABLE)

    def _leave(self, path: str) -> None:
        self._edited.append(path)
        self._keys.pop(path, None)
        if self._manifest.knows(path):
            self._ours[path] = self._manifest.digests[path][-1]

    def _remove(self, path: str) -> bool:
        try:
            target = self._target(path)
        except PublishError:
            return False  # it became a link or a folder since, so it is not ours any more
        old = self._read(target)
        if old is None:
            return False
        if not self._overwrite and not self._manifest.wrote(path, digest(old)):
            self._leave(path)
            return False
        with refusing(target, "remove"):
            target.unlink()
        self._changed_folders.add(target.parent)
        remove_empty_folders(target.parent, self._root)
        return True

    def _target(self, path: str) -> Path:
        check_path(path)
        place = self._root
        for part in path.split("/"):
            place /= part
            if place.is_symlink():
                raise _outside(path, f"{place} is a link, and what it leads to is not ours")
        if place.is_dir():
            raise _outside(path, f"{place} is a folder")
        return place

    def _read(self, target: Path) -> bytes | None:
        with refusing(target, "read"):
            return target.read_bytes() if target.is_file() else None

    def _write_manifest(self) -> None:
        manifest, journal = self._root / self._manifest_name, self._root / JOURNAL
        earlier = self._root / HIDDEN_MANIFEST
        body = manifest_bytes(self._ours, self._keys)
        if self._read(manifest) != body:
            replace_file(manifest, body)
            sync_folder(self._root)
        for done in (journal, earlier) if earlier != manifest else (journal,):
            if done.exists():
                with refusing(done, "remove"):
                    done.unlink()
                sync_folder(self._root)
