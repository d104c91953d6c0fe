"""How long a source has said nothing, against its own rhythm. Pure.

A source that is read without an error and brings nothing may be quiet, or broken without knowing it: a bridge that shows
an old page, a feed that was left behind by a move. What its entries have taught tells the two apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from aggregator.model import Entry, PollState, Rhythm, SourceStatus

ENTRIES = 20
SHORTEST = timedelta(days=4)  # a long weekend is no silence
USUAL_GAPS = 4
LONGEST_GAPS = 2


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing new for `days` from a source that usually speaks every `usual_minutes`."""

    days: int
    usual_minutes: float

    def __str__(self) -> str:
        hours = self.usual_minutes / 60
        usual = f"{max(hours, 1):.0f} h" if hours < 48 else f"{hours / 24:.0f} days"
        return f"no update for {self.days} days, though it usually brings something every {usual}: broken rather than quiet"


def listened(known: Rhythm, entries: Iterable[Entry], now: datetime) -> Rhythm:
    """What a document adds to what is known of how often its source speaks.

    The gaps are those between the newest entries it lists; where all of these have one date, as in a daily batch, the gap
    to the newest one before.
    """
    dates = sorted({entry.published_at for entry in entries if entry.published_at and entry.published_at <= now}, reverse=True)
    gaps = [(later - earlier).total_seconds() / 60 for later, earlier in pairwise(dates[:ENTRIES])]
    newest = dates[0] if dates else None
    longest = max(gaps) if gaps else known.longest_minutes
    if not gaps and newest and known.newest_at and newest > known.newest_at:
        gaps = [(newest - known.newest_at).total_seconds() / 60]
        gaps += [known.usual_minutes] if known.usual_minutes else []
        longest = max(*gaps, known.longest_minutes or 0.0)
    return replace(
        known,
        usual_minutes=sum(gaps) / len(gaps) if gaps else known.usual_minutes,
        longest_minutes=longest,
        newest_at=max(filter(None, (newest, known.newest_at)), default=None),
        first_read_at=known.first_read_at or now,
    )


def silence(state: PollState) -> Silence | None:
    """How long a source that can be read has been silent, None for one that is not, or of which too little is known.

    Counted up to the last time it was read: when nobody asks, nobody is silent.
    """
    rhythm = state.rhythm
    last = _last_heard(state)
    if state.status is not SourceStatus.OK or not state.last_ok_at or not last or not rhythm.usual_minutes:
        return None
    quiet = state.last_ok_at - last
    patience = max(USUAL_GAPS * rhythm.usual_minutes, LONGEST_GAPS * (rhythm.longest_minutes or 0.0))
    if quiet <= max(SHORTEST, timedelta(minutes=min(patience, 1e9))):
        return None
    return Silence(quiet.days, rhythm.usual_minutes)


def _last_heard(state: PollState) -> datetime | None:
    newest, first, last_new = state.rhythm.newest_at, state.rhythm.first_read_at, state.last_new_at
    # What the first reading brought is as old as its dates say; what came later is news, whatever its dates say.
    told = last_new if last_new and (newest is None or (first and last_new > first)) else None
    return max(filter(None, (newest, told)), default=None)
