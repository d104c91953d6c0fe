"""The draft: its outline, one item of it, its text, what the check says, and what their forms do."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from aggregator.app import arranging, drafting, reviewing, rewriting, sitting
from aggregator.app.spots import Spot, carried, spots
from aggregator.app.workspace import who
from aggregator.errors import AggregatorError
from aggregator.model import Issue, IssueSection, Item, Severity
from aggregator.text import fit
from aggregator.web.site import Flash, Site
from aggregator.web.view import number

if TYPE_CHECKING:
    from aggregator.web.actions import Sent


# ---------------------------------------------------------------- pages


def page(site: Site, request: Request) -> Response:
    """The issue as it stands, to arrange and to write."""
    anchor = request.query_params.get("at", "")
    if request.headers.get("hx-request"):
        return HTMLResponse(parts(site, site.session(request), anchor, None, keep=bool(request.query_params.get("keep"))))
    flash = site.flash(request)
    given = {**_values(site, anchor), "flash": flash, "here": "draft"}
    return site.answer(request, site.render("draft.html", given, site.session(request)), said=flash is not None)


def parts(site: Site, session: str, anchor: str, flash: Flash | None, *, keep: bool = False) -> str:
    """What a script puts in the place of what it shows: head, outline, item and message."""
    return site.render("_draft_parts.html", {**_values(site, anchor), "flash": flash, "keep": keep}, session)


def _values(site: Site, anchor: str) -> dict[str, Any]:
    version = sitting.version(site.workspace)
    issue = drafting.draft(site.workspace)
    found = spots(issue)
    # The item may have gone: then the one on its line, which the script names behind a colon.
    anchor, _, line = anchor.partition(":")
    index = min(number(line) or 0, len(found) - 1)
    spot = next((one for one in found if one.item.anchor == anchor), found[index] if found else None)
    return {
        "version": version,
        "issue": issue,
        "spot": spot,
        "back": "/draft",
        "today": drafting.local_date(site.workspace.publication, site.clock()).isoformat(),
        "own": {name: name not in issue.untouched for name in ("headline", "lead")},
    }


def item(site: Site, request: Request) -> Response:
    """One item of the draft, for a script."""
    spot = _spot(drafting.draft(site.workspace), request.path_params["anchor"])
    if spot is None:
        raise HTTPException(404)
    if not request.headers.get("hx-request"):
        return Response(status_code=303, headers={"location": f"/draft?at={spot.item.anchor}"})
    return HTMLResponse(site.render("_item_part.html", {"spot": spot, "back": "/draft"}, site.session(request)))


def _spot(draft: Issue, anchor: str) -> Spot | None:
    return next((one for one in spots(draft) if one.item.anchor == anchor), None)


def check(site: Site, request: Request) -> Response:
    """What must not be published, errors first."""
    findings = drafting.check(site.workspace, None)
    values = {
        "here": "draft",
        "findings": findings,
        "errors": [one for one in findings if one.severity is Severity.ERROR],
        "remarks": [one for one in findings if one.severity is not Severity.ERROR],
        "issue": drafting.draft(site.workspace),
        "today": drafting.local_date(site.workspace.publication, site.clock()).isoformat(),
    }
    return _boxed(site, request, "check", values)


def publishing(site: Site, request: Request) -> Response:
    """The question before publishing."""
    findings = drafting.check(site.workspace, None)
    issue = drafting.draft(site.workspace)
    values = {
        "here": "draft",
        "issue": issue,
        "errors": [one for one in findings if one.severity is Severity.ERROR],
        "findings": findings,
        "today": drafting.local_date(site.workspace.publication, site.clock()).isoformat(),
        "back": "/draft",
    }
    return _boxed(site, request, "publish", values)


def preview(site: Site, request: Request) -> Response:
    """The draft as readers will read it."""
    return _boxed(site, request, "preview", {"here": "draft", "issue": drafting.draft(site.workspace)})


def lead(site: Site, request: Request) -> Response:
    """The lead, to write."""
    issue = drafting.draft(site.workspace)
    return _boxed(site, request, "lead", {"here": "draft", "issue": issue, "back": request.query_params.get("back", "/draft")})


def _boxed(site: Site, request: Request, name: str, values: dict[str, Any]) -> Response:
    """A page of its own, or for a script what it shows in a box."""
    if request.headers.get("hx-request"):
        return HTMLResponse(site.render(f"_{name}.html", values, site.session(request)))
    return site.page(request, "box.html", {**values, "inside": f"_{name}.html", "heading": site.words(f"box.{name}")})


def text(site: Site, request: Request) -> Response:
    """The exact Markdown of the draft, to edit."""
    issue = drafting.draft(site.workspace)
    anchors = " ".join(one.anchor for one in issue.items)
    values = {"here": "draft", "issue": issue, "text": drafting.text_of(site.workspace, issue), "anchors": anchors, "failed": ""}
    return site.page(request, "text.html", {**values, "back": "/draft/text"})


# ---------------------------------------------------------------- actions


def arrange(site: Site, sent: Sent) -> Response:
    """One move of the item `anchor`: up, down, to (`section`, `position`), star, unstar, cut or later."""
    from aggregator.web.actions import answered

    moves = {"up", "down", "to", "star", "unstar", "cut", "later"}
    verb, _, section = sent["action"].partition(":")
    if verb not in moves:
        raise HTTPException(400)
    where = (section or sent["section"], number(sent["position"]))
    return answered(site, sent, lambda: _arrange(site, verb, sent["anchor"], where))


def _arrange(site: Site, verb: str, anchor: str, where: tuple[str, int | None]) -> Flash:
    draft = drafting.draft(site.workspace)
    spot = _spot(draft, anchor)
    if spot is None:
        return Flash(site.words("error.no_item"), wrong=True)
    title = fit(reviewing.plain_line(spot.item.title), 80)
    now, by = site.clock(), who(os.environ)
    if verb in {"star", "unstar"}:
        done = arranging.star(site.workspace, [anchor], on=verb == "star", now=now, who=by)
    elif verb in {"cut", "later"}:
        done = arranging.cut(site.workspace, [anchor], later=verb == "later", now=now, who=by)
    else:
        goal = where if verb == "to" else carried(draft, spot, -1 if verb == "up" else 1)
        if goal is None:
            return Flash(site.words("did.nothing", title=title))
        done = arranging.move(site.workspace, anchor, goal[0], goal[1], now=now, who=by)
        place = _spot(done.draft, anchor)
        where = (place.section, place.place) if place else where
    event = reviewing.next_undo(site.workspace) if done.changed else None
    section, position = site.section(where[0]), where[1] or ""
    return Flash(site.words(f"did.{verb}", title=title, section=section, position=position), event=event)


def write(site: Site, sent: Sent) -> Response:
    """The editor's words: `field` is item (with `anchor`), headline, lead or briefs."""
    from aggregator.web.actions import answered

    return answered(site, sent, _writer(site, sent))


