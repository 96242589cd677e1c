"""Matters one may see (督办事项数据范围): one, one held until the commit, and a page of them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import joinedload, selectinload

from grid.accounts import scope
from grid.accounts.permission import Permission, Relation
from grid.accounts.user import User
from grid.row import get_row, hold_row, newest
from grid.supervision.matter import Matter, MatterState, MatterUnit

REACHES: scope.Reaches = {
    Relation.AREA: scope.of_area(Matter.area_path),
    Relation.DEPARTMENT: scope.of_department(
        Matter.area_path,
        lambda ours: exists().where(MatterUnit.matter_id == Matter.id, MatterUnit.department_id == ours),
        lambda matter: (unit.department_id for unit in matter.units),
    ),
}
MISSING = "没有这件督办事项，或不在你的范围里。"
# What a line of the list shows; the ledger is read with the one matter somebody opens.
_LINE = (
    joinedload(Matter.area, innerjoin=True),
    joinedload(Matter.issuer, innerjoin=True),
    selectinload(Matter.units),
    selectinload(Matter.clocks),
)


def get(actor: User, matter_id: UUID) -> Matter:
    """A matter in the caller's scope. Raises NotFound."""
    return get_row(_one(actor, matter_id), MISSING)


def hold(actor: User, matter_id: UUID) -> Matter:
    """The same, locked until the commit."""
    return hold_row(_one(actor, matter_id), MISSING)


def listed(
    actor: User, state: MatterState | None, after: UUID | None, limit: int
) -> tuple[list[Matter], UUID | None]:
    """Matters in the caller's scope, newest first. state None: those not struck off yet, and those that are."""
    found = select(Matter).where(visible(actor)).options(*_LINE)
    if state is not None:
        found = found.where(Matter.state == state)
    return newest(found, after, limit)


def visible(actor: User) -> ColumnElement[bool]:
    """The predicate: matters in the caller's scope."""
    return scope.rows(actor, Permission.MATTER_READ, REACHES)


def _one(actor: User, matter_id: UUID) -> Select[Matter]:
    found = select(Matter).where(Matter.id == matter_id, visible(actor))
    return found.options(*_LINE, selectinload(Matter.entries))
