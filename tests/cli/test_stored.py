"""What the store refuses costs the source that brought it, and nobody else."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from aggregator.app.ingest import Ingest
from aggregator.errors import StoreError
from aggregator.model import Entry
from aggregator.store import direct
from aggregator.store.polls.unit import PollUnit
from tests.cli.conftest import Desk, item, rss


def poisoned(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Storing whatever the source `bad` brings fails, in the middle of a transaction."""
    real = Ingest.entries

    def entries(self: Ingest, unit: PollUnit, brought: Sequence[tuple[str, Sequence[Entry]]]) -> list[tuple[int, int]]:
        counts = real(self, unit, brought)
        if any(source == "bad" for source, _ in brought):
            raise error
        return counts

    monkeypatch.setattr(Ingest, "entries", entries)


def test_one_outcome_that_cannot_be_stored_does_not_end_its_batch(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.configure("/one.xml", "/two.xml", "/bad.xml", "/three.xml", "/four.xml")
    for number, name in enumerate(("one", "two", "bad", "three", "four")):
        desk.serve(f"/{name}.xml", rss(item(number, f"{name} 的新闻")), **{"Cache-Control": "max-age=86400"})
    poisoned(monkeypatch, OverflowError("a number too large\x1b[31m"))
    polled = desk("poll", "--json")
    assert polled.code == 0, polled.err
    (report,) = polled.json
    assert (report["polled"], report["new"], report["failed"]) == (5, 4, 1)
    assert sorted(one["title"] for one in desk("queue", "list", "--json").json) == sorted(
        f"{name} 的新闻" for name in ("one", "two", "three", "four")
    )
    (bad,) = (one for one in desk("sources", "list", "--json").json if one["name"] == "bad")
    assert (bad["status"], bad["failures"]) == ("failing", 1)
    assert bad["last_error"].startswith("what it brought cannot be stored: OverflowError: a number too large")
    assert "\x1b" not in bad["last_error"]
    assert bad["next_poll_at"] >= "2026-09-03T03:00"  # what the upstream asked for holds for failures too
    (explained,) = desk("sources", "explain", "bad", "--json").json
    assert [request["status"] for request in explained["requests"]] == [200]


def test_what_was_refused_comes_again_and_is_stored(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.configure("/bad.xml")
    desk.serve("/bad.xml", rss(item(1, "一条新闻")), ETag='"one"')
    with monkeypatch.context() as patched:
        poisoned(patched, StoreError("the database failed", why="UNIQUE constraint failed"))
        desk("poll")
    assert desk("queue", "list", "--json").json == []
    assert "1 new" in desk("poll", "bad").out
    assert [one["title"] for one in desk("queue", "list", "--json").json] == ["一条新闻"]


def test_a_database_that_nobody_can_write_ends_the_poll(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.configure("/one.xml", "/bad.xml")
    desk.serve("/one.xml", rss(item(1, "一")))
    desk.serve("/bad.xml", rss(item(2, "二")))
    poisoned(monkeypatch, StoreError("the disk is full", code="E305"))
    polled = desk("poll")
    assert polled.code == 1
    assert "E305" in polled.err


@pytest.mark.parametrize("options", ["", "?timeout=5"])
def test_a_disk_that_is_full_blames_no_source(desk: Desk, monkeypatch: pytest.MonkeyPatch, options: str) -> None:
    monkeypatch.setenv("AGGREGATOR_DATABASE_URL", f"sqlite:///{desk.root}/aggregator.db{options}")
    desk.configure("/one.xml", "/two.xml")
    desk("queue", "list")
    for number, name in enumerate(("one", "two")):
        desk.serve(f"/{name}.xml", rss(item(number, f"{name} 的新闻", text="长" * 20_000)))
    with monkeypatch.context() as patched:
        patched.setattr(direct, "_PRAGMAS", (*direct._PRAGMAS, "max_page_count = 1"))
        polled = desk("poll")
    assert (polled.code, "E305" in polled.err) == (1, True), polled.err
    assert {one["status"] for one in desk("sources", "list", "--json").json} == {"new"}
    assert "2 new · 0 folded · 0 failed" in desk("poll").out
