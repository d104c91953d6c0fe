"""The queue: its page, the parts of it that an action changes, and one candidate."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from aggregator.app import deciding, reviewing, sitting
from aggregator.errors import QueueError
from aggregator.model import Candidate, CandidateFilter, Status
from aggregator.web.site import Flash, Site
from aggregator.web.view import MOST, PAGE, Unreadable, View, number, view_at, view_of

NAMES = 300
KEPT_PAGES = 32


class Pages:
    """The last pages of queue and log as they were rendered: fifty readers of one queue cost one rendering. Safe between
    threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[object, ...], str] = OrderedDict()

    def get(self, key: tuple[object, ...]) -> str | None:
        """The page of that key."""
        with self._lock:
            return self._kept.get(key)

    def put(self, key: tuple[object, ...], page: str) -> None:
        """Keep a page; the oldest goes."""
        with self._lock:
            self._kept[key] = page
            while len(self._kept) > KEPT_PAGES:
                self._kept.popitem(last=False)


rendered = Pages()


def page(site: Site, request: Request) -> Response:
    """Candidates, the best first, the one under the cursor beside them, and the buttons that decide on it."""
    try:
        view = view_of(request.query_params, site.workspace.publication)
    except Unreadable as error:
        raise HTTPException(400) from error
    if request.headers.get("hx-request"):
        return HTMLResponse(parts(site, view, site.session(request), keep=bool(request.query_params.get("keep"))))
    flash = site.flash(request)
    place = sitting.place(site.workspace)
    version = sitting.version(site.workspace)
    key = (id(site), version, id(site.workspace.config), view, place, site.session(request))
    found = rendered.get(key) if flash is None else None
    if found is None:
        if flash is not None and flash.at is not None:
            view = _at(view, flash.at)
        found = site.render("queue.html", {**values(site, view, place), "here": "queue", "flash": flash}, site.session(request))
        if flash is None:
            rendered.put(key, found)
    return site.answer(request, found, said=flash is not None)


def parts(site: Site, view: View, session: str, *, keep: bool = False) -> str:
    """What a script puts in the place of what it shows: counters, rows and, unless `keep`, the candidate."""
    return site.render("_queue_parts.html", {**values(site, view, sitting.place(site.workspace)), "keep": keep}, session)


def parts_at(site: Site, address: str, session: str, flash: Flash, fields: Mapping[str, str]) -> str:
    """The same with a message, for the address that a form came from; `fields` name the row to go on with."""
    try:
        view = view_at(address, site.workspace.publication)
    except Unreadable:
        view = View()
    at, index = number(fields.get("next", "")), number(fields.get("index", ""))
    view = _at(view, flash.at if flash.at is not None else at, index)
    given = values(site, view, sitting.Place())
    if view.wanted == CandidateFilter() and given["current"] is not None:
        sitting.keep_place(site.workspace, sitting.Place(given["current"].id, given["cursor"]))
    return site.render("_queue_parts.html", {**given, "flash": flash, "keep": False}, session)


def _at(view: View, at: int | None, index: int | None = None) -> View:
    return replace(view, at=at if at is not None else view.at, index=index if index is not None else view.index)


def values(site: Site, view: View, place: sitting.Place) -> dict[str, Any]:
    """What the templates of the queue show."""
    whole = view.wanted == CandidateFilter()
    version = sitting.version(site.workspace)
    index = view.index if view.index is not None else (place.index if whole and view.at is None else 0)
    limit = min(max(view.show, index + PAGE // 2), MOST)
    shown = reviewing.overview(site.workspace, view.wanted, limit)
    at = view.at if view.at is not None else (place.candidate if whole and view.index is None else None)
    rows = shown.candidates
    cursor = next((row for row, one in enumerate(rows) if one.id == at), min(index, len(rows) - 1))
    current = rows[cursor] if rows else None
    following = next((one.id for one in (*rows[cursor + 1 : cursor + 2], *reversed(rows[:cursor]))), None) if rows else None
    base = view.address()
    return {
        "shown": shown,
        "view": view,
        "version": version,
        "cursor": cursor,
        "current": current,
        "following": following,
        "back": base,
        "prefix": f"{base}{'&' if '?' in base else '?'}at=",
        "more": view.address(show=min(limit + PAGE, MOST), at=rows[-1].id) if shown.more and limit < MOST else None,
        "step": PAGE,
        "names": [source.name for source in site.workspace.sources[:NAMES]],
        "order": [*(status.value for status in Status), "all"],
    }


def candidate(site: Site, request: Request) -> Response:
    """One candidate, whatever its status; for a script only what it puts beside the rows."""
    found = _candidate(site, request.path_params["number"])
    back = request.query_params.get("back", "/")
    if request.headers.get("hx-request"):
        given: dict[str, object] = {"one": found, "back": back, "following": number(request.query_params.get("next", ""))}
        return HTMLResponse(site.render("_candidate_part.html", given, site.session(request)))
    return site.page(request, "candidate.html", {"here": "queue", "candidate": found})


def _candidate(site: Site, wanted: int) -> Candidate:
    try:
        return deciding.get(site.workspace, wanted)
    except QueueError as error:
        raise HTTPException(404) from error


def news(site: Site, request: Request) -> Response:
    """204 while nothing has changed since the version that a page shows; else the version now."""
    version = sitting.version(site.workspace)
    return (
        Response(status_code=204) if request.query_params.get("since") == version else Response(version, media_type="text/plain")
    )
