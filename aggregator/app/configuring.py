"""Changing sources.yaml from the command line: its comments and its order stay."""

from __future__ import annotations

import os
from collections.abc import Callable

from aggregator import config
from aggregator.app.discovering import NAME_CHARS, Offer
from aggregator.app.polling import chosen_sources
from aggregator.app.workspace import Workspace, kinds
from aggregator.queue.review import check_section
from aggregator.text import clean_line


def loads(workspace: Workspace) -> Callable[[str], object]:
    """A check that an edited text is a configuration still; it raises ConfigError for one that is not."""
    return lambda text: config.read(text, workspace.config.path, os.environ, kinds())


def mute(workspace: Workspace, name: str, *, muted: bool) -> None:
    """Stop or resume polling a source. Raises ConfigError for a name that is not configured."""
    chosen_sources(workspace.sources, [name])
    # False rather than no key: inside a muted group it has to stand against the group.
    config.set_source(workspace.config.path, name, "mute", muted, validate=loads(workspace))


def remove(workspace: Workspace, name: str) -> None:
    """Take a source out of the file. Raises ConfigError for a name that is not configured."""
    chosen_sources(workspace.sources, [name])
    config.remove_source(workspace.config.path, name, validate=loads(workspace))


def add(workspace: Workspace, offer: Offer, *, name: str | None = None, section: str | None = None) -> str:
    """Write what was found into the file; the name it got. Raises ConfigError for a file that cannot be edited, QueueError for
    no section."""
    if section is not None:
        check_section(section, workspace.publication)
    taken = {source.name for source in workspace.sources}
    chosen = free_name(clean_line(name or offer.name, NAME_CHARS), taken)
    fields = {"name": chosen, **offer.fields} | ({"section": section} if section else {})
    config.add_source(workspace.config.path, fields, validate=loads(workspace))
    return chosen


def free_name(wanted: str, taken: set[str]) -> str:
    """`wanted`, or with the first number that makes it a name of its own."""
    if wanted not in taken:
        return wanted
    return next(name for number in range(2, len(taken) + 3) if (name := f"{wanted} {number}") not in taken)


def settings(workspace: Workspace) -> tuple[tuple[str, str, str], ...]:
    """Every setting as (name, value, origin)."""
    return workspace.config.settings.rows()
