"""One queue per host, and how processes and workers share them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from ipaddress import ip_network
from typing import Any

import pytest

from aggregator.errors import FetchError
from aggregator.model import PollState, Source
from aggregator.poll.hostrules import HostRule, host_key, rule_for
from aggregator.poll.hosts import HostQueues
from aggregator.poll.lanes import Lanes, divide
from aggregator.poll.settings import PollSettings

LAN = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        wake = self.now + seconds
        await asyncio.sleep(0)
        self.now = max(self.now, wake)


def queues(time: Time, chance: float = 0.0, **settings: Any) -> HostQueues:
    return HostQueues(PollSettings(**settings), time.clock, time.sleep, lambda: chance)


def run(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(main())


async def starts(of: HostQueues, time: Time, *urls: str, takes: float = 0.0) -> list[float]:
    """When each URL had its turn, all wanting it at once; a request takes so many seconds."""
    began: list[float] = []

    async def one(url: str) -> None:
        async with of.turn(url):
            began.append(time.now)
            time.now += takes

    await asyncio.gather(*(one(url) for url in urls))
    return began


def test_a_host_is_its_name_and_arxiv_is_one_host() -> None:
    assert host_key("https://Example.ORG:8443/feed") == "example.org" == host_key("http://example.org./")
    arxiv = {host_key(f"https://{host}/x") for host in ("arxiv.org", "export.arxiv.org", "rss.arxiv.org")}
    assert arxiv == {"arxiv.org"}
    assert host_key("https://notarxiv.org/") == "notarxiv.org"
    assert host_key("nonsense") == host_key("http://[") == ""


def test_ports_are_hosts_of_their_own_on_opened_private_addresses_only() -> None:
    assert host_key("http://127.0.0.1:8001/", LAN) != host_key("http://127.0.0.1:8002/", LAN)
    assert host_key("http://127.0.0.1:8001/") == host_key("http://127.0.0.1:8002/")
    assert host_key("http://localhost:8001/", LAN) == "localhost:8001"


@pytest.mark.parametrize(
    ("url", "settings", "rule"),
    [
        ("https://example.org/", {}, HostRule(1.0, 1)),
        ("https://example.org/", {"host_gap_seconds": 0.5, "host_concurrency": 3}, HostRule(0.5, 3)),
        ("https://rss.arxiv.org/", {}, HostRule(3.0, 1)),
        ("https://rss.arxiv.org/", {"host_gap_seconds": 0.0, "host_concurrency": 9}, HostRule(3.0, 1)),
        ("https://rss.arxiv.org/", {"host_gap_seconds": 5.0}, HostRule(5.0, 1)),
        ("http://127.0.0.1/", {}, HostRule(1.0, 1)),
        ("http://127.0.0.1/", {"allow_private_networks": LAN}, HostRule(0.0, 2, holds=False)),
        ("http://[::1]:8000/", {"allow_private_networks": LAN}, HostRule(0.0, 2, holds=False)),
        ("http://127.0.0.1/", {"allow_private_networks": LAN, "host_gap_seconds": 2.0}, HostRule(2.0, 2)),
        ("http://127.0.0.1/", {"allow_private_networks": LAN, "host_concurrency": 1}, HostRule(0.0, 1, holds=False)),
    ],
)
def test_rules(url: str, settings: dict[str, Any], rule: HostRule) -> None:
    made = PollSettings(**settings)
    assert rule_for(host_key(url, made.allow_private_networks), made) == rule


def test_one_at_a_time_with_a_gap_after_each() -> None:
    async def main() -> None:
        time = Time()
        assert await starts(queues(time), time, *["https://a.example/"] * 3, takes=0.5) == [100.0, 101.5, 103.0]

    run(main)


def test_what_never_reached_the_host_is_followed_by_no_gap() -> None:
    async def main() -> None:
        time = Time()
        hosts = queues(time)
        for _ in range(3):
            async with hosts.turn("https://a.example/") as turn:
                turn.asked = False
        assert time.now == 100.0 == hosts.ready_at("a.example")
        assert await starts(hosts, time, *["https://a.example/"] * 2) == [100.0, 101.0]

    run(main)


def test_what_never_reached_the_host_leaves_the_gap_of_another_request() -> None:
    async def main() -> None:
        time = Time()
        hosts = queues(time, host_concurrency=2)
        async with hosts.turn("https://a.example/") as turn:
            assert await starts(hosts, time, "https://a.example/", takes=0.5) == [101.0]
            turn.asked = False
        assert hosts.ready_at("a.example") == 102.5

    run(main)


def test_the_gap_jitters_upwards_only() -> None:
    async def main() -> None:
        time = Time()
        assert await starts(queues(time, chance=1.0), time, *["https://a.example/"] * 3) == [100.0, 101.25, 102.5]

    run(main)


def test_hosts_do_not_wait_for_each_other() -> None:
    async def main() -> None:
        time = Time()
        hosts = ["https://a.example/", "https://b.example/", "https://c.example/"]
        assert await starts(queues(time), time, *hosts) == [100.0] * 3

    run(main)


def test_arxiv_is_asked_every_three_seconds_whatever_the_host() -> None:
    async def main() -> None:
        time = Time()
        urls = ["https://arxiv.org/a", "https://export.arxiv.org/b", "https://rss.arxiv.org/c"]
        assert await starts(queues(time, host_gap_seconds=0.0), time, *urls) == [100.0, 103.0, 106.0]

    run(main)


def test_several_at_a_time_still_keep_the_gap() -> None:
    async def main() -> None:
        time = Time()
        assert await starts(queues(time, host_concurrency=2), time, *["https://a.example/"] * 3) == [100.0, 101.0, 102.0]

    run(main)


def test_after_429_the_whole_host_is_left_alone() -> None:
    async def main() -> None:
        time = Time()
        waiting = queues(time)
        waiting.hold("https://a.example/one", 3600)
        with pytest.raises(FetchError) as caught:
            await starts(waiting, time, "https://a.example/two")
        assert caught.value.code == "E212"
        assert caught.value.retry_after_seconds == 3600
        assert await starts(waiting, time, "https://b.example/") == [100.0]
        time.now += 3600
        assert await starts(waiting, time, "https://a.example/two") == [3700.0]

    run(main)


def test_a_short_hold_is_waited_for_and_a_bare_one_lasts_a_minute() -> None:
    async def main() -> None:
        time = Time()
        waiting = queues(time)
        waiting.hold("https://a.example/", 3)
        assert await starts(waiting, time, "https://a.example/") == [103.0]
        waiting.hold("https://b.example/", None)
        assert waiting.holds() == {"b.example": 60.0}
        other = queues(time)
        other.restore(waiting.holds())
        with pytest.raises(FetchError):
            await starts(other, time, "https://b.example/")

    run(main)


def test_a_machine_of_ones_own_is_not_held() -> None:
    async def main() -> None:
        time = Time()
        waiting = queues(time, allow_private_networks=LAN)
        waiting.hold("http://127.0.0.1:8000/", 3600)
        assert await starts(waiting, time, "http://127.0.0.1:8000/") == [100.0]

    run(main)


# ---------------------------------------------------------------- lanes


def jobs(*addresses: tuple[str, ...]) -> list[tuple[Source, PollState]]:
    return [(Source(f"s{n}", "feed", urls), PollState(f"s{n}")) for n, urls in enumerate(addresses)]


def test_sources_that_share_a_host_go_to_one_process() -> None:
    work = jobs(
        ("https://a.example/1",),
        ("https://b.example/1",),
        ("https://c.example/1", "https://a.example/2"),
        ("https://d.example/1",),
        ("https://export.arxiv.org/1",),
        ("https://rss.arxiv.org/1",),
    )
    parts = divide(work, 2, ())
    assert sorted(index for part in parts for index in part) == list(range(6))
    together = {index: number for number, part in enumerate(parts) for index in part}
    assert together[0] == together[2]
    assert together[4] == together[5]
    assert {len(part) for part in parts} == {3}


def test_a_source_that_has_moved_stands_where_it_is_asked() -> None:
    work = jobs(("https://old.example/",), ("https://new.example/",))
    work[0] = (work[0][0], PollState("s0", moved={"https://old.example/": "https://new.example/feed"}))
    assert divide(work, 2, ()) == [[0, 1]]


def test_a_slow_host_holds_up_its_own_sources_only() -> None:
    time = Time()
    lanes = Lanes(enumerate(jobs(*[("https://a.example/",)] * 3, ("https://b.example/",))), queues(time))
    first, second = lanes.take(), lanes.take()
    assert first
    assert second
    assert {first[2], second[2]} == {0, 3}
    assert lanes.take() is None
    lanes.give_back(first[1])
    following = lanes.take()
    assert following
    assert following[2] == 1
