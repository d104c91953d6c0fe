"""What stands in a folder of documents, known with as little reading as can be.

A file whose inode, size and instants are those of a moment when it was read holds what it held then: every way to change it
moves its ctime. One that changed within the last seconds before that is read again, since clocks of file systems are coarse.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from aggregator.errors import PublishError
from aggregator.publish.disk import PREFIX, TEMPORARY, refusing
from aggregator.publish.manifest import HIDDEN_MANIFEST, JOURNAL, MANIFEST, Manifest, read_manifest

# Inode, size, and the instants of the last change of its bytes and of its entry, in nanoseconds.
Stamp = tuple[int, int, int, int]
UNSETTLED: Stamp = (0, 0, 0, 0)
_SETTLED_NS = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Seen:
    """What a file was when it was read: its stamp and the SHA-256 of its bytes."""

    stamp: Stamp
    digest: str


class Standing:
    """One folder as a run finds it. `seen` is what an earlier run saw there; `manifest` names the record of what was written."""

    def __init__(self, root: Path, manifest: str = MANIFEST, seen: Mapping[str, Seen] | None = None) -> None:
        self.root = root.resolve()
        self.manifest_name = manifest
        # The digests of all files of ours, once a run has come to its end.
        self.written: dict[str, str] = {}
        self._found: dict[str, Stamp] = {}
        self._leftovers: list[str] = []
        self._seen = dict(seen or {})
        self._survey(str(self.root), "")

    def _survey(self, folder: str, prefix: str) -> None:
        try:
            entries = os.scandir(folder)
        except OSError:
            return  # a folder of somebody else's: what has to be read there is refused when it is
        with entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    self._survey(entry.path, f"{prefix}{entry.name}/")
                    continue
                if entry.name.startswith(PREFIX) and entry.name.endswith(TEMPORARY):
                    self._leftovers.append(entry.path)
                    continue
                try:
                    found = entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
                if stat.S_ISREG(found.st_mode):
                    self._found[prefix + entry.name] = _stamp(found)

    @cached_property
    def manifest(self) -> Manifest:
        """What earlier runs wrote here."""
        return read_manifest(self.root, self.manifest_name)

    @property
    def is_settled(self) -> bool:
        """True where the last run came to its end and left nothing to be tidied up."""
        unfinished = {JOURNAL, HIDDEN_MANIFEST} - {self.manifest_name}
        return not self._leftovers and unfinished.isdisjoint(self._found)

    def is_as(self, files: Mapping[str, Seen]) -> bool:
        """True where every one of these files holds what it held."""
        return all(path in self._found and self.digest(path) == one.digest for path, one in files.items())

    def remove_leftovers(self) -> None:
        """Remove temporary files that an interrupted run left behind."""
        for name in self._leftovers:
            leftover = Path(name)
            with refusing(leftover, "remove"):
                leftover.unlink(missing_ok=True)
        self._leftovers.clear()

    def target(self, path: str) -> Path:
        """Where a document lies. Raises PublishError E602 where a link or a folder stands in its way."""
        if path in self._found:
            return self.root / path
        place = self.root
        for part in path.split("/"):
            place /= part
            if place.is_symlink():
                raise outside(path, f"{place} is a link, and what it leads to is not ours")
        if place.is_dir():
            raise outside(path, f"{place} is a folder")
        return place

    def stamp(self, path: str) -> Stamp | None:
        """The stamp of a file as it was found, None where there was none."""
        return self._found.get(path)

    def digest(self, path: str) -> str | None:
        """SHA-256 of the file at a path, None where there is none. Raises PublishError as `target` does, and E603."""
        target = self.target(path)
        stamp = self._found.get(path)
        known = self._seen.get(path)
        if stamp is not None and known is not None and known.stamp == stamp:
            return known.digest
        with refusing(target, "read"):
            try:
                # Read even where the survey found none: names are folded on some file systems.
                stamp = stamp or _stamp(target.stat())
                body = target.read_bytes() if target.is_file() else None
            except FileNotFoundError:
                body = None
        if body is None or stamp is None:
            return None
        self._found[path], self._seen[path] = stamp, Seen(stamp, hashlib.sha256(body).hexdigest())
        return self._seen[path].digest

    def is_ours(self, path: str) -> bool:
        """True where the file is, byte for byte, the one thing that an earlier run wrote there."""
        wrote = self.manifest.digests.get(path, ())
        try:
            return len(wrote) == 1 and self.digest(path) == wrote[0]
        except PublishError:
            return False

    def is_made_of(self, path: str, key: str) -> bool:
        """True where the file is ours, and its document was made from what `key` is the digest of."""
        return self.manifest.keys.get(path) == key and self.is_ours(path)

    def look_again(self, path: str) -> bool:
        """Forget what a file was when it was found if it is another one by now; True when it is."""
        try:
            now: Stamp | None = _stamp(os.lstat(self.root / path))
        except OSError:
            now = None
        if now == self._found.get(path):
            return False
        self._found.pop(path, None)
        return True

    def put(self, path: str, digest: str) -> None:
        """Take note of a file that now holds bytes of that digest."""
        try:
            stamp = _stamp(os.lstat(self.root / path))
        except OSError:
            self.gone(path)
            return
        self._found[path], self._seen[path] = stamp, Seen(stamp, digest)

    def gone(self, path: str) -> None:
        """Take note of a file that is no more."""
        self._found.pop(path, None)
        self._seen.pop(path, None)

    def seen(self, digests: Mapping[str, str]) -> dict[str, Seen]:
        """What to tell the next run of these files; whose bytes changed just now it will read once more."""
        settled_ns = time.time_ns() - _SETTLED_NS
        told = {}
        for path, digest in digests.items():
            one = self._seen.get(path)
            if one is None or one.digest != digest or max(one.stamp[2:]) >= settled_ns:
                one = Seen(UNSETTLED, digest)
            told[path] = one
        return told


def outside(path: str, why: str) -> PublishError:
    """The error about a path that nothing may be written to."""
    fix = "name it otherwise: a document is a plain file inside the folder"
    return PublishError(f"no document can be written to {path!r}", why=why, fix=fix, code="E602")


def _stamp(found: os.stat_result) -> Stamp:
    return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
