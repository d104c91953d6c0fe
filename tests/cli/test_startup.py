"""`--help` answers at once, because nothing heavy is imported for it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import typer

from aggregator.__main__ import _server
from aggregator.cli.command import command
from aggregator.cli.main import MODULES, program
from tests.cli.conftest import Desk, item, rss

HEAVY = (
    "alembic",
    "asyncio",
    "feedgen",
    "feedparser",
    "httpx",
    "jinja2",
    "lxml",
    "pydantic",
    "rich",
    "ruamel",
    "sklearn",
    "sqlalchemy",
    "sqlmodel",
    "starlette",
    "textual",
    "uvicorn",
    "aggregator.app",
    "aggregator.model",
)


def test_help_imports_nothing_heavy() -> None:
    code = "import sys\nfrom aggregator.cli.main import run\nrun(['--help'])\nprint('LOADED', *sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    head, _, loaded = done.stdout.partition("LOADED ")
    assert "queue" in head
    modules = set(loaded.split())
    assert [name for name in HEAVY if name in modules] == []


DATABASE = ("alembic", "sqlalchemy", "sqlmodel", "aggregator.store.store", "aggregator.store.tables")


def loaded(desk: Desk, *arguments: str) -> tuple[str, list[str]]:
    """What a command prints, and what of the database it imports."""
    code = "import sys\nfrom aggregator.cli.main import run\nrun(sys.argv[1:])\nprint('LOADED', *sys.modules)"
    command = [sys.executable, "-c", code, "-C", str(desk.root), *arguments]
    out, _, modules = subprocess.run(command, capture_output=True, text=True, check=True).stdout.partition("LOADED ")
    return out, sorted(set(modules.split()) & set(DATABASE))


def test_a_poll_of_an_sqlite_file_does_without_sqlalchemy(desk: Desk) -> None:
    desk.configure("/one.xml", "/two.xml", "/gone.xml")
    address = "https://e.example.org/quantised-models"
    desk.serve("/one.xml", rss(item(1, "量化模型发布", link=address)))
    desk.serve("/two.xml", rss(item(2, "另一条新闻")))
    desk.upstream.expect_request("/gone.xml").respond_with_data("", status=429, headers={"Retry-After": "7200"})
    out, modules = loaded(desk, "poll")
    assert "2 new · 0 folded · 0 failed" in out
    assert modules == []
    (first,) = (one["id"] for one in desk("queue", "list", "--json").json if one["title"] == "量化模型发布")
    assert desk("queue", "approve", str(first)).code == 0
    desk.upstream.clear()
    desk.serve("/one.xml", rss(item(3, "第三条新闻"), item(1, "量化模型发布", link=address)))
    desk.serve("/two.xml", rss(item(4, "量化模型发布了", text="长" * 900, link=address), item(2, "另一条新闻")))
    desk.serve("/gone.xml", rss(item(5, "第五条消息")))
    out, modules = loaded(desk, "poll", "--all")
    assert "2 new · 1 folded · 0 failed" in out
    assert modules == []
    out, modules = loaded(desk, "poll", "--all")
    assert "3 unchanged · 0 new" in out
    assert modules == []
    assert len(desk("queue", "list", "--json").json) == 3


def test_an_interrupt_while_the_program_is_imported_is_no_traceback() -> None:
    code = (
        "import sys\n"
        "class Struck:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'aggregator.cli.main':\n"
        "            raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Struck())\n"
        "from aggregator.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ([], None),
        (["poll"], "poll"),
        (["-C", "poll", "queue", "list"], "queue"),
        (["--workspace", "queue", "--debug", "poll", "--all"], "poll"),
        (["--workspace=queue", "-Cx", "poll"], "poll"),
        (["--version"], None),
        (["-h", "poll"], None),
        (["--help", "poll"], None),
        (["poll", "--help"], "poll"),
    ],
)
def test_the_command_is_seen_among_the_options(arguments: list[str], found: str | None) -> None:
    assert command(arguments) == found


def test_every_module_brings_the_commands_that_are_looked_for_in_it() -> None:
    brought = {
        module: listed(program(commands[0]))  # the program of one command has those of its module alone
        for module, commands in MODULES.items()
    }
    assert brought == {module: set(commands) for module, commands in MODULES.items()}
    assert listed(program()) == {name for names in MODULES.values() for name in names}
    assert listed(program("nonsense")) == listed(program())


def listed(app: typer.Typer) -> set[str]:
    return set(typer.main.get_command(app).commands)


def test_other_commands_are_not_imported() -> None:
    code = "import sys\nfrom aggregator.cli.main import run\nrun(['queue', '--help'])\nprint('LOADED', *sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = done.stdout.partition("LOADED ")[2].split()
    assert "aggregator.cli.queue" in loaded
    assert not {"aggregator.cli.issue", "aggregator.cli.web", "aggregator.cli.review"} & set(loaded)


@pytest.mark.parametrize(
    ("arguments", "started"),
    [(["poll"], True), (["-C", "x", "poll", "--all"], True), (["poll", "-h"], False), (["doctor"], False)],
)
def test_a_poll_starts_its_server_first(arguments: list[str], started: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    with _server(arguments) as server:
        assert (server is not None) == started
    if server is not None:
        with pytest.raises(OSError, match=r"closed|descriptor|pipe"):
            server.process()


def test_a_server_that_cannot_be_started_first_is_left_to_the_poll(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    with _server(["poll"]) as server:
        assert server is None


def test_on_one_processor_nothing_is_started_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    with _server(["poll"]) as server:
        assert server is None
