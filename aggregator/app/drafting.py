"""The draft and the issues: show, edit, check, publish, amend."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from aggregator.app import amending, publishing
from aggregator.app.deciding import draft_of
from aggregator.app.keys import save_keys
from aggregator.app.returning import released
from aggregator.app.workspace import Workspace
from aggregator.errors import CheckError, IssueError
from aggregator.issue import check as checks
from aggregator.issue import draft as drafts
from aggregator.issue.house import parse, render
from aggregator.model import Finding, Issue, IssueStatus, PastIssue, Publication, Severity, Status
from aggregator.store.candidates import CandidateFilter
from aggregator.store.store import Unit


def issues(workspace: Workspace) -> list[Issue]:
    """All issues, newest first, the draft before them; a draft is begun when there is none."""
    with workspace.store.write() as unit:
        draft_of(unit, workspace)
        return unit.issues.find()


def draft(workspace: Workspace) -> Issue:
    """The open draft, with what can be prefilled."""
    with workspace.store.write() as unit:
        return drafts.prefill(draft_of(unit, workspace), workspace.publication)


def issue(workspace: Workspace, slug: str | None) -> Issue:
    """A published issue by its date, or the draft (None, "draft"). Raises IssueError for one that does not exist."""
    if slug in {None, "draft"}:
        return draft(workspace)
    with workspace.store.read() as unit:
        found = unit.issues.get(slug or "")
    if found is None:
        raise IssueError(f"there is no issue `{slug}`", fix="`aggregator issue list` shows them", code="E503")
    return found


def text_of(workspace: Workspace, one: Issue) -> str:
    """An issue in the house form."""
    return render(one, workspace.publication)


def save_text(workspace: Workspace, slug: str | None, text: str, *, now: datetime, who: str) -> tuple[Issue, tuple[Finding, ...]]:
    """Take over an edited text: what was changed in it changes the store. For the draft it is one event that can be undone;
    a published issue is amended, and says when. Raises IssueError for a text that cannot be read."""
    parsed = parse(text, publication=workspace.publication)
    with workspace.store.write() as unit:
        before = _stored(unit, workspace, slug)
        if before.status is IssueStatus.PUBLISHED:
            return amending.amend(unit, workspace, before, text, now=now, who=who)
        after = drafts.take_over(drafts.prefill(before, workspace.publication), parsed.issue)
        saved, undo, redo = unit.issues.replace(before, after)
        undo, redo = released(unit, before, saved, undo, redo)
        if redo:
            unit.decisions.append(at=now, who=who, action="edit issue", subject=saved.slug, before=undo, after=redo)
    return saved, parsed.findings


def _stored(unit: Unit, workspace: Workspace, slug: str | None) -> Issue:
    if slug in {None, "draft"}:
        return draft_of(unit, workspace)
    found = unit.issues.get(slug or "")
    if found is None:
        raise IssueError(f"there is no issue `{slug}`", fix="`aggregator issue list` shows them", code="E503")
    return found


def save_outline(workspace: Workspace, text: str, *, now: datetime, who: str) -> Issue:
    """Take over a move list: order, sections, and what was left out of it. Raises IssueError with the line that is wrong."""
    with workspace.store.write() as unit:
        before = draft_of(unit, workspace)
        after = drafts.apply_outline(before, text, workspace.publication)
        saved, undo, redo = unit.issues.replace(before, after)
        undo, redo = released(unit, before, saved, undo, redo)
        if redo:
            unit.decisions.append(at=now, who=who, action="outline", subject=saved.slug, before=undo, after=redo)
        return saved


def check(workspace: Workspace, slug: str | None) -> tuple[Finding, ...]:
    """What must not be published, in the draft or in a published issue."""
    one = issue(workspace, slug)
    with workspace.store.read() as unit:
        archive = [past for past in unit.issues.find(status=IssueStatus.PUBLISHED) if past.slug != one.slug]
    text = text_of(workspace, one)
    return checks.check(one, workspace.publication, text, path=f"issues/{one.slug}.md", archive=archive)


def check_text(workspace: Workspace, text: str, path: str) -> tuple[Finding, ...]:
    """The same for the text of a file."""
    parsed = parse(text, publication=workspace.publication, path=path)
    with workspace.store.read() as unit:
        archive = [past for past in unit.issues.find(status=IssueStatus.PUBLISHED) if past.slug != parsed.issue.slug]
    return checks.check(parsed.issue, workspace.publication, text, path=path, archive=archive)


@dataclass(frozen=True, slots=True)
class Published:
    """A draft that became an issue, and the files that changed with it."""

    issue: Issue
    files: publishing.FilesReport
    warnings: tuple[Finding, ...] = ()


def local_date(publication: Publication, now: datetime) -> date:
    """Today where the newsletter is made."""
    return now.astimezone(ZoneInfo(publication.time_zone)).date()


def publish(workspace: Workspace, *, now: datetime, who: str, on: date | None = None, force: bool = False) -> Published:
    """Stamp the draft with its number and date, write the documents, begin the next draft.

    Raises IssueError for an empty draft or a date that has an issue (a published issue is never overwritten), CheckError for
    errors that `force` does not pass over. When the documents cannot be written, nothing is published.
    """
    publication = workspace.publication
    day = on or local_date(publication, now)
    with workspace.store.write() as unit:
        current = draft_of(unit, workspace)
        _publishable(unit, current, day)
        past = unit.issues.find(status=IssueStatus.PUBLISHED)
        stamped = drafts.stamp(
            drafts.prefill(current, publication),
            publication,
            date=day,
            number=max(len(past), *(one.number or 0 for one in past), 0) + 1,
            past=[PastIssue(one.slug, f"{publication.base_url}issues/{one.slug}/") for one in past],
            now=now,
            guid=f"{publication.base_url}issues/{day.isoformat()}/",
        )
        text = render(stamped, publication)
        findings = checks.check(stamped, publication, text, path=f"issues/{stamped.slug}.md", archive=past)
        errors = [finding for finding in findings if finding.severity is Severity.ERROR]
        if errors and not force:
            raise CheckError(
                f"the draft has {len(errors)} error{'s' if len(errors) > 1 else ''} and was not published",
                why="\n".join(f"{one.path}:{one.line or 1}  {one.text} [{one.code}]" for one in errors),
                fix="`aggregator issue edit` mends them; `--force` publishes all the same",
            )
        saved = unit.issues.save(replace(stamped, verbatim=text))
        save_keys(unit, saved)
        _mark_published(unit, saved)
        unit.issues.save(drafts.new_draft(publication))
        unit.decisions.append(at=now, who=who, action="publish", subject=saved.slug, before={}, after={})
        # Inside the transaction: when the files cannot be written, the store takes nothing back to explain.
        files = publishing.write(workspace, [saved, *past])
    return Published(saved, files, tuple(finding for finding in findings if finding not in errors))


def _publishable(unit: Unit, current: Issue, day: date) -> None:
    if not current.items and not current.briefs:
        raise IssueError(
            "the draft is empty",
            why="an issue without items is not published",
            fix="`aggregator queue approve ID` puts candidates into it",
            code="E502",
        )
    amending.check_free(day.isoformat(), unit.issues.find(status=IssueStatus.PUBLISHED))


def _mark_published(unit: Unit, saved: Issue) -> None:
    printed = {item.candidate_id for item in saved.items if item.candidate_id is not None}
    # A brief may have been taken out of the text since; its candidate is then decided on anew.
    printed |= {number for number in saved.briefed if unit.candidates.get(number).status is Status.APPROVED}
    changes: dict[str, dict[str, str]] = {str(number): {"status": Status.PUBLISHED.value} for number in printed}
    returning = unit.candidates.find(CandidateFilter(statuses=(Status.DEFERRED,)))
    changes |= {str(candidate.id): {"status": Status.PENDING.value} for candidate in returning}
    unit.candidates.patch({"candidate": changes})
