"""The same store on PostgreSQL: polls, decisions, and several processes or machines at once."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from aggregator.errors import BusyError, StoreError
from aggregator.store.direct import BUSY_TIMEOUT_MS
from aggregator.store.store import Store
from tests.cli.conftest import Desk, desk, item, rss
from tests.store.test_quick import ask, write

__all__ = ["desk"]

pytest.importorskip("psycopg")
pytestmark = pytest.mark.slow  # a server has to start


def _binary(name: str) -> str | None:
    return shutil.which(name) or next(map(str, sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)), None)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """A cluster of its own on a socket, as a user who may run one; its databases are `postgresql:///NAME?host=…`."""
    initdb, ctl = _binary("initdb"), _binary("pg_ctl")
    if initdb is None or ctl is None:
        pytest.skip("no PostgreSQL here")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # a socket's path must be short, and pytest's are not
    as_user: dict[str, object] = {}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "nobody")
        as_user = {"user": "nobody"}
    data = str(folder / "data")
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "cwd": "/"}
    try:
        subprocess.run([initdb, "-D", data, "-U", "agg", "-A", "trust", "-E", "UTF8", "--locale=C"], **quiet, **as_user)  # type: ignore[call-overload]
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        subprocess.run([ctl, "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "start"], **quiet, **as_user)  # type: ignore[call-overload]
        yield f"postgresql://agg@/{{}}?host={folder}"
        subprocess.run([ctl, "-D", data, "-m", "immediate", "stop"], **quiet, **as_user)  # type: ignore[call-overload]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def url(server: str, request: pytest.FixtureRequest) -> str:
    """An empty database."""
    import psycopg

    name = f"d{abs(hash(request.node.nodeid)) % 10**12}"
    with psycopg.connect(server.format("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return server.format(name)


@pytest.fixture
def news(desk: Desk, url: str, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A workspace over it."""
    monkeypatch.setenv("AGGREGATOR_DATABASE_URL", url)
    return desk


def test_the_whole_round(news: Desk) -> None:
    news.configure("/one.xml", "/two.xml")
    news.serve("/one.xml", rss(item(1, "一条新闻", link="https://e.example.org/1"), item(2, "又一条")), ETag='"a"')
    news.serve("/two.xml", rss(item(3, "同一条新闻", link="https://e.example.org/1")))
    assert "2 new · 1 folded · 0 failed" in news("poll").out
    news.upstream.clear()
    news.upstream.expect_request("/one.xml", headers={"If-None-Match": '"a"'}).respond_with_data("", status=304)
    news.serve("/two.xml", rss(item(4, "第四条"), item(3, "同一条新闻", link="https://e.example.org/1")))
    assert "2 polled · 1 unchanged · 1 new" in news("poll", "--all").out
    first = news("queue", "list", "--json").json[0]["id"]
    assert news("queue", "approve", str(first)).code == 0
    assert news("undo").code == 0
    assert news("redo").code == 0
    (explained,) = news("sources", "explain", "one", "--json").json
    assert [request["status"] for request in explained["requests"]] == [304, 200]
    assert news("issue", "publish", "--yes", "--force").code == 0
    assert news("doctor").code == 0


def test_addresses_longer_than_an_index_takes(news: Desk) -> None:
    import random

    chance = random.Random(1)  # noqa: S311 - what is hard to compress
    parts = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=1900)) for _ in range(3)]
    long = [f"https://e.example.org/{part}" for part in parts]
    chinese = "https://e.example.org/" + "".join(chr(chance.randrange(0x4E00, 0x9000)) for _ in range(900))
    news.configure("/one.xml", "/two.xml")
    news.serve("/one.xml", rss(*(item(number, f"长{number}", link=link) for number, link in enumerate([*long, chinese]))))
    news.serve("/two.xml", rss(*(item(9 + number, f"又{number}", link=link) for number, link in enumerate([*long, chinese]))))
    polled = news("poll")
    assert "4 new · 4 folded · 0 failed" in polled.out, polled


