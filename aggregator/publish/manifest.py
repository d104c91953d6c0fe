"""What was written into a folder: path and SHA-256 of every file, kept in the folder itself.

The journal holds what a run is about to write, until the manifest is written at its end. After a crash both together name
every byte of ours that may stand there.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aggregator.publish.disk import refusing

# In a repository that a site generator reads, and where earlier versions kept that of feeds/ too.
HIDDEN_MANIFEST = ".aggregator-manifest"
# Hidden files are litter to those who copy a site, and many hosts leave them behind.
MANIFEST = "aggregator-manifest.json"
JOURNAL = ".aggregator-journal"
_VERSION = 1
_LINE = re.compile(r"([0-9a-f]{64}) (.+)")


def digest(body: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(body).hexdigest()


@dataclass(frozen=True, slots=True)
class Manifest:
    """`digests` maps a path to the digests that our bytes there may have, the one to keep last. `keys` maps a path to the
    digest of what its document was made from. `readable` is False where a manifest exists and cannot be understood: then
    nothing is known about any file."""

    digests: Mapping[str, tuple[str, ...]]
    keys: Mapping[str, str] = field(default_factory=dict)
    readable: bool = True

    def knows(self, path: str) -> bool:
        """True where an earlier run wrote that path."""
        return path in self.digests

    def wrote(self, path: str, found: str) -> bool:
        """True where bytes of that digest at that path are ours."""
        return found in self.digests.get(path, ())


def read_manifest(root: Path, name: str = MANIFEST) -> Manifest:
    """The manifest of a folder together with the journal of an interrupted run; empty for a folder without one."""
    digests: dict[str, tuple[str, ...]] = {}
    manifest, journal = root / name, root / JOURNAL
    if not manifest.exists():
        manifest = root / HIDDEN_MANIFEST
    keys: dict[str, str] = {}
    readable = True
    with refusing(manifest, "read"):
        text = manifest.read_text(encoding="utf-8", errors="replace") if manifest.exists() else None
    if text is not None:
        files, keys = _read(text)
        readable = files is not None
        digests = {path: (found,) for path, found in (files or {}).items()}
    with refusing(journal, "read"):
        lines = journal.read_text(encoding="utf-8", errors="replace").split("\n") if journal.exists() else []
    for line in lines:
        match = _LINE.fullmatch(line)
        if match:
            digests[match[2]] = (*digests.get(match[2], ()), match[1])
    return Manifest(digests, keys, readable)


def _read(text: str) -> tuple[dict[str, str] | None, dict[str, str]]:
    try:
        values = json.loads(text)
        files, keys = values["files"], values.get("made_from", {})
    except (ValueError, KeyError, TypeError, AttributeError):
        return None, {}
    return (files, keys if _is_texts(keys) else {}) if _is_texts(files) else (None, {})


def _is_texts(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())


def manifest_bytes(files: Mapping[str, str], keys: Mapping[str, str]) -> bytes:
    """A manifest as bytes; the same for the same files."""
    values = {"version": _VERSION, "files": dict(sorted(files.items())), "made_from": dict(sorted(keys.items()))}
    return (json.dumps(values, ensure_ascii=False, indent=0) + "\n").encode()


def journal_bytes(files: Mapping[str, str]) -> bytes:
    """Lines of a journal. The first newline ends a line that a crash cut short."""
    return ("\n" + "".join(f"{found} {path}\n" for path, found in files.items())).encode()
