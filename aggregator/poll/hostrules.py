"""Which queue a URL stands in, and how it is treated there. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from aggregator.poll.guard import Network, is_allowed, literal
from aggregator.poll.settings import PollSettings

GAP_SECONDS = 1.0
ARXIV_GAP_SECONDS = 3.0  # https://info.arxiv.org/help/api/tou.html: one request every three seconds, one at a time
_ARXIV = "arxiv.org"


@dataclass(frozen=True, slots=True)
class HostRule:
    """How one host is treated. `holds` False: its 429 and 503 concern the one source only."""

    gap_seconds: float
    concurrency: int
    holds: bool = True

    @property
    def spares(self) -> bool:
        """True when anybody is to be spared here, so that it has to be known what other processes ask."""
        return self.holds or self.gap_seconds > 0


def host_key(url: str, allowed: tuple[Network, ...] = ()) -> str:
    """Which queue a URL stands in: its host in lower case; arXiv's hosts share one; on a private address that was opened
    every port is a host of its own. "" where there is none."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return ""
    if host == _ARXIV or host.endswith("." + _ARXIV):
        return _ARXIV
    return f"{host}:{port or 80}" if _is_private(host, allowed) else host


def rule_for(key: str, settings: PollSettings) -> HostRule:
    """The rule of a queue.

    In general a gap of 1 s and one at a time, or what the settings say; arXiv never less than 3 s and one at a time. A
    URL that names an opened private address has no gap, two at a time and no holds, unless the settings name a gap.
    """
    gap, concurrency = settings.host_gap_seconds, settings.host_concurrency
    if key == _ARXIV:
        return HostRule(max(ARXIV_GAP_SECONDS, gap or 0.0), 1)
    if _is_private(key.rpartition(":")[0], settings.allow_private_networks):
        return HostRule(gap or 0.0, concurrency or 2, holds=bool(gap))
    return HostRule(GAP_SECONDS if gap is None else gap, concurrency or 1)


def _is_private(host: str, allowed: tuple[Network, ...]) -> bool:
    address = literal("127.0.0.1" if host == "localhost" else host)
    return address is not None and is_allowed(address, allowed)
