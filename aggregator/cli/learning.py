"""What commands that bring works or labels do at their end: let the ranking learn from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregator.cli.output import say

if TYPE_CHECKING:
    from datetime import datetime

    from aggregator.app.workspace import Workspace


def learn(opened: Workspace, at: datetime, *, quiet: bool = False) -> None:
    """Train the ranking when enough has been decided or imported since it was trained; no lock is held meanwhile."""
    from aggregator.app import ranking

    done = ranking.train(opened, at)
    if done.trained and not quiet:
        say(f"learnt from {done.taken} works taken and {done.rejected} rejected; {done.rescored} have another score", "dim")
