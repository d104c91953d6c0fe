"""The pages that show something. None of them changes anything but beginning a draft when there is none."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from aggregator.app import deciding, drafting, listing, reviewing
from aggregator.errors import QueueError
from aggregator.model import CandidateFilter, Severity, SourceStatus, Status
from aggregator.text import clean_line
from aggregator.web.site import Site

PAGE = 50
MOST = 500
EVENTS = 100
_SICK = (SourceStatus.FAILING, SourceStatus.PAUSED, SourceStatus.GONE, SourceStatus.LIMITED)


def queue(site: Site, request: Request) -> Response:
    """Candidates, the best first, with the buttons that decide on them."""
    asked = request.query_params
    chosen = {name: clean_line(asked.get(name, ""), 200) for name in ("status", "section", "source", "q")}
    chosen["status"] = chosen["status"] or Status.PENDING.value
    if chosen["status"] not in {*Status, "all"} or (
        chosen["section"] and site.workspace.publication.section(chosen["section"]) is None
    ):
        raise HTTPException(400)
    limit = _limit(asked.get("show", ""))
    statuses = () if chosen["status"] == "all" else (Status(chosen["status"]),)
    wanted = CandidateFilter(statuses, chosen["section"] or None, chosen["source"] or None, chosen["q"] or None)
    shown = reviewing.overview(site.workspace, wanted, limit)

    def address(**changes: object) -> str:
        given = {**chosen, **changes}
        kept = {name: value for name, value in given.items() if value and (name, value) != ("status", "pending")}
        return f"/?{urlencode(kept)}" if kept else "/"

    values = {
        "here": "queue",
        "shown": shown,
        "chosen": chosen,
        "filtered": any(chosen[name] for name in ("section", "source", "q")),
        "address": address,
        "more": address(show=min(limit + PAGE, MOST)) if shown.more and limit < MOST else None,
        "step": PAGE,
        "names": [source.name for source in site.workspace.sources],
        "order": [*(status.value for status in Status), "all"],
    }
    return site.page(request, "queue.html", values)


def _limit(text: str) -> int:
    return min(max(int(text), PAGE), MOST) if text.isascii() and text.isdigit() and len(text) < 7 else PAGE


def candidate(site: Site, request: Request) -> Response:
    """One candidate, whatever its status."""
    try:
        found = deciding.get(site.workspace, request.path_params["number"])
    except QueueError as error:
        raise HTTPException(404) from error
    values = {"here": "queue", "candidate": found, "draft": reviewing.draft_counts(site.workspace)}
    return site.page(request, "candidate.html", values)


def draft(site: Site, request: Request) -> Response:
    """The issue as it stands: by sections, as Markdown, what the check says of it, and how to publish it."""
    issue = drafting.draft(site.workspace)
    findings = drafting.check(site.workspace, None)
    values = {
        "here": "draft",
        "issue": issue,
        "plain_line": reviewing.plain_line,
        "plain_text": reviewing.plain_text,
        "text": drafting.text_of(site.workspace, issue),
        "findings": findings,
        "errors": [finding for finding in findings if finding.severity is Severity.ERROR],
        "remarks": [finding for finding in findings if finding.severity is not Severity.ERROR],
        "today": drafting.local_date(site.workspace.publication, site.clock()).isoformat(),
    }
    return site.page(request, "draft.html", values)


def sources(site: Site, request: Request) -> Response:
    """How the upstreams are doing, the ones in trouble first."""
    reports = listing.sources(site.workspace)
    sick = [report for report in reports if report.status in _SICK]
    values = {"here": "sources", "reports": reports, "sick": sick, "well": [one for one in reports if one not in sick]}
    return site.page(request, "sources.html", values)


def log(site: Site, request: Request) -> Response:
    """What was decided, newest first, and what can be taken back."""
    found = reviewing.history(site.workspace, EVENTS)
    return site.page(request, "log.html", {"here": "log", "history": found})
