"""The schema of a database: made at once where there is none yet, brought up by migrations where there is an older one."""

from __future__ import annotations

import threading
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL, Engine

from aggregator.errors import StoreError
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
    where it is not to be had so. Two programs may start at once: the second waits, and then finds it made."""
    if engine.dialect.name != "sqlite":
        return False
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            empty = not sa.inspect(connection).get_table_names()
            if empty:
                METADATA.create_all(connection)
                connection.exec_driver_sql(
                    "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
                    "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
                )
                connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (HEAD,))
        except BaseException:
            connection.exec_driver_sql("ROLLBACK")
            raise
        connection.exec_driver_sql("COMMIT")
        connection.commit()
    return empty or _revision(engine) == HEAD


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
