"""What makes the documents: the program's own texts and the libraries that decide bytes. Another one may print something else.

Nothing heavy is imported here: a run that finds nothing to do needs no more than this.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from aggregator import __version__

_LIBRARIES = ("feedgen", "jinja2", "lxml", "markdown-it-py", "nh3", "selectolax", "css-inline")
_SOURCES = ("__init__.py", "model", "text.py", "urls", "publish", "issue")
_READERS = ("store/mapping.py", "store/shelf.py", "store/head.py")
_ENDINGS = (".py", ".html", ".css", ".js", ".svg", ".png", ".txt")
# The extended program cuts Chinese into words; the other finds whole runs of it at best.
_PROGRAMS = ("pagefind_bin_extended", "pagefind_bin")


@lru_cache(maxsize=1)
def program_digest() -> str:
    """A digest of the code and templates that make documents, and of the versions of what they use."""
    libraries = [f"{name} {_version(name)}" for name in _LIBRARIES]
    return _digest_of(_SOURCES, __version__, *libraries)


@lru_cache(maxsize=1)
def reading_digest() -> str:
    """A digest of the code that makes issues from rows, which decides what earlier runs found out about rows."""
    return _digest_of(_READERS)


def _digest_of(sources: Sequence[str], *versions: str) -> str:
    found = hashlib.sha256()
    package = Path(__file__).parent.parent
    for place in (package / name for name in sources):
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.name.endswith(_ENDINGS) and path.is_file():
                found.update(path.name.encode())
                found.update(path.read_bytes())
    for one in versions:
        found.update(one.encode())
    return found.hexdigest()


@lru_cache(maxsize=1)
def search_version() -> str:
    """The version of pagefind and its program; "" where one of them is not installed."""
    programs = [name for name in _PROGRAMS if find_spec(name)]
    found = _version("pagefind")
    return f"{found} {programs[0]}" if programs and found else ""


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
