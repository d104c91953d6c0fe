"""Edits of sources.yaml as text, at the place itself: what is not edited keeps every byte. Pure.

A round trip through a YAML writer would move comments and blanks; the places that reading keeps make that needless.
Every edit is read back: it must change what was asked for and nothing else, or it is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from aggregator.config import codes
from aggregator.config.advice import did_you_mean, shown
from aggregator.config.document import Block, Document, Items
from aggregator.config.emit import emit, emit_pair
from aggregator.config.formats import name_from
from aggregator.config.parse import parse
from aggregator.config.values import BadValueError, source_name
from aggregator.errors import ConfigError, Place


class Found(NamedTuple):
    """A source in the file: item `position` of `items`."""

    items: Items
    position: int
    block: Block


def add(text: str, name: str, fields: Mapping[str, object]) -> str:
    """The text with a source appended. `name` is the file's. Raises ConfigError."""
    document = _parsed(text, name)
    root = {} if document.root is None else document.root
    given = {key: list(value) if isinstance(value, tuple) else value for key, value in fields.items() if value is not None}
    _check_name(given.get("name"))
    wanted = str(given.get("name") or name_from(str(given.get("url") or "")))
    twin = next((found for found in _sources(document) if _name(found.block) == wanted), None)
    if twin is not None:
        raise ConfigError(
            f"there is a source {shown(wanted)} already",
            fix="choose another name",
            code=codes.SOURCE_EXISTS,
            place=document.place(twin.block.spot),
        )
    if not isinstance(root, dict):
        raise _not_editable(document, "its top level is no mapping")
    changed = _appended(text, root, given)
    return _checked(changed, document, _sources_with(_plain(document.root), given))


def add_all(text: str, name: str, entries: Sequence[Mapping[str, object]]) -> str:
    """The text with several sources or groups appended, a group as {"group": its name, "sources": its sources}. Their names
    must be free: the caller has seen to it. Raises ConfigError."""
    document = _parsed(text, name)
    root = {} if document.root is None else document.root
    if not isinstance(root, dict):
        raise _not_editable(document, "its top level is no mapping")
    if not entries:
        return text
    for one in (inner for entry in entries for inner in _members(entry)):
        _check_name(one.get("name"))
    changed = _appended_all(text, root, entries)
    plain = _plain(document.root)
    before = plain if isinstance(plain, dict) else {}
    return _checked(changed, document, {**before, "sources": [*(before.get("sources") or []), *entries]})


def groups(text: str, name: str) -> dict[int, str]:
    """The names of the groups by the lines of the sources in them, counted from 1."""
    document = _parsed(text, name)
    items = document.root.get("sources") if isinstance(document.root, Block) else None
    found: dict[int, str] = {}
    for group in items if isinstance(items, Items) else []:
        inner = group.get("sources") if isinstance(group, Block) else None
        if isinstance(group, Block) and isinstance(inner, Items):
            found |= {spot.line + 1: str(group.get("group") or "") for spot in inner.items_at}
    return found


def _members(entry: Mapping[str, object]) -> list[Mapping[str, object]]:
    inner = entry.get("sources")
    return [one for one in inner if isinstance(one, Mapping)] if isinstance(inner, list) else [entry]


def remove(text: str, name: str, source: str) -> str:
    """The text without that source."""
    document = _parsed(text, name)
    items, index, _ = _find(document, source)
    spot = items.items_at[index]
    if items.flow:
        if index + 1 < len(items):
            changed = text[: spot.start] + text[items.items_at[index + 1].start :]
        else:
            changed = text[: items.items_at[index - 1].end if index else spot.start] + text[spot.end :]
    else:
        changed = text[: _line_start(text, _dash(text, spot.start))] + text[_line_end(text, spot.start, spot.end) :]
    return _checked(changed, document, _changed(_plain(document.root), _path_of(document, source), lambda _: None))


