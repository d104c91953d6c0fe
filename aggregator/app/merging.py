"""Two candidates that are one work: what the editor folds by hand."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from datetime import datetime

from aggregator.app.deciding import candidate_patch, draft_of
from aggregator.app.workspace import Workspace
from aggregator.issue import draft as drafts
from aggregator.model import Candidate, Issue, Status
from aggregator.queue import review
from aggregator.store.patches import merged


def merge(workspace: Workspace, loser_id: int, winner_id: int, *, now: datetime, who: str) -> Candidate:
    """Fold one candidate into another: its entries and keys go over, its links are collected, and when it was approved the
    winner is, with its place in the draft. Raises QueueError."""
    with workspace.store.write() as unit:
        loser, winner = unit.candidates.get(loser_id), unit.candidates.get(winner_id)
        changes = review.merge(loser, winner)
        gained = review.gained(loser, winner)
        moved_before, moved_after = unit.candidates.merge_patches(loser_id, winner_id)
        was = draft_of(unit, workspace)
        fields = {one.name: getattr(gained, one.name) for one in dataclasses.fields(gained)}
        fields = {name: value for name, value in fields.items() if value != getattr(winner, name)}
        will = _one_item(was, loser, replace(winner, **fields), workspace)
        _, item_before, item_after = unit.issues.replace(was, will)
        before = merged(
            moved_before,
            item_before,
            candidate_patch(loser, {name: getattr(loser, name) for name in changes}),
            candidate_patch(winner, {name: getattr(winner, name) for name in fields}),
        )
        after = merged(moved_after, item_after, candidate_patch(loser, changes), candidate_patch(winner, fields))
        unit.candidates.patch(after)
        unit.decisions.append(at=now, who=who, action="merge", subject=f"{loser_id} into {winner_id}", before=before, after=after)
        return unit.candidates.get(winner_id)


def _one_item(issue: Issue, loser: Candidate, winner: Candidate, workspace: Workspace) -> Issue:
    """The draft with one item for both: the winner's where there is one, else the loser's under the winner's name."""
    items = {item.candidate_id: item for item in issue.items if item.candidate_id in {loser.id, winner.id}}
    losing, winning = items.get(loser.id), items.get(winner.id)
    if losing and winning:
        issue = drafts.remove_item(issue, losing.anchor)
    elif losing:
        winning = replace(losing, candidate_id=winner.id)
        issue = drafts.replace_item(issue, winning)
    if winning is None or winner.status is not Status.APPROVED:
        return issue
    fresh = drafts.item_from(winner, workspace.publication)
    known = {link.url for link in winning.links} | {winning.url}
    extra = tuple(link for link in fresh.links if link.url not in known)
    merged_item = replace(winning, links=(*winning.links, *extra))
    if not winning.summary and fresh.summary:
        merged_item = replace(merged_item, summary=fresh.summary, untouched=(*winning.untouched, "summary"))
    return drafts.replace_item(issue, merged_item)
