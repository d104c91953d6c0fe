"""Published issues that change: amendments, a date that slips, files that were edited by hand. All of it is recorded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from aggregator.app.keys import save_keys
from aggregator.app.workspace import Workspace
from aggregator.errors import IssueError
from aggregator.issue import draft as drafts
from aggregator.issue.house import parse, render
from aggregator.model import Decision, Finding, Issue, IssueStatus
from aggregator.publish.inert import inert_markdown
from aggregator.store.store import Unit


@dataclass(frozen=True, slots=True)
class Compared:
    """Two texts and what each of them is; they may be equal."""

    before_name: str
    before: str
    after_name: str
    after: str


def amend(
    unit: Unit, workspace: Workspace, before: Issue, text: str, *, now: datetime, who: str
) -> tuple[Issue, tuple[Finding, ...]]:
    """Take over an edited text of a published issue: both texts and what changed are recorded, and the issue says when."""
    parsed = parse(text, publication=workspace.publication, path=before.slug)
    after = drafts.take_over(before, parsed.issue)
    changes = drafts.changes(before, after)
    printed = render(before, workspace.publication)
    if not changes and text == printed:
        return before, parsed.findings
    saved = unit.issues.save(replace(after, updated_at=now))
    save_keys(unit, saved)
    listed = [[one.kind, one.what, one.before, one.after] for one in changes]
    _record(unit, saved.slug, {"text": printed}, {"text": text, "changes": listed}, now=now, who=who)
    return saved, parsed.findings


def _record(unit: Unit, subject: str, before: dict[str, object], after: dict[str, object], *, now: datetime, who: str) -> None:
    # What is recorded is no patch of tables: readers have seen an amendment, so no undo ever applies it.
    unit.decisions.append(at=now, who=who, action="amend", subject=subject, before=before, after=after)  # type: ignore[arg-type]


def amendments(workspace: Workspace, slug: str) -> list[Decision]:
    """The recorded amendments of an issue, under all slugs it has had, oldest first."""
    with workspace.store.read() as unit:
        found = unit.issues.get(slug)
        names = {slug, *(found.redirects if found else ())}
        numbers = [number for number, action, _ in unit.decisions.heads() if action == "amend"]
        return [event for number in numbers if (event := unit.decisions.get(number)).subject.split(" ")[0] in names]


def rename(workspace: Workspace, old: str, new: date, *, now: datetime, who: str) -> Issue:
    """Give a published issue another date: heading, slug, and the links to it in other issues; its guid and the old slug,
    which redirects, stay. Raises IssueError for no such issue or a date that has one."""
    slug, publication = new.isoformat(), workspace.publication
    with workspace.store.write() as unit:
        issue = published(unit, old)
        others = [one for one in unit.issues.find(status=IssueStatus.PUBLISHED) if one.id != issue.id]
        check_free(slug, others)
        if slug == old:
            raise IssueError(f"the issue is dated {old} already", code="E504")
        before = render(issue, publication)
        dated = replace(issue, date=new, redirects=tuple(name for name in (*issue.redirects, old) if name != slug))
        text = render(dated, publication)
        saved = unit.issues.save(replace(dated, slug=slug, verbatim=text, updated_at=now))
        for other in others:
            links = tuple(replace(link, **_moved(link.label, link.url, old, slug)) for link in other.past_issues)
            if links != other.past_issues:
                told = replace(other, past_issues=links)
                unit.issues.save(replace(told, verbatim=render(told, publication) if other.verbatim else ""))
        _record(unit, f"{old} renamed to {slug}", {"text": before}, {"text": text}, now=now, who=who)
        return saved


def _moved(label: str, url: str, old: str, new: str) -> dict[str, str]:
    """A link to the issue under its new date; a link to another issue as it is."""
    if old not in url.rstrip("/").rsplit("/", 1)[-1]:
        return {}
    return {"label": label.replace(old, new), "url": new.join(url.rsplit(old, 1))}


def check_free(slug: str, others: list[Issue]) -> None:
    """Raises IssueError for a date that another issue has, or had before it was renamed: readers still follow that link."""
    holder = next((one for one in others if slug == one.slug or slug in one.redirects), None)
    if holder is not None:
        had = holder.slug != slug
        raise IssueError(
            f"the date {slug} was that of the issue {holder.slug}" if had else f"the issue of {slug} is published already",
            why="its old address redirects" if had else "a published issue is never overwritten by another",
            fix="take another date (--date), or amend that one (aggregator issue amend)",
            code="E504",
        )


def published(unit: Unit, slug: str) -> Issue:
    """The published issue of that slug. Raises IssueError."""
    found = unit.issues.get(slug)
    if found is None or found.status is not IssueStatus.PUBLISHED:
        raise IssueError(f"there is no published issue `{slug}`", fix="`aggregator issue list` shows them", code="E503")
    return found


def compare(workspace: Workspace, slug: str | None) -> tuple[Compared, ...]:
    """What differs: for the draft, the text that was last saved by hand against the text now; for a published issue, the
    text it was published with against the text now, and its file in feeds/ against what belongs there."""
    publication = workspace.publication
    with workspace.store.read() as unit:
        issue = unit.issues.draft() if slug in {None, "draft"} else published(unit, slug or "")
    if issue is None or issue.status is IssueStatus.DRAFT:
        shown = drafts.prefill(issue or drafts.new_draft(publication), publication)
        last = issue.verbatim if issue else ""
        was = last or render(drafts.new_draft(publication), publication)
        return (
            Compared(
                "the draft as last saved by hand" if last else "an empty draft", was, "the draft", render(shown, publication)
            ),
        )
    here = render(issue, publication)
    events = amendments(workspace, issue.slug)
    first = str(events[0].before.get("text", here)) if events else here
    compared = [Compared(f"{issue.slug} as published", first, f"{issue.slug} as amended", here)]
    path = file_of(workspace, issue)
    if path.is_file():
        there = path.read_text(encoding="utf-8", errors="replace")
        compared.append(Compared(f"{issue.slug} in the store", inert_markdown(here), str(path), there))
    return tuple(compared)


def file_of(workspace: Workspace, issue: Issue) -> Path:
    """Where an issue's Markdown lies."""
    return workspace.feeds / "issues" / f"{issue.slug}.md"
