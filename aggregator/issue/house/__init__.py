"""The house form: an issue as Markdown, read and written without loss.

A lens. `parse` cuts a text into a concrete tree of blocks that covers every line, and derives the Issue from it; the
Issue keeps the text. `render` cuts that text again, prints every block whose meaning did not change byte for byte, and
only what is new or changed in the canonical form. So `render(parse(text).issue) == text` for every text.

    lines, inline      what a line and a piece of a line are
    head, body, item   one item
    blocks, tree       the whole text -> blocks
    derive             blocks -> Issue
    layout, forms      the templates of each part; which profile a text is in
    shapes, page, flat a page copied as text, HTML flattened to lines -> the Markdown shape
    canon, normal      Issue -> text all anew, and what that says when it is read back
    put, groups, patch Issue -> text where only what changed is anew
"""

from __future__ import annotations

from aggregator.issue.house.forms import imprint, in_form
from aggregator.issue.house.inline import escape_plain
from aggregator.issue.house.item import anchor
from aggregator.issue.house.normal import normal, normal_item
from aggregator.issue.house.put import render
from aggregator.issue.house.reader import Parsed, parse

__all__ = ["Parsed", "anchor", "escape_plain", "imprint", "in_form", "normal", "normal_item", "parse", "render"]
