"""Finding a workspace, and making a new one."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from aggregator.config import codes
from aggregator.config.files import write_atomically
from aggregator.errors import ConfigError

FILE = "sources.yaml"
DATABASE = "aggregator.db"
GITIGNORE = """\
# The database, its journal, the lock and the place in the review stay on this machine.
aggregator.db*
.aggregator.*
*.tmp
"""


def find_workspace(start: Path, *, upward: bool = True) -> Path:
    """The nearest folder with a sources.yaml, at `start` or above it; only `start` itself when not `upward`.

    Raises ConfigError E102 when there is none.
    """
    folder = start.absolute()
    for candidate in (folder, *folder.parents) if upward else (folder,):
        if (candidate / FILE).exists():
            return candidate
    raise ConfigError(
        f"there is no {FILE} in {start}" + (" or in a folder above it" if upward else ""),
        why="a workspace is a folder with that file",
        fix=f"aggregator init {start}   makes one there; -C DIR names another folder",
        code=codes.NO_WORKSPACE,
    )


def init(folder: Path, *, lang: str = "en") -> list[Path]:
    """Make a workspace: a commented sources.yaml, .gitignore, feeds/. Returns what was made, in that order.

    `lang` "zh" gives a Chinese publication, anything else an English one. A .gitignore that exists is left alone.
    Raises ConfigError when there is a sources.yaml already, or the folder cannot be written.
    """
    target = folder / FILE
    if target.exists() or target.is_symlink():
        raise ConfigError(
            f"{target} is there already",
            why="a workspace is never overwritten",
            fix="edit that file, or name an empty folder: aggregator init DIR",
            code=codes.WORKSPACE_EXISTS,
        )
    made: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(target, template(lang))
        made.append(target)
        if not (folder / ".gitignore").exists():
            write_atomically(folder / ".gitignore", GITIGNORE)
            made.append(folder / ".gitignore")
        if not (folder / "feeds").exists():
            (folder / "feeds").mkdir()
            made.append(folder / "feeds")
    except OSError as error:
        raise ConfigError(
            f"{folder} cannot be written",
            why=error.strerror or str(error),
            fix="name a folder that you may write into",
            code=codes.NOT_WRITABLE,
        ) from error
    return made


def template(lang: str = "en") -> str:
    """The text of a new sources.yaml."""
    name = "sources.zh.yaml" if lang.startswith("zh") else "sources.en.yaml"
    return (resources.files("aggregator.config") / "templates" / name).read_text(encoding="utf-8")
