"""Run by Alembic: applies the migrations over the engine that the store opened."""

from alembic import context
from sqlalchemy.engine import Engine

from aggregator.store import postgres
from aggregator.store.tables import METADATA

engine: Engine = context.config.attributes["engine"]

with engine.connect() as connection:
    if engine.dialect.name == "sqlite":
        # Two programs may start at once: the second waits, and then finds nothing to do.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    elif engine.dialect.name == "postgresql":
        postgres.lock_writers(connection)
    context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True, transactional_ddl=True)
    with context.begin_transaction():
        context.run_migrations()
    if engine.dialect.name == "sqlite":
        connection.exec_driver_sql("COMMIT")
    connection.commit()
