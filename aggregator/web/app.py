"""The pages put together: the guard before everything, the routes, and how a form is read."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aggregator.app.workspace import Workspace
from aggregator.errors import AggregatorError
from aggregator.web import actions, pages
from aggregator.web.documents import Documents
from aggregator.web.files import Files, Missing
from aggregator.web.security import FEEDS_HEADERS, PAGE_HEADERS, host_names, own_request
from aggregator.web.site import HERE, Site
from aggregator.web.threads import Threads
from aggregator.web.words import Words

FORM_BYTES = 64 * 1024
FORM_FIELDS = 50
FORM_SECONDS = 10
AT_ONCE = 8
Handler = Callable[[Request], Awaitable[Response]]
_log = logging.getLogger("aggregator.web")


def build(workspace: Workspace, *, clock: Callable[[], datetime], host: str, port: int) -> ASGIApp:
    """The ASGI application of a workspace that listens at `host` and `port`."""
    publication = workspace.publication
    words = Words(workspace.language, publication.time_zone)
    site = Site(workspace, clock, words, host_names(host, port), port)
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

    def shows(view: Callable[[Site, Request], Response]) -> Handler:
        async def handler(request: Request) -> Response:
            return await threads.run(lambda: view(site, request))

        return handler

    def does(action: Callable[[Site, actions.Form], Response], workers: Threads = threads) -> Handler:
        async def handler(request: Request) -> Response:
            form = await read_form(site, request)
            return await workers.run(lambda: action(site, form))

        return handler

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

    app = Starlette(
        routes=[
            Route("/", shows(pages.queue)),
            Route("/candidate/{number:int}", shows(pages.candidate)),
            Route("/draft", shows(pages.draft)),
            Route("/sources", shows(pages.sources)),
            Route("/log", shows(pages.log)),
            Route("/decide", does(actions.decide), methods=["POST"]),
            Route("/add", does(actions.add, slow), methods=["POST"]),
            Route("/undo", does(actions.undo), methods=["POST"]),
            Route("/redo", does(actions.redo), methods=["POST"]),
            Route("/publish", does(actions.publish), methods=["POST"]),
            Route("/feeds", feeds),
            Route("/healthz", healthy),
        ],
        exception_handlers={HTTPException: refused, AggregatorError: failed},
    )
    app.router.redirect_slashes = False
    return app


async def read_form(site: Site, request: Request) -> dict[str, str]:
    """The fields of a form of ours. Raises HTTPException for one that another site sent (403), that is no form (415), too
    large (413), or that cannot be read (400)."""
    if not own_request(request.headers, site.hosts):
        raise HTTPException(403)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise HTTPException(415)
    body = await _body(request)
    try:
        form = dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=FORM_FIELDS, errors="strict"))
    except ValueError as error:
        raise HTTPException(400) from error
    if not site.keys.is_form(request.cookies.get(site.session_cookie), form.get("csrf", "")):
        raise HTTPException(403)
    return form


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
    """Stands before everything: refuses foreign Host headers, hands folders to their own applications, adds the headers of a
    page, and turns a bug into a page that says so."""

    def __init__(self, site: Site, app: ASGIApp, folders: dict[str, Files]) -> None:
        self._site = site
        self._app = app
        self._folders = folders
        self._hosts = frozenset(name.encode("ascii") for name in site.hosts)

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

        named = [value for name, value in scope["headers"] if name == b"host"]
        if len(named) != 1 or named[0].lower() not in self._hosts:
            await self._site.error(421)(scope, receive, page_send)
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
