"""The store: transactions over eight repositories. Domain types go in and come out.

    with store.read() as unit:
        unit.candidates.find(...)
    with store.write() as unit:
        unit.candidates.patch(...); unit.decisions.append(...)

A writing unit is one transaction: all of it or nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import Connection

from aggregator.errors import BusyError, StoreError
from aggregator.store import copies, dump, postgres
from aggregator.store.candidates import Candidates
from aggregator.store.decisions import Decisions
from aggregator.store.engine import open_engine, transaction
from aggregator.store.entries import Entries
from aggregator.store.issues import Issues
from aggregator.store.learning import Learning
from aggregator.store.links import Links
from aggregator.store.polls.unit import PollUnit
from aggregator.store.search import Search
from aggregator.store.sources import Sources
from aggregator.store.watch import Watch


@dataclass(frozen=True, slots=True)
class Unit(PollUnit):
    """The repositories of one transaction."""

    sources: Sources
    entries: Entries
    candidates: Candidates
    decisions: Decisions
    learning: Learning
    issues: Issues
    links: Links
    search: Search


class Store:
    """A database at the newest schema. Raises StoreError for whatever the database refuses."""

    def __init__(self, url: str) -> None:
        self._engine = open_engine(url)
        self._watch = Watch(self._engine)

    def version(self) -> str:
        """A text that is another one as soon as anybody has committed anything."""
        return self._watch.version() or "{}.{}".format(*self._newest())

    def _newest(self) -> tuple[int, int]:
        with self.read() as unit:
            return unit.decisions.newest()

    @contextmanager
    def read(self) -> Iterator[Unit]:
        """One consistent view."""
        with transaction(self._engine, write=False) as connection:
            yield _unit(connection)

    @contextmanager
    def write(self) -> Iterator[Unit]:
        """One transaction that is committed on leaving, or rolled back when an exception leaves it."""
        with transaction(self._engine, write=True) as connection:
            yield _unit(connection)

    @contextmanager
    def alone(self, what: str) -> Iterator[None]:
        """Hold the database against a second run of the same thing, on whatever machine. Raises BusyError when another has
        it. SQLite's is on one machine, where a lock in the workspace does."""
        if self._engine.dialect.name != "postgresql":
            yield
            return
        with postgres.alone(self._engine, what) as held:
            if not held:
                raise BusyError(
                    f"another {what} is running on this database",
                    why="it is on another machine, or in another workspace",
                    fix="wait for it to end; the lock goes with its connection",
                )
            yield

    def export(self) -> Iterator[str]:
        """The store as lines of plain text, in one consistent view."""
        with transaction(self._engine, write=False) as connection:
            yield from dump.lines(connection)

    def restore(self, text: Iterable[str], *, replacing: bool) -> dict[str, int]:
        """Read in what `export` gave; how many rows each table got. Raises StoreError E313 where the store holds something
        and may not be replaced."""
        with transaction(self._engine, write=True) as connection:
            _only_if_empty(connection, replacing)
            return dump.read_in(connection, text)

    def copy_to(self, target: Path) -> int:
        """Copy the database to a new file while others use it; its length in bytes."""
        return copies.write(self._engine.url, target)

    def replace_by(self, source: Path, *, replacing: bool) -> None:
        """Put a copy in the place of the database. Raises StoreError, E313 as `restore`. Open it anew afterwards."""
        with transaction(self._engine, write=False) as connection:
            _only_if_empty(connection, replacing)
        self.close()
        copies.read_in(self._engine.url, source)

    def close(self) -> None:
        """Give back the connections."""
        self._watch.close()
        self._engine.dispose()


def _only_if_empty(connection: Connection, replacing: bool) -> None:
    if not replacing and not dump.is_empty(connection):
        raise StoreError(
            "the store is not empty",
            why="what is restored takes the place of all that is stored",
            fix="add --replace; what there is now is copied beside it first",
            code="E313",
        )


def _unit(connection: Connection) -> Unit:
    return Unit(
        sources=Sources(connection),
        entries=Entries(connection),
        candidates=Candidates(connection),
        decisions=Decisions(connection),
        learning=Learning(connection),
        issues=Issues(connection),
        links=Links(connection),
        search=Search(connection),
    )
