"""What opens over the queue: a text to read, a choice, fields to fill in. None of them decides anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static, TextArea
from textual.widgets.option_list import Option

from aggregator.text import clean, clean_line
from aggregator.tui.words import Words


class Reader(ModalScreen[None]):
    """A text in a frame, to scroll through."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter,left,n,p,c,question_mark", "dismiss_it", show=False),
        Binding("down,j", "scroll(1)", show=False),
        Binding("up,k", "scroll(-1)", show=False),
        Binding("pagedown,space", "scroll(15)", show=False),
        Binding("pageup", "scroll(-15)", show=False),
        Binding("home", "scroll(-1000000)", show=False),
        Binding("end", "scroll(1000000)", show=False),
    ]

    def __init__(self, title: str, text: Content, foot: str) -> None:
        super().__init__()
        self._title, self._text, self._foot = title, text, foot

    def compose(self) -> ComposeResult:
        """The frame and the text."""
        with Vertical(classes="frame tall") as frame:
            frame.border_title, frame.border_subtitle = self._title, self._foot
            with VerticalScroll(id="text", can_focus=False):
                yield Static(self._text, markup=False)

    def action_scroll(self, lines: int) -> None:
        """Down, or up for a negative number of lines."""
        self.query_one("#text").scroll_relative(y=lines, animate=False)

    def action_dismiss_it(self) -> None:
        """Back to the queue."""
        self.dismiss(None)


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a menu: what it stands for, the key that does the same, what it says."""

    name: str
    text: str
    key: str = ""


class Chooser(ModalScreen[str | None]):
    """A few lines, one of which is chosen with arrows and Enter, with its digit, or with a click."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,left,0", "choose(-1)", show=False),
        Binding("enter,right", "take", show=False, priority=True),
        Binding("j", "step(1)", show=False),
        Binding("k", "step(-1)", show=False),
        *(Binding(str(digit), f"choose({digit - 1})", show=False) for digit in range(1, 10)),
    ]

    def __init__(self, title: str, text: str, choices: Sequence[Choice], start: int = 0) -> None:
        super().__init__()
        self._title, self._text, self._choices, self._start = title, text, choices, start

    def compose(self) -> ComposeResult:
        """The frame, what is asked, and the lines."""
        with Vertical(classes="frame") as frame:
            frame.border_title = self._title
            if self._text:
                yield Static(Content(self._text), markup=False, id="asked")
            lines = [
                Content.assemble(
                    (f"{index + 1 if index < 9 else ' '} ", "$foreground 70%"), one.text, (f"  {one.key}", "$foreground 70%")
                )
                for index, one in enumerate(self._choices)
            ]
            yield OptionList(*(Option(text) for text in lines), id="choices")

    def on_mount(self) -> None:
        """Enter takes the first line, or the one that is meant to be taken."""
        self.query_one(OptionList).highlighted = self._start

    def action_take(self) -> None:
        """The line under the cursor."""
        found = self.query(OptionList)
        at = found.first().highlighted if found else None
        self.action_choose(self._start if at is None else at)

    def action_choose(self, index: int) -> None:
        """A line by its place, or none."""
        if index < len(self._choices):
            self.dismiss(self._choices[index].name if index >= 0 else None)

    def action_step(self, lines: int) -> None:
        """The cursor up or down."""
        chooser = self.query_one(OptionList)
        chooser.action_cursor_down() if lines > 0 else chooser.action_cursor_up()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click takes a line."""
        self.action_choose(event.option_index)


@dataclass(frozen=True, slots=True)
class Written:
    """What was typed: one line and a text."""

    line: str
    text: str


class Fields(ModalScreen[Written | None]):
    """One line and a text, or a text alone (`line` None)."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", show=False, priority=True),
        Binding("ctrl+s", "save", show=False, priority=True),
    ]

    def __init__(self, title: str, words: Words, line: str | None, text: str | None) -> None:
        super().__init__()
        self._title, self._words = title, words
        # The fields draw what they are given as it is.
        self._line = None if line is None else clean_line(line, None)
        self._text = None if text is None else clean(text)

    def compose(self) -> ComposeResult:
        """The frame and the fields."""
        with Vertical(classes="frame tall") as frame:
            frame.border_title, frame.border_subtitle = self._title, self._words("edit.keys")
            if self._line is not None:
                yield Static(self._words("field.title"), markup=False, classes="label")
                yield Input(self._line, id="line", select_on_focus=False)
            if self._text is not None:
                yield Static(self._words("field.summary" if self._line is not None else "lead"), markup=False, classes="label")
                yield TextArea(self._text, id="written", tab_behavior="focus")

    def on_input_submitted(self) -> None:
        """Enter goes on to the text, and saves where there is none."""
        if self._text is None:
            self.action_save()
        else:
            self.query_one(TextArea).focus()

    def action_save(self) -> None:
        """Hand back what stands in the fields."""
        line = clean_line(self.query_one(Input).value, None) if self._line is not None else ""
        text = clean(self.query_one(TextArea).text).strip() if self._text is not None else ""
        self.dismiss(Written(line, text))

    def action_cancel(self) -> None:
        """Leave everything as it was."""
        self.dismiss(None)
