"""What the items of a published issue can be met again by."""

from __future__ import annotations

from aggregator.model import Issue
from aggregator.queue.identity import item_keys
from aggregator.store.store import Unit


def save_keys(unit: Unit, issue: Issue) -> None:
    """Remember what a published issue's items can be met again by."""
    rows = [(item.id, key, relation) for item in issue.items if item.id is not None for key, relation in item_keys(item)]
    unit.issues.set_keys(issue, rows)
