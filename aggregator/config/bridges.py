"""Bridges: services that make feeds of what has none. An address `{wewe}/feeds/x.atom` stands for that path at each
origin of the bridge `wewe`, in their order."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aggregator.config import codes, formats
from aggregator.config.advice import did_you_mean, listed, shown
from aggregator.config.document import Block, Document
from aggregator.config.environment import bridge_variable
from aggregator.config.problems import from_bad, place_of
from aggregator.config.values import BadValueError
from aggregator.errors import ConfigError, Place

_NAME = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
_USE = re.compile(r"\{([^{}]*)\}")


@dataclass(slots=True)
class Bridges:
    """The origins of each bridge, and which sources miss one: `without` lists those that are muted for it, `fewer`
    those that have other addresses."""

    origins: dict[str, tuple[str, ...]] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    without: dict[str, list[str]] = field(default_factory=dict)
    fewer: dict[str, list[str]] = field(default_factory=dict)

    def expand(self, urls: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """(the addresses with origins filled in, the bridges that have none). Raises BadValueError for a bridge that is not
        listed, and for what is no address afterwards."""
        found: list[str] = []
        missing: list[str] = []
        for url in urls:
            if not url.startswith("{"):
                found.append(url)
                continue
            name, rest = self._split(url)
            found.extend(formats.url(f"{origin}/{rest}") for origin in self.origins[name])
            if not self.origins[name]:
                missing.append(name)
        return tuple(dict.fromkeys(found)), tuple(dict.fromkeys(missing))

    def _split(self, url: str) -> tuple[str, str]:
        match = _USE.match(url)
        if match is None:
            raise BadValueError(
                codes.BAD_URL, f"{shown(url)} opens a brace and does not close it", fix="write it like {wewe}/feeds/x.atom"
            )
        name = match[1]
        if name not in self.origins:
            raise BadValueError(
                codes.UNKNOWN_BRIDGE,
                f"there is no bridge {shown(name)}{did_you_mean(name, self.origins)}",
                why=f"listed under bridges: {listed(self.origins) or 'none'}",
                fix=f"add it: `bridges:` and below it `{name}: https://…`, or leave its value empty until you run one",
            )
        return name, url[match.end() :].lstrip("/")

    def notes(self) -> list[ConfigError]:
        """One note for each bridge that has no origin and is used."""
        return [self._note(name) for name in self.origins if name in self.without or name in self.fewer]

    def _note(self, name: str) -> ConfigError:
        muted, fewer = self.without.get(name, []), self.fewer.get(name, [])
        parts = [f"{len(muted)} muted ({_some(muted)})" if muted else "", f"{len(fewer)} on other addresses" if fewer else ""]
        return ConfigError(
            f"the bridge `{name}` has no origin: {' and '.join(filter(None, parts))}",
            why="its addresses cannot be polled without one",
            fix=f"write its address behind `{name}:`, or set {bridge_variable(name)}",
            code=codes.BRIDGE_NOT_SET,
            place=self.places.get(name),
        )


def read_bridges(document: Document, environ: Mapping[str, str], problems: list[ConfigError]) -> Bridges:
    """The bridges of a file whose origins the environment may override; what is wrong is appended to `problems`."""
    bridges = Bridges()
    root = document.root
    given = root.get("bridges") if isinstance(root, Block) else None
    if not isinstance(given, Block):
        return bridges
    for name, value in given.items():
        place = place_of(document, root, ("bridges", name))
        bridges.places[name] = place
        bridges.origins[name] = ()
        variable = bridge_variable(name)
        overriding = environ.get(variable, "")
        try:
            _check_name(name)
            bridges.origins[name] = _origins(re.split(r"[,\s]+", overriding.strip()) if overriding.strip() else value)
        except BadValueError as bad:
            problems.append(from_bad(bad, variable if overriding.strip() else name, place))
    return bridges


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise BadValueError(codes.BAD_SLUG, f"{shown(name)} is no name of a bridge", fix="use a-z, 0-9 and - only")


def _origins(value: object) -> tuple[str, ...]:
    several = value if isinstance(value, list) else [value]
    return tuple(formats.origin(one) for one in several if one is not None and one != "")


def _some(names: Sequence[str], limit: int = 5) -> str:
    return listed(names[:limit]) + (", …" if len(names) > limit else "")
