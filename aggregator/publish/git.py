"""A git repository that documents are written into: is it clean, and a commit of exactly the files that changed. Never a push."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from aggregator.errors import PublishError

_SECONDS = 120
# Set by whoever calls us (a hook, say), they would make git look at another repository.
_ELSEWHERE = frozenset(("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"))


def is_repository(folder: Path) -> bool:
    """True where `folder` lies in the work tree of a repository."""
    return _run(folder, "rev-parse", "--is-inside-work-tree").stdout.strip() == "true"


def check_clean(folder: Path) -> None:
    """Raises PublishError E610 when anything below `folder` is changed, staged or unknown to git."""
    found = _checked(folder, "status", "--porcelain", "--untracked-files=normal", "--", ".").splitlines()
    if found:
        shown = "\n".join(found[:10]) + (f"\n… and {len(found) - 10} more" if len(found) > 10 else "")
        raise PublishError(
            f"the repository has changes that are not committed: {folder}",
            why=shown,
            fix="commit or stash them first; then nothing of yours can be mixed up with what is written here",
            code="E610",
        )


def commit(folder: Path, paths: Sequence[str], message: str) -> str:
    """Commit these paths, relative to `folder`, and nothing else; the short name of the commit, "" where nothing differs."""
    for start in range(0, len(paths), 200):
        _checked(folder, "add", "--all", "--force", "--", *(f":(literal){path}" for path in paths[start : start + 200]))
    if _run(folder, "diff", "--cached", "--quiet").returncode == 0:
        return ""
    _checked(folder, "commit", "--quiet", "-m", message)
    return _checked(folder, "rev-parse", "--short", "HEAD").strip()


def _checked(folder: Path, *arguments: str) -> str:
    run = _run(folder, *arguments)
    if run.returncode != 0:
        raise PublishError(
            f"git {arguments[0]} failed in {folder}",
            why=(run.stderr or run.stdout).strip()[-800:] or None,
            fix="run the same in that folder and mend what git says",
            code="E611",
        )
    return run.stdout


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        name: value for name, value in os.environ.items() if name not in {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"}
    }
    command = ["git", "-c", "core.quotePath=false", "-C", str(folder), *arguments]
    try:
        return subprocess.run(  # noqa: S603 - our own arguments, no shell
            command,
            env=environment | {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError as error:
        raise PublishError("git is not installed", fix="install git, or publish without --commit", code="E611") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PublishError(f"git {arguments[0]} failed in {folder}", why=str(error), code="E611") from error
