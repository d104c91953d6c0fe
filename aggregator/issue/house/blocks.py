"""The concrete tree of an issue's text: blocks, and the lines that they cover."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from aggregator.issue.messages import said
from aggregator.model import Finding, Severity


class Kind(StrEnum):
    """What a block is."""

    GAP = "gap"
    FRONT = "front matter"
    TITLE = "heading"
    TAGLINE = "tagline"
    NOTE = "note"
    LEAD = "lead"
    OPENER = "opener"
    BRIEF = "brief"
    SECTION = "section"
    SECTION_NOTE = "section note"
    ITEM = "item"
    PAST = "past issues"
    FOOTER = "footer"
    OTHER = "not understood"


@dataclass(frozen=True, slots=True)
class Block:
    """Lines `start` to `end` (exclusive) and the blank lines after them, up to `stop`. `section` counts the section
    headings before it, -1 in the preamble."""

    kind: Kind
    start: int
    end: int
    stop: int
    section: int = -1


@dataclass(frozen=True, slots=True)
class Tree:
    """The lines of a text with their ends, and the blocks that cover them in order. `numbers` maps a line to the line of
    the file that it came from, both counted from 0, where the text was brought into shape first."""

    lines: tuple[str, ...]
    blocks: tuple[Block, ...]
    numbers: tuple[int, ...] = ()
    findings: tuple[Finding, ...] = ()

    def core(self, block: Block) -> list[str]:
        """The lines of a block without the blank ones after it."""
        return list(self.lines[block.start : block.end])

    def gap(self, block: Block) -> str:
        """The blank lines after a block, as they are."""
        return "".join(self.lines[block.end : block.stop])

    def text(self, block: Block) -> str:
        """A block as it is, without the blank lines after it."""
        return "".join(self.lines[block.start : block.end])

    def line(self, block: Block) -> int:
        """The line of the file on which a block begins, counted from 1."""
        return (self.numbers[block.start] if self.numbers else block.start) + 1


@dataclass
class Shaped:
    """Lines of Markdown made of another shape, the line of the file (from 0) that each came from, and guesses by line."""

    lines: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    guesses: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line: str, number: int) -> None:
        """Add one line."""
        self.lines.append(line + "\n")
        self.numbers.append(number)

    def guess(self, number: int, words: str) -> None:
        """Remember what was guessed at that line of the file."""
        self.guesses.append((number, words))


def finding(
    key: str, language: str, path: str, line: int | None, *, severity: Severity = Severity.WARNING, **values: object
) -> Finding:
    """A finding of the reader, in a language; `values` fill its message."""
    return Finding(key.partition(".")[0], severity, said(key, language, **values), path, line)
