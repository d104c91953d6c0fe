"""Values of a profile, the form of an issue -> what the program works with. Pure; raises BadValueError."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from string import Formatter

from aggregator.config import codes, values
from aggregator.config.advice import did_you_mean, listed, shown
from aggregator.config.values import BadValueError
from aggregator.model import DEFAULT_LINK_LABELS, DEFAULT_SPELLINGS

PAST_FORMS = ("list", "table", "none")


def placeholders(*names: str) -> Callable[[object], str]:
    """A checker of texts with the placeholders `names`, all of which must be there."""

    def check(value: object) -> str:
        given = values.text(value)
        try:
            found = {name for _, name, _, _ in Formatter().parse(given) if name is not None}
        except ValueError:
            found = {""}
        if given and found != set(names):
            wanted = listed(f"{{{name}}}" for name in names)
            raise BadValueError(
                codes.BAD_VALUE, f"must hold {wanted} and no other braces", fix=f"put {wanted} where it is to stand"
            )
        return given

    return check


def past_form(value: object) -> str:
    """One of the forms of past issues."""
    given = values.text(value)
    if given not in PAST_FORMS:
        hint = did_you_mean(given, PAST_FORMS)
        raise BadValueError(
            codes.BAD_VALUE, f"{shown(given)} is no form of past issues{hint}", fix=f"use one of {listed(PAST_FORMS)}"
        )
    return given


def link_labels(value: object) -> dict[str, str]:
    """Labels by the roles of links."""
    if not isinstance(value, dict):
        raise values.wrong_type(value, "a mapping of roles to labels")
    for role in value:
        if role not in DEFAULT_LINK_LABELS:
            hint = did_you_mean(role, DEFAULT_LINK_LABELS)
            raise BadValueError(
                codes.UNKNOWN_KEY, f"{shown(role)} is no role of a link{hint}", fix=f"use one of {listed(DEFAULT_LINK_LABELS)}"
            )
    return {role: values.line(label) for role, label in value.items()}


def spellings(value: object) -> dict[str, tuple[str, ...]]:
    """Labels by what they label."""
    if not isinstance(value, dict):
        raise values.wrong_type(value, "a mapping of what is labelled to its spellings")
    for what in value:
        if what not in DEFAULT_SPELLINGS:
            hint = did_you_mean(what, DEFAULT_SPELLINGS)
            fix = f"use one of {listed(DEFAULT_SPELLINGS)}"
            raise BadValueError(codes.UNKNOWN_KEY, f"{shown(what)} has no label{hint}", fix=fix)
    return {what: values.texts(labels) for what, labels in value.items()}


def ids(value: object) -> dict[str, str]:
    """Accounts and addresses by their names."""
    if not isinstance(value, dict):
        raise values.wrong_type(value, "a mapping of names to addresses or accounts")
    return {values.line(name): values.line(account) for name, account in value.items()}


def day(value: object) -> date:
    """A day of the calendar."""
    given = values.line(value)
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise BadValueError(codes.BAD_VALUE, f"{shown(given)} is no date", fix="write it like 2026-09-01") from None


def folder(value: object) -> str:
    """A folder of the workspace."""
    given = values.line(value)
    if given.startswith(("/", "~")) or ".." in given.replace("\\", "/").split("/") or not given:
        raise BadValueError(codes.BAD_VALUE, f"{shown(given)} is no folder of the workspace", fix="name one beside sources.yaml")
    return given


def notes(value: object) -> tuple[str, ...]:
    """Texts, each a note."""
    if not isinstance(value, list):
        raise values.wrong_type(value, "a list", "begin each note with a hyphen and a blank")
    return tuple(values.text(one) for one in value)