def set_key(text: str, name: str, source: str, key: str, value: object) -> str:
    """The text with one key of that source set, or removed where `value` is None."""
    document = _parsed(text, name)
    block = _find(document, source).block
    path, plain = _path_of(document, source), _plain(document.root)
    if key == "name":
        _check_name(value)
    if value is None:
        if key not in block:
            return text
        if len(block) == 1:
            raise _not_editable(document, f"{shown(key)} is all that the source has")
        return _checked(_without(text, block, key), document, _changed(plain, path, lambda old: _dropped(old, key)))
    value = list(value) if isinstance(value, tuple) else value
    changed = _replaced(text, block, key, value) if key in block else _inserted(text, block, key, value)
    return _checked(changed, document, _changed(plain, path, lambda old: {**old, key: value}))


def _appended(text: str, root: Mapping[str, object], fields: Mapping[str, object]) -> str:
    return _appended_all(text, root, [fields])


def _appended_all(text: str, root: Mapping[str, object], entries: Sequence[Mapping[str, object]]) -> str:
    newline = "\r\n" if "\r\n" in text else "\n"
    sources = root.get("sources")
    if isinstance(sources, Items) and sources:
        last = sources.items_at[-1]
        if sources.flow:
            return f"{text[: last.end]}, {', '.join(emit(dict(fields)) for fields in entries)}{text[last.end :]}"
        dash = _dash(text, last.start)
        indent = text[_line_start(text, dash) : dash]
        lines = "".join(_entry(fields, indent, newline) for fields in entries)
        return _with_lines(text, _line_end(text, last.start, last.end), lines, newline)
    lines = "".join(_entry(fields, "  ", newline) for fields in entries)
    if isinstance(sources, Items):
        return f"{text[: sources.spot.start].rstrip(' ')}{newline}{lines.rstrip()}{text[sources.spot.end :]}"
    if isinstance(root, Block) and "sources" in root:
        key = root.keys_at["sources"]
        return _with_lines(text, _line_end(text, key.start, key.end), lines, newline)
    return _with_lines(text, len(text), f"{newline if text else ''}sources:{newline}{lines}", newline)


def _entry(fields: Mapping[str, object], indent: str, newline: str) -> str:
    lines: list[str] = []
    for key, value in fields.items():
        mark = "  " if lines else "- "
        if key == "sources" and isinstance(value, list):
            lines.append(f"{indent}{mark}sources:{newline}")
            lines += [_entry(one, f"{indent}    ", newline) for one in value]
        else:
            lines.append(f"{indent}{mark}{emit_pair(key, value)}{newline}")
    return "".join(lines)


def _replaced(text: str, block: Block, key: str, value: object) -> str:
    spot = block.values_at[key]
    if spot.start == block.keys_at[key].end:
        colon = text.index(":", spot.start) + 1
        return f"{text[:colon]} {emit(value, flow=block.flow)}{text[colon:]}"
    return text[: spot.start] + emit(value, flow=block.flow) + text[_content_end(text, spot.start, spot.end) :]


def _inserted(text: str, block: Block, key: str, value: object) -> str:
    last = next(reversed(block))
    spot = block.values_at[last]
    if block.flow:
        end = spot.end if spot.start != block.keys_at[last].end else text.index(":", spot.end) + 1
        return f"{text[:end]}, {emit_pair(key, value, flow=True)}{text[end:]}"
    indent = " " * next(iter(block.keys_at.values())).column
    newline = "\r\n" if "\r\n" in text else "\n"
    return _with_lines(text, _line_end(text, spot.start, spot.end), f"{indent}{emit_pair(key, value)}{newline}", newline)


def _without(text: str, block: Block, key: str) -> str:
    keys = list(block)
    index = keys.index(key)
    here, spot = block.keys_at[key], block.values_at[key]
    if index == 0:
        return text[: here.start] + text[block.keys_at[keys[1]].start :]
    if block.flow:
        return text[: block.values_at[keys[index - 1]].end] + text[spot.end :]
    return text[: _line_start(text, here.start)] + text[_line_end(text, spot.start, spot.end) :]


def _parsed(text: str, name: str) -> Document:
    document = parse(text, name)
    if document.problems:
        raise document.problems[0]
    return document