def _writer(site: Site, sent: Sent) -> Callable[[], Flash]:
    field, now, by = sent["field"], site.clock(), who(os.environ)
    words = sent["text"].replace("\r\n", "\n")

    def act() -> Flash:
        before = reviewing.next_undo(site.workspace)
        if field == "item":
            fields = {name: sent[name].replace("\r\n", "\n") for name in rewriting.FIELDS if name in sent.fields}
            rewriting.rewrite_item(site.workspace, sent["anchor"], fields, now=now, who=by)
        elif field == "headline":
            rewriting.write_headline(site.workspace, words, now=now, who=by)
        elif field == "briefs":
            rewriting.write_briefs(site.workspace, words, now=now, who=by)
        else:
            rewriting.write_lead(site.workspace, words, now=now, who=by)
        event = reviewing.next_undo(site.workspace)
        if event == before:
            return Flash(site.words("did.unchanged"))
        return Flash(site.words(f"did.wrote.{field}"), event=event)

    if field not in {"item", "headline", "lead", "briefs"}:
        raise HTTPException(400)
    return act


def save_text(site: Site, sent: Sent) -> Response:
    """The edited Markdown of the draft. What cannot be read is shown again with the reason; nothing that was typed is lost."""
    issue = drafting.draft(site.workspace)
    # What was approved since the text was handed out stays: it could not be meant.
    known = tuple(Item(title="", anchor=anchor) for anchor in sent["anchors"].split())
    base = Issue(slug=issue.slug, sections=(IssueSection("", "", known),))
    words = sent["text"].replace("\r\n", "\n")
    before = reviewing.next_undo(site.workspace)
    try:
        _, findings = drafting.save_text(site.workspace, None, words, now=site.clock(), who=who(os.environ), base=base)
    except AggregatorError as error:
        values = {"here": "draft", "issue": issue, "text": words, "anchors": sent["anchors"], "failed": site.words.error(error)}
        return HTMLResponse(site.render("text.html", {**values, "back": "/draft/text"}, sent.session), 422)
    event = reviewing.next_undo(site.workspace)
    said = site.words("did.wrote.text" if event != before else "did.unchanged")
    told = [f"{finding.line}: {finding.text}" for finding in findings[:3]]
    return site.back_with(
        "/draft", Flash("; ".join([said, *told]), event=event if event != before else None), scripted=sent.scripted
    )


def publish(site: Site, sent: Sent) -> Response:
    """Publish the draft under `date`, when `confirm` is ticked; `force` passes over what the check calls errors."""
    from aggregator.web.actions import answered

    return answered(site, sent, lambda: _publish(site, sent))


def _publish(site: Site, sent: Sent) -> Flash:
    if sent["confirm"] != "yes":
        return Flash(site.words("error.unconfirmed"), wrong=True)
    try:
        day = date.fromisoformat(sent["date"])
    except ValueError:
        return Flash(site.words("error.date"), wrong=True)
    done = drafting.publish(site.workspace, now=site.clock(), who=who(os.environ), on=day, force=sent["force"] == "yes")
    said = [site.words("did.publish", title=done.issue.title), *done.files.remarks]
    return Flash(" · ".join(said), href=f"/feeds/issues/{done.issue.slug}/")


def render_markdown(site: Site, sent: Sent) -> Response:
    """A piece of Markdown as it will be read, while it is typed; `kind` issue takes the whole text of a draft."""
    words = sent["text"] or sent["summary"]
    if sent["kind"] != "issue":
        return HTMLResponse(reviewing.rendered(words.replace("\r\n", "\n")))
    try:
        read = rewriting.read_text(site.workspace, words.replace("\r\n", "\n"))
    except AggregatorError as error:
        return HTMLResponse(site.render("_unread.html", {"message": site.words.error(error)}, sent.session))
    return HTMLResponse(site.render("_preview.html", {"issue": read}, sent.session))
