"""What the forms of the queue do: each is one call of the app, then back to the page it came from with a message."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from aggregator.app import arranging, deciding, history, merging, reviewing, sitting
from aggregator.app.capture import capture
from aggregator.app.workspace import who
from aggregator.errors import AggregatorError, QueueError
from aggregator.model import Candidate
from aggregator.web import outline, queue
from aggregator.web.security import back_to
from aggregator.web.site import Flash, Site
from aggregator.web.view import Unreadable, number, view_at

ACTIONS = ("approve", "reject", "defer")
MOST_IDS = 3000


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it came: its fields, the session it belongs to, and whether the page's script sent it."""

    fields: Mapping[str, str]
    session: str = ""
    scripted: bool = False

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "")

    @property
    def ids(self) -> list[int]:
        """The candidates that it is about. Raises HTTPException (400) where one is no number."""
        found = [number(text) for text in self["id"].split(",")]
        if not found or any(one is None for one in found) or len(found) > MOST_IDS:
            raise HTTPException(400)
        return [one for one in found if one is not None]


def answered(site: Site, sent: Sent, act: Callable[[], Flash]) -> Response:
    """Do it and show the page that the form came from; what was refused is said there. A script gets the changed parts."""
    try:
        flash = act()
    except AggregatorError as error:
        flash = Flash(site.words.error(error), wrong=True, at=number(sent["id"]))
    back = back_to(sent["back"])
    path = back.partition("?")[0]
    if sent.scripted and path == "/":
        return HTMLResponse(queue.parts_at(site, back, sent.session, flash, sent.fields))
    if sent.scripted and path == "/draft":
        return HTMLResponse(outline.parts(site, sent.session, sent["at"], flash))
    return site.back_with(back, flash, scripted=sent.scripted)


def decide(site: Site, sent: Sent) -> Response:
    """`action` is approve, approve:SECTION, reject, defer, brief or star; `id` the candidates, divided by commas; `next` the
    one to go on with."""
    action, _, section = sent["action"].partition(":")
    ids = sent.ids
    if action not in {*ACTIONS, "brief", "star"} or (section and action != "approve"):
        raise HTTPException(400)
    following = number(sent["next"])
    return answered(site, sent, lambda: _decide(site, action, section or None, ids, following))


def _decide(site: Site, action: str, section: str | None, ids: Sequence[int], following: int | None) -> Flash:
    now, by = site.clock(), who(os.environ)
    if action == "brief":
        changed = arranging.brief(site.workspace, ids, now=now, who=by).changed
        first = deciding.get(site.workspace, ids[0])
    elif action == "star":
        changed = arranging.star(site.workspace, [str(one) for one in ids], now=now, who=by).changed
        first = deciding.get(site.workspace, ids[0])
    else:
        done = deciding.decide(site.workspace, action, ids, now=now, who=by, section=section)
        changed, first = any(one.changed for one in done), done[0].candidate
    title = _titles(site, ids, first)
    if not changed:
        return Flash(site.words("did.nothing", title=title), at=following)
    text = site.words(f"did.{action}", title=title, section=site.section(first.section))
    return Flash(text, event=reviewing.next_undo(site.workspace), at=following)


def _titles(site: Site, ids: Sequence[int], first: Candidate) -> str:
    return site.title(first) if len(ids) == 1 else site.words("many", count=len(ids))


def rest(site: Site, sent: Sent) -> Response:
    """Reject all that is still pending in the view that the form came from."""
    try:
        view = view_at(back_to(sent["back"]), site.workspace.publication)
    except Unreadable as error:
        raise HTTPException(400) from error

    def act() -> Flash:
        count = sitting.reject_rest(site.workspace, view.wanted, now=site.clock(), who=who(os.environ))
        event = reviewing.next_undo(site.workspace) if count else None
        return Flash(site.words("did.rest", count=count), event=event)

    return answered(site, sent, act)


def merge(site: Site, sent: Sent) -> Response:
    """Fold the candidates `id` into `into`."""
    ids, winner = sent.ids, number(sent["into"])
    if winner is None:
        raise HTTPException(400)

    def act() -> Flash:
        for loser in ids:
            merging.merge(site.workspace, loser, winner, now=site.clock(), who=who(os.environ))
        title = site.title(deciding.get(site.workspace, winner))
        return Flash(site.words("did.merge", title=title), event=reviewing.next_undo(site.workspace), at=winner)

    return answered(site, sent, act)


def edit(site: Site, sent: Sent) -> Response:
    """Another `title` and `summary` for the candidate `id`."""
    chosen = sent.ids[0]

    def act() -> Flash:
        fields = {"title": sent["title"].strip(), "summary": sent["summary"].replace("\r\n", "\n").strip()}
        before = reviewing.next_undo(site.workspace)
        one = deciding.edit(site.workspace, chosen, fields, now=site.clock(), who=who(os.environ))
        event = reviewing.next_undo(site.workspace)
        text = site.words("did.edit" if event != before else "did.nothing", title=site.title(one))
        return Flash(text, event=event if event != before else None, at=chosen)

    return answered(site, sent, act)


def add(site: Site, sent: Sent) -> Response:
    """`url` into the queue; what it is about is decided there. `section` and `title` may say more of it."""

    def act() -> Flash:
        section, title = sent["section"] or None, sent["title"].strip() or None
        found = capture(site.workspace, sent["url"].strip(), now=site.clock(), who=who(os.environ), section=section, title=title)
        one = found.candidate
        shown, href = site.title(one), f"/candidate/{one.id}"
        if not found.made:
            return Flash(site.words("did.known", title=shown, status=site.words(f"status.{one.status.value}")), href=href)
        text = site.words("did.add", title=shown, section=site.section(one.section))
        return Flash("; ".join((text, *one.warnings)), at=one.id, href=href)

    return answered(site, sent, act)


def undo(site: Site, sent: Sent) -> Response:
    """Take back the last decision, or the last `count`, provided the last one is still `event`, the one that the page
    offered."""

    def act() -> Flash:
        offered, count = number(sent["event"]), min(number(sent["count"]) or 1, 1000)
        try:
            taken = history.undo(site.workspace, count, now=site.clock(), who=who(os.environ), expected=offered)
        except QueueError as error:
            if error.code != "E411":
                raise
            return Flash(site.words("error.moved_on"), wrong=True)
        event = reviewing.event(site.workspace, taken[-1].id)
        at = event.candidates[0].id if event.candidates else None
        what = site.described(event) if len(taken) == 1 else site.words("many_steps", count=len(taken))
        return Flash(site.words("did.undo", what=what), redo=True, at=at)

    return answered(site, sent, act)


def redo(site: Site, sent: Sent) -> Response:
    """Do again what was undone last."""

    def act() -> Flash:
        again = history.redo(site.workspace, 1, now=site.clock(), who=who(os.environ))[0]
        event = reviewing.event(site.workspace, again.id)
        return Flash(site.words("did.redo", what=site.described(event)), event=reviewing.next_undo(site.workspace))

    return answered(site, sent, act)


def keep_place(site: Site, sent: Sent) -> Response:
    """Remember the row `index` with the candidate `id` for the next sitting, here or in the terminal."""
    chosen, index = number(sent["id"]), number(sent["index"])
    if chosen is None or index is None:
        raise HTTPException(400)
    sitting.keep_place(site.workspace, sitting.Place(chosen, index))
    return Response(status_code=204)
