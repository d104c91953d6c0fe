"""Flags and environment over sources.yaml over defaults: each setting with where it came from."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from aggregator.config import codes, formats, values
from aggregator.config.secretfile import secret
from aggregator.config.settings import Settings
from aggregator.config.values import BadValueError
from aggregator.config.workspace import DATABASE
from aggregator.errors import ConfigError

PREFIX = "AGGREGATOR_"
LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")


def _lang(value: object) -> str:
    given = values.text(value)
    short = given.casefold()[:2]
    if short not in {"zh", "en"}:
        raise BadValueError(codes.BAD_VALUE, f"`{given}` is no language of the program", fix="use zh or en")
    return short


def _database_url(value: object) -> str:
    given = values.text(value).strip()
    if not re.match(r"[a-z][a-z0-9+]*:", given) or not given.isprintable():
        # The value is not repeated: it may hold a password.
        raise BadValueError(codes.BAD_VALUE, "is no database URL", fix="write it like sqlite:////folder/aggregator.db")
    return given


def _interval(value: object) -> float | None:
    return None if value == "auto" else formats.minutes(value)


def _whole(check: Callable[[object], int]) -> Callable[[object], int]:
    return lambda value: check(int(value) if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value) else value)


def _networks(value: object) -> tuple[formats.Network, ...]:
    return tuple(formats.network(one) for one in re.split(r"[,\s]+", values.text(value)) if one)


@dataclass(frozen=True, slots=True)
class Knob:
    """One setting: `key` is its name in flags, under `defaults` and, in capitals, behind AGGREGATOR_; `check` reads a
    text from flag or environment. `in_file` is False for what sources.yaml must not hold; a `secret` may come from a file."""

    name: str
    key: str
    check: Callable[[object], object]
    in_file: bool = True
    secret: bool = False

    @property
    def variable(self) -> str:
        """Its environment variable."""
        return PREFIX + self.key.upper()


KNOBS: tuple[Knob, ...] = (
    Knob("database_url", "database_url", _database_url, in_file=False, secret=True),
    Knob("lang", "lang", _lang, in_file=False),
    Knob("user_agent", "user_agent", values.header),
    Knob("contact", "contact", values.header),
    Knob("interval_minutes", "interval", _interval),
    Knob("section", "section", values.line),
    Knob("time_zone", "time_zone", formats.time_zone),
    Knob("allow_private_networks", "allow_private_networks", _networks),
    Knob("host_gap_seconds", "host_gap", lambda value: formats.seconds(0 if value == "0" else value)),
    Knob("host_concurrency", "host_concurrency", _whole(values.count)),
    Knob("deadline_seconds", "deadline", formats.some_seconds),
    Knob("max_bytes", "max_size", formats.size),
    Knob("workers", "workers", _whole(values.count)),
    Knob("processes", "processes", _whole(values.count)),
    Knob("pause_after", "pause_after", _whole(values.count)),
)


def settings_from(
    workspace: Path,
    environ: Mapping[str, str],
    flags: Mapping[str, str],
    in_file: Mapping[str, tuple[object, str]],
    problems: list[ConfigError],
) -> Settings:
    """The settings of a workspace. `in_file` maps keys under `defaults` to their values and places; what is wrong with
    flags or environment is appended to `problems`."""
    # A URL's own marks in the name of a folder are part of the name.
    file = re.sub(r"[%?#]", lambda mark: f"%{ord(mark[0]):02X}", str(workspace.absolute() / DATABASE))
    chosen: dict[str, object] = {"database_url": f"sqlite:///{file}"}
    origins: dict[str, str] = {}
    for knob in KNOBS:
        try:
            outside = _from_outside(knob, environ, flags)
        except ConfigError as error:
            problems.append(error)
            continue
        if outside is not None:
            chosen[knob.name], origins[knob.name] = outside
        elif knob.in_file and knob.key in in_file:
            chosen[knob.name], origins[knob.name] = in_file[knob.key]
    if "lang" not in chosen:
        variable = next((name for name in LOCALE if environ.get(name)), None)
        if variable is not None:
            chosen["lang"], origins["lang"] = "zh" if environ[variable].startswith("zh") else "en", variable
    return Settings(**chosen, origins=origins)  # type: ignore[arg-type]


def _from_outside(knob: Knob, environ: Mapping[str, str], flags: Mapping[str, str]) -> tuple[object, str] | None:
    if knob.key in flags:
        given, origin = flags[knob.key], "--" + knob.key.replace("_", "-")
    elif knob.secret:
        found = secret(environ, knob.variable)
        if found is None:
            return None
        given, origin = found
    elif environ.get(knob.variable):
        given, origin = environ[knob.variable], knob.variable
    else:
        return None
    try:
        return knob.check(given), origin
    except BadValueError as bad:
        raise ConfigError(
            f"{origin} {bad.what}" if bad.what.startswith(("must ", "is ")) else f"{origin}: {bad.what}",
            why=bad.why,
            fix=bad.fix,
            code=codes.BAD_ENVIRONMENT,
        ) from None


def bridge_variable(name: str) -> str:
    """The environment variable that overrides the origin of a bridge."""
    return f"{PREFIX}BRIDGE_{name.upper().replace('-', '_')}"
