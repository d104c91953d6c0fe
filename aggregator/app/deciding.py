"""The editor's decisions: each is one event, written with what it changes in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from aggregator.app.workspace import Workspace
from aggregator.errors import QueueError
from aggregator.issue import draft as drafts
from aggregator.model import Candidate, CandidateFilter, Issue, Status
from aggregator.queue import review
from aggregator.store.mapping import candidate_value
from aggregator.store.patches import Patch, merged
from aggregator.store.store import Unit
from aggregator.urls import canonical, identity_keys, is_http, safe_url

# How the warning of a summary begins that a model wrote and nobody has changed.
DRAFTED = "the summary is a draft"
EDITABLE = ("title", "section", "summary", "url", "source", "author", "tags", "links")


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of deciding on one candidate: `changed` is False when it was decided so already."""

    candidate: Candidate
    changed: bool


def find(workspace: Workspace, wanted: CandidateFilter) -> list[Candidate]:
    """Candidates, the best first. Raises QueueError for an unknown section."""
    if wanted.section is not None:
        review.check_section(wanted.section, workspace.publication)
    with workspace.store.read() as unit:
        return unit.candidates.find(wanted)


def get(workspace: Workspace, candidate_id: int) -> Candidate:
    """One candidate. Raises QueueError when there is none."""
    with workspace.store.read() as unit:
        return unit.candidates.get(candidate_id)


def decide(
    workspace: Workspace, action: str, ids: Sequence[int], *, now: datetime, who: str, section: str | None = None
) -> list[Decided]:
    """Approve, reject or defer candidates, as one event: all of them or, when one cannot be, none.

    Approving puts the candidate into the draft as an item with its fields filled in; taking an approval back takes the
    item out again. Raises QueueError.
    """
    with workspace.store.write() as unit:
        return _decide(unit, workspace, action, ids, now=now, who=who, section=section)


def _decide(
    unit: Unit, workspace: Workspace, action: str, ids: Sequence[int], *, now: datetime, who: str, section: str | None
) -> list[Decided]:
    decided: list[Decided] = []
    before: Patch = {}
    after: Patch = {}
    was = draft_of(unit, workspace)
    will = was
    for candidate_id in dict.fromkeys(ids):
        candidate = unit.candidates.get(candidate_id)
        changes = review.decide(candidate, action, section, workspace.publication)
        decided.append(Decided(with_fields(candidate, changes), bool(changes)))
        if changes:
            before = merged(before, candidate_patch(candidate, {name: getattr(candidate, name) for name in changes}))
            after = merged(after, candidate_patch(candidate, changes))
            will = into_draft(will, decided[-1].candidate, workspace)
    if after:
        _, item_before, item_after = unit.issues.replace(was, will)
        unit.candidates.patch(after)
        subject = ", ".join(str(one.candidate.id) for one in decided if one.changed)
        unit.decisions.append(
            at=now,
            who=who,
            action=action,
            subject=subject,
            before=merged(before, item_before),
            after=merged(after, item_after),
        )
    return decided


def draft_of(unit: Unit, workspace: Workspace) -> Issue:
    """The open draft, begun when there is none, with the sections that the publication has now."""
    found = unit.issues.draft()
    if found is None:
        return unit.issues.save(drafts.new_draft(workspace.publication))
    current = drafts.with_sections(found, workspace.publication)
    return found if current == found else unit.issues.save(current)


def into_draft(issue: Issue, candidate: Candidate, workspace: Workspace) -> Issue:
    """The draft with the candidate's item in its section when it is approved, without it when it is not."""
    present = next((item for item in issue.items if item.candidate_id == candidate.id), None)
    if candidate.status is not Status.APPROVED:
        return drafts.remove_item(issue, present.anchor) if present else issue
    if present:
        return drafts.move_item(issue, present.anchor, candidate.section)
    return drafts.add_item(issue, drafts.item_from(candidate, workspace.publication), candidate.section)


def with_fields(candidate: Candidate, changes: dict[str, Any]) -> Candidate:
    """The candidate with changed fields, whose values are as their columns hold them."""
    values = dict(changes)
    if "status" in values:
        values["status"] = Status(values["status"])
    return replace(candidate, **values)


