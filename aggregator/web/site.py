"""What every page needs: the workspace, the clock, the words, the templates, the cookies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from aggregator.app import reviewing
from aggregator.app.reviewing import Event
from aggregator.app.workspace import Workspace
from aggregator.model import Candidate, Link
from aggregator.text import fit
from aggregator.urls import host, is_http, safe_url
from aggregator.web.security import Keys
from aggregator.web.words import Words

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Flash:
    """What the next page says was done. `event` is the decision that its button takes back, `redo` offers to do it again,
    `at` is the candidate to go on with, `href` a page of ours to look at."""

    text: str
    wrong: bool = False
    event: int | None = None
    redo: bool = False
    at: int | None = None
    href: str = ""


@dataclass(frozen=True)
class Site:
    """One served workspace. `port` is part of the cookies' names, because browsers share them between ports."""

    workspace: Workspace
    clock: Callable[[], datetime]
    words: Words
    hosts: frozenset[str]
    port: int
    keys: Keys = field(default_factory=Keys)

    @property
    def session_cookie(self) -> str:
        """Its name."""
        return f"aggregator-{self.port}"

    @property
    def flash_cookie(self) -> str:
        """Its name."""
        return f"aggregator-said-{self.port}"

    def title(self, candidate: Candidate) -> str:
        """A candidate's title for a message, cut where it is long."""
        return fit(candidate.title, 80) or self.words("untitled")

    def section(self, slug: str) -> str:
        """What readers see for a section."""
        found = self.workspace.publication.section(slug)
        return found.title if found else slug

    def label(self, link: Link) -> str:
        """How a link is printed."""
        return link.label or reviewing.link_label(self.workspace, link)

    def described(self, event: Event) -> str:
        """A decision in words: what was done, to which candidates or issue."""
        action = self.words.maybe(f"action.{event.decision.action}", event.decision.action)
        titles = " · ".join(self.title(candidate) for candidate in event.candidates[:3])
        return f"{action} {titles or event.decision.subject}"

    def page(self, request: Request | None, template: str, values: Mapping[str, object], status: int = 200) -> Response:
        """A page; the message of the last decision is shown once."""
        flash = self._flash(request)
        context = {
            "site": self,
            "w": self.words,
            "publication": self.workspace.publication,
            "now": self.clock(),
            "csrf": self.keys.token(),
            "flash": flash,
            "back": _address(request) if request else "/",
            **values,
        }
        response = HTMLResponse(_environment().get_template(template).render(context), status)
        if request is not None and request.cookies.get(self.session_cookie) != self.keys.session:
            response.set_cookie(self.session_cookie, self.keys.session, httponly=True, samesite="strict", path="/")
        if flash is not None:
            response.delete_cookie(self.flash_cookie, path="/", httponly=True, samesite="strict")
        return response

    def error(self, status: int, text: str | None = None) -> Response:
        """An error page, which repeats nothing of the request."""
        message = text or self.words.maybe(f"wrong.{status}", self.words("wrong.400"))
        return self.page(None, "error.html", {"status": status, "message": message}, status)

    def back_with(self, path: str, flash: Flash) -> Response:
        """To a page (303), with a message."""
        message = {name: getattr(flash, name) for name in Flash.__slots__} | {"text": flash.text[:400]}
        response = RedirectResponse(path, 303)
        response.set_cookie(self.flash_cookie, self.keys.seal(message), max_age=60, httponly=True, samesite="strict", path="/")
        return response

    def _flash(self, request: Request | None) -> Flash | None:
        said = self.keys.unseal(request.cookies.get(self.flash_cookie)) if request else {}
        if not said:
            return None
        event, at = said.get("event"), said.get("at")
        return Flash(
            text=str(said.get("text", "")),
            wrong=said.get("wrong") is True,
            event=event if isinstance(event, int) else None,
            redo=said.get("redo") is True,
            at=at if isinstance(at, int) else None,
            href=str(said.get("href", "")),
        )


def _address(request: Request) -> str:
    return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path


def link(url: str | None) -> str | None:
    """The URL when a page may link to it: http(s), without credentials."""
    return safe_url(url) if url and is_http(url) else None


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["link"] = link
    environment.filters["host"] = host
    return environment
