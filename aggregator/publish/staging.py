"""New files beside the old ones, put in their places together once all are on the disk.

Writing takes seconds and may fail, renaming takes milliseconds and needs no space: readers meet the old set or the new one, and
a full disk leaves the old.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from aggregator.publish.disk import (
    PREFIX,
    TEMPORARY,
    make_folder,
    move,
    refusing,
    remove_empty_folders,
    sync_folder,
    write_temporary,
)

# The disk takes as long as the making, so the one goes on beside the other; what waits for it stays in memory.
_MAX_WAITING_BYTES = 16 * 1024 * 1024


@dataclass(slots=True)
class Staged:
    """One document that is on its way. `temporary` is where it lies until then, `kept` the old file under another name;
    `is_new` is True where no file stood there."""

    path: str
    target: Path
    digest: str
    temporary: Path | None = None
    kept: Path | None = None
    is_new: bool = False
    is_put: bool = False


class Staging:
    """The new files of one run below `root`; a context, because what is not put in its place is removed on leaving."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._pool = ThreadPoolExecutor(1, "publish")
        self._pending: list[Future[None]] = []
        self._waiting_bytes = 0
        self._folders: set[Path] = set()
        self._new_folders: list[Path] = []
        self._changed: set[Path] = set()
        self.files: list[Staged] = []

    def __enter__(self) -> Staging:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
        for one in self.files:
            self.discard(one)
        for folder in reversed(self._new_folders):
            remove_empty_folders(folder, self._root)

    def add(self, path: str, target: Path, body: bytes, digest: str) -> Staged:
        """Begin to write a document beside its place; `settle` tells what came of it. Raises PublishError as it does."""
        if target.parent not in self._folders:
            self._folders.add(target.parent)
            if changed := make_folder(target.parent):
                self._changed.update(changed)
                self._new_folders.append(target.parent)
        one = Staged(path, target, digest)
        self.files.append(one)
        self._pending.append(self._pool.submit(_write, one, body))
        self._waiting_bytes += len(body)
        if self._waiting_bytes > _MAX_WAITING_BYTES:
            self.settle()
        return one

    def settle(self) -> None:
        """Wait until all that was added is on the disk. Raises PublishError E603."""
        pending, self._pending, self._waiting_bytes = self._pending, [], 0
        for one in pending:
            one.result()

    def discard(self, one: Staged) -> None:
        """Remove what was written for a document that is not put in its place."""
        if one.temporary is not None:
            with suppress(OSError):  # the next run removes it
                one.temporary.unlink(missing_ok=True)
            one.temporary = None

    def put(self, files: Sequence[Staged]) -> None:
        """Put these documents in their places, in their order: all, or none where the file system refuses one."""
        can_go_back = _keep(files)
        try:
            for one in files:
                if one.temporary is not None:
                    temporary, one.temporary = one.temporary, None
                    move(temporary, one.target)
                    one.is_put = True
                    self._changed.add(one.target.parent)
        except BaseException:
            if can_go_back:
                _put_back(files)
            raise
        finally:
            for one in files:
                if one.kept is not None:
                    with suppress(OSError):  # the next run removes it
                        one.kept.unlink()
                    one.kept = None

    def remove(self, target: Path) -> None:
        """Remove a file, and the folders that are empty by that."""
        with refusing(target, "remove"):
            target.unlink(missing_ok=True)
        self._changed.add(target.parent)
        remove_empty_folders(target.parent, self._root)

    def sync(self) -> None:
        """Make all of it survive a power cut."""
        folders: Iterable[Path] = [folder for folder in sorted(self._changed) if folder.is_dir()]
        for _ in self._pool.map(sync_folder, folders):
            pass
        self._changed.clear()


def _write(one: Staged, body: bytes) -> None:
    one.temporary = write_temporary(one.target, body)


def _keep(files: Sequence[Staged]) -> bool:
    """Give the old files a second name, so that they can be put back; False where the file system cannot."""
    for one in files:
        kept = one.target.parent / f"{PREFIX}{secrets.token_hex(8)}{TEMPORARY}"
        try:
            os.link(one.target, kept)
        except FileNotFoundError:
            one.is_new = True
        except OSError:
            return False
        else:
            one.kept = kept
    return True


def _put_back(files: Sequence[Staged]) -> None:
    for one in reversed([one for one in files if one.is_put]):
        # What cannot be put back stays new: it is whole, the journal knows it, and the next run completes the set.
        with suppress(OSError):
            if one.kept is not None:
                os.replace(one.kept, one.target)  # noqa: PTH105
                one.kept = None
            elif one.is_new:
                one.target.unlink()
