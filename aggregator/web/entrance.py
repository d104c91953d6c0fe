"""The door's page: a password, or a wait."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aggregator.web.security import back_to
from aggregator.web.site import Site

if TYPE_CHECKING:
    from aggregator.web.actions import Sent


def page(site: Site, request: Request) -> Response:
    """Ask for the password; whoever is in already goes on."""
    if site.door is None:
        raise HTTPException(404)
    wanted = back_to(request.query_params.get("to", "/"))
    if site.has_session(request):
        return RedirectResponse(wanted, 303)
    return _shown(site, wanted)


def _shown(site: Site, wanted: str, message: str = "", status: int = 200) -> Response:
    return site.page(None, "login.html", {"to": wanted, "message": message}, status)


def enter(site: Site, request: Request, fields: Mapping[str, str]) -> Response:
    """Let in whoever knows the password. A wrong one is answered with 403, a try too soon with 429."""
    if site.door is None:
        raise HTTPException(404)
    wanted = back_to(fields.get("to", "/"))
    address = request.client.host if request.client else ""
    wait = site.door.wait_seconds(address)
    if wait:
        response = _shown(site, wanted, site.words("login.wait", count=wait), 429)
        response.headers["retry-after"] = str(wait)
        return response
    session = site.door.enter(fields.get("password", ""), address)
    if session is None:
        return _shown(site, wanted, site.words("login.wrong"), 403)
    response = RedirectResponse(wanted, 303)
    site.set_cookie(response, site.session_cookie, session, 14 * 24 * 3600, lax=True)
    return response


def leave(site: Site, sent: Sent) -> Response:
    """End the session."""
    if site.door is None:
        raise HTTPException(404)
    site.door.leave(sent.session)
    response = RedirectResponse("/login", 303)
    response.delete_cookie(site.session_cookie, path="/", httponly=True, samesite="lax", secure=site.secure)
    return response
