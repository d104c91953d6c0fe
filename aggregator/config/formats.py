"""Values with a form of their own: durations, sizes, addresses, networks, time zones, languages. Pure.

Like `values`: what YAML made of the value comes in, the checked value goes out, or BadValueError is raised.
"""

from __future__ import annotations

import math
import re
from collections.abc import Container
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from itertools import count
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from aggregator.config import codes
from aggregator.config.advice import did_you_mean, shown
from aggregator.config.values import MAX_NAME_CHARS, BadValueError, text, wrong_type
from aggregator.urls import is_http, safe_url

Network = IPv4Network | IPv6Network
MAX_MINUTES = 31 * 24 * 60
MAX_AGE_MINUTES = 36_500 * 24 * 60.0
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_DURATION = re.compile(r"(?:[0-9]{1,6}(?:\.[0-9]{1,3})?[smhdw])+")
_PART = re.compile(r"([0-9.]+)([smhdw])")
_SIZE = re.compile(r"([0-9]{1,6})(?:([kMG])i?B?|B)")
_SIZES = {"k": 1024, "M": 1024**2, "G": 1024**3}
# Language, script, region and variants of RFC 5646, section 2.1; extensions and private use mean nothing to a feed reader.
_LANGUAGE = re.compile(
    r"[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?(?:-(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*"
)


def seconds(value: object, most_minutes: float = MAX_MINUTES) -> float:
    """A duration such as 30m, 1h, 2d or 1h30m, in seconds; 0 needs no unit."""
    if value == 0 and not isinstance(value, bool):
        return 0.0
    given = value.replace(" ", "") if isinstance(value, str) else ""
    if not _DURATION.fullmatch(given):
        unit = isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0 and math.isfinite(value)
        raise BadValueError(
            codes.BAD_DURATION,
            f"{shown(value)} is no duration",
            why="a duration is a number and a unit: s, m, h, d or w",
            fix=f"write {value}m for minutes, {value}h for hours" if unit else "write it like 30m, 1h or 2d",
        )
    total = sum(float(amount) * _SECONDS[unit] for amount, unit in _PART.findall(given))
    if total > most_minutes * 60:
        most = most_minutes / 1440
        raise BadValueError(codes.BAD_DURATION, f"{shown(value)} is more than {most:g} days", fix=f"write {most:g}d or less")
    return total


def some_seconds(value: object) -> float:
    """A duration above 0, in seconds."""
    result = seconds(value)
    if result <= 0:
        raise BadValueError(codes.BAD_DURATION, f"{shown(value)} is no time at all", fix="write it like 20s, 30m or 1h")
    return result


def minutes(value: object) -> float:
    """A duration above 0, in minutes."""
    return some_seconds(value) / 60


def age(value: object) -> float:
    """How old something may be, above 0, in minutes."""
    result = seconds(value, MAX_AGE_MINUTES)
    if result <= 0:
        raise BadValueError(codes.BAD_DURATION, f"{shown(value)} is no time at all", fix="write it like 12h, 30d or 8w")
    return result / 60


def size(value: object) -> int:
    """A size such as 500kB or 15MiB (of 1,024 each), in bytes."""
    found = _SIZE.fullmatch(value.replace(" ", "")) if isinstance(value, str) else None
    if found is None or int(found[1]) == 0:
        raise BadValueError(
            codes.BAD_SIZE,
            f"{shown(value)} is no size",
            why="a size is a number above 0 and a unit: B, kB, MB or GB",
            fix="write it like 15MB",
        )
    return int(found[1]) * _SIZES.get(found[2] or "", 1)


