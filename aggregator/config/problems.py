"""What pydantic found -> ConfigErrors with places, in the words of the file."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Sequence

from pydantic import BaseModel, ValidationError

from aggregator.config import codes
from aggregator.config.advice import did_you_mean, listed, shown
from aggregator.config.document import Block, Document, Items, Spot
from aggregator.config.values import BadValueError, kind_of
from aggregator.errors import ConfigError, Place

Path = Sequence[str | int]

_EXAMPLES = {
    "name": "add `name: …`",
    "base_url": "add `base_url: https://example.org/news/`, the address at which feeds/ is served",
    "sections": "add `sections:` with a list of `slug` and `title`",
    "slug": "add `slug: news`, a short word for addresses",
    "title": "add `title: …`, the heading that readers see",
}


def place_of(document: Document, data: object, path: Path, *, key: bool = False) -> Place:
    """The place of the value at `path` inside `data`, or of its key. What does not exist stands where its parent does."""
    spot = data.spot if isinstance(data, (Block, Items)) else document.spot
    for step in path:
        found: Spot | None = None
        if isinstance(data, Block) and isinstance(step, str) and step in data:
            found, is_last = data.values_at[step], step == path[-1]
            if key and is_last:
                found = data.keys_at[step]
            data = data[step]
        elif isinstance(data, Items) and isinstance(step, int) and step < len(data):
            found = data.items_at[step]
            data = data[step]
        if found is None:
            break
        spot = found
    return document.place(spot)


def from_validation(
    error: ValidationError, document: Document, data: object, model: type[BaseModel], path: Path = ()
) -> list[ConfigError]:
    """The errors of one model, whose data begin at `data`; `path` leads from there to a part that was validated alone."""
    found: list[ConfigError] = []
    for detail in error.errors(include_url=False):
        loc = detail["loc"]
        full = (*path, *loc)
        name = next((step for step in reversed(full) if isinstance(step, str)), None)
        if detail["type"] == "extra_forbidden":
            found.append(unknown_key(str(full[-1]), known_keys(model, loc[:-1]), place_of(document, data, full, key=True)))
        elif detail["type"] == "missing":
            found.append(_missing(full, place_of(document, data, full[:-1], key=True)))
        elif isinstance(cause := (detail.get("ctx") or {}).get("error"), BadValueError):
            found.append(from_bad(cause, name, place_of(document, data, full)))
        else:
            found.append(_mistyped(detail["type"], detail["input"], name, place_of(document, data, full)))
    return found


def from_bad(bad: BadValueError, name: str | None, place: Place) -> ConfigError:
    """The error of one value; `name` is its key."""
    subject = f"`{name}`" if name else "this"
    joined = f"{subject} {bad.what}" if bad.what.startswith(("must ", "is ")) else f"{subject}: {bad.what}"
    return ConfigError(joined if name else bad.what, why=bad.why, fix=bad.fix, code=bad.code, place=place)


def unknown_key(key: str, known: Sequence[str], place: Place, *, hint: str | None = None) -> ConfigError:
    """The error for a key that is not known there."""
    near = did_you_mean(key, known)
    return ConfigError(
        f"unknown key {shown(key)}{near}",
        why=None if near else f"known here: {listed(known)}",
        fix=hint or ("correct the spelling" if near else "remove it, or use one of the known keys"),
        code=codes.UNKNOWN_KEY,
        place=place,
    )


def known_keys(model: type[BaseModel], path: Path) -> list[str]:
    """The keys of the model at `path` below `model`."""
    current: type[BaseModel] = model
    for step in path:
        if isinstance(step, str) and step in current.model_fields:
            inner = _model_in(current.model_fields[step].annotation)
            if inner is None:
                return []
            current = inner
    return [*current.model_fields, *getattr(current, "also_known", ())]


def _model_in(annotation: object) -> type[BaseModel] | None:
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, typing.get_args(annotation))), None)


def _missing(path: Path, place: Place) -> ConfigError:
    key = str(path[-1])
    parent = next((step for step in reversed(path[:-1]) if isinstance(step, str)), None)
    subject = "the file" if parent is None else f"an item of `{parent}`" if isinstance(path[-2], int) else f"`{parent}`"
    return ConfigError(
        f"{subject} has no `{key}`", fix=_EXAMPLES.get(key, f"add `{key}: …`"), code=codes.MISSING_KEY, place=place
    )


def _mistyped(kind: str, value: object, name: str | None, place: Place) -> ConfigError:
    wanted, fix = {
        "list_type": ("a list", "begin each item with a hyphen and a blank"),
        "dict_type": ("a mapping", "write `key: value`, one a line"),
        "model_type": ("a mapping", "write `key: value`, one a line"),
    }.get(kind, ("something else", "compare it with a new file: aggregator init DIR"))
    subject = f"`{name}`" if name else "the file"
    given = f": {shown(value)}" if isinstance(value, (str, int, float)) else ""
    return ConfigError(
        f"{subject} must be {wanted}, but this is {kind_of(value)}{given}", fix=fix, code=codes.WRONG_TYPE, place=place
    )