def test_one_outcome_that_cannot_be_stored_costs_its_source_alone(news: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from aggregator.store.polls import entries

    real = entries.entry_out

    def poisoned(entry: object, *rest: object) -> dict[str, object]:
        row = real(entry, *rest)  # type: ignore[arg-type]
        return row | {"title": "a\x00b"} if row["source"] == "bad" else row

    monkeypatch.setattr(entries, "entry_out", poisoned)
    news.configure("/one.xml", "/bad.xml", "/two.xml")
    for number, name in enumerate(("one", "bad", "two")):
        news.serve(f"/{name}.xml", rss(item(number, f"{name} 的新闻")))
    assert "3 polled · 0 unchanged · 2 new · 0 folded · 1 failed" in news("poll").out


@pytest.mark.parametrize("seed", range(2))
def test_polls_write_and_find_what_they_do_in_sqlite(url: str, tmp_path: Path, seed: int) -> None:
    found = []
    for address in (url, f"sqlite:///{tmp_path}/a.db"):
        store = Store(address)
        with store.write() as unit:
            asked = write(unit, seed)
        found.append((asked, ask(store, seed)[1:]))  # but for an id, which reserved ones come before
        store.close()
    assert found[0] == found[1]


def test_a_second_poll_on_another_machine_says_so(news: Desk, url: str) -> None:
    news.configure("/one.xml")
    news.serve("/one.xml", rss(item(1, "一条新闻")))
    elsewhere = Store(url)
    with elsewhere.alone("poll"):
        busy = news("poll")
    elsewhere.close()
    assert (busy.code, news.upstream.log) == (75, [])
    assert "another poll is running on this database" in busy.err
    assert "1 new" in news("poll").out


def test_writers_take_turns_and_readers_see_one_state(url: str) -> None:
    store = Store(url)
    order: list[str] = []
    inside = threading.Event()

    def second() -> None:
        inside.wait(10)
        with store.write() as unit:
            order.append(f"second begins with {unit.decisions.newest()[0]} events")

    thread = threading.Thread(target=second)
    thread.start()
    with store.read() as reader:
        before = reader.decisions.newest()
        with store.write() as unit:
            inside.set()
            thread.join(0.3)
            from datetime import UTC, datetime

            unit.decisions.append(at=datetime.now(UTC), who="a", action="approve", subject="1", before={}, after={})
            order.append("first ends")
        thread.join(10)
        assert reader.decisions.newest() == before
    store.close()
    assert order == ["first ends", "second begins with 1 events"]


def test_a_writer_that_waits_too_long_says_who_is_busy(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from aggregator.store import engine

    assert BUSY_TIMEOUT_MS >= 10_000
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 50)
    store = Store(url)
    with store.write(), pytest.raises(StoreError) as caught, store.write():
        pass
    store.close()
    assert caught.value.code == "E303"


def test_two_programs_may_open_an_empty_database_at_once(url: str) -> None:
    errors: list[Exception] = []

    def open_it() -> None:
        try:
            Store(url).close()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []


def test_a_server_that_is_not_there_is_said_so() -> None:
    with pytest.raises(StoreError) as caught:
        Store("postgresql://agg:geheim@127.0.0.1:9/news")
    assert caught.value.code == "E304"
    assert "geheim" not in f"{caught.value} {caught.value.why} {caught.value.fix}"


def test_only_one_run_holds_a_name(url: str) -> None:
    one, other = Store(url), Store(url)
    with ExitStack() as stack:
        stack.enter_context(one.alone("poll"))
        stack.enter_context(other.alone("something else"))
        with pytest.raises(BusyError):
            stack.enter_context(other.alone("poll"))
    with other.alone("poll"):
        pass
    one.close()
    other.close()


def test_what_sqlite_exported_is_restored_whole(desk: Desk, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.configure("/one.xml", "/two.xml")
    desk.serve("/one.xml", rss(item(1, "一条新闻", link="https://e.example.org/1"), item(2, "又一条"), item(3, "第三条")))
    desk.serve("/two.xml", rss(item(4, "同一条新闻", link="https://e.example.org/1")))
    assert "3 new · 1 folded · 0 failed" in desk("poll").out
    for command in (("approve", "1"), ("reject", "2"), ("more-like", "3")):
        assert desk("queue", *command).code == 0
    assert desk("issue", "publish", "--yes", "--force").code == 0
    asked = (
        ("queue", "list", "--status", "all", "--json"),
        ("issue", "list", "--json"),
        ("log", "--json"),
        ("sources", "list", "--json"),
    )
    before, text = [desk(*one).out for one in asked], desk("export").out
    file = desk.root / "store.txt"
    file.write_text(text, encoding="utf-8")
    monkeypatch.setenv("AGGREGATOR_DATABASE_URL", url)
    restored = desk("restore", str(file))
    assert restored.code == 0, restored.err
    assert [desk(*one).out for one in asked] == before
    assert desk("export").out == text
    # Ids that were given are not given again, by any of its tables.
    desk.upstream.clear()
    desk.serve("/one.xml", rss(item(5, "第五条")))
    desk.serve("/two.xml", rss(item(6, "第六条")))
    assert "2 new" in desk("poll", "--all").out
    for one in desk("queue", "list", "--json").json:
        assert desk("queue", "approve", str(one["id"])).code == 0
    assert desk("undo").code == 0
    assert desk("issue", "publish", "--yes", "--force", "--date", "2026-09-20").code == 0
