"""Learning apart: a process of its own at low priority, so that neither a poll nor a page waits for it."""

from __future__ import annotations

import os
import subprocess
import sys

from aggregator.app import ranking
from aggregator.app.workspace import Workspace

LOW_PRIORITY = 10


class _Apart(subprocess.Popen[bytes]):
    def __del__(self, *_: object) -> None:
        """It outlives this process on purpose: no warning that nobody has waited for it."""


_begun: list[_Apart] = []


def begin(workspace: Workspace) -> bool:
    """Let the ranking learn in the background when enough was decided, imported or polled since it learnt last; True when it
    begins to. The process ends by itself, and only one learns at a time."""
    _begun[:] = [one for one in _begun if one.poll() is None]
    if _begun or ranking.reason_to_wait(workspace):
        return False
    # -P keeps the current folder off the path: a workspace may hold a file that is called like a module.
    command = [sys.executable, "-P", "-m", "aggregator", "-C", str(workspace.root), "queue", "train", "--if-due"]
    silent = subprocess.DEVNULL
    # It outlives this command, so it gets no terminal, and Ctrl-C is not meant for it.
    begun = _Apart(command, stdin=silent, stdout=silent, stderr=silent, start_new_session=True)
    os.setpriority(os.PRIO_PROCESS, begun.pid, LOW_PRIORITY)
    _begun.append(begun)
    return True