def _sources(document: Document) -> Iterator[Found]:
    items = document.root.get("sources") if isinstance(document.root, Block) else None
    if not isinstance(items, Items):
        return
    for index, item in enumerate(items):
        inner = item.get("sources") if isinstance(item, Block) else None
        if isinstance(inner, Items):
            yield from (Found(inner, place, one) for place, one in enumerate(inner) if isinstance(one, Block))
        elif isinstance(item, Block):
            yield Found(items, index, item)


def _check_name(name: object) -> None:
    """Raises ConfigError for a name with which the file could not be loaded any more."""
    try:
        if name is not None:
            source_name(name)
    except BadValueError as bad:
        raise ConfigError(bad.what, why=bad.why, fix=bad.fix, code=bad.code) from None


def _name(block: Block) -> str:
    urls = block.get("urls")
    first = urls[0] if isinstance(urls, list) and urls else block.get("url")
    return str(block.get("name") or name_from(str(first or ""))).strip()


def _find(document: Document, source: str) -> Found:
    names: list[str] = []
    for found in _sources(document):
        names.append(_name(found.block))
        if names[-1] == source:
            return found
    raise ConfigError(
        f"there is no source {shown(source)}{did_you_mean(source, names)}",
        fix="aggregator sources list   shows their names",
        code=codes.NO_SUCH_SOURCE,
        place=Place(document.name),
    )


def _path_of(document: Document, source: str) -> list[str | int]:
    """The way to a source from the root, as keys and indices."""
    items, index, _ = _find(document, source)
    root = document.root
    top = root["sources"] if isinstance(root, Block) else None
    if items is top or not isinstance(top, Items):
        return ["sources", index]
    outer = next(place for place, one in enumerate(top) if isinstance(one, Block) and one.get("sources") is items)
    return ["sources", outer, "sources", index]


def _checked(changed: str, document: Document, expected: object) -> str:
    """`changed`, if it reads as the data `expected`. Raises ConfigError otherwise."""
    try:
        found = parse(changed, document.name)
    except ConfigError as error:
        raise _not_editable(document, error.what) from error
    if found.problems or _plain(found.root) != _plain(expected):
        raise _not_editable(document, "the edit would have changed something else too")
    return changed


def _plain(data: object) -> object:
    """Ordinary dicts and lists; an empty list and nothing are the same, as they are in this file."""
    if isinstance(data, dict):
        return {key: _plain(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_plain(value) for value in data] or None
    return data


def _changed(data: object, path: Sequence[str | int], change: Callable[[dict[str, object]], object]) -> object:
    """`data` with what stands at `path` changed, or dropped from its list where the change gives None."""
    if not path:
        return change(data) if isinstance(data, dict) else data
    step, rest = path[0], path[1:]
    if isinstance(data, dict):
        return {key: _changed(value, rest, change) if key == step else value for key, value in data.items()}
    if isinstance(data, list):
        changed = [_changed(value, rest, change) if index == step else value for index, value in enumerate(data)]
        return [value for value in changed if value is not None]
    return data


def _dropped(data: Mapping[str, object], key: str) -> dict[str, object]:
    return {name: value for name, value in data.items() if name != key}


def _sources_with(data: object, source: object) -> object:
    root = data if isinstance(data, dict) else {}
    return {**root, "sources": [*(root.get("sources") or []), source]}


def _not_editable(document: Document, why: str) -> ConfigError:
    return ConfigError(
        "the file is written in a form that cannot be edited here",
        why=why,
        fix="edit it by hand",
        code=codes.NOT_EDITABLE,
        place=Place(document.name),
    )


def _dash(text: str, start: int) -> int:
    """Where the hyphen of the block item that begins at `start` stands."""
    return text.rindex("-", 0, start)


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _content_end(text: str, start: int, end: int) -> int:
    return start + len(text[start:end].rstrip())


def _line_end(text: str, start: int, end: int) -> int:
    """Behind the line on which what begins at `start` and ends before `end` has its last visible character."""
    found = text.find("\n", _content_end(text, start, end))
    return len(text) if found < 0 else found + 1


def _with_lines(text: str, at: int, lines: str, newline: str) -> str:
    before = text[:at]
    return (before if not before or before.endswith("\n") else before + newline) + lines + text[at:]
