"""Reading rows: one, one held until the commit, and a page newest first."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select

from grid.db import db
from grid.errors import NotFound

Row = TypeVar("Row")


def get_row(found: Select[Row], missing: str) -> Row:
    """The row. missing: what to say when there is none, or none the caller may see. Raises NotFound."""
    return _there(db.session.scalar(found), missing)


def hold_row(found: Select[Row], missing: str) -> Row:
    """The same, locked until the commit: of two who change it, the second sees all the first did."""
    kind: Any = found.column_descriptions[0]["entity"]
    locked = found.with_for_update(of=kind)
    return _there(db.session.scalar(locked, execution_options={"populate_existing": True}), missing)


def newest(found: Select[Row], after: UUID | None, limit: int) -> tuple[list[Row], UUID | None]:
    """Up to ``limit`` rows older than ``after``, newest first, and the key of the next page.

    Rows have an id that is a UUIDv7: later ones have greater ids.
    """
    key: Any = found.column_descriptions[0]["entity"].id
    if after is not None:
        found = found.where(key < after)
    some = list(db.session.scalars(found.order_by(key.desc()).limit(limit + 1)))
    last: Any = some[limit - 1] if len(some) > limit else None
    return some[:limit], last.id if last is not None else None


def _there(row: Row | None, missing: str) -> Row:
    if row is None:
        raise NotFound(missing)
    return row
