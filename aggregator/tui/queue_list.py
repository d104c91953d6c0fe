"""The left side: one line a candidate, drawn only where it can be seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.events import Click
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from aggregator.model import Candidate
from aggregator.text import display_width, fit
from aggregator.tui.shown import line

UNSURE = 0.5
SOURCE_COLUMNS = 16
WIDE = 56


class QueueList(ScrollView, can_focus=True, inherit_bindings=False):
    """Candidates with a cursor and marks. `row_text` gives the columns of a row for a width."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"queue--cursor", "queue--score", "queue--section", "queue--note", "queue--title"}

    class Picked(Message):
        """A row was clicked."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, section_key: Callable[[str], str], ran: str) -> None:
        super().__init__(id="queue")
        self.rows: list[Candidate] = []
        self.marked: set[int] = set()
        self.cursor = 0
        self._section_key = section_key
        self._ran = ran

    @property
    def current(self) -> Candidate | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if self.rows else None

    def show(self, rows: list[Candidate], cursor: int) -> None:
        """Other rows, or another row under the cursor, which is kept in sight."""
        same, was = rows is self.rows, self.cursor
        self.rows = rows
        self.cursor = max(0, min(cursor, len(rows) - 1))
        self.virtual_size = Size(0, len(rows))
        height = self.scrollable_content_region.height
        top = self.scroll_offset.y
        if height:
            wanted = min(max(top, self.cursor - height + 1), self.cursor)
            wanted = max(0, min(wanted, len(rows) - height))
            if wanted != top:
                self.scroll_to(y=wanted, animate=False, immediate=True, force=True)
                same = False
        if same:
            # Only the two lines that differ are drawn, so that a held arrow key keeps up.
            top, width = self.scroll_offset.y, self.scrollable_content_region.width
            self.refresh(*(Region(0, index - top, width, 1) for index in {was, self.cursor}))
        else:
            self.refresh()

    def on_resize(self) -> None:
        """The cursor stays in sight when the terminal changes."""
        self.show(self.rows, self.cursor)

    def on_click(self, event: Click) -> None:
        """A click moves the cursor."""
        index = event.y + self.scroll_offset.y
        if index < len(self.rows):
            self.post_message(self.Picked(index))

    def render_line(self, y: int) -> Strip:
        """The line at `y` of what is seen."""
        index = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        base = self.rich_style
        if index >= len(self.rows):
            return Strip.blank(width, base)
        row, here = self.rows[index], index == self.cursor
        if here:
            base = self.get_component_rich_style("queue--cursor")
        segments = self._segments(row, width, here, base)
        return Strip(segments).adjust_cell_length(width, base)

    def _segments(self, row: Candidate, width: int, here: bool, base: Style) -> list[Segment]:
        def part(name: str) -> Style:
            return base if here else self.get_component_rich_style(f"queue--{name}")

        notes = note(row, self._ran)
        unsure = "?" if row.section_confidence < UNSURE else " "
        head = f"{'>' if here else ' '}{'x' if row.id in self.marked else ' '}"
        score = f"{min(row.score, 999):5.1f} "
        section = f"{self._section_key(row.section)}{unsure} "
        source = ""
        if width >= WIDE:
            named = line(row.source, SOURCE_COLUMNS)
            source = named + " " * (SOURCE_COLUMNS - display_width(named) + 1)
        room = max(width - len(head) - len(score) - len(section) - display_width(source) - display_width(notes), 4)
        title = fit(line(row.title), room)
        return [
            Segment(head, base),
            Segment(score, part("score")),
            Segment(section, part("section")),
            Segment(source, part("note")),
            Segment(title + " " * (room - display_width(title)), part("title")),
            Segment(notes, part("note")),
        ]


def note(row: Candidate, ran: str) -> str:
    """What stands at the end of a row: folded copies, that it ran before, that something is odd."""
    parts = [f"+{len(row.entries) - 1}"] if len(row.entries) > 1 else []
    parts += [ran] if row.seen_in else []
    parts += ["!"] if row.warnings else []
    return f" {' '.join(parts)}" if parts else ""
