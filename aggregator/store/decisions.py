"""The event log: every decision, append-only, and what undo and redo act on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from aggregator.model import Decision
from aggregator.store.mapping import decision_in
from aggregator.store.patches import Patch, apply_patch
from aggregator.store.polls.decisions import PollDecisions
from aggregator.store.tables import METADATA
from aggregator.store.through import way_of

_DECISION = METADATA.tables["decision"]
_PIECE = 64


class Decisions(PollDecisions):
    """Events in the order in which they happened."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(way_of(connection))
        self._connection = connection

    def append(
        self, *, at: datetime, who: str, action: str, subject: str, before: Patch, after: Patch, undoes: int | None = None
    ) -> Decision:
        """Record an event; the caller has applied `after` in the same transaction."""
        values: dict[str, Any] = {"at": at, "who": who, "action": action, "subject": subject}
        values |= {"before": before, "after": after, "undoes": undoes}
        number = self._connection.execute(sa.insert(_DECISION).values(values).returning(_DECISION.c.id)).scalar_one()
        return Decision(number, **values)

    def get(self, number: int) -> Decision:
        """One event by its number, which must exist."""
        return decision_in(self._connection.execute(sa.select(_DECISION).where(_DECISION.c.id == number)).mappings().one())

    def find(self, *, since: datetime | None = None, limit: int | None = None) -> list[Decision]:
        """Events, newest first."""
        statement = sa.select(_DECISION).order_by(_DECISION.c.id.desc())
        if since is not None:
            statement = statement.where(_DECISION.c.at >= since)
        if limit is not None:
            statement = statement.limit(limit)
        return [decision_in(row) for row in self._connection.execute(statement).mappings()]

    def heads(self) -> list[tuple[int, str, int | None]]:
        """(number, action, undoes) of every event, oldest first: all that undo and redo need to see."""
        statement = sa.select(_DECISION.c.id, _DECISION.c.action, _DECISION.c.undoes).order_by(_DECISION.c.id)
        return [(number, action, undoes) for number, action, undoes in self._connection.execute(statement)]

    def latest(self) -> Iterator[tuple[int, str, int | None]]:
        """The same of every event, newest first, read as far as it is asked for."""
        statement = sa.select(_DECISION.c.id, _DECISION.c.action, _DECISION.c.undoes).order_by(_DECISION.c.id.desc())
        below: int | None = None
        while True:
            further = statement if below is None else statement.where(_DECISION.c.id < below)
            piece = [(number, action, undoes) for number, action, undoes in self._connection.execute(further.limit(_PIECE))]
            yield from piece
            if len(piece) < _PIECE:
                return
            below = piece[-1][0]

    def apply(self, patch: Patch) -> None:
        """Bring rows to what a patch says (for undo and redo)."""
        apply_patch(self._connection, patch)
