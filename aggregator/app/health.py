"""What is wrong with a workspace, and how to mend it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from aggregator.app import listing, ranking
from aggregator.app.workspace import Workspace
from aggregator.errors import AggregatorError
from aggregator.issue.house.forms import check_templates
from aggregator.model import SourceStatus


@dataclass(frozen=True, slots=True)
class Examined:
    """One thing that was looked at. What is not `serious` costs a source's news, not the workspace's soundness. What there may be
    very many of has a `group`: words that say what all of them have come to."""

    ok: bool
    what: str
    fix: str | None = None
    serious: bool = True
    group: str = ""


def examine(workspace: Workspace) -> list[Examined]:
    """Configuration, store, feeds/ and the health of the sources."""
    found = [
        Examined(
            True, f"{workspace.config.path}: {len(workspace.sources)} sources, {len(workspace.publication.sections)} sections"
        )
    ]
    found += [Examined(False, f"{note} [{note.code}]", note.fix, serious=False) for note in workspace.config.notes]
    found += _templates(workspace)
    try:
        reports = listing.sources(workspace)
    except AggregatorError as error:
        return [*found, Examined(False, f"{error} [{error.code}]", error.fix)]
    found.append(Examined(True, "the store opens and has the newest schema"))
    unlearnt = ranking.unlearnt(workspace)
    told = f"keywords and sources alone rank the queue: {unlearnt}" if unlearnt else "the ranking has learnt"
    found.append(Examined(True, told))
    feeds = workspace.feeds
    writable = os.access(feeds if feeds.is_dir() else workspace.root, os.W_OK)
    found.append(
        Examined(writable, f"{feeds} {'can' if writable else 'cannot'} be written", None if writable else f"chmod u+w {feeds}")
    )
    return found + _sources(reports)


def _sources(reports: Sequence[listing.SourceReport]) -> list[Examined]:
    """Those that cannot be read, and those that have gone silent."""
    bad = [
        one
        for one in reports
        if one.status in {SourceStatus.FAILING, SourceStatus.PAUSED, SourceStatus.GONE, SourceStatus.LIMITED}
    ]
    found = [
        Examined(
            False,
            f"{one.source.name} is {one.status.value}: {one.state.last_error}",
            f"aggregator sources explain {one.source.name!r}",
            serious=False,
            group="cannot be read",
        )
        for one in bad
    ]
    silent = [one for one in reports if one.silence]
    found += [
        Examined(
            False,
            f"{one.source.name}: {one.silence}",
            f"aggregator sources explain {one.source.name!r}",
            serious=False,
            group="have gone silent",
        )
        for one in silent
    ]
    if not bad and not silent:
        found.append(Examined(True, "no source is failing, and none has gone silent"))
    return found


def _templates(workspace: Workspace) -> list[Examined]:
    """Whether what the publication's own templates print reads back; nothing where there are none."""
    names = sorted(workspace.publication.profile.templates)
    if not names:
        return []
    try:
        check_templates(workspace.publication)
    except AggregatorError as error:
        return [Examined(False, f"{error} [{error.code}]", error.fix)]
    return [Examined(True, f"what the templates print reads back: {', '.join(names)}")]
