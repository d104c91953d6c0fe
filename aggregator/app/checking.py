"""What must not be published, in the draft, in a published issue or in a file; and mending it where that is certain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from aggregator.app import drafting, linking
from aggregator.app.workspace import Workspace
from aggregator.issue import check as checks
from aggregator.issue.fixing import fixed
from aggregator.issue.house import parse
from aggregator.issue.house.derive import day_of
from aggregator.issue.mistakes_answers import asked_addresses
from aggregator.model import Finding, Issue, IssueStatus


@dataclass(frozen=True, slots=True)
class Checked:
    """A text and what was found in it. `offline` says that its links could not be asked although they were to be."""

    issue: Issue
    path: str
    text: str
    findings: tuple[Finding, ...]
    offline: bool = False

    @property
    def mended(self) -> str:
        """The text with everything mended whose mending is certain."""
        return fixed(self.text, self.findings)


def check(
    workspace: Workspace,
    slug: str | None,
    *,
    online_at: datetime | None = None,
    told: Callable[[int, int], None] = lambda done, total: None,
) -> Checked:
    """Check the draft (None) or a published issue. With `online_at` its links are asked too. Raises IssueError."""
    one = drafting.issue(workspace, slug)
    text = drafting.text_of(workspace, one)
    return _checked(workspace, one, text, f"issues/{one.slug}.md", online_at, told)


def check_text(
    workspace: Workspace,
    text: str,
    path: str,
    *,
    online_at: datetime | None = None,
    told: Callable[[int, int], None] = lambda done, total: None,
) -> Checked:
    """The same for the text of a file."""
    parsed = parse(text, publication=workspace.publication, path=path)
    return _checked(workspace, parsed.issue, text, path, online_at, told, _days_beside(Path(path)))


def _days_beside(path: Path) -> frozenset[date]:
    """The days of the issues that lie in the folder of a file, by their names."""
    days = (day_of(other.name) for other in path.parent.glob("*.md") if other.stem[:1].isdigit())
    found = frozenset(day for day in days if day is not None)
    return found if len(found) > 1 else frozenset()


def _checked(
    workspace: Workspace,
    one: Issue,
    text: str,
    path: str,
    online_at: datetime | None,
    told: Callable[[int, int], None],
    days: frozenset[date] = frozenset(),
) -> Checked:
    with workspace.store.read() as unit:
        archive = [past for past in unit.issues.find(status=IssueStatus.PUBLISHED) if past.slug != one.slug]
    answers = linking.answers(workspace, asked_addresses(one), online_at, told) if online_at else {}
    findings = checks.check(
        one,
        workspace.publication,
        text,
        path=path,
        archive=archive,
        answers=answers or {},
        days=days,
        language=workspace.language,
    )
    return Checked(one, path, text, findings, answers is None)


def mend(workspace: Workspace, checked: Checked, *, file: Path | None, now: datetime, who: str) -> Checked:
    """Put the mended text in the place of the checked one: into the draft as one event, into a published issue as an
    amendment, into the file. Gives it checked again, its links not asked anew."""
    text = checked.mended
    if file is not None:
        file.write_bytes(text.encode())
        return check_text(workspace, text, checked.path)
    slug = checked.issue.slug if checked.issue.status is IssueStatus.PUBLISHED else None
    saved, _ = drafting.save_text(workspace, slug, text, now=now, who=who)
    return replace(check(workspace, slug), issue=saved)
