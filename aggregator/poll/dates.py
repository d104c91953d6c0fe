"""Dates as feeds and pages write them -> aware UTC. Pure, and every expression is bounded.

Known forms: RFC 822 with all its damage, ISO 8601, `2026年9月1日 8:30`, epoch seconds and milliseconds. What is left goes to
the parser's own reading, if it had one.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

MAX_CHARS = 100
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
NEAR_FUTURE = timedelta(days=2)

_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
# RFC 822, 5.1 and what is met in the wild; hours east of Greenwich.
_ZONES = {
    "ut": 0, "utc": 0, "gmt": 0, "z": 0, "wet": 0, "bst": 1, "cet": 1, "met": 1, "cest": 2, "mest": 2, "eet": 2, "eest": 3,
    "msk": 3, "hkt": 8, "sgt": 8, "jst": 9, "kst": 9, "adt": -3, "ast": -4, "edt": -4, "est": -5, "et": -5, "cdt": -5,
    "cst": -6, "ct": -6, "mdt": -6, "mst": -7, "mt": -7, "pdt": -7, "pst": -8, "pt": -8,
}  # fmt: skip
_CHINA = timezone(timedelta(hours=8))
_CHINA_NAMES = frozenset(
    {"Asia/Shanghai", "Asia/Chongqing", "Asia/Harbin", "Asia/Urumqi", "Asia/Hong_Kong", "Asia/Macau", "Asia/Taipei", "PRC", "ROC"}
)

_TIME = r"(\d{1,2})[:：时時点](\d{1,2})?(?:[:：分](\d{1,2})?)?"
_CHINESE = re.compile(
    rf"(\d{{4}})\s?年\s?(\d{{1,2}})\s?月\s?(\d{{1,2}})\s?[日号號]?(?:[^\d]{{0,12}}?(上午|下午|晚上|中午|凌晨)?\s?{_TIME})?"
)
_ISO = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:(?:[T,]\s?|\s{1,3})(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?([A-Za-z]{1,5}|[+-]\d{1,2}:?\d{0,2})?)?(?!\d)",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?(?:[.,](\d{1,9}))?\s?(Z|[+-]\d{2}:?\d{0,2})?)?$")
_RFC = re.compile(
    r"(?:[^\W\d_]{2,10}\.?,?\s{1,4})?(?:(\d{1,2})[\s-]{1,4}([A-Za-z]{3,9})\.?|([A-Za-z]{3,9})\.?\s{1,4}(\d{1,2})(?:st|nd|rd|th)?),?[\s-]{1,4}(\d{2}|\d{4})(?!\d)"
    r"(?:,?\s{1,4}(?:at\s)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d{1,9})?)?\s{0,4}([ap]m)?)?\s{0,4}(.{0,30})$",
    re.IGNORECASE,
)
_ASCTIME = re.compile(
    r"(?:[A-Za-z]{3},?\s{1,4})?([A-Za-z]{3})\s{1,4}(\d{1,2})\s{1,4}(\d{1,2}):(\d{2})(?::(\d{2}))?\s{1,4}(?:([A-Za-z]{2,5})\s{1,4})?(\d{4})$"
)
_EPOCH = re.compile(r"\d{9,10}(?:\.\d{1,6})?$|\d{12,13}$")
_OFFSET = re.compile(r"^\(?(?:gmt|utc|ut)?\s?([+-])(\d{1,2}):?(\d{2})?\b", re.IGNORECASE)
_UNREADABLE = re.compile(r"0000-00-00|^[\d\s.]+$|年")


def zone(name: str | None, language: str | None = None) -> tuple[tzinfo, bool]:
    """The zone of dates that name none, and whether `CST` means China's: by the source's zone, else by the language."""
    if name:
        try:
            return ZoneInfo(name), name in _CHINA_NAMES
        except (KeyError, ValueError, OSError):
            return UTC, False
    return UTC, bool(language and language.lower().startswith("zh"))


_FULL_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-][01]\d:\d\d)", re.ASCII)
_FULL_RFC = re.compile(
    r"[A-Z][a-z]{2}, (\d\d) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4}) (\d\d):(\d\d):(\d\d) (GMT|[+-][01]\d{3})",
    re.ASCII,
)


def read(text: str, *, default: tzinfo = UTC, china: bool = False, parsed: datetime | None = None) -> datetime | None:
    """The instant a date names, or None. `default` for dates without a zone; `china`: CST is UTC+8; `parsed` is another
    parser's reading, believed only for forms unknown here."""
    familiar = _familiar(text)
    if familiar is not None:
        return familiar
    text = " ".join(text[:MAX_CHARS].split())
    if not text:
        return None
    try:
        for reader in (_epoch, _chinese, _iso, _rfc):
            found = reader(text, default, china)
            if found is not None:
                return found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return None if _UNREADABLE.search(text) else parsed


