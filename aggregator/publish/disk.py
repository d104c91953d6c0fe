"""Single steps on the file system, each whole or not at all, with errors that say what to do."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aggregator.errors import PublishError

PREFIX = ".aggregator-"
TEMPORARY = ".tmp"
_FULL = "free some space there, then publish again; what stood there before still stands"
_CLOSED = "make it writable for the user who publishes"
_FIXES = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: "raise the limit on the size of files; what stood there before still stands",
    errno.EROFS: "the file system is mounted read-only: mount it writable, or publish elsewhere",
    errno.EACCES: _CLOSED,
    errno.EPERM: _CLOSED,
    errno.ENOTDIR: "a file stands where a folder has to be: move it away",
}


@contextmanager
def refusing(path: Path, verb: str) -> Iterator[None]:
    """Turns what the file system refuses into PublishError E603 about `path`."""
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        fix = _FIXES.get(error.errno or 0, "look at the folder and the disk it lies on, then publish again")
        raise PublishError(f"cannot {verb} {path}", why=why, fix=fix, code="E603") from error


def replace_file(target: Path, body: bytes) -> None:
    """Put `body` at `target` in one step: a reader sees the old bytes or the new ones, and a failure leaves the old."""
    move(write_temporary(target, body), target)


def write_temporary(target: Path, body: bytes) -> Path:
    """Write `body` beside `target` and have it on the disk before returning; the file that is to be moved there."""
    temporary = target.parent / f"{PREFIX}{secrets.token_hex(8)}{TEMPORARY}"
    with refusing(target, "write"):
        try:
            # A full disk may show at write, at fsync or only at close: all three lie inside this block.
            with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:  # noqa: PTH123
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    return temporary


def move(temporary: Path, target: Path) -> None:
    """Put a file in the place of another in one step; where that fails, it is removed."""
    with refusing(target, "write"):
        try:
            os.replace(temporary, target)  # noqa: PTH105
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def try_folder(folder: Path) -> None:
    """Raises PublishError E603 unless a file can be written into the folder, which is made when it is not there."""
    make_folder(folder)
    trial = folder / f"{PREFIX}{secrets.token_hex(8)}{TEMPORARY}"
    with refusing(folder, "write into"):
        try:
            trial.write_bytes(b"\0" * 4096)
        finally:
            trial.unlink(missing_ok=True)


def append(target: Path, body: bytes) -> None:
    """Add `body` at the end of a file and have it on the disk before returning."""
    with refusing(target, "write"), target.open("ab") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make renames in `folder` survive a power cut, where the file system can."""
    with refusing(folder, "sync"):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        except OSError as error:
            if error.errno not in {errno.EINVAL, errno.ENOTSUP}:
                raise
        finally:
            os.close(handle)


def make_folder(folder: Path) -> list[Path]:
    """Create a folder with its parents; the folders that changed by that, to be synced."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    with refusing(folder, "create"):
        folder.mkdir(parents=True, exist_ok=True)
    return [place.parent for place in missing]


def remove_empty_folders(folder: Path, root: Path) -> None:
    """Remove `folder` and its parents below `root` as long as they are empty."""
    while folder != root and folder.is_relative_to(root):
        try:
            folder.rmdir()
        except OSError:
            return  # not empty, or not ours to remove: either way it stays
        folder = folder.parent
