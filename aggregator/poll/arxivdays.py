"""Which announcements of arXiv went by unread, and how its API is asked for them. Pure.

arXiv announces from Sunday to Thursday at 20:00 Eastern time, and its RSS shows one day's announcement, from midnight Eastern on.
https://info.arxiv.org/help/availability.html and https://info.arxiv.org/help/api/user-manual.html (submittedDate)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

PAGE = 1000
MAX_PAGES = 5
MAX_DAYS = 31
# What is announced on a Monday may have been submitted on the Thursday before.
UNTIL_ANNOUNCED = timedelta(days=4)
# The RSS of a day may be late.
LATE = timedelta(hours=2)

_EASTERN = ZoneInfo("America/New_York")
_TOTAL = re.compile(rb"totalResults[^>]{0,200}>\s*(\d{1,9})\s*<")
_START = re.compile(r"([?&]start=)\d+")
_LIMIT = re.compile(r"([?&]max_results=)\d+")


def missed(before: datetime | None, now: datetime) -> int:
    """How many days with an announcement passed unread between two polls; none before the first."""
    if before is None:
        return 0
    day, today = _day(before) + timedelta(days=1), _day(now)
    if (today - day).days > MAX_DAYS:
        day = today - timedelta(days=MAX_DAYS)
    return sum((day + timedelta(days=number)).weekday() < 5 for number in range((today - day).days))


def submitted(before: datetime, now: datetime) -> str:
    """The part of a search_query that holds for what the missed announcements may list."""
    start = max(before, now - timedelta(days=MAX_DAYS)) - UNTIL_ANNOUNCED
    return f"submittedDate:[{start.astimezone(UTC):%Y%m%d%H%M} TO {now.astimezone(UTC):%Y%m%d%H%M}]"


def page(url: str, number: int) -> str:
    """The address of the `number`-th thousand of a query's results, counted from 0."""
    return _START.sub(rf"\g<1>{number * PAGE}", _LIMIT.sub(rf"\g<1>{PAGE}", url))


def total(bodies: Sequence[bytes]) -> int:
    """How many results a query has, by the first of its answers; 0 where it does not say."""
    found = _TOTAL.search(bodies[0][:5000]) if bodies else None
    return int(found[1]) if found else 0


def _day(instant: datetime) -> date:
    return (instant.astimezone(_EASTERN) - LATE).date()
