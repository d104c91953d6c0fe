"""Which key does what: one table for the keys themselves, the bar below, the help and the menu."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding

from aggregator.text import display_width
from aggregator.tui.words import Words


@dataclass(frozen=True, slots=True)
class Key:
    """`keys` as Textual names them, `action` with its arguments, `shown` as the bar prints it, `word` what it is called.
    `menu` False keeps it out of the menu."""

    keys: str
    action: str
    shown: str = ""
    word: str = ""
    menu: bool = True


SECTIONS = tuple(Key(str(digit), f"approve_into({digit})") for digit in range(1, 10))
MOVES = (
    Key("j,down", "move(1)", "j k", "move", menu=False),
    Key("k,up", "move(-1)"),
    Key("pagedown", "page(1)", "PgDn", "page", menu=False),
    Key("pageup", "page(-1)"),
    Key("home", "end(-1)"),
    Key("end", "end(1)"),
)
# In the order of the bar: what is pressed most stands first, because a narrow terminal shows only the beginning.
QUEUE = (
    Key("y,right,enter", "approve", "y", "approve"),
    Key("n,left", "decide('reject')", "n", "reject"),
    Key("", "", "1-4", "sections", menu=False),
    Key("l", "decide('defer')", "l", "defer"),
    Key("u", "undo", "u", "undo"),
    Key("tab", "outline", "Tab", "outline"),
    Key("0", "menu", "0", "menu", menu=False),
    Key("question_mark", "help", "?", "help"),
    Key("N", "rest", "N", "rest"),
    Key("P", "publish", "P", "publish"),
    Key("e", "edit", "e", "edit"),
    Key("h", "brief", "h", "brief"),
    Key("asterisk", "star", "*", "star"),
    Key("o", "open", "o", "open"),
    Key("m", "merge", "m", "merge"),
    Key("x", "mark", "x", "mark"),
    Key("slash", "search", "/", "search"),
    Key("i", "lead", "i", "lead"),
    Key("p", "preview", "p", "preview"),
    Key("c", "check", "c", "check"),
    Key("q", "app.quit", "q", "quit"),
    Key("ctrl+r", "redo", "^R", "redo"),
    Key("E", "edit_here", "E", "edit_inline"),
    Key("space", "scroll_preview(8)", "Space", "scroll", menu=False),
    Key("b", "scroll_preview(-8)", menu=False),
    Key("s", "only('section')", "s", "filter_section"),
    Key("S", "only('source')", "S", "filter_source"),
    Key("escape", "clear", "Esc", "clear"),
    Key("ctrl+p", "app.command_palette", "^P", "palette", menu=False),
)
OUTLINE = (
    Key("J", "carry(1)", "J", "carry_down"),
    Key("K", "carry(-1)", "K", "carry_up"),
    Key("", "", "1-4", "sections", menu=False),
    Key("n,left", "cut(False)", "n", "cut"),
    Key("l", "cut(True)", "l", "cut_later"),
    Key("asterisk", "star", "*", "star"),
    Key("e", "edit", "e", "edit"),
    Key("E", "edit_here", "E", "edit_inline"),
    Key("i", "lead", "i", "lead"),
    Key("u", "undo", "u", "undo"),
    Key("ctrl+r", "redo", "^R", "redo"),
    Key("p", "preview", "p", "preview"),
    Key("c", "check", "c", "check"),
    Key("P", "publish", "P", "publish"),
    Key("0", "menu", "0", "menu", menu=False),
    Key("question_mark", "help", "?", "help"),
    Key("tab,escape,q", "back", "Tab", "back"),
)


def bindings(*tables: tuple[Key, ...]) -> list[Binding]:
    """The keys as Textual wants them."""
    return [Binding(key.keys, key.action, key.word, show=False) for table in tables for key in table if key.keys]


def bar(table: tuple[Key, ...], words: Words, columns: int, sections: int) -> str:
    """As many keys as fit into that many columns."""
    shown: list[str] = []
    width = 0
    for key in table:
        if not key.word:
            continue
        text = f"{_named(key, sections)} {words(f'key.{key.word}')}"
        step = display_width(text) + (2 if shown else 0)
        if width + step > columns:
            break
        shown.append(text)
        width += step
    return "  ".join(shown)


def help_lines(table: tuple[Key, ...], words: Words, sections: int) -> list[tuple[str, str]]:
    """Every key with all its names, and what it does."""
    named = {"question_mark": "?", "asterisk": "*", "slash": "/", "escape": "Esc", "tab": "Tab", "enter": "Enter"}
    named |= {"right": "→", "left": "←", "down": "↓", "up": "↑", "pagedown": "PgDn", "pageup": "PgUp"}
    named |= {"ctrl+r": "Ctrl-R", "ctrl+p": "Ctrl-P", "space": "Space"}
    lines = []
    for key in table:
        if key.word:
            keys = " ".join(named.get(name, name) for name in key.keys.split(",")) if key.keys else _named(key, sections)
            lines.append((keys, words(f"key.{key.word}")))
    return lines


def _named(key: Key, sections: int) -> str:
    return f"1-{min(sections, 9)}" if key.word == "sections" else key.shown
