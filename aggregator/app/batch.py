"""Decisions given as lines of text, one each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from aggregator.app.deciding import decide, describe
from aggregator.app.merging import merge
from aggregator.app.workspace import Workspace
from aggregator.errors import AggregatorError, QueueError
from aggregator.queue import review


@dataclass(frozen=True, slots=True)
class AppliedLine:
    """One line of `queue apply`: what was done, or why not."""

    number: int
    text: str
    error: AggregatorError | None = None


def apply_lines(workspace: Workspace, lines: Iterable[str], *, now: datetime, who: str) -> list[AppliedLine]:
    """One decision a line: `approve 12 papers`, `reject 13 14`, `defer 15`, `merge 16 12`. Blank lines and `#` comments are
    skipped. Every line is an event of its own; a line that cannot be done does not stop the others."""
    applied: list[AppliedLine] = []
    for number, line in enumerate(lines, 1):
        words = line.split("#", 1)[0].split()
        if not words:
            continue
        try:
            applied.append(AppliedLine(number, _apply_line(workspace, words, now=now, who=who)))
        except AggregatorError as error:
            applied.append(AppliedLine(number, " ".join(words), error))
    return applied


def _apply_line(workspace: Workspace, words: list[str], *, now: datetime, who: str) -> str:
    verb, *rest = words
    numbers = [int(word) for word in rest if word.isascii() and word.isdigit()]
    names = [word for word in rest if not (word.isascii() and word.isdigit())]
    usage = QueueError(
        f"cannot read `{' '.join(words)}`",
        fix="write `approve ID… [SECTION]`, `reject ID…`, `defer ID…` or `merge ID INTO`",
        code="E408",
    )
    if verb == "merge" and len(numbers) == 2 and not names:
        merge(workspace, numbers[0], numbers[1], now=now, who=who)
        return f"merged {numbers[0]} into {numbers[1]}"
    if verb not in review.ACTIONS or not numbers or len(names) > (verb == "approve"):
        raise usage
    done = decide(workspace, verb, numbers, now=now, who=who, section=names[0] if names else None)
    return "; ".join(describe(one, verb) for one in done)
