"""The seams between the stages and the world: what a fetcher, a source kind, a format and a store look like.

Time is a seam too: `now` is passed down, and only cli, web and the daemon read the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from aggregator.model import Entry, Source, Validators

if TYPE_CHECKING:
    from aggregator.model import Document, Issue, Publication


@dataclass(frozen=True, slots=True)
class Fetched:
    """One HTTP exchange that ended well (2xx or 304).

    `url` is what was asked, `final_url` where redirects led; `permanent_url` is the address to ask from now on when
    every redirect up to it was permanent, else None. `headers` have lower-case names. `body` is decoded from its
    content coding and capped; it is empty when `not_modified`. `read_before_at` is when the source was last read well, None
    for the first time.
    """

    url: str
    final_url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    validators: Validators = field(default_factory=Validators)
    permanent_url: str | None = None
    seconds: float = 0.0
    read_before_at: datetime | None = None

    @property
    def not_modified(self) -> bool:
        """True for a 304: nothing changed since the validators that were sent."""
        return self.status == 304


class Fetcher(Protocol):
    """Asks one address, politely and safely. Raises FetchError for whatever does not end in 2xx or 304."""

    async def get(
        self,
        url: str,
        *,
        validators: Validators | None = None,
        headers: Mapping[str, str] | None = None,
        accept: str | None = None,
        max_bytes: int | None = None,
    ) -> Fetched:
        """Fetch `url`; conditional when validators are given."""
        ...


@dataclass(frozen=True, slots=True)
class Polled:
    """What a source kind made of its upstream's answer. `entries` in the upstream's order; `ttl_minutes`,
    `skip_hours` (0-23, GMT) and `skip_days` (0 is Monday) are the upstream's wishes for the next poll. `partial` says that
    there was more than could be read: the same document is wanted again."""

    entries: tuple[Entry, ...] = ()
    not_modified: bool = False
    feed_title: str | None = None
    feed_link: str | None = None
    ttl_minutes: float | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()
    notes: tuple[str, ...] = ()
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a source kind, documented: `type` is the Python type of its value in sources.yaml."""

    name: str
    type: type
    help: str
    default: object = None


class Poller(Protocol):
    """A source kind: one file in poll/sources, named in its registry."""

    kind: str
    options: Sequence[Option]
    needs_url: bool  # False where the options alone can name the address

    def addresses(self, source: Source) -> tuple[str, ...]:
        """The addresses to poll, in the order in which they are tried. Raises ConfigError for what cannot be one."""
        ...

    def passes_on(self, source: Source) -> bool:
        """True when its entries are about pages of others: what is printed is the name of their sites, not that of the source."""
        ...

    async def poll(self, source: Source, url: str, fetch: Fetcher, now: datetime) -> Polled:
        """Entries of `source` from its address `url`. Raises FetchError or ParseError."""
        ...


class Renderer(Protocol):
    """A format: one file in publish/formats, named in its registry. Pure and deterministic: same issues, same bytes.

    `issues` are the published ones, newest first.
    """

    name: str

    def render(self, publication: Publication, issues: Sequence[Issue]) -> Iterable[Document]:
        """The documents of this format."""
        ...