def candidate_patch(candidate: Candidate, fields: dict[str, Any]) -> Patch:
    return {"candidate": {str(candidate.id): {name: candidate_value(name, value) for name, value in fields.items()}}}


def edit(workspace: Workspace, candidate_id: int, fields: dict[str, Any], *, now: datetime, who: str) -> Candidate:
    """Change fields of a candidate, and of its item when it stands in the draft. Raises QueueError for what cannot be."""
    wanted = _checked(fields, workspace)
    with workspace.store.write() as unit:
        candidate = unit.candidates.get(candidate_id)
        review.check_editable(candidate)
        changes = {name: value for name, value in wanted.items() if value != getattr(candidate, name)}
        if not changes:
            return candidate
        if "summary" in changes:
            changes["warnings"] = tuple(one for one in candidate.warnings if not one.startswith(DRAFTED))
        changed = replace(candidate, **changes)
        before, after = (
            candidate_patch(candidate, {name: getattr(one, name) for name in changes}) for one in (candidate, changed)
        )
        if "url" in changes:
            added = _new_keys(unit, candidate_id, changed.url)
            before = merged(before, {"candidate_key": dict.fromkeys(added)})
            after = merged(after, {"candidate_key": {key: {"candidate_id": candidate_id} for key in added}})
        was = draft_of(unit, workspace)
        will = _edited_draft(was, changed, changes, workspace)
        _, item_before, item_after = unit.issues.replace(was, will)
        unit.candidates.patch(after)
        unit.decisions.append(
            at=now,
            who=who,
            action="edit",
            subject=str(candidate_id),
            before=merged(before, item_before),
            after=merged(after, item_after),
        )
        return changed


def _new_keys(unit: Unit, candidate_id: int, url: str | None) -> list[str]:
    """The identity keys that a corrected address brings. Raises QueueError when another candidate stands for one."""
    keys = identity_keys(url)
    owners = unit.entries.owners(keys)
    other = next((owner for owner in owners.values() if owner != candidate_id), None)
    if other is not None:
        raise QueueError(
            f"candidate {other} has this address already",
            why="one work is one candidate",
            fix=f"aggregator queue merge {candidate_id} {other}",
            code="E410",
        )
    return [key for key in keys if key not in owners]


def _checked(fields: dict[str, Any], workspace: Workspace) -> dict[str, Any]:
    unknown = set(fields) - set(EDITABLE)
    if unknown or not fields:
        raise QueueError(
            f"cannot edit {', '.join(sorted(unknown))}" if unknown else "nothing to edit",
            fix=f"give one or more of: {', '.join(EDITABLE)}",
            code="E406",
        )
    wanted = dict(fields)
    if "section" in wanted:
        review.check_section(wanted["section"], workspace.publication)
        wanted["section_confidence"] = 1.0
    if "title" in wanted and not wanted["title"].strip():
        raise QueueError("a title cannot be empty", code="E406")
    if "url" in wanted:
        if safe_url(wanted["url"]) is None or not is_http(wanted["url"]):
            raise QueueError(f"this is no http(s) URL: {wanted['url']}", code="E407")
        wanted["canonical_url"] = canonical(wanted["url"])
    return wanted


def _edited_draft(issue: Issue, candidate: Candidate, changes: dict[str, Any], workspace: Workspace) -> Issue:
    present = next((item for item in issue.items if item.candidate_id == candidate.id), None)
    if present is None:
        return issue
    fresh = drafts.item_from(candidate, workspace.publication)
    fields = {name: getattr(fresh, name) for name in ("title", "url", "source", "summary", "tags", "links") if name in changes}
    issue = drafts.replace_item(issue, replace(present, **fields))
    return drafts.move_item(issue, present.anchor, candidate.section) if "section" in changes else issue


PAST = {"approve": "approved", "reject": "rejected", "defer": "deferred"}


def describe(decided: Decided, action: str) -> str:
    """A decision in words."""
    candidate = decided.candidate
    if not decided.changed:
        return f"{candidate.id} was {PAST[action]} already"
    into = f" into {candidate.section}" if action == "approve" else ""
    return f"{PAST[action]} {candidate.id}{into}: {candidate.title}"
