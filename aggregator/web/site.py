"""What every page needs: the workspace, the clock, the words, the templates, the cookies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import jinja2
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from aggregator.app import reviewing
from aggregator.app.reviewing import Event
from aggregator.app.workspace import Workspace
from aggregator.model import Candidate, Link
from aggregator.text import fit
from aggregator.urls import host, is_http, safe_url
from aggregator.web.keys import OUTLINE, QUEUE
from aggregator.web.login import Door
from aggregator.web.security import Keys, Names
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
    """One served workspace. `names` are what it goes by; `door` stands in front of a server that other machines reach, None
    on loopback; `secure` keeps cookies to https. The port is part of the cookies' names, because browsers share them between
    ports."""

    workspace: Workspace
    clock: Callable[[], datetime]
    words: Words
    names: Names
    door: Door | None = None
    secure: bool = False
    keys: Keys = field(default_factory=Keys)

    @property
    def session_cookie(self) -> str:
        """Its name."""
        return f"aggregator-{self.names.port}"

    @property
    def flash_cookie(self) -> str:
        """Its name."""
        return f"aggregator-said-{self.names.port}"

    def session(self, request: Request) -> str:
        """The session that a request belongs to: its own behind a door, the one of this run on loopback."""
        given = request.cookies.get(self.session_cookie, "")
        return given if self.door is not None else self.keys.session

    def has_session(self, request: Request) -> bool:
        """Whether a request brings the session that its forms were made for."""
        given = request.cookies.get(self.session_cookie, "")
        return self.door.is_open(given) if self.door is not None else given == self.keys.session

    def title(self, candidate: Candidate) -> str:
        """A candidate's title for a message, cut where it is long."""
        return fit(candidate.title, 80) or self.words("untitled")

    def section(self, slug: str) -> str:
        """What readers see for a section."""
        found = self.workspace.publication.section(slug)
        return found.title if found else slug

    def digit(self, slug: str) -> str:
        """The digit that approves into a section, "" for one beyond the digits."""
        slugs = [section.slug for section in self.workspace.publication.sections]
        return str(slugs.index(slug) + 1) if slug in slugs[:9] else ""

    def label(self, link: Link) -> str:
        """How a link is printed."""
        return link.label or reviewing.link_label(self.workspace, link)

    def described(self, event: Event) -> str:
        """A decision in words: what was done, to which candidates or issue."""
        action = self.words.maybe(f"action.{event.decision.action}", event.decision.action)
        titles = [self.title(candidate) for candidate in event.candidates[:3]] or [fit(title, 80) for title in event.items[:1]]
        return f"{action} {' · '.join(titles) or event.decision.subject}"

    def render(self, template: str, values: Mapping[str, object], session: str) -> str:
        """A template with what all of them are given."""
        context = {
            "site": self,
            "w": self.words,
            "publication": self.workspace.publication,
            "now": self.clock(),
            "csrf": self.keys.token(session),
            "tables": {"queue": QUEUE, "outline": OUTLINE},
            "flash": None,
            "back": "/",
            **values,
        }
        return _environment().get_template(template).render(context)

    def page(self, request: Request | None, template: str, values: Mapping[str, object], status: int = 200) -> Response:
        """A page; the message of the last decision is shown once."""
        flash = self.flash(request)
        session = self.session(request) if request is not None else ""
        given = {"flash": flash, "back": _address(request) if request else "/", **values}
        return self.answer(request, self.render(template, given, session), status, said=flash is not None)

    def answer(self, request: Request | None, text: str, status: int = 200, *, said: bool = False) -> Response:
        """A page that is rendered already, with the cookies that belong to it."""
        response = HTMLResponse(text, status)
        if request is not None and self.door is None and not self.has_session(request):
            self.set_cookie(response, self.session_cookie, self.keys.session)
        if said:
            response.delete_cookie(self.flash_cookie, path="/", httponly=True, samesite="strict", secure=self.secure)
        return response

    def set_cookie(self, response: Response, name: str, value: str, seconds: int | None = None, *, lax: bool = False) -> None:
        """A cookie that no script reads. A lax one also comes with a link from elsewhere, as a bookmarklet's."""
        same = "lax" if lax else "strict"
        response.set_cookie(name, value, max_age=seconds, httponly=True, samesite=same, secure=self.secure, path="/")  # type: ignore[arg-type]

    def error(self, status: int, text: str | None = None) -> Response:
        """An error page, which repeats nothing of the request."""
        message = text or self.words.maybe(f"wrong.{status}", self.words("wrong.400"))
        return self.page(None, "error.html", {"status": status, "message": message}, status)

    def back_with(self, path: str, flash: Flash, *, scripted: bool = False) -> Response:
        """To a page (303), with a message; `scripted` tells the page's script to go there."""
        message = {name: getattr(flash, name) for name in Flash.__slots__} | {"text": flash.text[:400]}
        response = Response(headers={"HX-Redirect": path}) if scripted else RedirectResponse(path, 303)
        self.set_cookie(response, self.flash_cookie, self.keys.seal(message), 60)
        return response

    def flash(self, request: Request | None) -> Flash | None:
        """The message that the last decision left for the next page."""
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


def rendered(markdown: str) -> Markup:
    """Markdown as sanitised HTML."""
    return Markup(reviewing.rendered(markdown))  # noqa: S704 - sanitised by the app


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {
        "link": link,
        "host": host,
        "markdown": rendered,
        "plain_line": reviewing.plain_line,
        "plain_text": reviewing.plain_text,
    }
    return environment
