"""The kinds of sources as text for a terminal and as a page of documentation."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Sequence

from aggregator.poll.examples import EXAMPLES
from aggregator.poll.sources import KINDS
from aggregator.protocols import Option

HEAD = """\
# Sources

What can stand under `sources:` in sources.yaml. Every source may also have `section`, `interval`, `weight`, `tags`, `time_zone`,
`user_agent` and `mute`. This page is what `aggregator sources kinds --markdown` prints.
"""


def plain(names: Sequence[str], *, examples: bool) -> str:
    """Kinds with their options; with what they are and an example where those are wanted."""
    lines: list[str] = []
    for name in names:
        lines.append(name)
        if examples:
            lines += [f"  {line}" if line else "" for line in _about(name)]
        lines += [f"  {option.name:<14}{option.help}{_default(option)}" for option in KINDS[name].options]
        if examples:
            lines += ["", *(f"  {line}" for line in EXAMPLES[name].splitlines()), ""]
    return "\n".join(lines)


def markdown(names: Sequence[str], *, examples: bool = True) -> str:
    """The same as Markdown."""
    parts = [HEAD]
    for name in names:
        about = "\n".join(_about(name))
        options = "\n".join(f"- `{option.name}` – {option.help}{_default(option)}" for option in KINDS[name].options)
        parts.append("\n\n".join(filter(None, (f"## {name}", about, options, f"```yaml\n{EXAMPLES[name]}```"))) + "\n")
    return "\n".join(parts).rstrip("\n")


def _about(name: str) -> list[str]:
    """What the module of a kind and its class say of it."""
    module = inspect.getdoc(importlib.import_module(f"aggregator.poll.sources.{name}")) or ""
    own = inspect.getdoc(type(KINDS[name])) or ""
    return [*module.removeprefix(f"kind: {name}. ").splitlines(), "", *own.splitlines()]


def _default(option: Option) -> str:
    if option.default in (None, "", (), []):
        return ""
    value = ", ".join(map(str, option.default)) if isinstance(option.default, tuple) else str(option.default)
    return f" (default {value.lower() if isinstance(option.default, bool) else value})"
