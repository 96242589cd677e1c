"""How many rows every table holds: proof that nothing was half-written."""

from __future__ import annotations

from sqlalchemy import func, select

from grid.db import Base, db
from tests.factories.reader import look_again


def census(*but: str) -> dict[str, int]:
    """Rows of every table by name, without the tables ``but``."""
    look_again()
    tables = (table for table in Base.metadata.sorted_tables if table.name not in but)
    return {table.name: db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}
