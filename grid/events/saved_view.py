"""Saved views (保存的视图): filters of the list that somebody keeps under a name; nobody else's business."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Select, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column

from grid.accounts.user import User
from grid.db import Base, Versioned, db, new_id
from grid.errors import Conflict
from grid.row import get_row, hold_row
from grid.trail import entry as trail

MOST = 30


class SavedView(Versioned, Base):
    """Saved view (保存的视图). filters: as the list takes them in its query. position: among its owner's."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("owner_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    name: Mapped[str] = mapped_column(String(20))
    filters: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    position: Mapped[int] = mapped_column(default=0)


def of(owner: User) -> list[SavedView]:
    """Somebody's own, in their order."""
    mine = select(SavedView).where(SavedView.owner_id == owner.id)
    return list(db.session.scalars(mine.order_by(SavedView.position, SavedView.id)))


def get(owner: User, view_id: UUID) -> SavedView:
    """One of them. Raises NotFound."""
    return get_row(_one(owner, view_id), "没有这个视图。")


def hold(owner: User, view_id: UUID) -> SavedView:
    """The same, locked until the commit."""
    return hold_row(_one(owner, view_id), "没有这个视图。")


def save(owner: User, name: str, filters: dict[str, Any]) -> SavedView:
    """Keep filters under a name, behind those already there. Raises Conflict: a name taken, or too many."""
    _check_name(owner, name)
    count, last = db.session.execute(
        select(func.count(), func.max(SavedView.position)).where(SavedView.owner_id == owner.id)
    ).one()
    if count >= MOST:
        raise Conflict(f"最多保存 {MOST} 个视图，请先删掉不用的。")
    view = SavedView(owner_id=owner.id, name=name, filters=filters, position=0 if last is None else last + 1)
    db.session.add(view)
    # The entry below names the row, whose id comes with the flush.
    db.session.flush()
    trail.record(owner, "view:save", "saved_view", view.id)
    return view


def change(owner: User, view: SavedView, told: dict[str, Any]) -> None:
    """Another name, other filters, another position. Raises Conflict when the name is taken."""
    if told["name"] != view.name:
        _check_name(owner, told["name"])
    for name in ("name", "filters", "position"):
        setattr(view, name, told[name])
    trail.record(owner, "view:change", "saved_view", view.id)


def drop(owner: User, view: SavedView) -> None:
    """Away with it."""
    db.session.delete(view)
    trail.record(owner, "view:drop", "saved_view", view.id)


def _one(owner: User, view_id: UUID) -> Select[SavedView]:
    return select(SavedView).where(SavedView.id == view_id, SavedView.owner_id == owner.id)


def _check_name(owner: User, name: str) -> None:
    taken = select(SavedView.id).where(SavedView.owner_id == owner.id, SavedView.name == name)
    if db.session.scalar(taken) is not None:
        raise Conflict(f"已经有叫“{name}”的视图，请换个名字。", field="name")
