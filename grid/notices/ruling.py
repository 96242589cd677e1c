"""Rules about notices (通知规定): who may put them where, and read them; how is ``grid/ruling.py``'s."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import Select, select

from grid import ruling
from grid.accounts import scope
from grid.accounts.permission import Permission, Relation
from grid.accounts.user import User
from grid.areas.area import Area
from grid.db import db
from grid.errors import Forbidden
from grid.row import get_row
from grid.ruling import Ruled

Row = TypeVar("Row", bound=Ruled)


def put(actor: User | None, row: Row, *, replace: bool = False) -> Row:
    """Add a row in the actor's scope; of a command, anywhere. Raises Forbidden, Invalid, Contradiction."""
    if actor is not None and not scope.holds(actor, Permission.NOTICE_MANAGE, _reaches(type(row)), row):
        raise Forbidden("这里不在你的管理范围。")
    return ruling.put(actor, row, replace=replace)


def rows(actor: User | None, model: type[Row], area_path: str) -> list[Row]:
    """Every row, past and future, of an area and of those above it that the actor may see; of a command's, all."""
    found = _seen(actor, model).where(ruling.of_area(model, area_path))
    return list(db.session.scalars(found.order_by(model.valid_from, _key(model))))


def get(actor: User | None, model: type[Row], row_id: int) -> Row:
    """One row in the actor's scope. Raises NotFound."""
    return get_row(_seen(actor, model).where(_key(model) == row_id), "没有这条规定。")


def _seen(actor: User | None, model: type[Row]) -> Select[Row]:
    found = select(model)
    return found if actor is None else found.where(scope.rows(actor, Permission.NOTICE_MANAGE, _reaches(model)))


def _reaches(model: type[Ruled]) -> scope.Reaches:
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
