"""One set of fingers: what a letter does in the terminal it does in the browser."""

from __future__ import annotations

import pytest

from aggregator.tui import keys as terminal
from aggregator.web import keys as browser

# The terminal has an editor for the whole text and a short form; the browser has one form.
NAMES = {"back": "queue", "edit_inline": "edit", "filter_section": "only_section", "filter_source": "only_source"}
SPELT = {"asterisk": "*", "slash": "/", "question_mark": "?"}


def in_terminal(table: tuple[terminal.Key, ...]) -> dict[str, str]:
    """What each character does, by the word that names it."""
    named = {SPELT.get(one, one): key.word for key in table for one in key.keys.split(",")}
    return {char: NAMES.get(word, word) for char, word in named.items() if len(char) == 1 and word}


def in_browser(table: tuple[browser.Key, ...]) -> dict[str, str]:
    """The same."""
    return {one: key.word.removeprefix("key.") for key in table for one in key.keys.split() if len(one) == 1}


@pytest.mark.parametrize("name", ["QUEUE", "OUTLINE"])
def test_a_letter_means_the_same_in_both_faces(name: str) -> None:
    ours, theirs = in_terminal(getattr(terminal, name)), in_browser(getattr(browser, name))
    both = ours.keys() & theirs.keys()
    assert {char: ours[char] for char in both} == {char: theirs[char] for char in both}
    assert len(both) >= 9


def test_whatever_decides_is_in_both() -> None:
    assert set("ynluhomxNipcPe*/sS") <= in_terminal(terminal.QUEUE).keys() & in_browser(browser.QUEUE).keys()
