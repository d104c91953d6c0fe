"""Changing sources.yaml from the command line: its comments and its order stay."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aggregator import config
from aggregator.app.polling import chosen_sources
from aggregator.app.workspace import Workspace, kinds, poll_settings
from aggregator.errors import ConfigError, ParseError
from aggregator.model import PollState, Source
from aggregator.poll.run import poll_sources
from aggregator.queue.review import check_section
from aggregator.text import clean_line
from aggregator.urls import canonical, host, is_http, safe_url


@dataclass(frozen=True, slots=True)
class AddedSource:
    """A source that was written into sources.yaml, and what it brings now."""

    name: str
    entries: int
    newest: str | None


NAME_CHARS = 90


def _loads(workspace: Workspace) -> Callable[[str], object]:
    """A check that an edited text is a configuration still; it raises ConfigError for one that is not."""
    return lambda text: config.read(text, workspace.config.path, os.environ, kinds())


def mute(workspace: Workspace, name: str, *, muted: bool) -> None:
    """Stop or resume polling a source. Raises ConfigError for a name that is not configured."""
    chosen_sources(workspace.sources, [name])
    # False rather than no key: inside a muted group it has to stand against the group.
    config.set_source(workspace.config.path, name, "mute", muted, validate=_loads(workspace))


def remove(workspace: Workspace, name: str) -> None:
    """Take a source out of the file. Raises ConfigError for a name that is not configured."""
    chosen_sources(workspace.sources, [name])
    config.remove_source(workspace.config.path, name, validate=_loads(workspace))


def add(workspace: Workspace, url: str, now: datetime, *, name: str | None = None, section: str | None = None) -> AddedSource:
    """Look at a feed and write it into the file. Raises ConfigError for one that is there already or cannot be asked, ParseError
    for what is no feed."""
    address = safe_url(url)
    if address is None or not is_http(address):
        raise ConfigError(f"this is no http(s) URL: {url}", fix="paste the whole address of the feed", code="E137")
    if section is not None:
        check_section(section, workspace.publication)
    for known in workspace.sources:
        if canonical(address) in {canonical(one) for one in known.urls}:
            raise ConfigError(
                f"`{known.name}` polls this address already",
                fix=f"aggregator sources explain {known.name!r}",
                code="E138",
            )
    trial = Source(name=name or address, kind="feed", urls=(address,))
    with poll_sources([(trial, PollState(trial.name))], poll_settings(workspace), now) as run:
        outcome = next(run)
    if outcome.error:
        raise ParseError(
            f"sources add {address}: {outcome.error}",
            why="nothing was written",
            fix=f"aggregator add {address}   keeps this one page",
            code=outcome.error_code or "E203",
        )
    taken = {source.name for source in workspace.sources}
    chosen = _free_name(clean_line(name or outcome.state.feed_title or host(address), NAME_CHARS), taken)
    fields = {"name": chosen, "url": address} | ({"section": section} if section else {})
    config.add_source(workspace.config.path, fields, validate=_loads(workspace))
    newest = max(outcome.entries, key=lambda entry: entry.published_at or datetime.min.replace(tzinfo=now.tzinfo), default=None)
    return AddedSource(chosen, len(outcome.entries), newest.title if newest else None)


def _free_name(wanted: str, taken: set[str]) -> str:
    if wanted not in taken:
        return wanted
    return next(name for number in range(2, len(taken) + 3) if (name := f"{wanted} {number}") not in taken)


def settings(workspace: Workspace) -> tuple[tuple[str, str, str], ...]:
    """Every setting as (name, value, origin)."""
    return workspace.config.settings.rows()
