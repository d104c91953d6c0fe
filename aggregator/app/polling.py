"""Upstreams into the queue: poll what is due, fold what is new, remember what was learnt."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from aggregator.app import retrying
from aggregator.app.keeping import Keeper, PollReport
from aggregator.app.workspace import Workspace, poll_settings
from aggregator.errors import ConfigError
from aggregator.model import Outcome, PollState, Source
from aggregator.poll import due
from aggregator.poll.process import ForkServer
from aggregator.poll.run import poll_sources
from aggregator.store.glance import Glance, glance

__all__ = ["PollReport", "check", "chosen_sources", "poll"]


def chosen_sources(all_sources: Sequence[Source], names: Iterable[str]) -> list[Source]:
    """The sources of these names; all when there are none. Raises ConfigError for a name that is not configured."""
    wanted = list(names)
    if not wanted:
        return list(all_sources)
    by_name = {source.name: source for source in all_sources}
    missing = [name for name in wanted if name not in by_name]
    if missing:
        from difflib import get_close_matches

        near = get_close_matches(missing[0], by_name, n=1)
        raise ConfigError(
            f"there is no source `{missing[0]}`" + (f" - did you mean `{near[0]}`?" if near else ""),
            fix="`aggregator sources list` shows the names",
            code="E130",
        )
    return [by_name[name] for name in wanted]


def poll(
    workspace: Workspace,
    now: datetime,
    *,
    names: Iterable[str] = (),
    everything: bool = False,
    started: Callable[[int], None] = lambda total: None,
    finished: Callable[[Outcome], None] = lambda outcome: None,
    server: ForkServer | None = None,
) -> PollReport:
    """Poll the named sources, or those that are due, or (`everything`) all. What was fetched is stored as it comes in, so
    an interrupt loses nothing of it. A fork `server` that was started already is used. Raises BusyError while
    another poll runs."""
    begun = time.monotonic()
    named = list(names)
    chosen = chosen_sources(workspace.sources, named)
    with workspace.lock("poll"):
        known = _known(workspace)
        jobs = [(source, known.states.get(source.name, PollState(source.name))) for source in chosen]
        asked = [job for job in jobs if (named or everything or due.is_due(*job, now)) and not job[0].muted]
        started(len(asked))
        holds = {host: (until - now).total_seconds() for host, until in known.holds.items() if until > now}
        with poll_sources(asked, poll_settings(workspace), now, holds, server) as run:
            keeper = Keeper(workspace, known.states, now, wanted=bool(named))
            try:
                for outcome in run:
                    keeper.take(outcome)
                    finished(outcome)
            finally:
                keeper.finish(known.holds, {host: now + timedelta(seconds=left) for host, left in run.holds().items()})
        # Named sources are all that was asked for.
        pages = [] if named else retrying.due(known.states, now)
        if pages:
            retrying.retry(workspace, pages, now)
    keeper.report.seconds = time.monotonic() - begun
    return keeper.report


def _known(workspace: Workspace) -> Glance:
    found = glance(workspace.config.settings.database_url)
    if found is not None:
        return found
    with workspace.store.read() as unit:
        return Glance(unit.sources.states(), unit.sources.holds())


def check(workspace: Workspace, now: datetime, *, names: Iterable[str] = ()) -> Iterator[Outcome]:
    """Try the named sources, or all that are not muted, once, as if they had never been polled. Nothing is stored."""
    chosen = [source for source in chosen_sources(workspace.sources, names) if not source.muted]
    with poll_sources([(source, PollState(source.name)) for source in chosen], poll_settings(workspace), now) as run:
        yield from run
