"""The Jinja2 environment of the templates folder: everything is escaped, a name that is missing is an error."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.bccache import Bucket, BytecodeCache


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The one environment; templates are compiled once a process."""
    loader = PackageLoader("aggregator.publish", "templates")
    return Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        bytecode_cache=_BesideOurCode(),
    )


@lru_cache(maxsize=1)
def _made_by() -> str:
    """What decides the compiled form beside the text: Jinja's version, and the options in this file."""
    return f"{version('jinja2')}\n{Path(__file__).read_text(encoding='utf-8')}\n"


class _BesideOurCode(BytecodeCache):
    """Compiled templates lie where Python keeps its compiled modules, and are trusted as far. What lies there was made from the
    same text by the same versions, or is not used."""

    def get_source_checksum(self, source: str) -> str:
        return super().get_source_checksum(_made_by() + source)

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError), self._place(bucket).open("rb") as file:
            bucket.load_bytecode(file)

    def dump_bytecode(self, bucket: Bucket) -> None:
        if sys.dont_write_bytecode:
            return
        # Where that folder cannot be written, templates are compiled anew every time, as modules are.
        with suppress(OSError):
            self._place(bucket).parent.mkdir(exist_ok=True)
            temporary = self._place(bucket).with_suffix(f".{os.getpid()}")
            temporary.write_bytes(bucket.bytecode_to_string())
            temporary.replace(self._place(bucket))

    @staticmethod
    def _place(bucket: Bucket) -> Path:
        name = f"{bucket.key}.{sys.implementation.cache_tag}.jinja"
        return Path(__file__).parent / "__pycache__" / name


def render(template: str, **values: object) -> str:
    """A template of the folder as text."""
    return environment().get_template(template).render(**values)
