"""The schema of a database: made at once where there is none yet, brought up by migrations where there is an older one."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import URL, Engine

from aggregator.errors import StoreError
from aggregator.store import direct
from aggregator.store.head import HEAD
from aggregator.store.tables import METADATA

# Alembic keeps its context in a module global, so two threads must not migrate at once.
_migrating = threading.Lock()


def bring_up(engine: Engine, url: URL) -> None:
    """Have the newest schema. Raises StoreError for a database that a newer version of the program has used."""
    found = _revision(engine)
    if found == HEAD or (found is None and _make(engine)):
        return
    upgrade(engine, found)
    if _revision(engine) != HEAD:
        raise StoreError(f"the database could not be brought to schema {HEAD}: {url.database}", code="E307")


def _make(engine: Engine) -> bool:
    """The newest schema in an SQLite file that is empty: migrations would end there, but Alembic takes 0.4 s to import. False
    where it is not to be had so."""
    if engine.dialect.name != "sqlite":
        return False
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        return isinstance(raw, sqlite3.Connection) and direct.make(raw)


def rendered() -> str:
    """What `schema.sql` has to say, from the tables."""
    indices = sorted((index for table in METADATA.sorted_tables for index in table.indexes), key=lambda index: str(index.name))
    statements: list[sa.schema.DDLElement] = [sa.schema.CreateTable(table) for table in METADATA.sorted_tables]
    statements += [sa.schema.CreateIndex(index) for index in indices]
    texts = (str(one.compile(dialect=sqlite.dialect())).expandtabs(2) for one in statements)
    return ";\n\n".join("\n".join(filter(None, map(str.rstrip, text.splitlines()))) for text in texts) + ";\n"


def upgrade(engine: Engine, found: str | None = None) -> None:
    """Apply the migrations that a database lacks; `found` is its revision. Raises StoreError for an unknown one."""
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["engine"] = engine
    try:
        with _migrating:
            command.upgrade(config, "head")
    except CommandError as error:
        raise StoreError(
            f"the database has an unknown schema: {found}",
            why="it was last used by a newer version of this program",
            fix="install that version, or restore a backup made before the upgrade",
            code="E307",
        ) from error


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
