"""The store: migrations, transactions, round trips, and errors in words."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import aggregator.store.migrations as migrations
from aggregator.errors import QueueError, StoreError
from aggregator.model import (
    Arrival,
    CandidateFilter,
    Enclosure,
    Entry,
    Issue,
    IssueSection,
    Item,
    Link,
    NewCandidate,
    PollState,
    Reason,
    RequestRecord,
    Rhythm,
    Score,
    SectionGuess,
    SourceStatus,
    Status,
    Validators,
)
from aggregator.store import schema
from aggregator.store.engine import open_engine
from aggregator.store.head import HEAD
from aggregator.store.polls.sources import KEEP_REQUESTS
from aggregator.store.store import Store
from aggregator.store.tables import METADATA

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    opened = Store(f"sqlite:///{tmp_path}/a.db")
    yield opened
    opened.close()


def arrival(guid: str, *, title: str = "端侧推理框架发布", score: float = 1.0, section: str = "news") -> Arrival:
    url = f"https://example.org/{guid}"
    entry = Entry(
        "blog",
        guid,
        url,
        title,
        author="A",
        authors=("A", "B"),
        published_at=NOW,
        summary="<p>摘要</p>",
        tags=("ai",),
        enclosures=(Enclosure(url + ".mp3", "audio/mpeg", 12),),
        links=(Link("论文", "paper", "https://arxiv.org/abs/2401.00001"),),
        language="zh",
    )
    new = NewCandidate(
        (f"url:{guid}",),
        title,
        url,
        url,
        SectionGuess(section, 0.5),
        Score(score, (Reason(score, "a term"),)),
        "blog",
        links=entry.links,
    )
    return Arrival(entry, (f"url:{guid}",), new=new)


def rules_of(engine: sa.Engine) -> dict[str, object]:
    """Every table with its columns, keys and indices, as SQLite understands them."""
    found: dict[str, object] = {}
    with engine.connect() as connection:
        for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"):
            columns = [tuple(row) for row in connection.exec_driver_sql(f"PRAGMA table_xinfo({name})")]
            indices = {}
            for _, index, unique, origin, partial in connection.exec_driver_sql(f"PRAGMA index_list({name})"):
                parts = tuple(row[2] for row in connection.exec_driver_sql(f"PRAGMA index_info({index})"))
                indices[index if origin == "c" else parts] = (unique, origin, partial, parts)
            keys = sorted(tuple(row[2:]) for row in connection.exec_driver_sql(f"PRAGMA foreign_key_list({name})"))
            found[name] = (columns, indices, keys)
    return found


def test_a_new_file_has_what_migrations_would_have_made(tmp_path: Path) -> None:
    made, migrated = open_engine(f"sqlite:///{tmp_path}/made.db"), sa.create_engine(f"sqlite:///{tmp_path}/migrated.db")
    schema.upgrade(migrated)
    assert rules_of(made) == rules_of(migrated)
    versions = [engine.connect().exec_driver_sql("SELECT version_num FROM alembic_version").all() for engine in (made, migrated)]
    assert versions == [[(HEAD,)], [(HEAD,)]]


def test_the_schema_of_a_new_file_is_what_the_tables_say() -> None:
    text = Path(schema.__file__).with_name("schema.sql").read_text(encoding="utf-8")
    assert text == schema.rendered(), "write schema.rendered() into store/schema.sql"


def test_migrations_make_the_tables_that_the_code_names(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path}/a.db")
    schema.upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    engine.dispose()
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_sqlite_is_opened_for_many_readers_and_one_writer(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/a.db")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() > 0
    engine.dispose()


def test_two_programs_may_open_an_empty_store_at_once(tmp_path: Path) -> None:
    errors: list[Exception] = []

    def opening(at: int) -> None:
        try:
            Store(f"sqlite:///{tmp_path}/{at}.db").close()
        except Exception as error:
            errors.append(error)

    for at in range(6):
        threads = [threading.Thread(target=opening, args=(at,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert errors == []


def test_entries_come_back_as_they_went_in(store: Store) -> None:
    one = arrival("1")
    with store.write() as unit:
        unit.entries.add([one], NOW)
    with store.read() as unit:
        (found,) = unit.entries.find()
    assert found == replace(one.entry, arrived_at=NOW)


def test_an_entry_that_joins_another_of_its_batch_shares_its_candidate(store: Store) -> None:
    first, second = arrival("1"), arrival("2")
    with store.write() as unit:
        (number,) = unit.entries.reserve(1)
        both = [replace(first, candidate_id=number), replace(second, new=None, candidate_id=number)]
        ids = unit.entries.add(both, NOW)
        again = unit.entries.add([replace(arrival("3"), new=None, candidate_id=ids[0])], NOW)
    assert ids == [ids[0], ids[0]] == [again[0], again[0]]
    with store.read() as unit:
        (candidate,) = unit.candidates.find(CandidateFilter())
        assert [copy.guid for copy in candidate.entries] == ["1", "2", "3"]
        assert unit.entries.owners(["url:1", "url:2", "url:9"]) == {"url:1": ids[0], "url:2": ids[0]}


def test_the_same_guid_of_a_source_is_stored_once(store: Store) -> None:
    with store.write() as unit:
        unit.entries.add([arrival("1")], NOW)
        assert unit.entries.known_guids("blog", ["1", "2"]) == {"1"}
        assert unit.entries.known_guids("other", ["1"]) == set()
    with pytest.raises(StoreError), store.write() as unit:
        unit.entries.add([arrival("1")], NOW)


def test_the_queue_is_ordered_by_score_and_filtered(store: Store) -> None:
    with store.write() as unit:
        unit.entries.add(
            [arrival("1", score=1), arrival("2", score=3, section="papers"), arrival("3", score=2, title="100% of a_b")], NOW
        )
    with store.read() as unit:
        assert [one.score for one in unit.candidates.find(CandidateFilter())] == [3, 2, 1]
        assert [one.id for one in unit.candidates.find(CandidateFilter(section="papers"))] == [2]
        assert [one.id for one in unit.candidates.find(CandidateFilter(search="0% OF A_"))] == [3]
        assert unit.candidates.find(CandidateFilter(search="a%b")) == []
        assert unit.candidates.find(CandidateFilter(source="elsewhere")) == []
        assert len(unit.candidates.find(CandidateFilter(limit=2))) == 2
        assert unit.candidates.counts() == {Status.PENDING: 3}
        with pytest.raises(QueueError, match="no candidate 99"):
            unit.candidates.get(99)


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    def half() -> None:
        with store.write() as unit:
            unit.entries.add([arrival("1")], NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    with store.read() as unit:
        assert list(unit.entries.find()) == []


def test_poll_states_come_back_as_they_went_in(store: Store) -> None:
    state = PollState(
        "blog",
        SourceStatus.FAILING,
        {"https://example.org/feed": Validators('W/"é"', None)},
        {"https://example.org/old": "https://example.org/feed"},
        {},
        NOW,
        None,
        None,
        NOW,
        "because",
        3,
        "E207 no",
        "题",
        None,
        Rhythm(60.0, None, (1, 2), (6,)),
    )
    with store.write() as unit:
        unit.sources.save([PollState("blog"), PollState("other")])
        unit.sources.save([state])
    with store.read() as unit:
        assert unit.sources.states() == {"blog": state, "other": PollState("other")}


def test_the_request_log_keeps_the_last_few(store: Store) -> None:
    records = [RequestRecord(NOW, f"https://example.org/{n}", 200, 0.1, 10, False) for n in range(KEEP_REQUESTS + 5)]
    with store.write() as unit:
        unit.sources.record({"blog": records, "other": records[:1]})
    with store.read() as unit:
        found = unit.sources.requests("blog")
        assert [record.url for record in found] == [record.url for record in reversed(records[5:])]
        assert len(unit.sources.requests("other")) == 1


def test_an_issue_is_replaced_by_its_difference_and_back(store: Store) -> None:
    first, second = Item("一", anchor="a", url="https://example.org/1"), Item("二", anchor="b")
    before = Issue("draft", sections=(IssueSection("新闻", "news", (first, second)), IssueSection("论文", "papers")))
    with store.write() as unit:
        stored = unit.issues.save(before)
        one, two = stored.items
        changed = replace(
            stored,
            lead="导读",
            sections=(
                replace(stored.sections[0], items=(two,)),
                replace(stored.sections[1], items=(replace(one, title="改"), Item("三", anchor="c"))),
            ),
        )
        after, undo, redo = unit.issues.replace(stored, changed)
        assert [item.title for item in after.items] == ["二", "改", "三"]
        unit.decisions.apply(undo)
        assert unit.issues.get("draft") == stored
        unit.decisions.apply(redo)
        assert unit.issues.get("draft") == after


def test_dates_of_an_issue_survive(store: Store) -> None:
    issue = Issue("2026-09-01", date=date(2026, 9, 1), number=3, published_at=NOW, verbatim="# x")
    with store.write() as unit:
        saved = unit.issues.save(issue)
    assert saved == replace(issue, id=saved.id)


@pytest.mark.parametrize(
    ("url", "code"),
    [("sqlite:////nowhere/at/all/a.db", "E304"), ("not a url", "E301"), ("nodriver://x/y", "E301")],
)
def test_a_store_that_cannot_be_opened_says_why(url: str, code: str) -> None:
    with pytest.raises(StoreError) as caught:
        Store(url)
    assert caught.value.code == code
    assert caught.value.fix


def test_a_file_that_is_no_database_is_said_so_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(b"this is a letter, not a database" * 100)
    with pytest.raises(StoreError) as caught:
        Store(f"sqlite:///{path}")
    assert caught.value.code == "E306"
    assert path.read_bytes().startswith(b"this is a letter")


def test_a_store_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    Store(f"sqlite:///{tmp_path}/a.db").close()
    with sqlite3.connect(tmp_path / "a.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(StoreError) as caught:
        Store(f"sqlite:///{tmp_path}/a.db")
    assert caught.value.code == "E307"


def test_the_log_is_in_order_and_keeps_patches(store: Store) -> None:
    with store.write() as unit:
        first = unit.decisions.append(
            at=NOW, who="e", action="approve", subject="1", before={"candidate": {"1": {"status": "pending"}}}, after={}
        )
        unit.decisions.append(at=NOW, who="e", action="undo", subject="1", before={}, after={}, undoes=first.id)
    with store.read() as unit:
        assert [event.action for event in unit.decisions.find()] == ["undo", "approve"]
        assert unit.decisions.heads() == [(first.id, "approve", None), (first.id + 1, "undo", first.id)]
        assert unit.decisions.get(first.id) == first


def test_a_patch_may_not_reach_other_tables(store: Store) -> None:
    with pytest.raises(StoreError, match="unknown table"), store.write() as unit:
        unit.decisions.apply({"decision": {"1": None}})


def test_sqlalchemy_errors_do_not_leave_the_store(store: Store) -> None:
    with pytest.raises(StoreError) as caught, store.write() as unit:
        unit.candidates.patch({"candidate_key": {"k": {"candidate_id": 12345}}})
    assert not isinstance(caught.value, sa.exc.SQLAlchemyError)


def test_a_patch_of_many_rows_changes_inserts_and_deletes_as_one_by_one(store: Store) -> None:
    with store.write() as unit:
        unit.candidates.patch({"taste": {f"t{number}": {"points": 1.0} for number in range(700)}})
        unit.candidates.patch({"taste": {f"t{number}": {"points": 2.0} for number in range(650, 750)}})
        unit.candidates.patch({"taste": {f"t{number}": None for number in range(700, 2000)} | {"t1": {"points": 3.0}}})
    with store.read() as unit:
        points = unit.learning.tastes()
    assert len(points) == 700
    assert (points["t0"], points["t1"], points["t699"]) == (1.0, 3.0, 2.0)


def test_what_the_database_refuses_below_sqlalchemy_is_an_error_of_the_store(store: Store) -> None:
    twice = [replace(arrival("1"), candidate_id=7), replace(arrival("2"), candidate_id=7)]
    with pytest.raises(StoreError) as refused, store.write() as unit:
        unit.entries.add(twice, NOW)
    assert "UNIQUE constraint failed" in (refused.value.why or "")
    with store.read() as unit:
        assert unit.candidates.find(CandidateFilter()) == []


def test_a_work_that_learning_sees_has_the_addresses_it_links_to(store: Store) -> None:
    one, other = arrival("1"), arrival("2")
    assert one.new
    links = (Link("code", "code", "https://github.com/example/tool"), Link("paper", "paper", "https://arxiv.org/abs/2609.00001"))
    with store.write() as unit:
        ids = unit.entries.add([replace(one, new=replace(one.new, links=links)), other], NOW)
    with store.read() as unit:
        works = {work.id: work.links for work in unit.learning.works((Status.PENDING,))}
    assert works == {
        ids[0]: ("https://github.com/example/tool", "https://arxiv.org/abs/2609.00001"),
        ids[1]: tuple(link.url for link in other.new.links) if other.new else (),
    }
