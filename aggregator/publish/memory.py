"""What one run over feeds/ tells the next, so that it need not read again what did not change.

It is a copy of what can be found out anew: a file that is missing, damaged or from another version costs time and nothing else.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aggregator.publish.standing import Seen
from aggregator.publish.texts import Texts

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Memory:
    """`program` is the digest of the code and `ground` that of everything that decided the documents, "" where files were let
    be: then the next run looks at all of them. `files` are all files of ours in the order of writing, the manifest among them;
    `keys` what was found out about issues, by the digest of their rows."""

    program: str = ""
    ground: str = ""
    files: Mapping[str, Seen] = field(default_factory=dict)
    keys: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def recall(place: Path) -> Memory:
    """What the last run left at `place`; nothing where that cannot be used."""
    try:
        values = _read(place)
        files = {path: Seen((one[0], one[1], one[2], one[3]), one[4]) for path, one in values["files"].items()}
        return Memory(values["program"], values["ground"], files, values["keys"])
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError):
        return Memory()


def retain(place: Path, memory: Memory) -> None:
    """Keep it for the next run."""
    files = {path: [*one.stamp, one.digest] for path, one in memory.files.items()}
    _write(place, {"program": memory.program, "ground": memory.ground, "keys": memory.keys, "files": files})


def recall_texts(place: Path, program: str, texts: Texts) -> None:
    """Put in what an earlier run made of texts, if that was the same program."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        values = _read(place)
        if values["program"] == program:
            texts.put_in(values["texts"])


def retain_texts(place: Path, program: str, texts: Texts) -> None:
    """Keep what was made of texts, where that is more than before."""
    if texts.is_new:
        texts.is_new = False
        _write(place, {"program": program, "texts": texts.kept})


def _read(place: Path) -> Any:
    head, _, body = place.read_bytes().partition(b"\n")
    if head.decode() != _head(body):
        raise ValueError(head)
    return json.loads(body)


def _write(place: Path, values: object) -> None:
    body = json.dumps(values, separators=(",", ":")).encode()
    temporary = place.with_name(f"{place.name}.{os.getpid()}.tmp")
    # A disk that is full takes nothing from what was published, so that is no error.
    with suppress(OSError):
        try:
            temporary.write_bytes(f"{_head(body)}\n".encode() + body)
            temporary.replace(place)
        finally:
            temporary.unlink(missing_ok=True)


def _head(body: bytes) -> str:
    return f"{_VERSION} {hashlib.sha256(body).hexdigest()}"
