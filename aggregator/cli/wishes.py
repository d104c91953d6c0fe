"""`aggregator queue more-like | less-like | draft | unfold | expire | train`: what is asked of the queue besides decisions."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from aggregator.cli.context import now, who, workspace
from aggregator.cli.output import counted, say, show_error
from aggregator.errors import UsageError

Candidate = Annotated[int, typer.Argument(metavar="ID", help="A candidate, by the id that `queue list` shows.")]
Term = Annotated[
    str | None, typer.Option(metavar="TEXT", help="The words of its title to act on, instead of those that lift it most.")
]
_DAYS = {"d": 1, "w": 7, "m": 30}


def register(queue: typer.Typer) -> None:
    """Add the verbs to the noun."""
    queue.command("more-like")(more_like)
    queue.command("less-like")(less_like)
    queue.command()(unfold)
    queue.command()(draft)
    queue.command()(expire)
    queue.command()(train)


def more_like(context: typer.Context, candidate_id: Candidate, term: Term = None) -> None:
    """Rank works like this one higher from now on."""
    _wish(context, candidate_id, term, more=True)


def less_like(context: typer.Context, candidate_id: Candidate, term: Term = None) -> None:
    """Rank works like this one lower from now on."""
    _wish(context, candidate_id, term, more=False)


def _wish(context: typer.Context, candidate_id: int, term: str | None, *, more: bool) -> None:
    from aggregator.app import wishes

    with workspace(context) as opened:
        wished = wishes.wish(opened, candidate_id, more=more, now=now(), who=who(), term=term)
    say(f"`{wished.term}` counts {wished.points:+.1f} from now on; {counted(wished.moved, 'waiting candidate')} moved")


def draft(
    context: typer.Context,
    candidate_ids: Annotated[list[int], typer.Argument(metavar="ID...", help="Candidates, by the ids that `queue list` shows.")],
) -> None:
    """Let a language model draft summaries (extra `llm`). Only what you name is sent, and only where AGGREGATOR_LLM_URL says."""
    import os

    from aggregator.app import suggesting

    with workspace(context) as opened:
        where = suggesting.endpoint(os.environ)
        found = suggesting.draft(opened, where, list(dict.fromkeys(candidate_ids)), now())
    for one in found:
        if one.error is not None:
            show_error(one.error)
        else:
            say(f"{one.candidate}  {one.summary or 'its text does not say enough for a summary'}")
    tokens = sum(one.tokens for one in found)
    say(f"{sum(bool(one.summary) for one in found)} drafts · {tokens} of {where.budget_tokens} tokens", "dim")
    if any(one.error for one in found):
        raise typer.Exit(1)


def unfold(context: typer.Context, candidate_id: Candidate) -> None:
    """Take the copies of a candidate apart again, each a candidate of its own."""
    from aggregator.app import wishes

    with workspace(context) as opened:
        for candidate in wishes.unfold(opened, candidate_id, now=now(), who=who()):
            say(f"unfolded {candidate.id}: {candidate.title}")


def expire(
    context: typer.Context,
    older: Annotated[str, typer.Option(metavar="TIME", help="What arrived longer ago: 60d, 8w, 2m (months of 30 days).")] = "60d",
) -> None:
    """Put away what nobody decided on in time, as one decision."""
    from aggregator.app import wishes

    if not (older[:-1].isdigit() and older[-1:] in _DAYS and len(older) < 6):
        raise UsageError(f"this is no length of time: {older}", fix="write 60d, 8w or 2m")
    with workspace(context) as opened:
        count = wishes.expire(opened, timedelta(days=int(older[:-1]) * _DAYS[older[-1]]), now=now(), who=who())
    say(
        f"put away {counted(count, 'candidate')}; `aggregator undo` brings them back" if count else "nothing has waited that long"
    )


def train(
    context: typer.Context,
    if_due: Annotated[bool, typer.Option("--if-due", help="Only when enough is new.")] = False,
) -> None:
    """Learn from the archive and from decisions now, and score again what waits."""
    from aggregator.app import ranking

    with workspace(context) as opened:
        done = ranking.train(opened, now(), force=not if_due)
    if not done.trained:
        say(f"nothing was trained: {done.why}")
        raise typer.Exit(0 if if_due else 1)
    labels = f"{done.taken} taken, {done.rejected} rejected, {done.waiting} undecided"
    say(f"learnt from {labels}; {counted(done.rescored, 'waiting candidate')} scored anew")
