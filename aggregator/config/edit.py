"""Edits of the file sources.yaml: read, spliced, read back, written whole. `splice` says how."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from aggregator.config import codes
from aggregator.errors import ConfigError, Place

Validate = Callable[[str], object]

_BOM = "\ufeff"


def add_source(path: Path, fields: Mapping[str, object], *, validate: Validate | None = None) -> None:
    """Append a source to the file; `fields` in the order in which they are to stand, None values are left out.

    `validate` is called with the new text before it is written, and stops the edit by raising. Raises ConfigError when a
    source of that name is there, or the file cannot be edited; the file is unchanged then.
    """
    from aggregator.config import splice

    _edit(path, lambda text: splice.add(text, path.name, fields), validate)


def add_sources(path: Path, entries: Sequence[Mapping[str, object]], *, validate: Validate | None = None) -> None:
    """Append sources and groups ({"group": …, "sources": [...]}) in one edit. Raises ConfigError as `add_source` does."""
    from aggregator.config import splice

    _edit(path, lambda text: splice.add_all(text, path.name, entries), validate)


def groups(path: Path) -> dict[int, str]:
    """The names of the groups by the lines of the sources in them (`Source.line`). Raises ConfigError for an unreadable file."""
    from aggregator.config import splice
    from aggregator.config.document import decode

    return splice.groups(decode(_bytes(path), path.name), path.name)


def remove_source(path: Path, name: str, *, validate: Validate | None = None) -> None:
    """Remove a source with the comments inside it; comments above it stay. Raises ConfigError as `add_source` does."""
    from aggregator.config import splice

    _edit(path, lambda text: splice.remove(text, path.name, name), validate)


def set_source(path: Path, name: str, key: str, value: object, *, validate: Validate | None = None) -> None:
    """Set one key of a source, or remove it with the value None. Raises ConfigError as `add_source` does."""
    from aggregator.config import splice

    _edit(path, lambda text: splice.set_key(text, path.name, name, key, value), validate)


def _edit(path: Path, change: Callable[[str], str], validate: Validate | None) -> None:
    from aggregator.config.document import decode
    from aggregator.config.files import write_atomically

    raw = _bytes(path)
    text = decode(raw, path.name)
    changed = change(text)
    if validate is not None:
        validate(changed)
    if changed == text:
        return
    try:
        write_atomically(path, (_BOM if raw.startswith(_BOM.encode()) else "") + changed)
    except OSError as error:
        raise ConfigError(
            f"{path.name} cannot be written",
            why=error.strerror or str(error),
            fix="check that you may write into the workspace; the file is as it was",
            code=codes.NOT_WRITABLE,
            place=Place(str(path)),
        ) from error


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"{path.name} cannot be read", why=error.strerror or str(error), code=codes.UNREADABLE, place=Place(str(path))
        ) from error
