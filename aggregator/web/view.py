"""Which part of the queue a page shows, as its address says it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode, urlsplit

from aggregator.model import CandidateFilter, Publication, Status
from aggregator.text import clean_line

PAGE = 40
MOST = 3000


class Unreadable(ValueError):  # noqa: N818 - an outcome, answered with 400
    """The address asks for what there is not."""


@dataclass(frozen=True, slots=True)
class View:
    """A filter, how many rows, the candidate under the cursor and the row it stood on (None where the address says nothing)."""

    status: str = Status.PENDING.value
    section: str = ""
    source: str = ""
    q: str = ""
    show: int = PAGE
    at: int | None = None
    index: int | None = None

    @property
    def wanted(self) -> CandidateFilter:
        """The filter."""
        statuses = () if self.status == "all" else (Status(self.status),)
        return CandidateFilter(statuses, self.section or None, self.source or None, self.q or None)

    @property
    def narrowed(self) -> bool:
        """Whether less is shown than all of a status."""
        return bool(self.section or self.source or self.q)

    def address(self, **changes: object) -> str:
        """The address of this view, or of one that differs in some fields; the cursor is named only where it is given."""
        view = replace(self, **{"at": None, "index": None, **changes})  # type: ignore[arg-type]
        fields = {
            "status": "" if view.status == Status.PENDING.value else view.status,
            "section": view.section,
            "source": view.source,
            "q": view.q,
            "show": view.show if view.show != PAGE else "",
            "at": view.at or "",
        }
        kept = {name: value for name, value in fields.items() if value}
        return f"/?{urlencode(kept)}" if kept else "/"


def view_of(asked: Mapping[str, str], publication: Publication) -> View:
    """The view that a query asks for. Raises Unreadable for a status or a section that does not exist."""
    given = {name: clean_line(asked.get(name, ""), 200) for name in ("status", "section", "source", "q")}
    given["status"] = given["status"] or Status.PENDING.value
    if given["status"] not in {*Status, "all"} or (given["section"] and publication.section(given["section"]) is None):
        raise Unreadable
    show = number(asked.get("show", "")) or PAGE
    return View(**given, show=min(max(show, PAGE), MOST), at=number(asked.get("at", "")), index=number(asked.get("index", "")))


def view_at(address: str, publication: Publication) -> View:
    """The view that an address of the queue shows. Raises Unreadable."""
    return view_of(dict(parse_qsl(urlsplit(address).query)), publication)


def number(text: str) -> int | None:
    """A whole number that an address or a form gives; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