def url(value: object) -> str:
    """An http or https address without credentials."""
    if not isinstance(value, str):
        raise wrong_type(value, "an address", "write it like https://example.org/feed.xml")
    given = value
    if is_http(given) and safe_url(given) == given:
        return given
    try:
        hidden = "@" in urlsplit(given).netloc
    except ValueError:
        hidden = False
    if hidden:
        # The address itself is not repeated: it holds a password.
        raise BadValueError(
            codes.BAD_URL,
            "the address holds a user name or password",
            why="secrets do not belong in sources.yaml, and would reach logs and pages",
            fix="remove what stands before the @",
        )
    bare = not is_http(given) and is_http(f"https://{given}") and "." in given.partition("/")[0] and ":" not in given
    raise BadValueError(
        codes.BAD_URL,
        f"{shown(given, 100)} is no usable address",
        why="an address begins with http:// or https://, names a host and holds no blanks",
        fix=f"write https://{given}" if bare else "copy it from the browser's address bar",
    )


def without_credentials(url: str) -> str:
    """An address as it may be shown and logged: what stands before an @ in its host is left out, the @ stays."""
    return re.sub(r"(?<=//)[^/?#]*(?=@)", "", url)


def told_apart(name: str, url: str, taken: Container[str]) -> str:
    """`name` with what its address ends in, so that it stays the same when the file is put in another order."""
    tail = next((part for part in reversed(re.split(r"[/?#&]+", url)) if part), "")
    wanted = f"{name[: MAX_NAME_CHARS - 30]} ({tail[-24:]})"
    if wanted not in taken:
        return wanted
    return next(other for number in count(2) if (other := f"{wanted} {number}") not in taken)


def origin(value: object) -> str:
    """The address under which a bridge serves its feeds, without a slash at its end."""
    return url(value).rstrip("/")


def base_url(value: object) -> str:
    """The address of the published site, with a slash at its end."""
    given = text(value)
    try:
        address = url(given)
        parts = urlsplit(address)
    except BadValueError as bad:
        raise BadValueError(
            codes.BAD_BASE_URL,
            bad.what,
            why=bad.why,
            fix="write the address at which feeds/ is served: https://example.org/news/",
        ) from None
    if parts.query or parts.fragment:
        raise BadValueError(
            codes.BAD_BASE_URL, f"{shown(given)} holds ? or #", fix="write only the folder: https://example.org/news/"
        )
    return address if address.endswith("/") else f"{address}/"


def network(value: object) -> Network:
    """A network such as 127.0.0.1/32 or 192.168.0.0/16."""
    given = text(value)
    try:
        return ip_network(given)
    except ValueError:
        pass
    try:
        fix = f"write {ip_network(given, strict=False)}, or {given.partition('/')[0]}/32 for this one address"
    except ValueError:
        fix = "write it like 127.0.0.1/32 or 192.168.0.0/16"
    raise BadValueError(codes.BAD_NETWORK, f"{shown(given)} is no network", fix=fix)


@lru_cache(maxsize=256)
def _zone_exists(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # a folder, a path that leads out, a name that does not exist
        return False
    return True


def time_zone(value: object) -> str:
    """The IANA name of a time zone."""
    given = text(value)
    if not given or not _zone_exists(given):
        raise BadValueError(
            codes.BAD_TIME_ZONE,
            f"{shown(given)} is no time zone{did_you_mean(given, available_timezones())}",
            fix="write an IANA name such as Asia/Shanghai, Europe/Berlin or UTC",
        )
    return given


def language(value: object) -> str:
    """A language tag such as zh-CN or en. Source: RFC 5646."""
    given = text(value)
    if not _LANGUAGE.fullmatch(given):
        dashed = given.replace("_", "-").partition(".")[0]
        fix = f"write {dashed}" if _LANGUAGE.fullmatch(dashed) else "write it like zh-CN or en"
        raise BadValueError(codes.BAD_LANGUAGE, f"{shown(given)} is no language tag", fix=fix)
    return given


def name_from(address: str) -> str:
    """A name for a source that has none: host and path of its address."""
    try:
        parts = urlsplit(address.replace("{", "").replace("}", ""))
    except ValueError:
        return ""
    return f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}"[:MAX_NAME_CHARS]
