"""The test's own view of the database, beside that of the requests it sends."""

from __future__ import annotations

from grid.db import db


def look_again() -> None:
    """Forget what the test has read: others may have changed it since."""
    db.session.rollback()
    db.session.expire_all()
