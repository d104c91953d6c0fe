"""Which key does what, the same as in the terminal: one table for the script of the pages, the help and the menu."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    """`keys` as browsers name them (KeyboardEvent.key, Ctrl+ and Alt+ before it), `action` what the script does, `shown` how
    the help prints the keys, `word` what it is called. `menu` False keeps it from being chosen there."""

    keys: str
    action: str
    shown: str
    word: str
    menu: bool = True


_MOVES = (
    Key("j ArrowDown", "down", "j ↓", "key.down", menu=False),
    Key("k ArrowUp", "up", "k ↑", "key.up", menu=False),
    Key("PageDown", "page-down", "PgDn", "key.page", menu=False),
    Key("PageUp", "page-up", "PgUp", "key.page_back", menu=False),
    Key("Home", "first", "Home", "key.first", menu=False),
    Key("End", "last", "End", "key.last", menu=False),
)
_ISSUE = (
    Key("i", "lead", "i", "key.lead"),
    Key("p", "preview", "p", "key.preview"),
    Key("c", "check", "c", "key.check"),
    Key("P", "publish", "P", "key.publish"),
    Key("u", "undo", "u", "key.undo"),
    Key("Ctrl+r", "redo", "Ctrl-R", "key.redo"),
    Key("?", "help", "?", "key.help", menu=False),
    Key("0", "help", "0", "key.menu", menu=False),
)
QUEUE = (
    Key("y ArrowRight Enter", "approve", "y → Enter", "key.approve"),
    Key("1 2 3 4 5 6 7 8 9", "into", "1-9", "key.into", menu=False),
    Key("n ArrowLeft", "reject", "n ←", "key.reject"),
    Key("l", "defer", "l", "key.defer"),
    Key("h", "brief", "h", "key.brief"),
    Key("*", "star", "*", "key.star"),
    Key("e E", "edit", "e", "key.edit"),
    Key("o", "open", "o", "key.open"),
    Key("m", "merge", "m", "key.merge"),
    Key("x", "mark", "x", "key.mark"),
    Key("N", "rest", "N", "key.rest"),
    *_MOVES,
    Key("/", "search", "/", "key.search"),
    Key("s", "only-section", "s", "key.only_section"),
    Key("S", "only-source", "S", "key.only_source"),
    Key("Escape", "clear", "Esc", "key.clear"),
    Key("a", "add", "a", "key.add"),
    Key("Tab", "outline", "Tab", "key.outline"),
    *_ISSUE,
)
OUTLINE = (
    *_MOVES,
    Key("J Alt+ArrowDown", "carry-down", "J Alt-↓", "key.carry_down"),
    Key("K Alt+ArrowUp", "carry-up", "K Alt-↑", "key.carry_up"),
    Key("1 2 3 4 5 6 7 8 9", "into", "1-9", "key.into", menu=False),
    Key("n ArrowLeft", "cut", "n ←", "key.cut"),
    Key("l", "cut-later", "l", "key.cut_later"),
    Key("*", "star", "*", "key.star"),
    Key("e E Enter ArrowRight", "edit", "e Enter", "key.edit"),
    Key("o", "open", "o", "key.open"),
    Key("t", "text", "t", "key.text"),
    Key("Tab q Escape", "queue", "Tab", "key.queue"),
    *_ISSUE,
)
