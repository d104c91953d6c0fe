"""The terminal review: the program around its screens."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from aggregator.tui.desk import Desk
from aggregator.tui.keys import QUEUE
from aggregator.tui.review import Review

INTERRUPTED = 130
# Opens a text in the person's own editor and hands what was written to the function; it raises AggregatorError.
Editor = Callable[[str, Callable[[str], None]], None]


class ReviewApp(App[None]):
    """One sitting. `editor` None means that there is no editor to hand the terminal to."""

    CSS_PATH = "review.tcss"
    TITLE = "aggregator review"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c", "interrupt", show=False, priority=True)]

    def __init__(self, desk: Desk, *, editor: Editor | None = None, light: bool = False) -> None:
        super().__init__()
        self.desk = desk
        self.editor = editor
        self.theme = "textual-light" if light else "textual-dark"

    def get_default_screen(self) -> Screen[None]:
        """The queue."""
        return Review(self.desk)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The command palette: what the keys do, and the theme."""
        words = self.desk.words
        for key in QUEUE:
            if key.menu and isinstance(screen, Review):
                yield SystemCommand(words(f"key.{key.word}"), key.shown, self._runs(screen, key.action))
        yield SystemCommand("Theme", "", self.action_change_theme)

    def _runs(self, screen: Review, action: str) -> Callable[[], None]:
        def run() -> None:
            self.call_later(screen.run_action, action)

        return run

    def action_interrupt(self) -> None:
        """Ctrl-C leaves; everything is saved."""
        self.exit(return_code=INTERRUPTED)
