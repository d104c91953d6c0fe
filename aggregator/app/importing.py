"""Past issues into the archive: idempotent, nothing overwritten, what could not be read reported with file and line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from aggregator.app.amending import amend
from aggregator.app.keys import save_keys
from aggregator.app.workspace import Workspace
from aggregator.errors import IssueError, UsageError
from aggregator.issue.house import in_form, parse, render
from aggregator.model import Finding, Issue, IssueStatus, Publication, Severity
from aggregator.publish.inert import inert_markdown

SUFFIXES = frozenset({".md", ".markdown", ".txt"})
MAX_BYTES = 4 * 1024 * 1024
# C0 and C1 controls but tab and line ends, DEL, and what overrides or isolates the direction of text.
HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# The byte order mark, which nothing needs in UTF-8.
_MARK = "\ufeff"
_INDEX_NAMES = frozenset({"readme", "index", "_index"})


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """What came of one file: `outcome` is "imported", "unchanged", "replaced", "kept" (the archive holds another text of
    that date) or "failed"; `profile` names the form that it was read in."""

    path: str
    outcome: str
    slug: str | None = None
    items: int = 0
    findings: tuple[Finding, ...] = ()
    profile: str = ""


@dataclass(slots=True)
class ImportReport:
    """All files of one import, in their order."""

    files: list[ImportedFile] = field(default_factory=list)

    def count(self, outcome: str) -> int:
        """How many files had that outcome."""
        return sum(file.outcome == outcome for file in self.files)


def import_paths(
    workspace: Workspace, paths: Sequence[Path], now: datetime, *, who: str, replacing: bool = False, on: date | None = None
) -> ImportReport:
    """Read files, and the Markdown and text files of folders, into the archive. Raises UsageError for a path that is none.

    A text that the archive has is left alone; a different text of a date that the archive has is kept out unless
    `replacing`: then it is an amendment, recorded, and permalinks stay. `on` dates a single file that does not say.
    """
    report = ImportReport()
    files = _files(paths)
    if on is not None and len(files) > 1:
        raise UsageError("a date goes with one file", why=f"{len(files)} were given", fix="import them one by one")
    for path in files:
        report.files.append(_import_file(workspace, path, replacing=replacing, on=on, now=now, who=who))
    done = [file.slug or "" for file in report.files if file.outcome == "imported"]
    if done:
        with workspace.store.write() as unit:
            subject = f"{len(done)} issues" if len(done) > 1 else done[0]
            unit.decisions.append(at=now, who=who, action="import", subject=subject, before={}, after={})
    return report


def differences(workspace: Workspace, paths: Sequence[Path], *, on: date | None = None) -> list[tuple[str, str, str]]:
    """(path, its text, what feeds/ would hold) for every file, nothing stored: what differs does so by intent, because it
    would run or break something on a site. Raises UsageError, and IssueError for a file that cannot be read."""
    found = []
    for path in _files(paths):
        text = _read(path)
        mark = _MARK if path.read_bytes().startswith(_MARK.encode()) else ""
        issue = parse(HIDDEN.sub("", text), publication=workspace.publication, path=str(path)).issue
        issue = replace(issue, date=on, slug=on.isoformat()) if on else issue
        found.append((str(path), mark + text, inert_markdown(render(issue, workspace.publication))))
    return found


def _files(paths: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(one for one in path.iterdir() if one.suffix.lower() in SUFFIXES and one.is_file())
            found += [one for one in inside if one.stem.lower() not in _INDEX_NAMES]
        elif path.is_file():
            found.append(path)
        else:
            raise UsageError(f"there is no file or folder {path}", fix="give Markdown files, or a folder of them", code="E702")
    if not found:
        raise UsageError("there is nothing to import", why="no .md, .markdown or .txt file was found", code="E702")
    return found


def _import_file(workspace: Workspace, path: Path, *, replacing: bool, on: date | None, now: datetime, who: str) -> ImportedFile:
    try:
        text = _read(path)
        # What hides or reverses text is no part of an issue: it would reach terminals and pages.
        hidden = [number for number, line in enumerate(text.split("\n"), 1) if HIDDEN.search(line)]
        text = HIDDEN.sub("", text)
        parsed = parse(text, publication=workspace.publication, path=str(path))
    except IssueError as error:
        finding = Finding(error.code, Severity.ERROR, error.what, str(path), error.place.line if error.place else None, error.fix)
        return ImportedFile(str(path), "failed", findings=(finding,))
    issue = replace(parsed.issue, date=on, slug=on.isoformat()) if on else parsed.issue
    profile = in_form(text, workspace.publication).profile.slug
    known = _same_text(workspace, text) if issue.date is None else None
    if known is not None:
        return ImportedFile(str(path), "unchanged", known.slug, len(known.items), parsed.findings, profile)
    if issue.date is None:
        what = "no date in the heading or in the file's name"
        finding = Finding("E510", Severity.ERROR, what, str(path), 1, "give it with --date, or name the file 2026-09-01.md")
        return ImportedFile(str(path), "failed", findings=(*parsed.findings, finding))
    with workspace.store.write() as unit:
        present = unit.issues.get(issue.slug)
        if present is None:
            save_keys(unit, unit.issues.save(dated(issue, workspace.publication)))
            outcome = "imported"
        elif text in {present.verbatim, render(present, workspace.publication)}:
            outcome = "unchanged"
        elif replacing:
            amend(unit, workspace, present, text, now=now, who=who)
            outcome = "replaced"
        else:
            outcome = "kept"
    what = "control characters were taken out: they would hide or reverse text"
    removed = tuple(Finding("E513", Severity.WARNING, what, str(path), number) for number in hidden[:20])
    findings = (*parsed.findings, *removed)
    if outcome == "kept":
        findings = (*findings, _kept(issue, path))
    return ImportedFile(str(path), outcome, issue.slug, len(issue.items), findings, profile)


def _same_text(workspace: Workspace, text: str) -> Issue | None:
    """The issue of the archive that was read from this very text: its date was given then."""
    with workspace.store.read() as unit:
        return next((one for one in unit.issues.find(status=IssueStatus.PUBLISHED) if one.verbatim == text), None)


def _read(path: Path) -> str:
    try:
        body = path.read_bytes()
    except OSError as error:
        raise IssueError(f"the file cannot be read: {error.strerror}", code="E511") from error
    if len(body) > MAX_BYTES:
        raise IssueError(f"the file is larger than {MAX_BYTES // 1024 // 1024} MiB", fix="is it an issue?", code="E511")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body[: error.start].count(b"\n") + 1
        raise IssueError(f"line {line} is not UTF-8", fix="save the file as UTF-8", code="E511") from error


def _kept(issue: Issue, path: Path) -> Finding:
    text = f"the archive has another text of {issue.slug}, which was kept"
    return Finding("E512", Severity.WARNING, text, str(path), None, "`--replace` takes this file instead")


def dated(issue: Issue, publication: Publication) -> Issue:
    """A past issue as published on its day: midnight in the publication's time zone, under its permalink."""
    if issue.date is None:
        raise IssueError("an issue of the archive needs a date", code="E510")
    moment = datetime.combine(issue.date, time(), ZoneInfo(publication.time_zone))
    return replace(
        issue, status=IssueStatus.PUBLISHED, published_at=moment, guid=issue.guid or f"{publication.base_url}issues/{issue.slug}/"
    )
