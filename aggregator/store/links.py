"""What the addresses of issues answered, kept for as long as a check believes it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from aggregator.model import LinkAnswer
from aggregator.store.tables import METADATA

_LINK = METADATA.tables["link"]
_CHUNK = 500


class Links:
    """Answers by address."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def known(self, urls: Iterable[str], since: datetime) -> dict[str, LinkAnswer]:
        """The answers of these addresses that are not older than `since`."""
        wanted = list(dict.fromkeys(urls))
        found: dict[str, LinkAnswer] = {}
        for start in range(0, len(wanted), _CHUNK):
            statement = sa.select(_LINK).where(_LINK.c.url.in_(wanted[start : start + _CHUNK]), _LINK.c.checked_at >= since)
            found.update({row["url"]: LinkAnswer(**dict(row)) for row in self._connection.execute(statement).mappings()})
        return found

    def save(self, answers: Iterable[LinkAnswer]) -> None:
        """Remember answers in the place of earlier ones of the same addresses."""
        rows = {answer.url: asdict(answer) for answer in answers}
        for row in rows.values():
            self._connection.execute(sa.delete(_LINK).where(_LINK.c.url == row["url"]))
        if rows:
            self._connection.execute(sa.insert(_LINK), list(rows.values()))
