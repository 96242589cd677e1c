"""Ruling (通知规定): how dated rows about a street's notices are put, ended and read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Select, select

from grid import revision
from grid.accounts import scope
from grid.accounts.permission import Permission, Relation
from grid.accounts.user import User
from grid.areas import dated
from grid.areas.area import Area
from grid.areas.dated import Dated
from grid.db import db
from grid.errors import Forbidden
from grid.row import get_row
from grid.trail import entry as trail

Row = TypeVar("Row", bound=Dated)
Same = Callable[[Row], Iterable[Row]]


def put(actor: User | None, row: Row, same: Same[Row], *, replace: bool = False) -> Row:
    """Add a row. same: those about the same thing. Raises Forbidden, Invalid, Contradiction."""
    if actor is not None and not scope.holds(actor, Permission.NOTICE_MANAGE, _reaches(type(row)), row):
        raise Forbidden("这里不在你的管理范围。")
    revision.lock(revision.NOTICE_RULES)  # nobody rules between our look and our row
    with db.session.no_autoflush:
        dated.settle(row, same(row), replace=replace)
    db.session.add(row)
    # The trail names the row, whose number the database gives.
    db.session.flush()
    _changed(actor, "put", row)
    return row


def end(actor: User | None, row: Row, same: Same[Row], valid_to: date | None) -> Row:
    """Let a row end on another day, or not at all. Raises Invalid, Contradiction."""
    revision.lock(revision.NOTICE_RULES)
    with db.session.no_autoflush:
        dated.end(row, same(row), valid_to)
    _changed(actor, "end", row)
    return row


def rows(actor: User | None, model: type[Row], area_path: str) -> list[Row]:
    """Every row, past and future, of an area and of those above it that the actor may see; of a command's, all."""
    found = _seen(actor, model).where(model.area_id.in_(dated.nearest(area_path)))
    return list(db.session.scalars(found.order_by(model.valid_from, _key(model))))


def get(actor: User | None, model: type[Row], row_id: int) -> Row:
    """One row in the actor's scope. Raises NotFound."""
    return get_row(_seen(actor, model).where(_key(model) == row_id), "没有这条规定。")


def _changed(actor: User | None, what: str, row: Any) -> None:
    kind = row.__tablename__
    revision.bump(revision.NOTICE_RULES)
    trail.record(actor, f"{kind}:{what}", kind, row.id, row.area.path, said=row.label)


def _seen(actor: User | None, model: type[Row]) -> Select[Row]:
    found = select(model)
    return found if actor is None else found.where(scope.rows(actor, Permission.NOTICE_MANAGE, _reaches(model)))


def _reaches(model: type[Dated]) -> scope.Reaches:
    return {
        Relation.AREA: scope.Reach(
            rows=lambda actor, grant: model.area_id.in_(
                select(Area.id).where(scope.within(Area.path, grant.path))
            ),
            holds=lambda actor, grant, row: scope.is_within(row.area.path, grant.path),
        ),
    }


def _key(row: Any) -> Any:
    return row.id
