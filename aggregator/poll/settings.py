"""How the poll stage behaves: one frozen value, filled from the configuration by whoever starts a poll."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

from aggregator import __version__

MIB = 1024 * 1024
ACCEPT_FEEDS = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.8, */*;q=0.5"
)


@dataclass(frozen=True, slots=True)
class PollSettings:
    """What a poll may do.

    `contact` is a URL or an e-mail address that the User-Agent names; `user_agent` replaces the whole of it.
    `allow_private_networks` opens exactly these networks to the address guard, nothing else that is private.

    `host_gap_seconds` is the least time between two requests to one host, `host_concurrency` how many may run there at
    once. None stands for 1.0 and 1 in general, and for 0 and 2 where a URL names a private address that was opened: one
    machine of one's own carries many services, and nobody is to be spared there. A value that is set holds for all.

    `deadline_seconds` bounds one fetch with its redirects, time in the host's queue not counted. `max_bytes` caps a
    body, compressed and decoded alike. `processes` None means one for each processor; `workers` is how many sources one
    process polls at once. `pause_after` failures in a row pause a source. `kinds` names the registry of source kinds as
    `module:attribute`, imported by the polling processes only. `hosts_file` is where all processes that poll for one store
    tell each other what they ask (`sharing`), None for a process that is alone.
    """

    contact: str = ""
    user_agent: str | None = None
    allow_private_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    host_gap_seconds: float | None = None
    host_concurrency: int | None = None
    deadline_seconds: float = 20.0
    max_bytes: int = 15 * MIB
    max_redirects: int = 10
    processes: int | None = None
    workers: int = 32
    pause_after: int = 10
    parse_cpu_seconds: float = 12.0
    parse_wall_seconds: float = 30.0
    memory_bytes: int = 1024 * MIB
    kinds: str = "aggregator.poll.sources:KINDS"
    hosts_file: str | None = None

    @property
    def agent(self) -> str:
        """The User-Agent to send: honest, with a contact where one is known."""
        if self.user_agent:
            return self.user_agent
        return f"aggregator/{__version__} (+{self.contact})" if self.contact else f"aggregator/{__version__}"
