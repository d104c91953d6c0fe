"""YAML text -> plain data that know where they stand.

Built from the parser's events and not by its constructors: nothing but text, numbers, true, false and null comes out,
nothing recurses, an alias is never expanded, and every key and value keeps its place. Scalars follow YAML 1.2's core
schema (`no` is a text); keys are always texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)
from ruamel.yaml.events import CollectionEndEvent as EndEvent

from aggregator.config import codes
from aggregator.config.advice import explain_yaml
from aggregator.config.document import Block, Document, Items, Spot
from aggregator.errors import ConfigError, Place

# The parser in C is an accelerator of ruamel.yaml that not every platform has.
HAS_FAST_PARSER = find_spec("_ruamel_yaml") is not None

MAX_DEPTH = 20

_INTEGER = re.compile(r"[-+]?[0-9]{1,18}|0o[0-7]{1,20}|0x[0-9a-fA-F]{1,16}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}
_NOT_A_WORD = re.compile(r"[^-+.0-9~tTfFnN]")


def parse(text: str, name: str, *, fast: bool = HAS_FAST_PARSER) -> Document:
    """Plain data with places. Raises ConfigError at the first place that is not YAML; problems that leave the rest
    readable (a duplicate key, a tag) are collected. `fast` uses the parser in C where it is installed."""
    builder = _Builder(name)
    try:
        for event in _events(text, fast=fast):
            builder.take(event)
    except MarkedYAMLError as error:
        if fast and "unexpected ':'" in str(error.problem):
            # YAML 1.2 allows `{url: https://…}`; the parser in C keeps to 1.1 there.
            return parse(text, name, fast=False)
        raise explain_yaml(error, text, name) from None
    except YAMLError as error:
        raise ConfigError("this is not YAML", why=str(error).splitlines()[0], code=codes.BAD_YAML, place=Place(name)) from None
    return Document(name, builder.root, builder.spot, tuple(builder.problems))


def _events(text: str, *, fast: bool) -> Iterator[Event]:
    yaml = YAML(typ="safe", pure=not fast, plug_ins=[])
    yield from yaml.parse(text)


@dataclass(slots=True)
class _Builder:
    """Takes events one by one; an explicit stack, so that depth is a number and not the interpreter's."""

    name: str
    root: object = None
    spot: Spot = field(default_factory=lambda: Spot(0, 0, 0, 0))
    problems: list[ConfigError] = field(default_factory=list)
    _stack: list[Block | Items] = field(default_factory=list)
    _keys: list[tuple[str, Spot] | None] = field(default_factory=list)
    _documents: int = 0
    _last: int = 0

    def take(self, event: Event) -> None:
        if isinstance(event, ScalarEvent):
            self._scalar(event)
        elif isinstance(event, (MappingStartEvent, SequenceStartEvent)):
            self._open(event)
        elif isinstance(event, EndEvent):
            self._close(event)
        elif isinstance(event, AliasEvent):
            raise self._error(event, "YAML aliases are not read here", fix="write the value out, or group the sources")
        elif isinstance(event, DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise self._error(event, "the file holds a second document", fix="remove the line `---`")

    def _scalar(self, event: ScalarEvent) -> None:
        spot, plain = _spot(event), event.style in (None, "") and event.tag is None
        pending = self._keys[-1] if self._stack else None
        if self._stack and isinstance(self._stack[-1], Block) and pending is None:
            self._keys[-1] = (event.value, spot)
            self._last = spot.end
            return
        self._check_tag(event)
        if plain and not event.value and pending is not None:
            # The parsers disagree on where nothing stands, so it stands at its key.
            key_spot = pending[1]
            spot = key_spot._replace(start=key_spot.end)
        else:
            self._last = max(self._last, spot.end)
        self._add(scalar(event.value) if plain else event.value, spot)

    def _open(self, event: MappingStartEvent | SequenceStartEvent) -> None:
        if self._stack and isinstance(self._stack[-1], Block) and self._keys[-1] is None:
            raise self._error(event, "a key has to be a text", fix="quote it if it begins with [ or {")
        if len(self._stack) >= MAX_DEPTH:
            raise self._error(event, f"nested deeper than {MAX_DEPTH} levels", fix="nothing in this file nests that deep")
        self._check_tag(event)
        flow, spot = bool(event.flow_style), _spot(event)
        node: Block | Items = (Block if isinstance(event, MappingStartEvent) else Items)(spot, flow=flow)
        self._stack.append(node)
        self._keys.append(None)

    def _close(self, event: EndEvent) -> None:
        node = self._stack.pop()
        self._keys.pop()
        if node.flow:
            self._last = event.end_mark.index
        # A block's end mark lies behind the comments that follow it; its content ends with its last scalar.
        node.spot = node.spot._replace(end=max(self._last, node.spot.start))
        self._add(node, node.spot)

    def _add(self, value: object, spot: Spot) -> None:
        if not self._stack:
            self.root, self.spot = value, spot
            return
        parent = self._stack[-1]
        if isinstance(parent, Items):
            parent.append(value)
            parent.items_at.append(spot)
            return
        pending = self._keys[-1]
        self._keys[-1] = None
        if pending is None:
            return
        key, key_spot = pending
        if key in parent:
            first = parent.keys_at[key].line + 1
            self.problems.append(
                ConfigError(
                    f"the key `{key[:60]}` stands twice",
                    why=f"it is given in line {first} already",
                    fix="keep one of the two",
                    code=codes.DUPLICATE_KEY,
                    place=Place(self.name, key_spot.line + 1, key_spot.column + 1),
                )
            )
            return
        parent.put(key, value, key_spot, spot)

    def _check_tag(self, event: NodeEvent) -> None:
        tag = getattr(event, "tag", None)
        if tag is not None:
            shown = str(tag).replace("tag:yaml.org,2002:", "!!")[:60]
            fix = "remove the tag; values are texts, numbers and lists"
            self.problems.append(self._error(event, f"the YAML tag {shown} is not read here", fix=fix))

    def _error(self, event: Event, what: str, *, fix: str) -> ConfigError:
        mark = event.start_mark
        return ConfigError(what, fix=fix, code=codes.REFUSED_YAML, place=Place(self.name, mark.line + 1, mark.column + 1))


def _spot(event: Event) -> Spot:
    start = event.start_mark
    return Spot(start.line, start.column, start.index, event.end_mark.index)


def scalar(text: str) -> str | int | float | bool | None:
    """What a plain scalar means in YAML 1.2's core schema. Source: YAML 1.2.2, section 10.3.2."""
    if text in _WORDS:
        return _WORDS[text]
    if _NOT_A_WORD.match(text):
        return text
    if _INTEGER.fullmatch(text):
        base = {"0o": 8, "0x": 16}.get(text[:2], 10)
        return int(text[2:] if base != 10 else text, base)
    if _FLOAT.fullmatch(text):
        return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return text
