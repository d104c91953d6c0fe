"""How far the event log has come."""

from __future__ import annotations

from aggregator.store.way import Way


class PollDecisions:
    """Events in the order in which they happened."""

    def __init__(self, way: Way) -> None:
        self._way = way

    def newest(self) -> tuple[int, int]:
        """Numbers of the newest event and of the newest entry, 0 for none: whoever saw both has seen every change."""
        ((event, entry),) = self._way.run("SELECT (SELECT max(id) FROM decision), (SELECT max(id) FROM entry)")
        return event or 0, entry or 0
