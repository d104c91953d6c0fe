"""Values as YAML on one line, read alike by readers of YAML 1.1 and 1.2. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from aggregator.config.parse import scalar

_PLAIN = re.compile(r"[\w/.](?:[\w ./:@+=&%?~!()|\-–—，。：；、（）「」《》·]*[\w/.)=）」》])?")
_READ_OTHERWISE = re.compile(r"(?:y|n|yes|no|on|off|true|false|null|[0-9][0-9_:.eE+\-]*)", re.IGNORECASE)


def emit_pair(key: str, value: object, *, flow: bool = False) -> str:
    """`key: value` on one line; `flow` where it stands inside braces."""
    return f"{emit(key, flow=flow)}: {emit(value, flow=flow)}"


def emit(value: object, *, flow: bool = False) -> str:
    """A value as YAML on one line, read alike by readers of YAML 1.1 and 1.2: what either could mistake is quoted."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(emit_pair(str(key), one, flow=True) for key, one in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(emit(one, flow=True) for one in value) + "]"
    given = str(value)
    plain = (
        _PLAIN.fullmatch(given) and not _READ_OTHERWISE.fullmatch(given) and ": " not in given and isinstance(scalar(given), str)
    )
    return given if plain else '"' + "".join(map(_quoted, given)) + '"'


def _quoted(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    if char.isprintable():
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
