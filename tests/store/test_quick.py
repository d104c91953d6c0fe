"""What is written and asked past SQLAlchemy, where the store is SQLite, is what SQLAlchemy would have written and found."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from aggregator.model import (
    Arrival,
    Enclosure,
    Entry,
    Link,
    NewCandidate,
    PollState,
    Reason,
    RequestRecord,
    Rhythm,
    Score,
    SectionGuess,
    Similar,
    SourceStatus,
    Status,
    Validators,
)
from aggregator.store import candidates, decisions, entries, learning, sources
from aggregator.store.mapping import CANDIDATE_COLUMNS, CANDIDATE_JSON, candidate_value
from aggregator.store.polls.learning import Learnt
from aggregator.store.polls.store import DirectStore, PollStore
from aggregator.store.polls.unit import PollUnit
from aggregator.store.store import Store
from aggregator.store.tables import METADATA
from aggregator.store.through import Through

NOW = datetime(2026, 9, 1, 6, 30, 0, 120, tzinfo=UTC)
TEXTS = ("", "端侧推理", 'It\'s "here"; DROP TABLE entry;--', "a\nb\t\\n", "🦉 é\u0301", "%s :name ?1", "[]", "null", "x" * 5000)
ZONES = (UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-3, minutes=-30)))
POINTS = (0.0, -1.5, 1e-7, 12345678.125, 0.1 + 0.2)


class Maker:
    """Nouns with whatever an upstream may say, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - a test repeats itself

    def _maybe(self, make: Callable[[], Any]) -> Any:
        return make() if self._chance.random() < 0.6 else None

    def _text(self) -> str:
        return self._chance.choice(TEXTS) + str(self._chance.randint(0, 99))

    def _at(self) -> datetime:
        micros = self._chance.choice((0, 1, 500_000))
        year, month = self._chance.choice((70, 1970, 2026, 9000)), self._chance.randint(1, 12)
        return datetime(year, month, 3, 4, 5, 6, micros, tzinfo=self._chance.choice(ZONES))

    def _several(self, make: Callable[[], Any]) -> tuple[Any, ...]:
        return tuple(make() for _ in range(self._chance.choice((0, 0, 1, 3))))

    def _link(self) -> Link:
        return Link(self._text(), self._chance.choice(("paper", "code")), self._text())

    def _reason(self) -> Reason:
        return Reason(self._chance.choice(POINTS), self._text())

    def entry(self, source: str, number: int) -> Entry:
        return Entry(
            source,
            f"{self._text()}#{number}",
            self._maybe(self._text),
            self._text(),
            author=self._maybe(self._text),
            authors=self._several(self._text),
            published_at=self._maybe(self._at),
            updated_at=self._maybe(self._at),
            summary=self._text(),
            content=self._text(),
            tags=self._several(self._text),
            enclosures=self._several(lambda: Enclosure(self._text(), self._maybe(self._text), self._maybe(lambda: 2**40))),
            links=self._several(self._link),
            language=self._maybe(self._text),
        )

    def candidate(self) -> NewCandidate:
        return NewCandidate(
            keys=(),
            title=self._text(),
            url=self._maybe(self._text),
            canonical_url=self._maybe(self._text),
            section=SectionGuess(self._text(), self._chance.random(), self._several(self._reason), self._maybe(self._text)),
            score=Score(self._chance.choice(POINTS), self._several(self._reason)),
            source=self._text(),
            author=self._maybe(self._text),
            published_at=self._maybe(self._at),
            summary=self._text(),
            tags=self._several(self._text),
            links=self._several(self._link),
            similar=self._several(lambda: Similar(1, self._chance.random())),
            warnings=self._several(self._text),
            status=self._chance.choice((Status.PENDING, Status.DEFERRED, Status.REJECTED)),
        )

    def arrivals(self) -> list[Arrival]:
        found: list[Arrival] = []
        for number in range(40):
            keys = tuple(f"url:{self._chance.randint(0, 60)}" for _ in range(self._chance.randint(1, 3)))
            known = [one.candidate_id for one in found if one.candidate_id]
            joins = bool(known) and self._chance.random() < 0.4
            owner = self._chance.choice(known) if joins else number + 1
            new = None if joins else self.candidate()
            found.append(Arrival(self.entry(f"s{number % 4}", number), keys, owner, new))
        return found

    def changes(self, count: int) -> list[dict[str, Any]]:
        found = []
        for number in range(1, count):
            whole = {
                "title": self._text(),
                "url": self._maybe(self._text),
                "tags": self._several(self._text),
                "published_at": self._maybe(self._at),
            }
            fields = whole if number % 3 else {"links": self._several(self._link)}
            fields |= {"score": self._chance.choice(POINTS), "score_reasons": self._several(self._reason)}
            found.append({"id": number} | {name: candidate_value(name, value) for name, value in fields.items()})
        return found

    def state(self, name: str) -> PollState:
        return PollState(
            name,
            self._chance.choice(list(SourceStatus)),
            {self._text(): Validators(self._maybe(self._text), self._maybe(self._text))} if self._chance.random() < 0.5 else {},
            {self._text(): self._text()},
            last_polled_at=self._maybe(self._at),
            last_ok_at=self._maybe(self._at),
            last_new_at=self._maybe(self._at),
            next_poll_at=self._maybe(self._at),
            next_poll_reason=self._maybe(self._text),
            failures=self._chance.randint(0, 9),
            rhythm=Rhythm(self._maybe(self._chance.random), skip_hours=(1, 2), newest_at=self._maybe(self._at)),
            item_hashes={"u": self._text()},
        )

    def request(self) -> RequestRecord:
        return RequestRecord(self._at(), self._text(), self._maybe(lambda: 200), 0.25, 10, True, error=self._maybe(self._text))


