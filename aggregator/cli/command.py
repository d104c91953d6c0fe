"""The command that is asked for, as far as that is seen before the command line is read."""

from __future__ import annotations

from collections.abc import Sequence

_WITH_VALUE = ("-C", "--workspace")
_HELP = ("-h", "--help")


def command(arguments: Sequence[str]) -> str | None:
    """The first word that is no option and no value of one; None where none stands before help is asked for."""
    words = iter(arguments)
    for word in words:
        if word in _WITH_VALUE:
            next(words, None)
        elif word in _HELP:
            return None
        elif not word.startswith("-"):
            return word
    return None
