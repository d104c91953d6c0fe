"""Where the password of a server that other machines reach is kept: as a hash, in the workspace or in the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping

from aggregator.app.workspace import Workspace
from aggregator.config.secretfile import secret
from aggregator.errors import StoreError

FILE = ".aggregator.password"
VARIABLE = "AGGREGATOR_PASSWORD"


def kept_password(workspace: Workspace, environ: Mapping[str, str]) -> str | None:
    """What AGGREGATOR_PASSWORD, or the file that AGGREGATOR_PASSWORD_FILE names, holds (a password or its hash), else the hash
    of the workspace's own file; None where none is set. Raises ConfigError for a file that cannot be read."""
    found = secret(environ, VARIABLE)
    if found is not None:
        return found[0] or None
    try:
        return (workspace.root / FILE).read_text(encoding="ascii").strip() or None
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{workspace.root / FILE} cannot be read", why=str(error), code="E304") from error


def keep_password(workspace: Workspace, hashed: str) -> None:
    """Keep the hash of a password in the workspace, for this account alone to read. Raises StoreError."""
    path = workspace.root / FILE
    fresh = path.with_name(f"{FILE}.tmp")
    try:
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as stream:
            stream.write(hashed + "\n")
        fresh.replace(path)
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written", why=str(error), fix="check that you may write there", code="E304"
        ) from error
