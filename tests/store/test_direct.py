"""A store that a poll opens past SQLAlchemy behaves like one that is opened properly, or is not opened."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.errors import StoreError
from aggregator.model import Arrival, Entry, PollState
from aggregator.store import direct
from aggregator.store.polls.store import DirectStore, PollStore
from aggregator.store.store import Store

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A store with the newest schema."""
    address = f"sqlite:///{tmp_path}/a b.db"
    Store(address).close()
    return address


def opened(way: str, url: str) -> AbstractContextManager[PollStore]:
    if way == "properly":
        return closing(Store(url))
    store = DirectStore.open(url)
    assert store is not None
    return closing(store)


def names(url: str) -> set[str]:
    with closing(Store(url)) as store, store.read() as unit:
        return set(unit.sources.states())


ways = pytest.mark.parametrize("way", ["directly", "properly"])


def test_what_can_only_be_opened_properly_is_not(tmp_path: Path, url: str) -> None:
    assert DirectStore.open("postgresql://host/name") is None
    assert DirectStore.open(f"sqlite:///{tmp_path}/none/a.db") is None
    assert DirectStore.open(f"sqlite:///{tmp_path}") is None
    assert DirectStore.open(f"{url}?timeout=30") is None
    assert DirectStore.open("sqlite://") is None
    (tmp_path / "text.db").write_text("no database")
    assert DirectStore.open(f"sqlite:///{tmp_path}/text.db") is None
    with closing(sqlite3.connect(tmp_path / "a b.db")) as raw, raw:
        raw.execute("UPDATE alembic_version SET version_num = '0001'")
    assert DirectStore.open(url) is None


def test_a_new_file_is_the_same_whoever_makes_it(tmp_path: Path, url: str) -> None:
    (tmp_path / "new.db").touch()
    with opened("directly", f"sqlite:///{tmp_path}/new.db") as store, store.write() as unit:
        unit.sources.save([PollState("one")])
    assert names(f"sqlite:///{tmp_path}/new.db") == {"one"}
    found = []
    for file in ("new.db", "a b.db"):
        with closing(sqlite3.connect(tmp_path / file)) as raw:
            made = raw.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall()
            found.append((made, raw.execute("PRAGMA page_size").fetchone(), raw.execute("PRAGMA journal_mode").fetchone()))
    assert found[0] == found[1]
    assert len(found[0][0]) > 20


