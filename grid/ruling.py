"""Ruling (规定): dated rows of a street put, ended and read; the trail says who ruled what.

Copies of what they say go old by the revision of their body.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar, TypeVar

from sqlalchemy import ColumnElement, select

from grid import revision
from grid.accounts.user import User
from grid.areas import dated
from grid.areas.dated import Dated
from grid.db import db
from grid.trail import entry as trail


class Ruled(Dated):
    """A dated row somebody rules by. body: the revision that its copies go by. deed: what the trail calls it."""

    body: ClassVar[str]
    deed: ClassVar[str]

    def same(self) -> ColumnElement[bool]:
        """The predicate: rows about the same thing, of which no two hold on one day."""
        raise NotImplementedError


Row = TypeVar("Row", bound=Ruled)


def put(actor: User | None, row: Row, *, replace: bool = False) -> Row:
    """Add a row. replace: the row it follows on ends the day it begins. Raises Invalid, Contradiction."""
    revision.lock(row.body)  # nobody rules between our look and our row
    dated.settle(row, _rivals(row), replace=replace)
    db.session.add(row)
    # The trail names the row, whose number the database gives.
    db.session.flush()
    _ruled(actor, row, "put")
    return row


def end(actor: User | None, row: Row, valid_to: date | None) -> Row:
    """Let a row end on another day, or not at all. Raises Invalid, Contradiction."""
    revision.lock(row.body)
    dated.end(row, _rivals(row), valid_to)
    _ruled(actor, row, "end")
    return row


def of_area(model: type[Ruled], area_path: str) -> ColumnElement[bool]:
    """The predicate: rows, past and future, of an area and of those above it."""
    return model.area_id.in_(dated.nearest(area_path))


def _rivals(row: Row) -> Iterable[Row]:
    with db.session.no_autoflush:
        return list(db.session.scalars(select(type(row)).where(row.same())))


def _ruled(actor: User | None, row: Any, what: str) -> None:
    revision.bump(row.body)
    trail.record(actor, f"{row.deed}:{what}", row.__tablename__, row.id, row.area.path, said=row.label)
