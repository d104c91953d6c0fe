"""What processes that share a workspace know of each other's requests."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from aggregator.errors import FetchError
from aggregator.poll.hosts import HostQueues
from aggregator.poll.settings import PollSettings
from aggregator.poll.sharing import LEASES, Place, SharedHosts, Wait
from tests.poll.test_hosts import Time

ROOT = Path(__file__).parents[2]


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "hosts")


def take(hosts: SharedHosts, queue: str, now: float, *, gap: float = 1.0, most: int = 1, wall: float = 0.0) -> Place | Wait:
    return hosts.take(queue, now=now, wall=wall, gap_seconds=gap, concurrency=most, lease_seconds=30.0)


def test_one_at_a_time_then_the_gap(path: str) -> None:
    one, other = SharedHosts(path), SharedHosts(path)
    place = take(one, "a.example", 100.0)
    assert isinstance(place, Place)
    waiting = take(other, "a.example", 101.5)
    assert waiting == Wait(0.05)
    assert isinstance(take(other, "b.example", 101.5), Place)
    one.give_back("a.example", place, now=102.0, next_at=103.2)
    after = take(other, "a.example", 102.2)
    assert isinstance(after, Wait)
    assert after.seconds == pytest.approx(1.0)
    assert isinstance(take(other, "a.example", 103.2), Place)


def test_so_many_at_once_as_the_rule_says(path: str) -> None:
    hosts = SharedHosts(path)
    places = [take(hosts, "a.example", 100.0 + number, most=2) for number in range(3)]
    assert [type(place) for place in places] == [Place, Place, Wait]
    many = [take(hosts, "b.example", 100.0 + 2 * number, gap=0.0, most=99) for number in range(LEASES + 1)]
    assert [type(place) for place in many] == [Place] * LEASES + [Wait]


def test_a_request_that_never_left_takes_back_its_own_gap_only(path: str) -> None:
    hosts = SharedHosts(path)
    place = take(hosts, "a.example", 100.0)
    assert isinstance(place, Place)
    hosts.give_back("a.example", place, now=100.1, next_at=None)
    assert isinstance(take(hosts, "a.example", 100.1, most=2), Place)
    place = take(hosts, "a.example", 101.2, most=2)
    assert isinstance(place, Place)
    assert isinstance(take(hosts, "a.example", 102.3, most=3), Place)
    hosts.give_back("a.example", place, now=102.4, next_at=None)
    waiting = take(hosts, "a.example", 102.5, most=3)
    assert isinstance(waiting, Wait)
    assert waiting.seconds == pytest.approx(0.8)


def test_a_place_that_nobody_gives_back_is_free_when_its_time_is_over(path: str) -> None:
    hosts = SharedHosts(path)
    assert isinstance(take(hosts, "a.example", 100.0), Place)
    assert isinstance(take(hosts, "a.example", 129.9), Wait)
    assert isinstance(take(hosts, "a.example", 130.1), Place)


def test_a_process_that_died_gives_its_place_back(path: str) -> None:
    code = (
        "import sys; from aggregator.poll.sharing import SharedHosts; hosts = SharedHosts(sys.argv[1]); "
        "print(hosts.take('a.example', now=100.0, wall=0.0, gap_seconds=1.0, concurrency=1, lease_seconds=30.0))"
    )
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    died = subprocess.run([sys.executable, "-c", code, path], env=environ, check=True, capture_output=True, text=True)
    assert died.stdout.startswith("Place(")
    hosts = SharedHosts(path)
    assert isinstance(take(hosts, "a.example", 100.5), Wait)  # the gap after it is kept all the same
    assert isinstance(take(hosts, "a.example", 101.1), Place)


def test_a_machine_that_started_anew_owes_no_gap(path: str) -> None:
    hosts = SharedHosts(path)
    place = take(hosts, "a.example", 1_000_000.0)
    assert isinstance(place, Place)
    hosts.give_back("a.example", place, now=1_000_000.0, next_at=1_000_001.0)
    assert isinstance(take(SharedHosts(path), "a.example", 20.0), Place)


def test_a_hold_outlasts_the_process_by_the_clock_on_the_wall(path: str) -> None:
    SharedHosts(path).hold("a.example", now=100.0, until=5_000.0)
    SharedHosts(path).hold("a.example", now=100.0, until=4_000.0)
    hosts = SharedHosts(path)
    assert take(hosts, "a.example", 7.0, wall=4_400.0) == Wait(600.0, held=True)
    assert isinstance(take(hosts, "a.example", 7.0, wall=5_000.5), Place)


def test_more_hosts_than_there_is_room_for_are_still_asked(path: str) -> None:
    hosts = SharedHosts(path)
    for number in range(2000):
        assert isinstance(take(hosts, f"{number}.example", 100.0 + number), Place)
    assert all(isinstance(take(hosts, f"{number}.example", 101.0 + number), Wait) for number in range(1500, 2000))


def test_a_file_of_another_making_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "hosts"
    path.write_bytes(b"\xff" * 10_000_000)
    assert isinstance(take(SharedHosts(str(path)), "a.example", 1.0), Place)


def test_queues_of_two_processes_are_one(path: str) -> None:
    async def main() -> None:
        time = Time()
        began: list[float] = []

        def queues() -> HostQueues:
            return HostQueues(PollSettings(), time.clock, time.sleep, lambda: 0.0, lambda: time.now, SharedHosts(path))

        async def ask(of: HostQueues, url: str) -> None:
            async with of.turn(url):
                began.append(time.now)

        one, other = queues(), queues()
        for of in (one, other, one, other):
            await ask(of, "https://export.arxiv.org/x" if of is one else "https://rss.arxiv.org/y")
        assert began == [100.0, 103.0, 106.0, 109.0]
        one.hold("https://arxiv.org/z", 3600)
        with pytest.raises(FetchError) as caught:
            await ask(other, "https://rss.arxiv.org/y")
        assert (caught.value.code, caught.value.retry_after_seconds) == ("E212", 3597)  # it had waited for the gap
        await ask(other, "https://a.example/")

    asyncio.run(main())


def test_a_machine_of_ones_own_needs_no_file(path: str) -> None:
    from ipaddress import ip_network

    settings = PollSettings(allow_private_networks=(ip_network("127.0.0.0/8"),))
    hosts = SharedHosts(path)

    async def main() -> None:
        queues = HostQueues(settings, shared=hosts)
        async with queues.turn("http://127.0.0.1:8000/"):
            pass

    before = Path(path).read_bytes()
    asyncio.run(main())
    assert Path(path).read_bytes() == before


def test_a_new_file_takes_no_room(path: str) -> None:
    SharedHosts(path).close()
    assert Path(path).stat().st_blocks * 512 < 100_000


def test_a_short_hold_ends_under_a_clock_that_stands_still(path: str) -> None:
    """As a command's does."""
    from datetime import UTC, datetime

    now = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    SharedHosts(path).hold("a.example", now=100.0, until=now.timestamp() + 0.2)

    async def main() -> None:
        queues = HostQueues.sharing(PollSettings(hosts_file=path), lambda: now)
        async with asyncio.timeout(5), queues.turn("https://a.example/"):
            pass
        queues.close()

    asyncio.run(main())
