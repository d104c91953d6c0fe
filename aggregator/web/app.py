"""The pages put together: the guard before everything, the routes, and how a form is read."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from urllib.parse import parse_qsl, quote

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aggregator.app.workspace import Workspace
from aggregator.errors import AggregatorError
from aggregator.web import actions, entrance, outline, pages, queue, sharing
from aggregator.web.actions import Sent
from aggregator.web.documents import Documents
from aggregator.web.files import Files, Missing
from aggregator.web.login import Door
from aggregator.web.security import FEEDS_HEADERS, PAGE_HEADERS, Names, own_request
from aggregator.web.site import HERE, Site
from aggregator.web.threads import Threads
from aggregator.web.words import Words

FORM_BYTES = 2 * 1024 * 1024
FORM_FIELDS = 50
FORM_SECONDS = 10
AT_ONCE = 8
# What a server with a password shows to anybody: the door itself and what it is dressed in.
OPEN = ("/login", "/healthz", "/static/style.css", "/static/icon.svg")
Handler = Callable[[Request], Awaitable[Response]]
_log = logging.getLogger("aggregator.web")


def build(
    workspace: Workspace,
    *,
    clock: Callable[[], datetime],
    names: Names,
    language: str | None = None,
    door: Door | None = None,
    secure: bool = False,
) -> ASGIApp:
    """The ASGI application of a workspace that goes by `names`."""
    words = Words(language or workspace.language, workspace.publication.time_zone)
    site = Site(workspace, clock, words, names, door, secure)
    # Capturing a page waits for the network; it must not keep the pages waiting.
    threads, slow, loading = Threads(AT_ONCE), Threads(AT_ONCE // 2), Threads(AT_ONCE // 2)
    return Guard(
        site,
        routes(site, threads, slow),
        {
            "/feeds/": Files(Documents(workspace.feeds, FEEDS_HEADERS), "/feeds/", loading),
            "/static/": Files(Documents(HERE / "static", PAGE_HEADERS), "/static/", loading),
        },
    )


def routes(site: Site, threads: Threads, slow: Threads) -> Starlette:
    """The pages and what their forms do."""

    def shows(path: str, view: Callable[[Site, Request], Response]) -> Route:
        async def handler(request: Request) -> Response:
            return await threads.run(lambda: view(site, request))

        return Route(path, handler)

    def does(path: str, action: Callable[[Site, Sent], Response], workers: Threads = threads) -> Route:
        async def handler(request: Request) -> Response:
            sent = await read_form(site, request)
            return await workers.run(lambda: action(site, sent))

        return Route(path, handler, methods=["POST"])

    async def refused(_request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 400
        response = site.error(status)
        if isinstance(error, HTTPException) and error.headers:
            response.headers.update(error.headers)
        return response

    async def failed(_request: Request, error: Exception) -> Response:
        return site.error(503, site.words.error(error) if isinstance(error, AggregatorError) else None)

    async def healthy(_request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def feeds(_request: Request) -> Response:
        return RedirectResponse("/feeds/", 308)

    async def enter(request: Request) -> Response:
        fields = await form_fields(site, request)
        return await slow.run(lambda: entrance.enter(site, request, fields))

    app = Starlette(
        routes=[
            shows("/", queue.page),
            shows("/news", queue.news),
            shows("/candidate/{number:int}", queue.candidate),
            shows("/draft", outline.page),
            shows("/draft/check", outline.check),
            shows("/draft/finish", outline.publishing),
            shows("/draft/preview", outline.preview),
            shows("/draft/lead", outline.lead),
            shows("/draft/text", outline.text),
            shows("/draft/item/{anchor}", outline.item),
            shows("/sources", pages.sources),
            shows("/log", pages.log),
            shows("/keys", pages.keys),
            shows("/share", sharing.share),
            shows("/manifest.webmanifest", sharing.manifest),
            does("/decide", actions.decide),
            does("/rest", actions.rest),
            does("/merge", actions.merge),
            does("/edit", actions.edit),
            does("/add", actions.add, slow),
            does("/undo", actions.undo),
            does("/redo", actions.redo),
            does("/place", actions.keep_place),
            does("/arrange", outline.arrange),
            does("/write", outline.write),
            does("/text", outline.save_text),
            does("/markdown", outline.render_markdown),
            does("/publish", outline.publish),
            shows("/login", entrance.page),
            Route("/login", enter, methods=["POST"]),
            does("/leave", entrance.leave),
            Route("/feeds", feeds),
            Route("/healthz", healthy),
        ],
        exception_handlers={HTTPException: refused, AggregatorError: failed},
    )
    app.router.redirect_slashes = False
    return app


async def read_form(site: Site, request: Request) -> Sent:
    """A form of ours. Raises HTTPException for one that another site sent (403), that is no form (415), too large (413), or
    that cannot be read (400)."""
    form = await form_fields(site, request)
    session = site.session(request)
    if not site.has_session(request) or not site.keys.is_form(session, form.get("csrf", "")):
        raise HTTPException(403)
    return Sent(form, session, bool(request.headers.get("hx-request")))


async def form_fields(site: Site, request: Request) -> dict[str, str]:
    """The fields of a form that no other site has sent. Raises HTTPException as `read_form`."""
    if not own_request(request.headers, site.names.origins(request.headers.get("host", ""))):
        raise HTTPException(403)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise HTTPException(415)
    body = await _body(request)
    try:
        return dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=FORM_FIELDS, errors="strict"))
    except ValueError as error:
        raise HTTPException(400) from error


async def _body(request: Request) -> bytes:
    length = request.headers.get("content-length", "0")
    if not length.isdigit() or len(length) > 12 or int(length) > FORM_BYTES:
        raise HTTPException(413)
    body = bytearray()
    try:
        async with asyncio.timeout(FORM_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > FORM_BYTES:
                    raise HTTPException(413)
    except (TimeoutError, ClientDisconnect) as error:
        raise HTTPException(400) from error
    return bytes(body)


class Guard:
    """Stands before everything: refuses foreign Host headers, lets nobody past the door without a session, hands folders to
    their own applications, adds the headers of a page, and turns a bug into a page that says so."""

    def __init__(self, site: Site, app: ASGIApp, folders: dict[str, Files]) -> None:
        self._site = site
        self._app = app
        self._folders = folders

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return
        started = False

        async def page_send(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = [*message["headers"], *PAGE_HEADERS, (b"cache-control", b"no-store")]
            await send(message)

        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, page_send)
            return
        path: str = scope["path"]
        folder = self._folders.get(path[: path.find("/", 1) + 1])
        try:
            if folder is None:
                await self._app(scope, receive, page_send)
            else:
                await folder(scope, receive, send)
        except Missing:
            empty = path == "/feeds/"
            await self._site.error(404, self._site.words("nothing_published") if empty else None)(scope, receive, page_send)
        except Exception as error:
            _log.error(
                "unexpected %s at %r: %s", type(error).__name__, path[:200], error, exc_info=_log.isEnabledFor(logging.DEBUG)
            )
            if not started:
                await self._site.error(500)(scope, receive, page_send)

    def _refusal(self, scope: Scope) -> Response | None:
        named = [value for name, value in scope["headers"] if name == b"host"]
        if len(named) != 1 or not self._site.names.knows(named[0].decode("latin-1")):
            return self._site.error(421)
        path: str = scope["path"]
        if self._site.door is None or path in OPEN or self._site.has_session(Request(scope)):
            return None
        if scope["method"] != "GET" or any(name == b"hx-request" for name, _ in scope["headers"]):
            return self._site.page(None, "login.html", {"to": "/", "message": ""}, 401)
        query = scope["query_string"].decode("latin-1")
        wanted = f"{path}?{query}" if query else path
        return RedirectResponse(f"/login?to={quote(wanted[:1500], safe='')}", 303)
