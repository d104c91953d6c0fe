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
    "msk": 3, "hkt": 8, "sgt": 8, "jst": 9, "kst": 9, "adt": -3, "ast": -4, "at": -4, "edt": -4, "est": -5, "et": -5, "cdt": -5,
    "cst": -6, "ct": -6, "mdt": -6, "mst": -7, "mt": -7, "pdt": -7, "pst": -8, "pt": -8, "akdt": -8, "akst": -9, "hst": -10,
    "brt": -3, "art": -3, "west": 1, "sast": 2, "ist": 5.5, "ict": 7, "wib": 7, "pht": 8, "awst": 8, "aest": 10, "aedt": 11,
    "nzst": 12, "nzdt": 13,
}  # fmt: skip
_CHINA = timezone(timedelta(hours=8))
_CHINA_NAMES = frozenset(
    {"Asia/Shanghai", "Asia/Chongqing", "Asia/Harbin", "Asia/Urumqi", "Asia/Hong_Kong", "Asia/Macau", "Asia/Taipei", "PRC", "ROC"}
)

_TIME = r"(\d{1,2})[:：时時点시]\s?(\d{1,2})?\s?(?:[:：分분]\s?(\d{1,2})?)?"
_HALVES = "上午|下午|晚上|中午|凌晨|午前|午後|오전|오후"
_HALF = re.compile(rf"(?:{_HALVES})\s?")
_NIGHT = frozenset({"凌晨", "오전"})
_LATE = frozenset({"下午", "晚上", "中午", "午後", "오후"})
# Japanese and Korean write dates as Chinese does; a year that goes without saying is this one or the last.
_CHINESE = re.compile(
    rf"(?:(\d{{4}})\s?[年년]\s?)?(\d{{1,2}})\s?[月월]\s?(\d{{1,2}})(?!\d)\s?[日号號일]?(?:[^\d]{{0,12}}?({_HALVES})?\s?{_TIME})?"
)
# As programs write it that know the English order alone: 9月 1, 2026.
_LATE_YEAR = re.compile(r"(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日号號일]?[,，]?\s{0,2}((?:19|20)\d\d)(?!\d)[年년]?")
_AGO = re.compile(
    r"(\d{1,3})\s?(?:个|個)?\s?(分钟|分鐘|小时|小時|天|minutes?|mins?|hours?|days?)\s?(?:前|之前|以前|ago)$", re.IGNORECASE
)
_DAY = re.compile(rf"(今天|昨天|前天)\s?({_HALVES})?\s?{_TIME}$")
_CHINESE_MONTH = re.compile(r"(?<=\d)\s(\d{1,2}|[一二三四五六七八九]|十[一二]?)月\s(?=\d{4})")
_NUMERALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
_LABEL = re.compile(r"[^\W\d][^\d:：]{0,20}[:：]\s?(?=\d{4})")
_ZONE_NAME = re.compile(r"[\[(]?([A-Z][a-z]{2,10}/[A-Z][A-Za-z]{2,12}(?:_[A-Z][a-z]{2,10})?)[\])]?$")
_ISO = re.compile(
    r"(\d{4})[-/.]\s?(\d{1,2})[-/.]\s?(\d{1,2})\.?(?:(?:[T,]\s?|\s{1,3})(\d{1,2}):(\d{1,2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?([A-Za-z]{1,5}|[+-]\d{1,2}:?\d{0,2})?)?(?!\d)",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?(?:[.,](\d{1,9}))?\s?(Z|[+-]\d{2}:?\d{0,2})?)?$")
_RFC = re.compile(
    r"(?:[^\W\d_]{2,10}\.?\s?(?:,|\s)\s{0,4})?(?:(\d{1,2})(?:st|nd|rd|th|\.)?[\s-]{1,4}([A-Za-z]{3,9})\.?|([A-Za-z]{3,9})\.?\s{1,4}(\d{1,2})(?:st|nd|rd|th)?),?[\s-]{1,4}(\d{2}|\d{4})(?!\d)"
    r"(?:,?\s{1,4}(?:at\s)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d{1,9})?)?\s{0,4}([ap]m)?)?\s{0,4}(.{0,30})$",
    re.IGNORECASE,
)
_ASCTIME = re.compile(
    r"(?:[A-Za-z]{3},?\s{1,4})?([A-Za-z]{3})\s{1,4}(\d{1,2})\s{1,4}(\d{1,2}):(\d{2})(?::(\d{2}))?\s{1,4}(?:([A-Za-z]{2,5}|[+-]\d{4})\s{1,4})?(\d{4})$"
)
_EPOCH = re.compile(r"\d{9,10}(?:\.\d{1,6})?$|\d{12,13}$")
_YEAR = re.compile(r"(?:19|20)\d\d$")  # https://www.w3.org/TR/NOTE-datetime
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
    r"[A-Z][a-z]{2}, (\d\d) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4}) (\d\d:\d\d:\d\d) (GMT|[+-][01]\d{3})",
    re.ASCII,
)
_MONTH_NUMBERS = {name.title(): f"{number:02}" for name, number in _MONTHS.items()}