def write(unit: PollUnit, seed: int) -> list[object]:
    """Everything that a poll writes; what it asked meanwhile."""
    made = Maker(seed)
    reserved = unit.entries.reserve(40)
    unit.entries.add(made.arrivals(), NOW)
    unit.entries.add([Arrival(made.entry("s9", 99), ("url:1", "url:new"), 1)], NOW)
    unit.candidates.rescore(made.changes(20))
    unit.candidates.update(2, {"status": Status.APPROVED, "warnings": ("why",), "published_at": NOW, "author": None})
    for _ in range(2):
        unit.sources.save([made.state(name) for name in ("a", "b", "c")])
        unit.sources.record({name: [made.request() for _ in range(15)] for name in ("a", "b")})
        unit.sources.keep_holds({made._text(): made._at() for _ in range(3)})
        unit.learning.put("model", Learnt(made._at(), {"n": [1, None]}, {"points": list(POINTS), "words": list(TEXTS)}))
    unit.learning.anchor([(1, b"\x00\xff"), (2, b"")])
    for nothing in ("save", "record", "keep_holds"):
        getattr(unit.sources, nothing)({})
    unit.candidates.rescore([])
    guids = [copy.guid for copies in unit.candidates.copies(range(1, 41)).values() for copy in copies]
    return [
        reserved,
        unit.entries.reserve(2),
        unit.entries.reserve(0),
        unit.entries.known_guids("s1", [*guids, "none"]),
        unit.entries.known_guids("s1", ()),
        unit.entries.known_urls("s2", [text + str(number) for text in TEXTS for number in range(100)]),
        unit.entries.owners([f"url:{number}" for number in range(1200)]),
        sorted(unit.candidates.without_past(range(1, 1200)), key=lambda one: one.id),
        [unit.candidates.score_at(place) for place in (1, 2, 1000)],
        sorted(unit.learning.headings(range(1, 1200)), key=lambda one: one.id),
        list(unit.learning.anchors(1)),
        [unit.learning.first_since(moment) for moment in (NOW - timedelta(1), NOW, NOW + timedelta(1))],
        [(unit.learning.get(name), unit.learning.basis(name)) for name in ("model", "none")],
        [unit.learning.tastes(), unit.learning.counts(), unit.learning.taken_by_source()],
        unit.sources.entry_counts(),
        unit.decisions.newest(),
    ]


