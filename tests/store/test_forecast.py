"""The guess of how many sources a poll will ask is what the store knows, and never an error."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator.model import PollState, Source, SourceStatus
from aggregator.poll.due import is_due
from aggregator.store.forecast import likely
from aggregator.store.store import Store

DATABASE = "a.db"
NOW = datetime(2026, 9, 1, 8, 0, 30, tzinfo=UTC)


def test_it_counts_what_is_due(tmp_path: Path) -> None:
    instants = (None, NOW, NOW - timedelta(seconds=1), NOW + timedelta(microseconds=1), NOW + timedelta(days=9))
    states = [PollState(f"s{number}", next_poll_at=at) for number, at in enumerate(instants)]
    states.append(PollState("gone", SourceStatus.GONE))
    store = Store(f"sqlite:///{tmp_path / DATABASE}")
    with store.write() as unit:
        unit.sources.save([*states, PollState("\tno source")])
    store.close()
    due = [one for one in states if is_due(Source(one.source, "feed", ("https://example.org/",)), one, NOW)]
    assert likely(tmp_path / DATABASE, NOW, everything=False) == len(due) == 3
    assert likely(tmp_path / DATABASE, NOW, everything=True) == len(states)


def test_it_guesses_nothing_where_there_is_nothing_to_see(tmp_path: Path) -> None:
    assert likely(tmp_path / DATABASE, NOW, everything=True) == 0
    (tmp_path / DATABASE).write_text("no database")
    assert likely(tmp_path / DATABASE, NOW, everything=False) == 0
