"""The calendar a new database starts with: the days that come with the product; used by migrations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from grid.worktime.day import shipped_days


def seed_calendar() -> None:
    """Write the shipped days, and the revision their edits count from."""
    days = sa.table(
        "calendar_day",
        sa.column("day", sa.Date),
        sa.column("kind", sa.String),
        sa.column("name", sa.String),
        sa.column("source", sa.String),
        sa.column("is_provisional", sa.Boolean),
    )
    op.bulk_insert(days, [day._asdict() for day in shipped_days()])
    revision = sa.table("revision", sa.column("name", sa.String), sa.column("number", sa.Integer))
    op.bulk_insert(revision, [{"name": "calendar", "number": 1}])
