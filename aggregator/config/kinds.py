"""The options of source kinds: declared as data by each kind, checked here by a model made from them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import PlainValidator, create_model

from aggregator.config import codes, values
from aggregator.config.advice import shown
from aggregator.config.document import Block, Document
from aggregator.config.problems import from_bad, known_keys, place_of, unknown_key
from aggregator.config.schema import SourcePart
from aggregator.config.settings import Kind
from aggregator.errors import ConfigError
from aggregator.protocols import Option


def _mapping(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise values.wrong_type(value, "a mapping", "write `key: value`, one a line")
    return dict(value)


def _path(value: object) -> Path:
    given = values.line(value)
    try:
        return Path(given).expanduser()
    except RuntimeError as error:
        what = f"{shown(given)} names no folder"
        raise values.BadValueError(codes.BAD_VALUE, what, why=str(error), fix="write the path out") from None


_CHECKS: dict[type, Any] = {
    str: values.text,
    bool: values.flag,
    int: values.whole,
    float: values.number,
    list: values.texts,
    tuple: values.texts,
    dict: _mapping,
    re.Pattern: values.regex,
    Path: _path,
}


class KindModels:
    """One model for each kind, made when it is first needed. An option of type re.Pattern arrives compiled; one of type Path is
    absolute, and stands to `folder` where it was not."""

    def __init__(self, kinds: Mapping[str, Kind], folder: Path) -> None:
        self._kinds = kinds
        self._folder = folder
        self._models: dict[str, type[SourcePart]] = {}

    def model(self, kind: str) -> type[SourcePart]:
        """What a source of that kind may have."""
        if kind not in self._models:
            fields: dict[str, Any] = {
                option.name: (Annotated[object, PlainValidator(_CHECKS[option.type])], None)
                for option in self._kinds[kind].options
            }
            self._models[kind] = create_model(f"{kind.title()}SourcePart", __base__=SourcePart, **fields)
        return self._models[kind]

    def options(self, part: SourcePart, kind: str) -> dict[str, object]:
        """The options of a source as given, else their defaults; those with neither are left out."""
        given = part.model_fields_set
        return {
            option.name: self._given(option, getattr(part, option.name)) if option.name in given else option.default
            for option in self._kinds[kind].options
            if option.name in given or option.default is not None
        }

    def _given(self, option: Option, value: object) -> object:
        return str(self._folder / value) if option.type is Path and isinstance(value, Path) else value

    def hinted(self, problem: ConfigError, kind: str, block: Block) -> ConfigError:
        """An unknown key that another kind knows says which; any other problem stays as it is."""
        if problem.code != codes.UNKNOWN_KEY or problem.place is None:
            return problem
        spot = (problem.place.line, problem.place.column)
        key = next((key for key, at in block.keys_at.items() if (at.line + 1, at.column + 1) == spot), "")
        owner = next((name for name, one in self._kinds.items() if any(option.name == key for option in one.options)), None)
        if owner is None or owner == kind:
            return problem
        hint = f"it is an option of the kind {owner}: add `kind: {owner}`"
        return unknown_key(key, known_keys(self.model(kind), ()), problem.place, hint=hint)


def with_options(block: Block, document: Document, problems: list[ConfigError]) -> Block:
    """A source's mapping with what stands under its `options:` beside the rest, each with its place."""
    if "options" not in block:
        return block
    merged = Block(block.spot, flow=block.flow)
    for key in block:
        if key != "options":
            merged.put(key, block[key], block.keys_at[key], block.values_at[key])
    inner = block["options"]
    if not isinstance(inner, Block):
        if inner is not None:
            bad = values.wrong_type(inner, "a mapping", "write the options as `key: value`, one a line")
            problems.append(from_bad(bad, "options", place_of(document, block, ("options",))))
        return merged
    for key in inner:
        if key not in merged:
            merged.put(key, inner[key], inner.keys_at[key], inner.values_at[key])
            continue
        problems.append(
            ConfigError(
                f"{shown(key)} is given twice, once under `options`",
                fix="keep one of the two",
                code=codes.OPTION_TWICE,
                place=document.place(inner.keys_at[key]),
            )
        )
    return merged
