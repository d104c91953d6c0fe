"""Subscriptions from another reader into sources.yaml, and the sources out for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aggregator import config
from aggregator.app.configuring import free_name, loads
from aggregator.app.discovering import NAME_CHARS
from aggregator.app.workspace import Workspace
from aggregator.config import opml
from aggregator.errors import ConfigError, Place
from aggregator.model import Source
from aggregator.text import clean_line
from aggregator.urls import canonical, host, is_http

FOLDER_MARK = " / "
_FEED_KINDS = frozenset({"arxiv", "bridge", "feed", "gitlab", "reddit", "youtube"})


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a list: the names that were added, and what was not, each with file and line. `duplicates` are feeds
    that are polled already or stand twice in the list."""

    added: tuple[str, ...]
    duplicates: tuple[str, ...]
    problems: tuple[ConfigError, ...]


def read_list(workspace: Workspace, path: Path) -> Imported:
    """Add the feeds of an OPML file, a folder as a group; what is polled already stays as it is. One edit: all or nothing.
    Raises ConfigError for a file that cannot be read, is no OPML or is built to do harm."""
    try:
        data = path.read_bytes()
    except OSError as error:
        why = error.strerror or str(error)
        raise ConfigError(
            f"{path.name} cannot be read", why=why, fix="check the path", code="E155", place=Place(str(path))
        ) from error
    found = opml.read(data, str(path))
    by_address = {_key(url): source.name for source in workspace.sources for url in source.urls}
    names = {source.name for source in workspace.sources}
    added: list[tuple[tuple[str, ...], dict[str, object]]] = []
    duplicates: list[str] = []
    for outline in found.outlines:
        twin = by_address.get(_key(outline.url))
        if twin is not None:
            duplicates.append(f"{path}:{outline.line}  {outline.title or outline.url} is polled as `{twin}`")
            continue
        name = free_name(clean_line(outline.title or host(outline.url), NAME_CHARS), names)
        names.add(name)
        by_address[_key(outline.url)] = name
        added.append((outline.folders or next(iter(outline.categories), ()), {"name": name, "url": outline.url}))
    config.add_sources(workspace.config.path, _grouped(added), validate=loads(workspace))
    return Imported(tuple(str(fields["name"]) for _, fields in added), tuple(duplicates), found.problems)


def _key(url: str) -> str:
    return canonical(url) or url


def _grouped(added: Sequence[tuple[tuple[str, ...], dict[str, object]]]) -> list[Mapping[str, object]]:
    """Entries of sources.yaml: what stands in no folder first, then a group for each folder."""
    folders: dict[str, list[dict[str, object]]] = {}
    for path, fields in added:
        folders.setdefault(FOLDER_MARK.join(path), []).append(fields)
    alone: list[Mapping[str, object]] = [*folders.pop("", [])]
    return alone + [{"group": name, "sources": several} for name, several in folders.items()]


def written_list(workspace: Workspace, now: datetime) -> tuple[bytes, tuple[str, ...]]:
    """All sources that are feeds as OPML 2.0, groups as folders, each by the feed that is tried first; and the names of those
    that no other reader could poll."""
    groups = config.groups(workspace.config.path)
    with workspace.store.read() as unit:
        states = unit.sources.states()
    outlines: list[opml.Outline] = []
    left_out: list[str] = []
    for source in workspace.sources:
        address = _feed_of(source)
        if address is None:
            left_out.append(source.name)
            continue
        folder = groups.get(source.line or 0, "")
        state = states.get(source.name)
        page = (state.feed_link if state else None) or ""
        outlines.append(opml.Outline(source.name, address, page, tuple(filter(None, folder.split(FOLDER_MARK)))))
    written = opml.write(workspace.publication.name, outlines, created=now, owner=workspace.publication.author)
    return written, tuple(left_out)


def _feed_of(source: Source) -> str | None:
    """The first address of a source that any reader could poll; None where it is an API, a page, or a bridge without origin."""
    if source.kind == "github":
        return next((url for url in source.urls if url.endswith(".atom")), None)
    return next(filter(is_http, source.urls), None) if source.kind in _FEED_KINDS else None
