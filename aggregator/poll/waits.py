"""What the headers of an answer say about when to ask again. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

CAP_SECONDS = 31 * 24 * 3600.0
_SECONDS = re.compile(r"\s*(\d{1,15})(?:\.\d*)?\s*")
_MAX_AGE = re.compile(r"(?:^|,)\s*max-age\s*=\s*\"?(\d{1,15})", re.IGNORECASE)
_EPOCH_FROM = 1_000_000_000  # a larger x-ratelimit-reset is an instant, a smaller one a number of seconds


def http_date(text: str | None) -> datetime | None:
    """An HTTP date (RFC 9110, 5.6.7) as aware UTC, None for anything else."""
    if not text or len(text) > 100:
        return None
    try:
        parsed = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    try:
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def retry_after_seconds(headers: Mapping[str, str], now: datetime, *, limited: bool = False) -> float | None:
    """How long the server asks to be left alone: Retry-After in seconds or as a date (RFC 9110, 10.2.3), and, for an
    answer that means a rate limit, x-ratelimit-reset where Retry-After says nothing. Between 0 and 31 days; None where
    nothing usable is said."""
    waits = _seconds(headers.get("retry-after"), now)
    if waits is None and limited:
        waits = _reset(headers.get("x-ratelimit-reset") or headers.get("ratelimit-reset"), now)
    return waits


def is_limited(status: int, headers: Mapping[str, str]) -> bool:
    """True for an answer that means a rate limit: 429, and a 403 after which nothing is left, as GitHub's API says it
    (https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api)."""
    return status == 429 or (status == 403 and headers.get("x-ratelimit-remaining", "").strip() == "0")


def freshness_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    """How long the answer stays fresh: the larger of Cache-Control max-age and Expires (RFC 9111, 5.2.2.1 and 5.3).
    Between 0 and 31 days; None where neither says anything usable."""
    found = _MAX_AGE.search(headers.get("cache-control", "")[:1000])
    ages = [] if found is None else [float(found.group(1))]
    expires = http_date(headers.get("expires"))
    if expires is not None:
        ages.append((expires - now).total_seconds())
    return _clamp(max(ages)) if ages else None


def _seconds(value: str | None, now: datetime) -> float | None:
    if not value:
        return None
    number = _SECONDS.fullmatch(value)
    if number:
        return _clamp(float(number.group(1)))
    at = http_date(value)
    return None if at is None else _clamp((at - now).total_seconds())


def _reset(value: str | None, now: datetime) -> float | None:
    number = _SECONDS.fullmatch(value or "")
    if number is None:
        return None
    seconds = float(number.group(1))
    return _clamp(seconds - now.timestamp() if seconds > _EPOCH_FROM else seconds)


def _clamp(seconds: float) -> float:
    return min(max(seconds, 0.0), CAP_SECONDS)