def _familiar(text: str) -> datetime | None:
    """The two forms that nearly all feeds use, with a zone that says what it is: a quarter of the time."""
    try:
        if _FULL_ISO.fullmatch(text):
            return datetime.fromisoformat(text).astimezone(UTC)
        match = _FULL_RFC.fullmatch(text)
        if match is None:
            return None
        day, month, year, hour, minute, second, offset = match.groups()
        instant = datetime(int(year), _MONTHS[month.lower()], int(day), int(hour), int(minute), int(second), tzinfo=UTC)
        if offset[-4:] in {"GMT", "0000"}:
            return instant
        shift = timedelta(hours=int(offset[1:3]), minutes=int(offset[3:5]))
        return instant + shift if offset[0] == "-" else instant - shift
    except (ValueError, OverflowError):
        return None  # a leap second, the 30th of February: for those who know more


def plausible(instant: datetime | None, now: datetime) -> datetime | None:
    """The instant if it can order entries: nothing before 1990, the near future is now, the far future says nothing."""
    if instant is None or instant < EARLIEST or instant > now + NEAR_FUTURE:
        return None
    return min(instant, now)


def _epoch(text: str, _default: tzinfo, _china: bool) -> datetime | None:
    if not _EPOCH.match(text):
        return None
    value = float(text)
    return datetime.fromtimestamp(value / 1000 if value >= 1e11 else value, UTC).replace(microsecond=0)


def _chinese(text: str, default: tzinfo, _china: bool) -> datetime | None:
    match = _CHINESE.search(text)
    if not match:
        return None
    year, month, day, part, hour, minute, second = match.groups()
    hours = int(hour or 0)
    if part in {"下午", "晚上", "中午"} and 1 <= hours < 12 and not (part == "中午" and hours > 3):
        hours += 12
    offset = _OFFSET.match(text[match.end() :].strip())
    zone_of = _fixed(offset) if offset else default
    return datetime(int(year), int(month), int(day), hours, int(minute or 0), int(second or 0), tzinfo=zone_of)


def _iso(text: str, default: tzinfo, china: bool) -> datetime | None:
    match = _ISO.match(text) or _COMPACT.match(text)
    if not match:
        return None
    year, month, day, hour, minute, second, _fraction, name = match.groups()
    return _build(int(year), int(month), int(day), (hour, minute, second), _zone(name or "", default, china))


def _rfc(text: str, default: tzinfo, china: bool) -> datetime | None:
    ascii_time = _ASCTIME.match(text)
    if ascii_time:
        name, day, hour, minute, second, zone_name, year = ascii_time.groups()
        month = _MONTHS.get(name.lower())
        return (
            _build(int(year), month, int(day), (hour, minute, second), _zone(zone_name or "", default, china)) if month else None
        )
    match = _RFC.match(text)
    if not match:
        return None
    day1, month1, month2, day2, year, hour, minute, second, half, rest = match.groups()
    month = _MONTHS.get((month1 or month2)[:3].lower())
    if month is None:
        return None
    years = int(year)
    if len(year) == 2:
        years += 1900 if years >= 70 else 2000
    if half and hour:
        hour = str(int(hour) % 12 + (12 if half.lower() == "pm" else 0))
    return _build(years, month, int(day1 or day2), (hour, minute, second), _zone(rest, default, china))


def _build(year: int, month: int, day: int, clock: tuple[str | None, str | None, str | None], zone_of: tzinfo) -> datetime:
    hour, minute, second = (int(part or 0) for part in clock)
    # A leap second has no place in datetime: the next second is the same instant to us. 24:00 is the next day's start.
    extra = timedelta(0)
    if second == 60:
        second, extra = 59, timedelta(seconds=1)
    if hour == 24 and minute == second == 0:
        hour, extra = 0, timedelta(days=1)
    return datetime(year, month, day, hour, minute, second, tzinfo=zone_of).astimezone(UTC) + extra


def _zone(text: str, default: tzinfo, china: bool) -> tzinfo:
    text = text.strip()
    if not text:
        return default
    offset = _OFFSET.match(text)
    if offset:
        return _fixed(offset)
    name = text.split()[0].strip("()").lower().removeprefix("etc/")
    if (name == "cst" and china) or text.lower().startswith("china"):
        return _CHINA
    hours = _ZONES.get(name)
    return default if hours is None else timezone(timedelta(hours=hours))


def _fixed(offset: re.Match[str]) -> tzinfo:
    sign, hours, minutes = offset.groups()
    # Two digits are hours; a stray `+800` means +08:00.
    delta = timedelta(hours=int(hours), minutes=int(minutes or 0))
    if delta >= timedelta(hours=24):
        return UTC
    return timezone(-delta if sign == "-" else delta)
