"""The repositories of one transaction, as far as polls need them."""

from __future__ import annotations

from dataclasses import dataclass

from aggregator.store.polls.candidates import PollCandidates
from aggregator.store.polls.decisions import PollDecisions
from aggregator.store.polls.entries import PollEntries
from aggregator.store.polls.learning import PollLearning
from aggregator.store.polls.sources import PollSources
from aggregator.store.way import Way


@dataclass(frozen=True, slots=True)
class PollUnit:
    """What a poll needs of a transaction. `store.Unit` is one, too."""

    sources: PollSources
    entries: PollEntries
    candidates: PollCandidates
    decisions: PollDecisions
    learning: PollLearning


def poll_unit(way: Way) -> PollUnit:
    """The repositories over one way."""
    return PollUnit(PollSources(way), PollEntries(way), PollCandidates(way), PollDecisions(way), PollLearning(way))
