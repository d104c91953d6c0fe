"""What is written into feeds/."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Document:
    """One rendered file. `path` is relative to feeds/, with forward slashes."""

    path: str
    media_type: str
    body: bytes