def test_two_programs_may_make_a_file_at_once(tmp_path: Path) -> None:
    both = threading.Barrier(2)
    made: list[bool] = []

    def begin(number: int) -> None:
        both.wait(10)
        with opened("directly", f"sqlite:///{tmp_path}/new.db") as store, store.write() as unit:
            unit.sources.save([PollState(f"s{number}")])
        made.append(True)

    threads = [threading.Thread(target=begin, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert made == [True, True]
    assert names(f"sqlite:///{tmp_path}/new.db") == {"s0", "s1"}


def test_what_cannot_be_made_whole_is_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "schema.sql"
    broken.write_text("CREATE TABLE source_state (source VARCHAR);\n\nCREATE NONSENSE;\n")
    monkeypatch.setattr(direct, "_SCHEMA", broken)
    assert DirectStore.open(f"sqlite:///{tmp_path}/new.db") is None
    with closing(sqlite3.connect(tmp_path / "new.db")) as raw:
        assert raw.execute("SELECT * FROM sqlite_master").fetchall() == []


def test_both_tell_sqlite_the_same(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared: list[sqlite3.Connection] = []
    real = direct.prepare
    for module in ("engine", "polls.store"):
        monkeypatch.setattr(f"aggregator.store.{module}.prepare", lambda raw: prepared.append(raw) or real(raw))
    asked = ("foreign_keys", "synchronous", "busy_timeout", "temp_store", "cache_size", "journal_mode", "page_size")
    told = []
    for way in ("directly", "properly"):
        with opened(way, url) as store, store.write():
            told.append([prepared[-1].execute(f"PRAGMA {name}").fetchone() for name in asked])
    assert told[0] == told[1] == [(1,), (2,), (direct.BUSY_TIMEOUT_MS,), (2,), (-8192,), ("wal",), (8192,)]


@ways
@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_what_an_error_leaves_is_taken_back_whole(url: str, way: str, error: type[BaseException]) -> None:
    def fail(store: PollStore) -> None:
        with store.write() as unit:
            unit.sources.save([PollState("lost")])
            raise error

    with opened(way, url) as store:
        with store.write() as unit:
            unit.sources.save([PollState("kept")])
        with pytest.raises(error):
            fail(store)
        with store.write() as unit:
            unit.sources.save([PollState("later")])
    assert names(url) == {"kept", "later"}


@ways
def test_a_reader_sees_one_state_and_a_writer_the_newest(url: str, way: str) -> None:
    with opened(way, url) as store, closing(Store(url)) as other:
        with store.read() as unit:
            before = unit.decisions.newest()
            with other.write() as theirs:
                theirs.decisions.append(at=NOW, who="e", action="approve", subject="1", before={}, after={})
            assert unit.decisions.newest() == before
        with store.write() as unit:
            assert unit.decisions.newest() == (before[0] + 1, 0)


@ways
def test_a_mark_tells_whether_anybody_has_written(url: str, way: str) -> None:
    def mark() -> object:
        with store.write() as unit:
            return unit.entries.mark()

    with opened(way, url) as store, closing(Store(url)) as other:
        first = mark()
        assert mark() == first
        with other.write() as unit:
            unit.sources.save([PollState("a")])
        second = mark()
        assert second != first
        with store.write() as unit:
            unit.sources.save([PollState("b")])
        assert mark() not in (first, second)


def refused(store: PollStore) -> StoreError:
    """What writing much raises."""
    with pytest.raises(StoreError) as caught, store.write() as unit:
        unit.sources.save([PollState(f"s{number}", last_error="x" * 5000) for number in range(100)])
    return caught.value


@pytest.fixture
def held(url: str) -> Iterator[None]:
    """Somebody else is writing all the time."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as raw:
        raw.execute("BEGIN IMMEDIATE")
        yield


@pytest.mark.usefixtures("held")
def test_a_busy_database_is_said_to_be_in_the_same_words(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert direct.BUSY_TIMEOUT_MS >= 10_000
    told = list(_told(url, "busy_timeout = 50", monkeypatch))
    assert told[0] == told[1]
    assert told[0][0] == "E303"


@pytest.mark.parametrize(("pragma", "code"), [("max_page_count = 1", "E305"), ("query_only = ON", "E304")])
def test_what_cannot_be_written_is_said_in_the_same_words(
    url: str, pragma: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = list(_told(url, pragma, monkeypatch))
    assert told[0] == told[1]
    assert told[0][0] == code, told[0]
    assert names(url) == set()


def _told(url: str, pragma: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str | None, str, str | None, str | None]]:
    for way in ("directly", "properly"):
        with monkeypatch.context() as patched:
            patched.setattr(direct, "_PRAGMAS", (*direct._PRAGMAS, pragma))
            with opened(way, url) as store:
                error = refused(store)
        yield error.code, str(error), error.why, error.fix


@ways
def test_what_the_database_refuses_is_an_error_of_the_store(url: str, way: str) -> None:
    twice = [Arrival(Entry("s", "1", None, "title"), (), 7), Arrival(Entry("s", "1", None, "title"), (), 7)]
    with opened(way, url) as store, pytest.raises(StoreError, match="the database failed") as caught, store.write() as unit:
        unit.entries.add(twice, NOW)
    assert "constraint failed" in (caught.value.why or "")


@ways
def test_an_entry_needs_its_candidate(url: str, way: str) -> None:
    with opened(way, url) as store, pytest.raises(StoreError) as caught, store.write() as unit:
        unit.entries.add([Arrival(Entry("s", "1", None, "title"), (), 7)], NOW)
    assert "FOREIGN KEY constraint failed" in (caught.value.why or "")
