"""What the faces look at all the time: the version of the store, counts of the draft, the recent past of sources."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator.model import Issue, IssueSection, Item, RequestRecord
from aggregator.store.store import Store

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


def test_the_version_is_another_one_after_every_commit_of_anybody(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    here, there = Store(url), Store(url)
    try:
        seen = [here.version(), here.version()]
        assert seen[0] == seen[1]
        for store in (here, there):
            with store.write() as unit:
                unit.candidates.patch({"taste": {"t": {"points": float(len(seen))}}})
            seen.append(here.version())
        assert len(set(seen)) == 3
        with there.read() as unit:
            unit.candidates.counts()
        assert here.version() == seen[-1]
    finally:
        here.close()
        there.close()


def test_counts_and_titles_of_the_draft_are_those_of_its_items(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'a.db'}")
    items = (Item("one", anchor="a"), Item("two", anchor="b"))
    with store.write() as unit:
        assert unit.issues.draft_counts() == {}
        saved = unit.issues.save(Issue("draft", sections=(IssueSection("News", "news", items), IssueSection("Papers", "papers"))))
        assert unit.issues.draft_counts() == {"news": 2, "papers": 0}
        ids = [item.id for item in saved.items if item.id is not None]
        assert unit.issues.titles([*ids, 999]) == dict(zip(ids, ["one", "two"], strict=True))
    store.close()


def test_the_recent_past_of_sources(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'a.db'}")
    records = [RequestRecord(NOW + timedelta(hours=hour), "u", 200, 0.1, 1, False) for hour in range(30)]
    with store.write() as unit:
        unit.sources.record({"a": records, "b": records[:2]})
    with store.read() as unit:
        found = unit.sources.requests_of(["a", "b", "c"])
        assert [record.at for record in found["a"]] == [record.at for record in records[-20:]]
        assert len(found["b"]) == 2
        assert "c" not in found
        assert unit.sources.arrivals(NOW) == {}
    store.close()
