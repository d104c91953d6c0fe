"""The quick look at the database says what the store says, or nothing."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from aggregator.model import PollState, Rhythm, SourceStatus, Validators
from aggregator.store.glance import Glance, glance
from aggregator.store.store import Store

NOW = datetime(2026, 9, 1, 8, 0, 30, 120, tzinfo=UTC)
STATES = [
    PollState("a"),
    PollState(
        "源",
        SourceStatus.FAILING,
        {"u": Validators('W/"ü"', None)},
        {"u": "v"},
        {"u": "h"},
        NOW,
        NOW,
        None,
        NOW,
        "why",
        3,
        "error",
        "title",
        "link",
        Rhythm(12.5, 60.0, (1, 2), (6,)),
        {"u": "items"},
    ),
]


def test_it_says_what_the_store_says(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a b.db"
    store = Store(url)
    with store.write() as unit:
        unit.sources.save(STATES)
        unit.sources.keep_holds({"old.example": NOW})
        unit.sources.keep_holds({"slow.example": NOW})
    for _ in ("while it is open", "when it is closed"):
        found = glance(url)
        assert found is not None
        assert found.states == {state.source: state for state in STATES}
        assert found.holds == {"slow.example": NOW}
        store.close()
    with store.read() as unit:
        assert (unit.sources.states(), unit.sources.holds()) == (found.states, found.holds)
    store.close()


def test_it_says_nothing_of_what_it_does_not_know(tmp_path: Path) -> None:
    assert glance("postgresql://host/name") is None
    assert glance(f"sqlite:///{tmp_path}/none.db") == Glance({}, {})
    assert glance(f"sqlite:///{tmp_path}/none/none.db") is None
    assert glance(f"sqlite:///{tmp_path}/none.db?timeout=30") is None
    assert glance("sqlite:///file:none.db?uri=true") is None
    (tmp_path / "text.db").write_text("no database")
    assert glance(f"sqlite:///{tmp_path}/text.db") is None
    Store(f"sqlite:///{tmp_path}/a.db").close()
    with sqlite3.connect(tmp_path / "a.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    assert glance(f"sqlite:///{tmp_path}/a.db") is None
    assert not (tmp_path / "none.db").exists()
