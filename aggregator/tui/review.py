"""The queue and one candidate of it: a key for each decision, then the next row."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from aggregator.app import sitting
from aggregator.errors import AggregatorError
from aggregator.model import Candidate, CandidateFilter
from aggregator.tui.desk import Desk, Said
from aggregator.tui.dialogues import Fields, Written
from aggregator.tui.face import Face
from aggregator.tui.keys import MOVES, QUEUE, SECTIONS, bindings
from aggregator.tui.preview import preview
from aggregator.tui.query import filter_of, text_of
from aggregator.tui.queue_list import QueueList
from aggregator.tui.shown import line

LOOK_SECONDS = 0.4


class Review(Face):
    """The first screen."""

    TABLE = QUEUE
    AUTO_FOCUS = "#queue"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(QUEUE, SECTIONS, MOVES)]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.list = QueueList(desk.section_key, self.words("ran.short"))
        self._losers: list[int] = []
        self._warm_now = False

    def compose(self) -> ComposeResult:
        """Counters, queue and candidate, message, keys."""
        yield Static(id="counters", markup=False)
        with Horizontal(id="body"):
            yield self.list
            with VerticalScroll(id="side", can_focus=False):
                yield Static(id="preview", markup=False)
        yield Input(placeholder=self.words("search"), id="search", select_on_focus=False)
        yield Static(id="said", markup=False)
        yield Static(id="keys", markup=False)

    def on_mount(self) -> None:
        """Go on where the last sitting was left off."""
        kept = sitting.place(self.desk.workspace)
        self.desk.open(kept.index)
        at = self.desk.index_of(kept.candidate)
        self.show_row(kept.index if at is None else at)
        self.run_worker(self._warm, thread=True, exit_on_error=False)

    def _warm(self) -> None:
        # The queue stands on the screen; what a key needs is read meanwhile.
        try:
            self.desk.warm()
            said = Said("")
        except AggregatorError as error:
            said = Said(self.words.error(error), wrong=True)
        # Whoever leaves at once leaves nobody to tell.
        with contextlib.suppress(RuntimeError):
            self.app.call_from_thread(self._warmed, said)

    def _warmed(self, said: Said) -> None:
        self._warm_now = not said.wrong
        self._draw_preview()
        self.set_interval(LOOK_SECONDS, self._look)
        if said.wrong:
            self.tell(said)

    def on_resize(self) -> None:
        """Bars are as wide as the terminal."""
        self._bars()

    # ------------------------------------------------------------ drawing

    def anew(self, at: int | None = None) -> None:
        """Draw what the desk holds; the cursor stays on its candidate, or else on its line."""
        wanted = at if at is not None else (self.list.current.id if self.list.current else None)
        found = self.desk.index_of(wanted) if wanted is not None else None
        self.show_row(self.list.cursor if found is None else found)

    def show_row(self, index: int) -> None:
        """The cursor on a line; the candidate beside it; the place is kept for the next start."""
        self.list.show(self.desk.rows, index)
        if self.desk.reach(self.list.cursor):
            self.list.show(self.desk.rows, self.list.cursor)
        current = self.list.current
        self._draw_preview()
        self.query_one("#side").scroll_home(animate=False, immediate=True)
        self._bars()
        if not self._narrowed:
            sitting.keep_place(self.desk.workspace, sitting.Place(current.id if current else 0, self.list.cursor))

    def _draw_preview(self) -> None:
        current = self.list.current
        empty = Content(self.words("empty_filter" if self._narrowed else "empty"))
        self.query_one("#preview", Static).update(preview(self.desk, current, plain=not self._warm_now) if current else empty)

    @property
    def _narrowed(self) -> bool:
        return self.desk.wanted != CandidateFilter()

    def _bars(self) -> None:
        extra = [self.words("filter", what=text_of(self.desk.wanted))] if self._narrowed else []
        extra += [self.words("marked", count=len(self.list.marked))] if self.list.marked else []
        self.bars(" | ".join(extra))

    def _look(self) -> None:
        if self.app.screen is self:
            self.look()

    # ------------------------------------------------------------ moving

    def action_move(self, lines: int) -> None:
        """Down, or up."""
        self.show_row(self.list.cursor + lines)

    def action_page(self, pages: int) -> None:
        """A screen further, or back."""
        self.show_row(self.list.cursor + pages * max(self.list.size.height - 1, 1))

    def action_end(self, way: int) -> None:
        """To the last row that is read, or to the first."""
        self.show_row(len(self.desk.rows) - 1 if way > 0 else 0)

    def action_scroll_preview(self, lines: int) -> None:
        """The candidate's text down, or up."""
        self.query_one("#side").scroll_relative(y=lines, animate=False)

    def on_queue_list_picked(self, event: QueueList.Picked) -> None:
        """A click."""
        self.show_row(event.index)

    # ------------------------------------------------------------ deciding

    def _ids(self) -> list[int]:
        """What a key is about: all that is marked, else the row."""
        marked = [row.id for row in self.desk.rows if row.id in self.list.marked]
        return marked or ([self.list.current.id] if self.list.current else [])

    def _decided(self, said: Said) -> None:
        """On to the next row: the decided one has left its place to it."""
        if not said.wrong:
            self.list.marked.clear()
            self.list.refresh()
        self.show_row(self.list.cursor)
        self.tell(said)

    def action_decide(self, action: str) -> None:
        """Approve, reject or defer what is marked, or the row."""
        ids = self._ids()
        if ids:
            self._decided(self.desk.decide(action, ids))

    def action_approve(self) -> None:
        """Approve into the predicted section; while merging, fold into this row."""
        if self._losers:
            self._merge()
        else:
            self.action_decide("approve")

    def action_approve_into(self, digit: int) -> None:
        """Approve into a section by its digit."""
        section, ids = self.desk.section_at(digit), self._ids()
        if section is None:
            self.tell(Said(self.words("no_section", count=digit), wrong=True))
        elif ids:
            self._decided(self.desk.decide("approve", ids, section))

    def action_brief(self) -> None:
        """Turn into a brief."""
        ids = self._ids()
        if ids:
            self._decided(self.desk.brief(ids))

    def action_star(self) -> None:
        """Approve into the headline."""
        ids = self._ids()
        if ids:
            self._decided(self.desk.star(ids))

    def action_rest(self) -> None:
        """Reject all that is still pending here."""
        self._decided(self.desk.reject_rest())

    def action_mark(self) -> None:
        """Mark the row, or take its mark away; on to the next."""
        if self.list.current:
            self.list.marked ^= {self.list.current.id}
            self.show_row(self.list.cursor + 1)

    def action_merge(self) -> None:
        """Choose the row that this one, or all that is marked, goes into; a second `m` there does it."""
        current = self.list.current
        if self._losers:
            self._merge()
        elif current is not None:
            self._losers = self._ids()
            like = next((at for one in current.similar if (at := self.desk.index_of(one.id)) is not None), None)
            if like is not None:
                self.show_row(like)
            self.tell(Said(self.words("merge.ask", title=line(current.title, 24))))

    def _merge(self) -> None:
        current = self.list.current
        losers = [number for number in self._losers if current and number != current.id]
        if current is None or not losers:
            self.tell(Said(self.words("merge.self"), wrong=True))
            return
        self._losers = []
        self.list.marked.clear()
        self.done(self.desk.merge(losers, current.id))

    def action_open(self) -> None:
        """The candidate's page in the browser."""
        if self.list.current:
            self.open_url(self.list.current.url)

    # ------------------------------------------------------------ writing

    def action_edit(self) -> None:
        """Title and summary in the person's editor, or right here when there is none."""
        current = self.list.current
        if current is None:
            return
        if self.review.editor is None:
            self.action_edit_here()
            return
        self.hand_over(f"{current.title}\n\n{current.summary}\n", lambda text: self._taken(current, text))

    def _taken(self, current: Candidate, text: str) -> Said:
        title, _, summary = text.strip().partition("\n")
        return self.desk.edit(current.id, title.strip(), summary.strip())

    def action_edit_here(self) -> None:
        """Title and summary in two fields."""
        current = self.list.current
        if current is None:
            return

        def written(result: Written | None) -> None:
            if result is not None:
                self.done(self.desk.edit(current.id, result.line, result.text))

        self.app.push_screen(Fields(self.words("title.edit"), self.words, current.title, current.summary), written)

    # ------------------------------------------------------------ narrowing

    def action_search(self) -> None:
        """Ask for what to show."""
        field = self.query_one("#search", Input)
        field.add_class("open")
        field.value = text_of(self.desk.wanted)
        field.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Show what was asked for."""
        event.stop()
        self._narrow(filter_of(event.value))

    def _narrow(self, wanted: CandidateFilter) -> None:
        self.query_one("#search", Input).remove_class("open")
        self.list.focus()
        said = self.desk.narrow(wanted)
        self.anew()
        self.tell(said)

    def action_only(self, field: str) -> None:
        """Only the section, or the source, of this row; all again when it is so already."""
        current = self.list.current
        if current is not None:
            wanted = self.desk.wanted
            if field == "section":
                self._narrow(replace(wanted, section=None if wanted.section else current.section))
            else:
                self._narrow(replace(wanted, source=None if wanted.source else current.source))

    def action_clear(self) -> None:
        """Leave merging, marks, the search and the filter, in that order of what there is."""
        self.query_one("#search", Input).remove_class("open")
        self.list.focus()
        if self._losers or self.list.marked:
            self._losers = []
            self.list.marked.clear()
            self.list.refresh()
            self.show_row(self.list.cursor)
            self.tell(Said(""))
        elif self._narrowed:
            self._narrow(CandidateFilter())

    # ------------------------------------------------------------ the draft

    def action_outline(self) -> None:
        """The draft, to arrange."""
        # What prints an issue is not needed to show the queue.
        from aggregator.tui.outline import Outline

        def closed(_: None) -> None:
            self.anew()

        self.app.push_screen(Outline(self.desk), closed)