def ask(store: Store, seed: int) -> list[object]:
    """What others see of it, and write beside it."""
    made = Maker(seed)
    with store.write() as unit:
        parked = unit.entries.park(made.candidate(), 1, NOW)
        return [
            parked,
            [entry for owner in range(1, 41) for _, entry in unit.entries.of(owner)],
            sorted(unit.candidates.of(range(1, 41)), key=lambda one: one.id),
            [unit.candidates.get(number) for number in range(1, 41) if unit.candidates.of([number])],
            unit.sources.states(),
            unit.sources.holds(),
            unit.sources.requests_of(["a", "b"]),
        ]


def rows(file: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All that is in a database, as it stands there."""
    with sqlite3.connect(file) as raw:
        tables = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: raw.execute(f"SELECT * FROM {name} ORDER BY rowid").fetchall() for name in tables}  # noqa: S608


def opened(way: str, url: str, patched: pytest.MonkeyPatch) -> AbstractContextManager[PollStore]:
    """A store at the newest schema, reached in one of the ways."""
    Store(url).close()
    if way == "direct":
        direct = DirectStore.open(url)
        assert direct is not None
        return closing(direct)
    if way == "plain":
        for module in (candidates, decisions, entries, learning, sources):
            patched.setattr(module, "way_of", Through)
    return closing(Store(url))


@pytest.mark.parametrize("seed", range(4))
def test_all_ways_write_and_find_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    found = {}
    for way in ("direct", "below", "plain"):
        url = f"sqlite:///{tmp_path / way}.db"
        with monkeypatch.context() as patched, opened(way, url, patched) as store, store.write() as unit:
            asked = write(unit, seed)
        with closing(Store(url)) as store:
            told = ask(store, seed)
        found[way] = (asked, told, rows(tmp_path / f"{way}.db"))
    for way in ("direct", "below"):
        assert found[way][:2] == found["plain"][:2]
        for table, written in found["plain"][2].items():
            assert found[way][2][table] == written, (way, table)
    assert len(found["plain"][2]["entry"]) == 41
    assert found["plain"][2]["request"]


def test_columns_that_are_read_by_name_are_all_there_are() -> None:
    columns = METADATA.tables["candidate"].columns
    assert set(CANDIDATE_COLUMNS) == set(columns.keys())
    assert {column.name for column in columns if isinstance(column.type, sa.JSON)} == CANDIDATE_JSON


def test_decided_candidates_keep_their_scores(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'a.db'}")
    with store.write() as unit:
        made = Maker(1)
        statuses = (Status.PENDING, Status.DEFERRED, Status.APPROVED, Status.REJECTED, Status.PUBLISHED)
        for number, status in enumerate(statuses, 1):
            unit.entries.add([Arrival(made.entry("s", number), (), number, made.candidate())], NOW)
            unit.candidates.update(number, {"status": status, "score": 1.0})
        unit.candidates.rescore([{"id": number, "score": 2.0} for number in range(1, 6)])
        scores = [unit.candidates.get(number).score for number in range(1, 6)]
    store.close()
    assert scores == [2.0, 2.0, 1.0, 1.0, 1.0]


def test_a_mark_tells_whether_anybody_has_written(tmp_path: Path) -> None:
    store, other = (Store(f"sqlite:///{tmp_path / 'a.db'}") for _ in range(2))

    def mark(of: Store) -> object:
        with of.write() as unit:
            return unit.entries.mark()

    def writes(of: Store, name: str) -> None:
        with of.write() as unit:
            unit.sources.save([PollState(name)])

    first = mark(store)
    assert mark(store) == first
    writes(other, "a")
    second = mark(store)
    assert second != first
    writes(store, "b")
    assert mark(store) not in (first, second)
    assert mark(other) != mark(store)
    store.close()
    other.close()