def read(
    text: str, *, default: tzinfo = UTC, china: bool = False, parsed: datetime | None = None, now: datetime | None = None
) -> datetime | None:
    """The instant a date names, or None. `default` for dates without a zone; `china`: CST is UTC+8; `parsed` is another
    parser's reading, believed only for forms unknown here; `now` is what dates without a year (9月1日) or day (3小时前)
    stand to, which are unreadable without it."""
    familiar = _familiar(text)
    if familiar is not None:
        return familiar
    text = " ".join(text[:MAX_CHARS].split())
    if not text:
        return None
    try:
        text = _LABEL.sub("", text, count=1)
        late = _LATE_YEAR.match(text)
        if late:
            text = f"{late[3]}年{late[1]}月{late[2]}日{text[late.end() :]}"
        found = _near(text, default, now) if now is not None else None
        if found is not None:
            return found.astimezone(UTC)
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
            instant = datetime.fromisoformat(text)
            return instant if instant.tzinfo is UTC else instant.astimezone(UTC)
        match = _FULL_RFC.fullmatch(text)
        if match is None:
            return None
        day, month, year, clock, offset = match.groups()
        instant = datetime.fromisoformat(f"{year}-{_MONTH_NUMBERS[month]}-{day}T{clock}Z")
        if offset == "GMT" or offset[1:] == "0000":
            return instant
        shift = timedelta(hours=int(offset[1:3]), minutes=int(offset[3:5]))
        return instant + shift if offset[0] == "-" else instant - shift
    except (ValueError, OverflowError):
        return None  # a leap second, the 30th of February: for those who know more


def plausible(instant: datetime | None, now: datetime) -> datetime | None:
    """The instant if it can order entries: nothing before 1990, the near future is now, the far future says nothing."""
    if instant is None or instant < EARLIEST:
        return None
    if instant <= now:
        return instant
    return now if instant <= now + NEAR_FUTURE else None


def _epoch(text: str, _default: tzinfo, _china: bool) -> datetime | None:
    if not _EPOCH.match(text):
        return None
    value = float(text)
    return datetime.fromtimestamp(value / 1000 if value >= 1e11 else value, UTC).replace(microsecond=0)


def _near(text: str, default: tzinfo, now: datetime) -> datetime | None:
    """What is told by its distance from now."""
    ago = _AGO.match(text)
    if ago:
        amount, unit = int(ago[1]), ago[2][0].lower()
        return now - timedelta(**{{"分": "minutes", "m": "minutes", "小": "hours", "h": "hours"}.get(unit, "days"): amount})
    day = _DAY.match(text)
    if day:
        date = now.astimezone(default) - timedelta(days=("今天", "昨天", "前天").index(day[1]))
        _, half, hour, minute, second = day.groups()
        return date.replace(hour=_hours(hour, half), minute=int(minute or 0), second=int(second or 0), microsecond=0)
    match = _CHINESE.match(text)
    if match is None or match[1]:
        return None
    found = _written(match, now.astimezone(default).year, default)
    return found if found <= now + NEAR_FUTURE else _written(match, found.year - 1, default)


def _chinese(text: str, default: tzinfo, _china: bool) -> datetime | None:
    match = _CHINESE.search(text)
    if not match or not match[1]:
        return None
    rest = text[match.end() :].strip()
    offset = _OFFSET.match(rest)
    return _written(match, int(match[1]), _fixed(offset) if offset else _named(rest) or default)


def _written(match: re.Match[str], year: int, zone_of: tzinfo) -> datetime:
    _, month, day, half, hour, minute, second = match.groups()
    return datetime(year, int(month), int(day), _hours(hour, half), int(minute or 0), int(second or 0), tzinfo=zone_of)


def _hours(hour: str | None, half: str | None) -> int:
    hours = int(hour or 0)
    if half in _NIGHT and hours == 12:
        return 0
    return hours + 12 if half in _LATE and 1 <= hours < 12 and not (half == "中午" and hours > 3) else hours


def _iso(text: str, default: tzinfo, china: bool) -> datetime | None:
    half = _HALF.search(text)
    if half:
        text = text[: half.start()] + text[half.end() :]
    match = _ISO.match(text) or _COMPACT.match(text)
    if not match:
        return datetime(int(text), 1, 1, tzinfo=UTC) if _YEAR.match(text) else None
    year, month, day, hour, minute, second, _fraction, name = match.groups()
    hour = str(_hours(hour, half[0].strip())) if half and hour else hour
    if name and name.lower() in {"am", "pm"}:
        hour, name = _of_twelve(hour, name), text[match.end() :]
    zone_of = _zone(name, default, china) if name else _named(text[match.end() :]) or default
    return _build(int(year), int(month), int(day), (hour, minute, second), zone_of)


def _rfc(text: str, default: tzinfo, china: bool) -> datetime | None:
    text = _CHINESE_MONTH.sub(_english_month, text)
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
        hour = _of_twelve(hour, half)
    return _build(years, month, int(day1 or day2), (hour, minute, second), _zone(rest, default, china))


def _of_twelve(hour: str, half: str) -> str:
    return str(int(hour) % 12 + (12 if half.lower() == "pm" else 0))


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
    named = _named(text)
    if named is not None:
        return named
    hours = _ZONES.get(name)
    return default if hours is None else timezone(timedelta(hours=hours))


def _named(text: str) -> tzinfo | None:
    if "北京时间" in text or "北京時間" in text:
        return _CHINA
    match = _ZONE_NAME.match(text.strip())
    try:
        return ZoneInfo(match[1]) if match else None
    except (KeyError, ValueError, OSError):
        return None


def _english_month(match: re.Match[str]) -> str:
    number = int(match[1]) if match[1].isdigit() else _NUMERALS.index(match[1]) + 1
    return f" {list(_MONTHS)[number - 1]} " if 1 <= number <= len(_MONTHS) else match[0]


def _fixed(offset: re.Match[str]) -> tzinfo:
    sign, hours, minutes = offset.groups()
    # Two digits are hours; a stray `+800` means +08:00.
    delta = timedelta(hours=int(hours), minutes=int(minutes or 0))
    if delta >= timedelta(hours=24):
        return UTC
    return timezone(-delta if sign == "-" else delta)
