"""The draft as a list: carry items up and down, into another section, into the headline, or out."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from aggregator.app import arranging, deciding, drafting, reviewing
from aggregator.app.spots import Spot, carried, spots
from aggregator.model import Item
from aggregator.tui.desk import Desk, Said
from aggregator.tui.dialogues import Fields, Written
from aggregator.tui.face import Face
from aggregator.tui.keys import MOVES, OUTLINE, SECTIONS, bindings
from aggregator.tui.shown import line


class Outline(Face):
    """The second screen."""

    TABLE = OUTLINE
    AUTO_FOCUS = "#outline"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(OUTLINE, SECTIONS, MOVES)]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.draft = drafting.draft(desk.workspace)
        self._spots: list[Spot] = []

    def compose(self) -> ComposeResult:
        """Counters, the items under their sections, message, keys."""
        yield Static(id="counters", markup=False)
        yield OptionList(id="outline", markup=False)
        yield Static(id="said", markup=False)
        yield Static(id="keys", markup=False)

    def on_mount(self) -> None:
        """The draft as it stands."""
        self._draw(None)
        self.set_interval(0.4, self._look)

    def on_resize(self) -> None:
        """Bars are as wide as the terminal."""
        self.bars()

    def _look(self) -> None:
        if self.app.screen is self:
            self.look()

    # ------------------------------------------------------------ drawing

    def anew(self, at: int | None = None) -> None:
        """The draft as it stands, the cursor on its item or on its line."""
        here = self._here()
        self.draft = drafting.draft(self.desk.workspace)
        self._draw(here.item.anchor if here else None)

    def _draw(self, anchor: str | None) -> None:
        chooser = self.query_one("#outline", OptionList)
        before = chooser.highlighted
        self._spots = spots(self.draft)
        options = [*self._head(), *self._sections()]
        chooser.clear_options()
        chooser.add_options(options)
        places = {option.id: index for index, option in enumerate(options) if option.id}
        at = places.get(anchor) if anchor else None
        if at is None and places:
            at = min(places.values(), key=lambda index: abs(index - (before or 0)))
        chooser.highlighted = at
        self.bars()

    def _head(self) -> list[Option]:
        draft, words = self.draft, self.words
        rows = [(words("headline"), draft.headline)] if draft.headline else []
        rows += [(words("lead"), text) for text in draft.lead.split("\n")[:1] if text]
        rows += [(words("briefs"), reviewing.plain_line(text)) for text in draft.briefs]
        return [Option(Content.assemble((f"{label}  ", "$foreground 70%"), line(text)), disabled=True) for label, text in rows]

    def _sections(self) -> list[Option]:
        options: list[Option] = []
        for part in self.draft.sections:
            key = self.desk.section_key(part.slug)
            options.append(Option(Content.assemble((f"{key} {line(part.name)} ({len(part.items)})", "bold")), disabled=True))
            for item in part.items:
                star = "* " if item.starred else "  "
                text = Content.assemble(
                    (f"    {star}", "$text-warning"), self._title(item), (f"  {line(item.source)}", "$foreground 70%")
                )
                options.append(Option(text, id=item.anchor))
        return options

    def _title(self, item: Item) -> str:
        return line(reviewing.plain_line(item.title)) or self.words("untitled")

    def _here(self) -> Spot | None:
        chooser = self.query_one("#outline", OptionList)
        if chooser.highlighted is None:
            return None
        anchor = chooser.get_option_at_index(chooser.highlighted).id
        return next((spot for spot in self._spots if spot.item.anchor == anchor), None)

    # ------------------------------------------------------------ moving the cursor

    def action_move(self, lines: int) -> None:
        """Down, or up."""
        chooser = self.query_one("#outline", OptionList)
        chooser.action_cursor_down() if lines > 0 else chooser.action_cursor_up()

    def action_page(self, pages: int) -> None:
        """A screen further, or back."""
        chooser = self.query_one("#outline", OptionList)
        chooser.action_page_down() if pages > 0 else chooser.action_page_up()  # type: ignore[no-untyped-call]

    def action_end(self, way: int) -> None:
        """To the last item, or to the first."""
        chooser = self.query_one("#outline", OptionList)
        chooser.action_last() if way > 0 else chooser.action_first()

    def on_option_list_option_selected(self) -> None:
        """Enter offers what can be done with the item."""
        self.action_menu()

    # ------------------------------------------------------------ arranging

    def _do(self, act: Callable[[Spot], Said]) -> None:
        spot = self._here()
        if spot is not None:
            self.done(self.desk.attempt(lambda: act(spot)))

    def action_carry(self, way: int) -> None:
        """The item one line down, or up."""

        def act(spot: Spot) -> Said:
            goal = carried(self.draft, spot, way)
            return self._moved(spot, *goal) if goal else Said("")

        self._do(act)

    def action_approve_into(self, digit: int) -> None:
        """The item to the end of a section."""
        section = self.desk.section_at(digit)
        if section is None:
            self.tell(Said(self.words("no_section", count=digit), wrong=True))
        else:
            self._do(lambda spot: self._moved(spot, section, None))

    def _moved(self, spot: Spot, section: str, place: int | None) -> Said:
        arranging.move(self.desk.workspace, spot.item.anchor, section, place, now=self.desk.now, who=self.desk.who)
        title = self._title(spot.item)
        return Said(self.words("did.move", section=self.desk.section_title(section), title=title))

    def action_cut(self, later: bool) -> None:
        """The item back into the queue, or to the next issue."""

        def act(spot: Spot) -> Said:
            names = [spot.item.anchor]
            arranging.cut(self.desk.workspace, names, later=later, now=self.desk.now, who=self.desk.who)
            return Said(self.words("did.cut", title=self._title(spot.item)))

        self._do(act)

    def action_star(self) -> None:
        """Into the headline, or out of it."""

        def act(spot: Spot) -> Said:
            on = not spot.item.starred
            arranging.star(self.desk.workspace, [spot.item.anchor], on=on, now=self.desk.now, who=self.desk.who)
            return Said(self.words("did.star" if on else "did.unstar", title=self._title(spot.item)))

        self._do(act)

    # ------------------------------------------------------------ writing

    def action_edit(self) -> None:
        """Title and summary in the person's editor, or right here when there is none."""
        spot = self._here()
        if spot is None:
            return
        if self.review.editor is None:
            self.action_edit_here()
            return

        def accept(text: str) -> Said:
            title, _, summary = text.strip().partition("\n")
            return self.desk.attempt(lambda: self._edited(spot, title.strip(), summary.strip()))

        self.hand_over(f"{spot.item.title}\n\n{spot.item.summary}\n", accept)

    def action_edit_here(self) -> None:
        """Title and summary in two fields; the title alone for an item that came from no candidate."""
        spot = self._here()
        if spot is None:
            return

        def written(result: Written | None) -> None:
            if result is not None:
                self.done(self.desk.attempt(lambda: self._edited(spot, result.line, result.text)))

        text = spot.item.summary if spot.item.candidate_id is not None else None
        self.app.push_screen(Fields(self.words("title.edit"), self.words, spot.item.title, text), written)

    def _edited(self, spot: Spot, title: str, summary: str) -> Said:
        desk, item = self.desk, spot.item
        if title != item.title:
            arranging.retitle(desk.workspace, item.anchor, title, now=desk.now, who=desk.who)
        if summary != item.summary and item.candidate_id is not None:
            deciding.edit(desk.workspace, item.candidate_id, {"summary": summary}, now=desk.now, who=desk.who)
        return Said(self.words("did.edit", title=line(reviewing.plain_line(title))))

    def action_back(self) -> None:
        """To the queue."""
        self.dismiss(None)
