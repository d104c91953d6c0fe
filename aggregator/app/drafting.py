"""The draft and the issues: show, edit, check, publish, amend."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from aggregator.app import amending, publishing
from aggregator.app.deciding import draft_of
from aggregator.app.keys import save_keys
from aggregator.app.returning import released
from aggregator.app.workspace import Workspace
from aggregator.errors import CheckError, IssueError
from aggregator.issue import check as checks
from aggregator.issue import draft as drafts
from aggregator.issue.fixing import fixable
from aggregator.issue.house import parse, render
from aggregator.model import CandidateFilter, Finding, Issue, IssueStatus, PastIssue, Publication, Severity, Status
from aggregator.store.patches import Patch
from aggregator.store.store import Unit


def issues(workspace: Workspace) -> list[Issue]:
    """All issues, newest first, the draft before them; a draft is begun when there is none."""
    _begun(workspace)
    with workspace.store.read() as unit:
        return unit.issues.find()


def draft(workspace: Workspace) -> Issue:
    """The open draft, with what can be prefilled."""
    return drafts.prefill(_begun(workspace), workspace.publication)


def _begun(workspace: Workspace) -> Issue:
    # Looking must not wait for a writer: the write lock is taken only when there is no draft to look at.
    with workspace.store.read() as unit:
        found = unit.issues.draft()
    if found is not None and drafts.with_sections(found, workspace.publication) == found:
        return found
    with workspace.store.write() as unit:
        return draft_of(unit, workspace)


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


def save_text(
    workspace: Workspace, slug: str | None, text: str, *, now: datetime, who: str, base: Issue | None = None
) -> tuple[Issue, tuple[Finding, ...]]:
    """Take over an edited text: what was changed in it changes the store. For the draft it is one event that can be undone;
    a published issue is amended, and says when. `base` is the draft that the text was made from: what was approved since
    stays. Raises IssueError for a text that cannot be read."""
    parsed = parse(text, publication=workspace.publication)
    with workspace.store.write() as unit:
        before = _stored(unit, workspace, slug)
        if before.status is IssueStatus.PUBLISHED:
            return amending.amend(unit, workspace, before, text, now=now, who=who)
        if before.items and not parsed.issue.items:
            raise IssueError(
                "the text holds no item",
                why=f"the draft has {len(before.items)}, and a text without any is more likely a slip than a wish",
                fix="keep the items in the text; `aggregator queue reject ID` and `aggregator undo` take them out one by one",
                code="E507",
            )
        after = drafts.take_over(drafts.prefill(before, workspace.publication), parsed.issue)
        after = drafts.with_late_items(after, before, base)
        saved, undo, redo = unit.issues.replace(before, after)
        undo, redo = released(unit, before, saved, undo, redo)
        if redo:
            unit.decisions.append(at=now, who=who, action="edit issue", subject=saved.slug, before=undo, after=redo)
    return saved, parsed.findings


def doubts(workspace: Workspace, text: str) -> list[Finding]:
    """What of an edited text was not read as it was meant, perhaps: broken items, lines that belong to nothing."""
    found = parse(text, publication=replace(workspace.publication, language=workspace.language)).findings
    return [one for one in found if one.severity is not Severity.HINT]


def _stored(unit: Unit, workspace: Workspace, slug: str | None) -> Issue:
    if slug in {None, "draft"}:
        return draft_of(unit, workspace)
    found = unit.issues.get(slug or "")
    if found is None:
        raise IssueError(f"there is no issue `{slug}`", fix="`aggregator issue list` shows them", code="E503")
    return found


def outline_of(one: Issue) -> str:
    """The draft as a move list."""
    return drafts.outline(one)


def save_outline(workspace: Workspace, text: str, *, now: datetime, who: str, base: Issue | None = None) -> Issue:
    """Take over a move list: order, sections, and what was left out of it; `base` as for `save_text`. Raises IssueError with
    the line that is wrong."""
    with workspace.store.write() as unit:
        before = draft_of(unit, workspace)
        after = drafts.with_late_items(drafts.apply_outline(before, text, workspace.publication), before, base)
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
    path, language = f"issues/{one.slug}.md", workspace.language
    return checks.check(one, workspace.publication, text, path=path, archive=archive, language=language)


SLACK = timedelta(days=31)


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
    """Stamp the draft with its number and date, begin the next draft, write the documents.

    Raises IssueError for an empty draft or a date that has an issue (a published issue is never overwritten), CheckError for
    errors that `force` does not pass over, PublishError for a folder that cannot be written: nothing is published then. The
    store is committed before the files are written, so a file that fails after all is completed by the next `publish`.
    """
    publication = workspace.publication
    day = on or local_date(publication, now)
    publishing.check_writable(workspace)
    with workspace.store.write() as unit:
        current = draft_of(unit, workspace)
        _publishable(unit, current, day)
        if on is not None and not force:
            _plausible(unit, on, local_date(publication, now))
        past = unit.issues.find(status=IssueStatus.PUBLISHED)
        stamped = drafts.stamp(
            drafts.prefill(current, publication),
            publication,
            date=day,
            number=max(len(past), *(one.number or 0 for one in past), 0) + 1,
            past=[
                PastIssue(one.slug, f"{publication.base_url}issues/{one.slug}/") for one in past if one.date and one.date < day
            ],
            now=now,
            guid=f"{publication.base_url}issues/{day.isoformat()}/",
        )
        text = render(stamped, publication)
        path, language = f"issues/{stamped.slug}.md", workspace.language
        findings = checks.check(stamped, publication, text, path=path, archive=past, language=language)
        errors = [finding for finding in findings if finding.severity is Severity.ERROR]
        if errors and not force:
            certain = len(fixable(errors)) == len(errors)
            raise CheckError(
                f"the draft has {len(errors)} error{'s' if len(errors) > 1 else ''} and was not published",
                why="\n".join(f"{one.path}:{one.line or 1}  {one.text} [{one.code}]" for one in errors),
                fix=f"`aggregator issue {'check --fix' if certain else 'edit'}` mends them; `--force` publishes all the same",
            )
        saved = unit.issues.save(replace(stamped, verbatim=text))
        save_keys(unit, saved)
        before, after = _mark_published(unit, saved)
        unit.issues.save(drafts.new_draft(publication))
        unit.decisions.append(at=now, who=who, action="publish", subject=saved.slug, before=before, after=after)
    files = publishing.write_all(workspace)
    return Published(saved, files, tuple(finding for finding in findings if finding not in errors))


def _plausible(unit: Unit, day: date, today: date) -> None:
    """Raises IssueError for a date that looks like a slip of the keys: publishing is not undone."""
    newest = max((one.date for one in unit.issues.find(status=IssueStatus.PUBLISHED) if one.date), default=None)
    if newest is not None and day < newest:
        odd = f"before the newest issue, which is of {newest}"
    elif abs(day - today) > SLACK:
        odd = f"more than a month away from today, {today}"
    else:
        return
    raise IssueError(f"{day} is {odd}", why="publishing is not undone", fix="mend --date, or give --force", code="E508")


def _publishable(unit: Unit, current: Issue, day: date) -> None:
    if not current.items and not current.briefs:
        raise IssueError(
            "the draft is empty",
            why="an issue without items is not published",
            fix="`aggregator queue approve ID` puts candidates into it",
            code="E502",
        )
    amending.check_free(day.isoformat(), unit.issues.find(status=IssueStatus.PUBLISHED))


def _mark_published(unit: Unit, saved: Issue) -> tuple[Patch, Patch]:
    """What was printed is published, what was deferred is pending again; the patches for the log."""
    printed = {item.candidate_id for item in saved.items if item.candidate_id is not None}
    # A brief may have been taken out of the text since; its candidate is then decided on anew.
    printed |= {number for number in saved.briefed if unit.candidates.get(number).status is Status.APPROVED}
    deferred = [candidate.id for candidate in unit.candidates.find(CandidateFilter(statuses=(Status.DEFERRED,)))]
    before = dict.fromkeys(printed, Status.APPROVED) | dict.fromkeys(deferred, Status.DEFERRED)
    after = dict.fromkeys(printed, Status.PUBLISHED) | dict.fromkeys(deferred, Status.PENDING)
    undo, redo = (
        {"candidate": {str(number): {"status": status.value} for number, status in statuses.items()}}
        for statuses in (before, after)
    )
    unit.candidates.patch(redo)
    return undo, redo
