"""What the forms do: each is one call of the app, then back to the page it came from with a message."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import date

from starlette.exceptions import HTTPException
from starlette.responses import Response

from aggregator.app import deciding, drafting, history, reviewing
from aggregator.app.capture import capture
from aggregator.app.workspace import who
from aggregator.errors import AggregatorError, QueueError
from aggregator.web.security import back_to
from aggregator.web.site import Flash, Site

Form = Mapping[str, str]
ACTIONS = ("approve", "reject", "defer")


def decide(site: Site, form: Form) -> Response:
    """`action` is approve, approve:SECTION, reject or defer; `id` the candidate; `next` the one to go on with."""
    action, _, section = form.get("action", "").partition(":")
    number, following = _number(form, "id"), _number(form, "next")
    if action not in ACTIONS or number is None or (section and action != "approve"):
        raise HTTPException(400)
    return _answer(site, form, lambda: _decide(site, action, section or None, number, following))


def _decide(site: Site, action: str, section: str | None, number: int, following: int | None) -> Flash:
    done = deciding.decide(site.workspace, action, [number], now=site.clock(), who=who(os.environ), section=section)[0]
    title = site.title(done.candidate)
    if not done.changed:
        return Flash(site.words("did.nothing", title=title), at=following)
    text = site.words(f"did.{action}", title=title, section=site.section(done.candidate.section))
    return Flash(text, event=reviewing.next_undo(site.workspace), at=following)


def add(site: Site, form: Form) -> Response:
    """`url` into the queue; what it is about is decided there."""
    return _answer(site, form, lambda: _add(site, form))


def _add(site: Site, form: Form) -> Flash:
    found = capture(site.workspace, form.get("url", "").strip(), now=site.clock(), who=who(os.environ))
    one = found.candidate
    title, href = site.title(one), f"/candidate/{one.id}"
    if not found.made:
        return Flash(site.words("did.known", title=title, status=site.words(f"status.{one.status.value}")), href=href)
    text = site.words("did.add", title=title, section=site.section(one.section))
    return Flash("; ".join((text, *one.warnings)), at=one.id, href=href)


def undo(site: Site, form: Form) -> Response:
    """Take back the last decision, provided it is still `event`, the one that the page offered."""
    return _answer(site, form, lambda: _undo(site, form))


def _undo(site: Site, form: Form) -> Flash:
    offered = _number(form, "event")
    try:
        taken = history.undo(site.workspace, 1, now=site.clock(), who=who(os.environ), expected=offered)[0]
    except QueueError as error:
        if error.code != "E411":
            raise
        return Flash(site.words("error.moved_on"), wrong=True)
    event = reviewing.event(site.workspace, taken.id)
    at = event.candidates[0].id if event.candidates else None
    return Flash(site.words("did.undo", what=site.described(event)), redo=True, at=at)


def redo(site: Site, form: Form) -> Response:
    """Do again what was undone last."""
    return _answer(site, form, lambda: _redo(site))


def _redo(site: Site) -> Flash:
    again = history.redo(site.workspace, 1, now=site.clock(), who=who(os.environ))[0]
    event = reviewing.event(site.workspace, again.id)
    return Flash(site.words("did.redo", what=site.described(event)), event=reviewing.next_undo(site.workspace))


def publish(site: Site, form: Form) -> Response:
    """Publish the draft under `date`, when `confirm` is ticked; `force` passes over what the check calls errors."""
    return _answer(site, form, lambda: _publish(site, form))


def _publish(site: Site, form: Form) -> Flash:
    if form.get("confirm") != "yes":
        return Flash(site.words("error.unconfirmed"), wrong=True)
    try:
        day = date.fromisoformat(form.get("date", ""))
    except ValueError:
        return Flash(site.words("error.date"), wrong=True)
    done = drafting.publish(site.workspace, now=site.clock(), who=who(os.environ), on=day, force=form.get("force") == "yes")
    return Flash(site.words("did.publish", title=done.issue.title), href=f"/feeds/issues/{done.issue.slug}/")


def _answer(site: Site, form: Form, act: Callable[[], Flash]) -> Response:
    try:
        flash = act()
    except AggregatorError as error:
        flash = Flash(site.words.error(error), wrong=True, at=_number(form, "id"))
    return site.back_with(back_to(form.get("back", "/")), flash)


def _number(form: Form, name: str) -> int | None:
    text = form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
