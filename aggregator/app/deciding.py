"""The editor's decisions: each is one event, written with what it changes in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from aggregator.app.workspace import Workspace
from aggregator.errors import AggregatorError, QueueError
from aggregator.issue import draft as drafts
from aggregator.model import Candidate, Decision, Issue, Link, Status
from aggregator.queue import review
from aggregator.store.candidates import CandidateFilter
from aggregator.store.mapping import candidate_value
from aggregator.store.patches import Patch, merged
from aggregator.store.store import Unit
from aggregator.urls import canonical, identity_keys, safe_url

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
            before = merged(before, _candidate_patch(candidate, {name: getattr(candidate, name) for name in changes}))
            after = merged(after, _candidate_patch(candidate, changes))
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
    """The open draft, begun when there is none."""
    found = unit.issues.draft()
    return found if found is not None else unit.issues.save(drafts.new_draft(workspace.publication))


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


def _candidate_patch(candidate: Candidate, fields: dict[str, Any]) -> Patch:
    return {"candidate": {str(candidate.id): {name: candidate_value(name, value) for name, value in fields.items()}}}


def edit(workspace: Workspace, candidate_id: int, fields: dict[str, Any], *, now: datetime, who: str) -> Candidate:
    """Change fields of a candidate, and of its item when it stands in the draft. Raises QueueError for what cannot be."""
    wanted = _checked(fields, workspace)
    with workspace.store.write() as unit:
        candidate = unit.candidates.get(candidate_id)
        if candidate.status is Status.PUBLISHED:
            raise QueueError(f"candidate {candidate_id} stands in a published issue", fix="aggregator issue amend", code="E403")
        changes = {name: value for name, value in wanted.items() if value != getattr(candidate, name)}
        if not changes:
            return candidate
        changed = replace(candidate, **changes)
        before, after = (
            _candidate_patch(candidate, {name: getattr(one, name) for name in changes}) for one in (candidate, changed)
        )
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
        if safe_url(wanted["url"]) is None:
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


def merge(workspace: Workspace, loser_id: int, winner_id: int, *, now: datetime, who: str) -> Candidate:
    """Fold one candidate into another: its entries and keys go over, its links are collected. Raises QueueError."""
    with workspace.store.write() as unit:
        loser, winner = unit.candidates.get(loser_id), unit.candidates.get(winner_id)
        changes = review.merge(loser, winner)
        moved_before, moved_after = unit.candidates.merge_patches(loser_id, winner_id)
        links = _collected(winner, loser)
        was = draft_of(unit, workspace)
        present = next((item for item in was.items if item.candidate_id == loser_id), None)
        will = drafts.remove_item(was, present.anchor) if present else was
        _, item_before, item_after = unit.issues.replace(was, will)
        before = merged(
            moved_before,
            item_before,
            _candidate_patch(loser, {name: getattr(loser, name) for name in changes}),
            _candidate_patch(winner, {"links": winner.links}),
        )
        after = merged(moved_after, item_after, _candidate_patch(loser, changes), _candidate_patch(winner, {"links": links}))
        unit.candidates.patch(after)
        unit.decisions.append(at=now, who=who, action="merge", subject=f"{loser_id} into {winner_id}", before=before, after=after)
        return unit.candidates.get(winner_id)


def _collected(winner: Candidate, loser: Candidate) -> tuple[Link, ...]:
    links = list(winner.links)
    known = {key for url in (winner.url, *(link.url for link in links)) for key in identity_keys(url)}
    extra = [*loser.links]
    if loser.url:
        extra.insert(0, Link("", "link", loser.url))
    for link in extra:
        if not known & set(identity_keys(link.url)):
            links.append(link)
            known.update(identity_keys(link.url))
    return tuple(links)


@dataclass(frozen=True, slots=True)
class AppliedLine:
    """One line of `queue apply`: what was done, or why not."""

    number: int
    text: str
    error: AggregatorError | None = None


def apply_lines(workspace: Workspace, lines: Iterable[str], *, now: datetime, who: str) -> list[AppliedLine]:
    """One decision a line: `approve 12 papers`, `reject 13 14`, `defer 15`, `merge 16 12`. Blank lines and `#` comments are
    skipped. Every line is an event of its own; a line that cannot be done does not stop the others."""
    applied: list[AppliedLine] = []
    for number, line in enumerate(lines, 1):
        words = line.split("#", 1)[0].split()
        if not words:
            continue
        try:
            applied.append(AppliedLine(number, _apply_line(workspace, words, now=now, who=who)))
        except AggregatorError as error:
            applied.append(AppliedLine(number, " ".join(words), error))
    return applied


def _apply_line(workspace: Workspace, words: list[str], *, now: datetime, who: str) -> str:
    verb, *rest = words
    numbers = [int(word) for word in rest if word.isascii() and word.isdigit()]
    names = [word for word in rest if not (word.isascii() and word.isdigit())]
    usage = QueueError(
        f"cannot read `{' '.join(words)}`",
        fix="write `approve ID… [SECTION]`, `reject ID…`, `defer ID…` or `merge ID INTO`",
        code="E408",
    )
    if verb == "merge" and len(numbers) == 2 and not names:
        merge(workspace, numbers[0], numbers[1], now=now, who=who)
        return f"merged {numbers[0]} into {numbers[1]}"
    if verb not in review.ACTIONS or not numbers or len(names) > (verb == "approve"):
        raise usage
    done = decide(workspace, verb, numbers, now=now, who=who, section=names[0] if names else None)
    return "; ".join(describe(one, verb) for one in done)


PAST = {"approve": "approved", "reject": "rejected", "defer": "deferred"}


def describe(decided: Decided, action: str) -> str:
    """A decision in words."""
    candidate = decided.candidate
    if not decided.changed:
        return f"{candidate.id} was {PAST[action]} already"
    into = f" into {candidate.section}" if action == "approve" else ""
    return f"{PAST[action]} {candidate.id}{into}: {candidate.title}"


def undo(workspace: Workspace, count: int, *, now: datetime, who: str) -> list[Decision]:
    """Take back the last `count` events that stand; the events taken back, newest first. Raises QueueError for none."""
    with workspace.store.write() as unit:
        done = review.steps(unit.decisions.heads()).done
        if not done:
            raise QueueError("there is nothing to undo", why="no decision was taken since the last publication", code="E409")
        taken: list[Decision] = []
        for number in list(reversed(done))[:count]:
            event = unit.decisions.get(number)
            unit.decisions.apply(event.before)
            unit.decisions.append(
                at=now, who=who, action="undo", subject=event.subject, before=event.after, after=event.before, undoes=number
            )
            taken.append(event)
        return taken


def redo(workspace: Workspace, count: int, *, now: datetime, who: str) -> list[Decision]:
    """Do again the last `count` events that were undone; those events. Raises QueueError for none."""
    with workspace.store.write() as unit:
        undone = review.steps(unit.decisions.heads()).undone
        if not undone:
            raise QueueError("there is nothing to redo", code="E409")
        again: list[Decision] = []
        for number in list(reversed(undone))[:count]:
            event = unit.decisions.get(number)
            unit.decisions.apply(event.before)
            unit.decisions.append(
                at=now, who=who, action="redo", subject=event.subject, before=event.after, after=event.before, undoes=number
            )
            again.append(event)
        return again


def log(workspace: Workspace, *, since: datetime | None, limit: int | None) -> list[Decision]:
    """Events, newest first."""
    with workspace.store.read() as unit:
        return unit.decisions.find(since=since, limit=limit)
