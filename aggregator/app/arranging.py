"""Single moves of the draft: star, brief, cut, move, retitle. Each is one event that `undo` takes back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.app import deciding
from aggregator.app.returning import into_queue, released
from aggregator.app.workspace import Workspace
from aggregator.errors import IssueError
from aggregator.issue import draft as drafts
from aggregator.issue.house import escape_plain, normal_item
from aggregator.issue.phrase import plain, without_column
from aggregator.model import Candidate, Issue, Item, Status
from aggregator.queue import review
from aggregator.store.patches import Patch, merged
from aggregator.store.store import Unit

Edit = Callable[[Unit, Issue], Issue]


@dataclass(frozen=True, slots=True)
class Arranged:
    """What came of a move: the draft as it stands, and whether anything changed."""

    draft: Issue
    changed: bool


def star(workspace: Workspace, names: Sequence[str], *, on: bool = True, now: datetime, who: str) -> Arranged:
    """Put items into the headline, or take them out of it. A candidate that is not in the draft yet is approved first.

    `names` are anchors of items or numbers of candidates. Raises IssueError for an item that is not there, QueueError for a
    candidate that cannot be approved.
    """

    def edit(unit: Unit, draft: Issue) -> Issue:
        for name in names:
            draft = _with_candidate(unit, workspace, draft, name) if on else draft
            draft = drafts.replace_item(draft, replace(drafts.named_item(draft, name), starred=on))
        return draft

    return _event(workspace, "star" if on else "unstar", _subject(names), edit, now=now, who=who)


def move(workspace: Workspace, name: str, section: str, position: int | None, *, now: datetime, who: str) -> Arranged:
    """Move an item to a section, to its end or to a position counted from 1. Raises IssueError, QueueError for no section."""
    review.check_section(section, workspace.publication)

    def edit(unit: Unit, draft: Issue) -> Issue:
        found = drafts.named_item(draft, name)
        return drafts.move_item(draft, found.anchor, section, None if position is None else position - 1)

    return _event(workspace, "move", f"{name} to {section}", edit, now=now, who=who)


def retitle(workspace: Workspace, name: str, title: str, *, now: datetime, who: str) -> Arranged:
    """Give an item another title (Markdown); the title as it arrived is kept. Raises IssueError for an empty one."""
    if not title.strip():
        raise IssueError("a title cannot be empty", code="E505")

    def edit(unit: Unit, draft: Issue) -> Issue:
        item = drafts.named_item(draft, name)
        untouched = tuple(field for field in item.untouched if field != "title")
        fresh = normal_item(replace(item, title=title.strip(), untouched=untouched), workspace.publication)
        return drafts.replace_item(draft, fresh)

    return _event(workspace, "retitle", name, edit, now=now, who=who)


def cut(workspace: Workspace, names: Sequence[str], *, later: bool = False, now: datetime, who: str) -> Arranged:
    """Take items out of the draft and back into the queue, with the editor's words: pending, or (`later`) deferred to the
    next issue. What was typed into the draft becomes a candidate. Raises IssueError for an item that is not there."""

    def edit(unit: Unit, draft: Issue) -> Issue:
        for name in names:
            draft = drafts.remove_item(draft, drafts.named_item(draft, name).anchor)
        return draft

    def prepare(unit: Unit, draft: Issue) -> Issue:
        for name in names:
            item = drafts.named_item(draft, name)
            if item.candidate_id is None:
                section = next(part.slug for part in draft.sections if any(item is other for other in part.items))
                number = into_queue(unit, workspace, item, section, now)
                draft = drafts.replace_item(draft, replace(item, candidate_id=number))
        return draft

    status = Status.DEFERRED if later else Status.PENDING
    return _event(workspace, "cut", _subject(names), edit, now=now, who=who, status=status, prepare=prepare)


def brief(workspace: Workspace, ids: Sequence[int], *, linked: bool = False, now: datetime, who: str) -> Arranged:
    """Turn candidates into briefs, which count as used; one that stands in the draft leaves its section. `linked` prints
    their address too. Raises QueueError for a candidate that cannot be approved."""

    def edit(unit: Unit, draft: Issue) -> Issue:
        for number in ids:
            candidate = unit.candidates.get(number)
            review.decide(candidate, "approve", None, workspace.publication)
            if number in draft.briefed:
                continue
            item = next((item for item in draft.items if item.candidate_id == number), None)
            words = _brief_words(candidate, item, workspace, linked=linked)
            draft = drafts.remove_item(draft, item.anchor) if item else draft
            draft = replace(draft, briefed=(*draft.briefed, number))
            draft = drafts.add_briefs(draft, [words], workspace.publication)
        return draft

    return _event(workspace, "brief", ", ".join(map(str, ids)), edit, now=now, who=who)


def paste_briefs(workspace: Workspace, lines: Sequence[str], *, now: datetime, who: str) -> Arranged:
    """Append pasted lines as briefs: bullets and numbers before them go, blank lines and repeats are left out."""

    def edit(unit: Unit, draft: Issue) -> Issue:
        return drafts.add_briefs(draft, lines, workspace.publication)

    return _event(workspace, "brief", f"{len(lines)} lines", edit, now=now, who=who)


def _brief_words(candidate: Candidate, item: Item | None, workspace: Workspace, *, linked: bool) -> str:
    fresh = item or drafts.item_from(candidate, workspace.publication)
    words = escape_plain(without_column(plain(fresh.title)))
    return f"[{fresh.title}]({fresh.url})" if linked and fresh.url else words


def _with_candidate(unit: Unit, workspace: Workspace, draft: Issue, name: str) -> Issue:
    if not name.isdigit() or any(item.candidate_id == int(name) for item in draft.items):
        return draft
    candidate = unit.candidates.get(int(name))
    changes = review.decide(candidate, "approve", None, workspace.publication)
    return deciding.into_draft(draft, deciding.with_fields(candidate, changes), workspace)


def _event(
    workspace: Workspace,
    action: str,
    subject: str,
    edit: Edit,
    *,
    now: datetime,
    who: str,
    status: Status = Status.PENDING,
    prepare: Edit | None = None,
) -> Arranged:
    with workspace.store.write() as unit:
        before = deciding.draft_of(unit, workspace)
        if prepare is not None:
            before = unit.issues.replace(before, prepare(unit, before))[0]
        saved, undo, redo = unit.issues.replace(before, edit(unit, before))
        undo, redo = released(unit, before, saved, undo, redo, status)
        undo, redo = _approved(unit, before, saved, undo, redo)
        if redo:
            unit.decisions.append(at=now, who=who, action=action, subject=subject, before=undo, after=redo)
        return Arranged(saved, bool(redo))


def _approved(unit: Unit, before: Issue, after: Issue, undo: Patch, redo: Patch) -> tuple[Patch, Patch]:
    """What came into the draft with a move, as an item or as a brief, is approved."""
    was = {item.candidate_id for item in before.items} | set(before.briefed)
    for number in dict.fromkeys([*(item.candidate_id for item in after.items), *after.briefed]):
        if number is None or number in was:
            continue
        candidate = unit.candidates.get(number)
        if candidate.status is not Status.APPROVED:
            undo = merged(undo, {"candidate": {str(number): {"status": candidate.status.value}}})
            redo = merged(redo, {"candidate": {str(number): {"status": Status.APPROVED.value}}})
            unit.candidates.patch({"candidate": {str(number): {"status": Status.APPROVED.value}}})
    return undo, redo


def _subject(names: Sequence[str]) -> str:
    return ", ".join(names)
