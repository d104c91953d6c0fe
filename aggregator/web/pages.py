"""The pages beside queue and draft: sources, log, help."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from aggregator.app import pulse, reviewing, sitting
from aggregator.app.pulse import Pulse
from aggregator.model import SourceStatus
from aggregator.web import charts
from aggregator.web.queue import rendered
from aggregator.web.site import Site

EVENTS = 100
_SICK = (SourceStatus.FAILING, SourceStatus.PAUSED, SourceStatus.GONE, SourceStatus.LIMITED)


def sources(site: Site, request: Request) -> Response:
    """How the upstreams are doing, the ones in trouble first, each with its last polls and what it brought."""
    found = pulse.pulses(site.workspace, site.clock())
    sick = [one for one in found if one.report.status in _SICK]
    values = {"here": "sources", "pulses": found, "sick": sick, "well": [one for one in found if one not in sick]}

    def polls_chart(one: Pulse) -> object:
        words = {"count": len(one.requests), "failed": one.failed, "unchanged": one.unchanged}
        return charts.polls(one, site.words("chart.polls", **words))

    def yield_chart(one: Pulse) -> object:
        return charts.arrivals(one.arrived, site.words("chart.yield", count=sum(one.arrived), days=len(one.arrived)))

    return site.page(request, "sources.html", {**values, "polls_chart": polls_chart, "yield_chart": yield_chart})


def log(site: Site, request: Request) -> Response:
    """What was decided, newest first, and what can be taken back."""
    session, flash = site.session(request), site.flash(request)
    key = ("log", id(site), sitting.version(site.workspace), session)
    page = rendered.get(key) if flash is None else None
    if page is None:
        values = {"here": "log", "history": reviewing.history(site.workspace, EVENTS), "flash": flash, "back": "/log"}
        page = site.render("log.html", values, session)
        if flash is None:
            rendered.put(key, page)
    return site.answer(request, page, said=flash is not None)


def keys(site: Site, request: Request) -> Response:
    """What every key does."""
    return site.page(request, "help.html", {"here": "help"})
