"""What was written into a folder: path and SHA-256 of every file, kept in the folder itself.

The journal holds what a run is about to write, until the manifest is written at its end. After a crash both together name
every byte of ours that may stand there.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aggregator.publish.disk import refusing

MANIFEST = ".aggregator-manifest"
JOURNAL = ".aggregator-journal"
_VERSION = 1
_LINE = re.compile(r"([0-9a-f]{64}) (.+)")


def digest(body: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(body).hexdigest()


@dataclass(frozen=True, slots=True)
class Manifest:
    """`digests` maps a path to the digests that our bytes there may have, the one to keep last. `readable` is False where a
    manifest exists and cannot be understood: then nothing is known about any file."""

    digests: Mapping[str, tuple[str, ...]]
    readable: bool = True

    def knows(self, path: str) -> bool:
        """True where an earlier run wrote that path."""
        return path in self.digests

    def wrote(self, path: str, found: str) -> bool:
        """True where bytes of that digest at that path are ours."""
        return found in self.digests.get(path, ())


def read_manifest(root: Path) -> Manifest:
    """The manifest of a folder together with the journal of an interrupted run; empty for a folder without one."""
    digests: dict[str, tuple[str, ...]] = {}
    manifest, journal = root / MANIFEST, root / JOURNAL
    readable = True
    with refusing(manifest, "read"):
        text = manifest.read_text(encoding="utf-8", errors="replace") if manifest.exists() else None
    if text is not None:
        files = _files(text)
        readable = files is not None
        digests = {path: (found,) for path, found in (files or {}).items()}
    with refusing(journal, "read"):
        lines = journal.read_text(encoding="utf-8", errors="replace").split("\n") if journal.exists() else []
    for line in lines:
        match = _LINE.fullmatch(line)
        if match:
            digests[match[2]] = (*digests.get(match[2], ()), match[1])
    return Manifest(digests, readable)


def _files(text: str) -> dict[str, str] | None:
    try:
        values = json.loads(text)
        files = values["files"]
    except (ValueError, KeyError, TypeError):
        return None
    if not isinstance(files, dict) or not all(isinstance(value, str) for value in files.values()):
        return None
    return files


def manifest_bytes(files: Mapping[str, str]) -> bytes:
    """A manifest as bytes; the same for the same files."""
    values = {"version": _VERSION, "files": dict(sorted(files.items()))}
    return (json.dumps(values, ensure_ascii=False, indent=0) + "\n").encode()


def journal_bytes(files: Mapping[str, str]) -> bytes:
    """Lines of a journal. The first newline ends a line that a crash cut short."""
    return ("\n" + "".join(f"{found} {path}\n" for path, found in files.items())).encode()
