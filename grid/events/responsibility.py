"""Responsibility list (权责清单): which department handles which class, condition, area; dated rows, numbered."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grid.accounts.department import Department
from grid.areas.area import Area
from grid.db import Base


class Responsibility(Base):
    """Responsibility (权责清单条目): number n says that a department handles a class, perhaps only there or then.

    is_certain: a rule may dispatch by itself when this row is the only best match.
    """

    __tablename__ = "responsibility"
    __table_args__ = (Index("uq_responsibility_number_valid_from", "number", "valid_from", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"), index=True)
    condition_id: Mapped[UUID | None] = mapped_column(ForeignKey("filing_condition.id"))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    is_certain: Mapped[bool] = mapped_column(default=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    department: Mapped[Department] = relationship(lazy="joined")
    area: Mapped[Area | None] = relationship(lazy="joined")
