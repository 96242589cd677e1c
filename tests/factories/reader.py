"""The test's own view of the database, beside that of the requests it sends."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from grid.db import db


def look_again() -> None:
    """Forget what the test has read: others may have changed it since."""
    db.session.rollback()
    db.session.expire_all()


def count(model: Any) -> int:
    """How many rows there are now."""
    look_again()
    return db.session.scalar(select(func.count()).select_from(model)) or 0
