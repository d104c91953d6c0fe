"""`--help` answers at once, because nothing heavy is imported for it."""

from __future__ import annotations

import subprocess
import sys

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
