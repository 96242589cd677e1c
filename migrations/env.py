"""Alembic's entry: runs migrations on the application's own database, or prints them as SQL."""

from typing import Any

from alembic import context
from flask import current_app

from grid.db import Base, Coded, UTCDateTime, db


def render_item(kind: str, item: Any, autogen_context: Any) -> str | bool:
    """Our column types say themselves how to be written down."""
    if kind == "type" and isinstance(item, Coded):
        return f"sa.String(length={item.impl.length})"
    if kind == "type" and type(item).__module__ == "grid.db":
        autogen_context.imports.add("import grid.db")
        return f"grid.db.{type(item).__name__}()"
    return False


def compare_type(ctx: Any, inspected: Any, metadata: Any, inspected_type: Any, metadata_type: Any) -> bool | None:
    """SQLite gives no zone back; the type is ours all the same."""
    return False if isinstance(metadata_type, UTCDateTime) and ctx.dialect.name == "sqlite" else None


def run() -> None:
    settings = dict(current_app.extensions["migrate"].configure_args) | {
        "target_metadata": Base.metadata,
        "render_item": render_item,
        "compare_type": compare_type,
    }
    if context.is_offline_mode():
        context.configure(url=str(db.engine.url), literal_binds=True, **settings)
        with context.begin_transaction():
            context.run_migrations()
        return
    engine = db.engine.execution_options(writes=True)
    with engine.connect() as connection:
        context.configure(connection=connection, transaction_per_migration=True, **settings)
        with context.begin_transaction():
            context.run_migrations()


run()
