"""When an RSS channel wants to be polled: ttl, skipHours, skipDays. Pure.

https://www.rssboard.org/rss-specification and https://www.rssboard.org/skip-hours-days. `parts` are the pieces of the
document outside its items, searched in order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SKIP_HOURS = re.compile(r"<skipHours\s*>(.{0,2000}?)</skipHours", re.IGNORECASE | re.DOTALL)
_SKIP_DAYS = re.compile(r"<skipDays\s*>(.{0,2000}?)</skipDays", re.IGNORECASE | re.DOTALL)
_HOUR = re.compile(r"<hour\s*>\s*(\d{1,2})\s*<", re.IGNORECASE)
_DAY = re.compile(r"<day\s*>\s*([A-Za-z]+)\s*<", re.IGNORECASE)
_TTL = re.compile(r"<ttl\s*>\s*(\d{1,9})\s*<", re.IGNORECASE)


def ttl_minutes(parts: Iterable[str]) -> float | None:
    """How long the channel may be kept, None where it does not say."""
    found = _first(_TTL, parts)
    return float(found) if found else None


def skip_hours(parts: Iterable[str]) -> frozenset[int]:
    """Hours of the day, GMT, 0-23; RSS 0.91 counted from 1 to 24."""
    return frozenset(int(hour) % 24 for hour in _HOUR.findall(_first(_SKIP_HOURS, parts)) if int(hour) <= 24)


def skip_days(parts: Iterable[str]) -> frozenset[int]:
    """Days of the week, GMT; 0 is Monday."""
    names = (day.lower() for day in _DAY.findall(_first(_SKIP_DAYS, parts)))
    return frozenset(_DAYS.index(name) for name in names if name in _DAYS)


def _first(expression: re.Pattern[str], parts: Iterable[str]) -> str:
    return next((match[1] for match in map(expression.search, parts) if match), "")
