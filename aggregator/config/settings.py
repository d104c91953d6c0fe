"""What a workspace is configured to do: frozen values, standard library only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

from aggregator.errors import ConfigError
from aggregator.model import Publication, Source
from aggregator.protocols import Option


class Kind(NamedTuple):
    """What configuration knows of a source kind: its options, and whether a source needs an address of its own.

    `addresses` gives the addresses of a source that names none (`urls` is empty then); what it raises is reported with
    the place of the source. Where it is None and no address is needed, `urls` stays empty.
    """

    options: Sequence[Option] = ()
    needs_url: bool = True
    addresses: Callable[[Source], Sequence[str]] | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """How the program behaves here; `origins` tells for each name where its value came from.

    None leaves the choice to the stage: `interval_minutes` adaptive, `host_gap_seconds`, `host_concurrency` and
    `processes` by the host and the machine. `lang` is "zh" or "en".
    """

    database_url: str
    lang: str = "en"
    user_agent: str | None = None
    contact: str = ""
    interval_minutes: float | None = None
    section: str | None = None
    time_zone: str | None = None
    allow_private_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    host_gap_seconds: float | None = None
    host_concurrency: int | None = None
    deadline_seconds: float = 20.0
    max_bytes: int = 15 * 1024 * 1024
    workers: int = 32
    processes: int | None = None
    pause_after: int = 10
    origins: Mapping[str, str] = field(default_factory=dict)

    def origin(self, name: str) -> str:
        """Where a value came from: `--lang`, `AGGREGATOR_LANG`, `sources.yaml:12` or `default`."""
        return self.origins.get(name, "default")

    def rows(self) -> tuple[tuple[str, str, str], ...]:
        """Every setting as (name, value, origin) for a listing; a password inside a URL is not shown."""
        names = [one.name for one in fields(self) if one.name != "origins"]
        return tuple((name, _shown(getattr(self, name)), self.origin(name)) for name in names)


@dataclass(frozen=True, slots=True)
class Config:
    """A workspace's configuration. `notes` are what works but not as written (a bridge without an origin, say): errors
    with place and fix that are shown and not raised. `bridges` maps the name of each to its origins, in order."""

    workspace: Path
    path: Path
    publication: Publication
    sources: tuple[Source, ...]
    settings: Settings
    notes: tuple[ConfigError, ...] = ()
    bridges: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def source(self, name: str) -> Source | None:
        """The source of that name, or None."""
        return next((source for source in self.sources if source.name == name), None)


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if isinstance(value, str) and "://" in value and "@" in value:
        parts = urlsplit(value)
        user, colon, _ = parts.netloc.rpartition("@")[0].partition(":")
        netloc = f"{user}{':***' if colon else ''}@{parts.netloc.rpartition('@')[2]}"
        return urlunsplit(parts._replace(netloc=netloc))
    return "" if value is None else str(value)
