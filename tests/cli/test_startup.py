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
