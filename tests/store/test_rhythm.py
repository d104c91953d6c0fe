"""What is known of a source's rhythm, from this version and from earlier ones."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from aggregator.model import PollState, Rhythm
from aggregator.store.glance import glance
from aggregator.store.store import Store

NOW = datetime(2026, 3, 2, 12, 0, 0, 250_000, tzinfo=UTC)
WHOLE = Rhythm(60.0, 30.0, (1, 2), (6,), 55.5, 400.0, NOW, NOW)


def test_a_rhythm_comes_back_as_it_went_in_and_one_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    store = Store(url)
    with store.write() as unit:
        unit.sources.save([PollState("new", rhythm=WHOLE), PollState("old")])
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        row = '{"entry_minutes": 60.0, "ttl_minutes": null, "skip_hours": [3], "skip_days": []}'
        connection.execute(sa.text("UPDATE source_state SET rhythm = :row WHERE source = 'old'"), {"row": row})
    engine.dispose()
    with store.read() as unit:
        states = unit.sources.states()
    store.close()
    seen = glance(url)
    assert seen
    for known in (states, seen.states):
        assert known["new"].rhythm == WHOLE
        assert known["old"].rhythm == Rhythm(60.0, None, (3,))
