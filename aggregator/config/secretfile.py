"""Secrets: from the environment, or from a file that the environment names; never from sources.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from aggregator.config import codes
from aggregator.errors import ConfigError

MAX_SECRET_BYTES = 64 * 1024


def secret(environ: Mapping[str, str], name: str) -> tuple[str, str] | None:
    """The value of NAME, or the contents of the file that NAME_FILE names, with the variable it came from; None when
    neither is set. Raises ConfigError when both are, or when the file cannot be read."""
    direct, named = environ.get(name, ""), environ.get(f"{name}_FILE", "")
    if direct and named:
        raise ConfigError(f"{name} and {name}_FILE are both set", fix="unset one of them", code=codes.BAD_ENVIRONMENT)
    if direct:
        return direct, name
    if not named:
        return None
    try:
        with Path(named).open("rb") as stream:
            return stream.read(MAX_SECRET_BYTES).decode("utf-8").strip(), f"{name}_FILE"
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"the file that {name}_FILE names cannot be read",
            why=getattr(error, "strerror", None) or "it is no UTF-8 text",
            fix="check its path, and that you may read it",
            code=codes.UNREADABLE_FILE,
        ) from error
