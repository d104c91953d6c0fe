"""What comes from elsewhere: a page that another program or a bookmarklet hands over. It only ever fills in a form."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from aggregator.text import clean_line
from aggregator.web.site import Site, link

_URL = re.compile(r"https?://[^\s<>\"'，。；）】》]+")
_CHARS = 2000


def share(site: Site, request: Request) -> Response:
    """The form that adds a page, with what was handed over filled in (`url`, `title`, `text`). Nothing is added by asking for
    it: whoever sees it presses the button, and the form is then our own."""
    given = {name: clean_line(request.query_params.get(name, ""), _CHARS) for name in ("url", "title", "text")}
    # Programs put the address into any of the three.
    found = next((match[0] for name in ("url", "text", "title") if (match := _URL.search(given[name]))), "")
    title = given["title"] if given["title"] != found else ""
    values = {"here": "add", "url": found if link(found) else "", "title": title, "given": any(given.values()), "back": "/share"}
    return site.page(request, "share.html", {**values, "address": _bookmarklet(site, request)})


def _bookmarklet(site: Site, request: Request) -> str:
    origin = site.names.public_url or f"{site.names.scheme}://{request.headers['host']}"
    return f"{origin}/share"


def manifest(site: Site, _request: Request) -> Response:
    """What makes the pages an application that a phone can share to."""
    name = site.workspace.publication.name
    body = {
        "name": name,
        "short_name": name[:12],
        "lang": site.words.tag,
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#fbfaf6",
        "theme_color": "#0d6457",
        "icons": [{"src": "/static/icon.svg", "sizes": "any", "type": "image/svg+xml"}],
        "share_target": {
            "action": "/share",
            "method": "GET",
            "enctype": "application/x-www-form-urlencoded",
            "params": {"title": "title", "text": "text", "url": "url"},
        },
    }
    return JSONResponse(body, media_type="application/manifest+json")
