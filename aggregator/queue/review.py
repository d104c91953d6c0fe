"""The state machine of a candidate: pending -> approved | rejected | deferred -> published; and what undo and redo take
back. Pure: it says which fields change, the caller writes them as one event.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from aggregator.errors import QueueError
from aggregator.model import Candidate, Link, Publication, Status
from aggregator.urls import identity_keys, link_role

ACTIONS = {"approve": Status.APPROVED, "reject": Status.REJECTED, "defer": Status.DEFERRED}
# What an undo stops at: readers have seen it.
BARRIERS = frozenset({"publish"})
# What is recorded and cannot be undone, nor stands in the way of undoing what came before.
NEUTRAL = frozenset({"add", "import", "amend"})


def decide(candidate: Candidate, action: str, section: str | None, publication: Publication) -> dict[str, Any]:
    """The fields that a decision changes, empty when it was taken already. Raises QueueError when it cannot be taken."""
    check_editable(candidate)
    if section is not None:
        check_section(section, publication)
    wanted: dict[str, Any] = {"status": ACTIONS[action].value}
    if section is not None:
        wanted |= {"section": section, "section_confidence": 1.0}
    now = {"status": candidate.status.value, "section": candidate.section, "section_confidence": candidate.section_confidence}
    if wanted["status"] == now["status"] and wanted.get("section", now["section"]) == now["section"]:
        return {}
    return {name: value for name, value in wanted.items() if value != now[name]}


def check_editable(candidate: Candidate) -> None:
    """Raises QueueError for a candidate that was merged into another or stands in a published issue."""
    if candidate.merged_into is not None:
        raise QueueError(
            f"candidate {candidate.id} was merged into {candidate.merged_into}",
            fix=f"decide on {candidate.merged_into}, or `aggregator undo`",
            code="E402",
        )
    if candidate.status is Status.PUBLISHED:
        raise QueueError(
            f"candidate {candidate.id} stands in a published issue",
            why="what readers have seen is amended, not decided again",
            fix="aggregator issue amend",
            code="E403",
        )


def check_section(slug: str, publication: Publication) -> None:
    """Raises QueueError for a section that the publication does not have."""
    if publication.section(slug) is None:
        known = ", ".join(section.slug for section in publication.sections)
        raise QueueError(f"there is no section `{slug}`", fix=f"one of: {known}", code="E404")


def merge(loser: Candidate, winner: Candidate) -> dict[str, Any]:
    """The fields of `loser` that change when it goes into `winner`. Raises QueueError when it cannot."""
    if loser.id == winner.id:
        raise QueueError(f"candidate {loser.id} cannot be merged into itself", code="E405")
    for candidate in (loser, winner):
        if candidate.merged_into is not None:
            raise QueueError(
                f"candidate {candidate.id} was merged into {candidate.merged_into} before",
                fix=f"use {candidate.merged_into}",
                code="E402",
            )
    if loser.status is Status.PUBLISHED:
        raise QueueError(
            f"candidate {loser.id} stands in a published issue", fix=f"merge {winner.id} into it instead", code="E403"
        )
    return {"merged_into": winner.id, "status": Status.REJECTED.value}


@dataclass(frozen=True, slots=True)
class Gained:
    """What the winner of a merge takes over."""

    status: Status
    links: tuple[Link, ...]
    summary: str
    author: str | None


def gained(loser: Candidate, winner: Candidate) -> Gained:
    """The stronger decision of the two, and the links of both; the loser's own target is one more link. What the winner does not
    know the loser tells."""
    links = list(winner.links)
    known = {key for url in (winner.url, *(link.url for link in links)) for key in identity_keys(url)}
    for link in (*([Link("", link_role(loser.url), loser.url)] if loser.url else []), *loser.links):
        keys = set(identity_keys(link.url))
        if not known & keys:
            links.append(link)
            known |= keys
    strength = (Status.REJECTED, Status.PENDING, Status.DEFERRED, Status.APPROVED, Status.PUBLISHED)
    return Gained(
        max(loser.status, winner.status, key=strength.index),
        tuple(links),
        winner.summary or loser.summary,
        winner.author or loser.author,
    )


def standing(latest: Iterable[tuple[int, str, int | None]]) -> Iterator[int]:
    """Numbers of the events that can be undone, the one to undo first first; `latest` is the log, newest first."""
    undone: set[int] = set()
    for number, action, undoes in latest:
        if action in BARRIERS:
            return
        if number in undone or action in NEUTRAL:
            continue
        if action in {"undo", "redo"}:
            # A redo undoes the undo, so that what that one took back stands again.
            undone.update(() if undoes is None else (undoes,))
        else:
            yield number


def taken_back(latest: Iterable[tuple[int, str, int | None]]) -> Iterator[int]:
    """Numbers of the undo events that can be redone, the one to redo first first; `latest` is the log, newest first."""
    redone: set[int] = set()
    for number, action, undoes in latest:
        if action == "redo":
            redone.update(() if undoes is None else (undoes,))
        elif action == "undo":
            if number not in redone:
                yield number
        elif action not in NEUTRAL:
            return
