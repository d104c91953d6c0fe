"""The editor's own words in the draft: an item's fields, the headline, the lead, the briefs. Each is one event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from aggregator.app.deciding import draft_of
from aggregator.app.workspace import Workspace
from aggregator.errors import IssueError
from aggregator.issue import draft as drafts
from aggregator.issue.house import normal, normal_item, parse
from aggregator.model import Issue
from aggregator.text import clean_line
from aggregator.urls import is_http, safe_url

FIELDS = ("title", "source", "url", "summary")


def rewrite_item(workspace: Workspace, name: str, fields: Mapping[str, str], *, now: datetime, who: str) -> Issue:
    """Give an item of the draft another title, source, address or summary (Markdown). Raises IssueError for an item that is
    not there, an empty title, an address that is none."""
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise IssueError(f"an item has no field {', '.join(sorted(unknown))}", code="E505")
    wanted = {field: text.strip() for field, text in fields.items()}
    if not wanted.get("title", "-"):
        raise IssueError("a title cannot be empty", code="E505")
    if wanted.get("url") and (safe_url(wanted["url"]) is None or not is_http(wanted["url"])):
        raise IssueError(f"this is no http(s) URL: {wanted['url']}", fix="paste the whole address of the page", code="E407")

    def edit(draft: Issue) -> Issue:
        item = drafts.named_item(draft, name)
        values: dict[str, str | None] = {field: text for field, text in wanted.items() if text != (getattr(item, field) or "")}
        if not values:
            return draft
        if "url" in values:
            values["url"] = values["url"] or None
        untouched = tuple(field for field in item.untouched if field not in values)
        fresh = replace(item, **values, untouched=untouched)  # type: ignore[arg-type]
        return drafts.replace_item(draft, normal_item(fresh, workspace.publication))

    return _event(workspace, "rewrite", name, edit, now=now, who=who)


def write_headline(workspace: Workspace, text: str, *, now: datetime, who: str) -> Issue:
    """Give the draft a headline; an empty one is filled in again from the starred items."""
    line = clean_line(text, 500)

    def edit(draft: Issue) -> Issue:
        return _with_head(draft, "headline", replace(draft, headline=line) if line else draft)

    return _event(workspace, "headline", "headline", edit, now=now, who=who)


def write_lead(workspace: Workspace, text: str, *, now: datetime, who: str) -> Issue:
    """Give the draft a lead in the editor's words (Markdown); an empty one is filled in again from the items."""
    lead = text.strip()

    def edit(draft: Issue) -> Issue:
        if not lead:
            return _with_head(draft, "lead", draft)
        printed = normal(replace(draft, lead=lead, sections=(), verbatim=""), workspace.publication).lead
        return _with_head(draft, "lead", replace(draft, lead=printed))

    return _event(workspace, "lead", "lead", edit, now=now, who=who)


def write_briefs(workspace: Workspace, text: str, *, now: datetime, who: str) -> Issue:
    """The briefs of the draft, one a line (Markdown), in place of those that were there. The candidate of
    one that is left out counts as used all the same."""

    def edit(draft: Issue) -> Issue:
        bare = replace(draft, briefs=())
        return drafts.add_briefs(bare, text.splitlines(), workspace.publication)

    return _event(workspace, "briefs", "briefs", edit, now=now, who=who)


def read_text(workspace: Workspace, text: str) -> Issue:
    """A text in the house form as an issue, for looking at; nothing is stored. Raises IssueError for one that cannot be read."""
    return parse(text, publication=workspace.publication).issue


def _with_head(before: Issue, field: str, after: Issue) -> Issue:
    """`field` is the editor's own when it was given, and filled in anew when it was emptied."""
    others = tuple(name for name in before.untouched if name != field)
    if after is before:
        return replace(before, **{field: "", "untouched": (*others, field)})  # type: ignore[arg-type]
    return replace(after, untouched=others)


def _event(workspace: Workspace, action: str, subject: str, edit: Callable[[Issue], Issue], *, now: datetime, who: str) -> Issue:
    with workspace.store.write() as unit:
        before = draft_of(unit, workspace)
        saved, undo, redo = unit.issues.replace(before, edit(before))
        if redo:
            unit.decisions.append(at=now, who=who, action=action, subject=subject, before=undo, after=redo)
        return saved
