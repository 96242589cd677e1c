"""Department (部门): a unit that handles what is dispatched to it."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from grid.areas import net
from grid.db import Base, Versioned, db
from grid.errors import Invalid


class Department(Versioned, Base):
    """Department (专业部门)."""

    __tablename__ = "department"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    is_active: Mapped[bool] = mapped_column(default=True)


def find(code: str, path: str | None = None) -> Department:
    """The active department with this code that serves the place with this path. Raises Invalid."""
    found = db.session.scalar(select(Department).where(Department.code == code, Department.is_active))
    if found is None or not (path is None or serves(found, path)):
        raise Invalid("没有这个部门，请从部门清单里选。", field="department")
    return found


def active(path: str | None = None) -> list[Department]:
    """All departments one may dispatch to for a place, or at all, by code."""
    found = db.session.scalars(select(Department).where(Department.is_active).order_by(Department.code))
    return [department for department in found if path is None or serves(department, path)]


def serves(department: Department, path: str) -> bool:
    """Is the place in the department's street, or, for one above the streets, in its area?"""
    snapshot = net.current()
    return path.startswith(snapshot.home(snapshot.node(department.area_id).path))
