"""The nouns, in the order in which data flows. Frozen, standard library only; every instant (`_at`) is aware UTC.

Text from an upstream is clean by the time it stands in one of these: valid Unicode without control or bidi-override
characters, HTML sanitised. What the editor wrote stands as written.

    publication  what is published, for whom, in which form
    upstream     sources, entries, what polls taught
    link         a labelled link
    queue        candidates, scores, decisions
    issue        issues, items, findings
    archive      searches
    document     rendered files
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from aggregator.model.link import (
    Link,
)
from aggregator.model.upstream import (
    Enclosure,
    Entry,
    Outcome,
    PollState,
    RequestRecord,
    Rhythm,
    Rule,
    Rules,
    Source,
    SourceStatus,
    Validators,
)

if TYPE_CHECKING:
    from aggregator.model.archive import (
        SearchFilter,
        SearchHit,
    )
    from aggregator.model.document import (
        Document,
    )
    from aggregator.model.issue import (
        Finding,
        Issue,
        IssueSection,
        IssueStatus,
        Item,
        LinkAnswer,
        PastIssue,
        Severity,
    )
    from aggregator.model.publication import (
        DEFAULT_LINK_LABELS,
        DEFAULT_SPELLINGS,
        TEMPLATE_PARTS,
        Profile,
        Publication,
        Section,
    )
    from aggregator.model.queue import (
        BLOCKED,
        EXPIRED,
        Arrival,
        Candidate,
        CandidateFilter,
        Copy,
        Decision,
        NewCandidate,
        Reason,
        Score,
        SectionGuess,
        SeenIn,
        Similar,
        Status,
    )

__all__ = [
    "BLOCKED",
    "DEFAULT_LINK_LABELS",
    "DEFAULT_SPELLINGS",
    "EXPIRED",
    "TEMPLATE_PARTS",
    "Arrival",
    "Candidate",
    "CandidateFilter",
    "Copy",
    "Decision",
    "Document",
    "Enclosure",
    "Entry",
    "Finding",
    "Issue",
    "IssueSection",
    "IssueStatus",
    "Item",
    "Link",
    "LinkAnswer",
    "NewCandidate",
    "Outcome",
    "PastIssue",
    "PollState",
    "Profile",
    "Publication",
    "Reason",
    "RequestRecord",
    "Rhythm",
    "Rule",
    "Rules",
    "Score",
    "SearchFilter",
    "SearchHit",
    "Section",
    "SectionGuess",
    "SeenIn",
    "Severity",
    "Similar",
    "Source",
    "SourceStatus",
    "Status",
    "Validators",
]

if not TYPE_CHECKING:
    # Making a dataclass takes half a millisecond, and polling processes need those of upstreams alone.
    _LATER = ("archive", "document", "issue", "publication", "queue")

    def __getattr__(name: str) -> object:
        """The names of the modules that were not needed so far: all of them, when the first is asked for."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        for part in _LATER:
            module = importlib.import_module(f"{__name__}.{part}")
            globals().update({each: getattr(module, each) for each in __all__ if hasattr(module, each)})
        return globals()[name]
