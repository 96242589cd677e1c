"""Categories (事件类别): schemes, small classes and their filing conditions, as dated data (GB/T 30428.2, .8)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grid.db import Base, new_id
from grid.worktime.limit import Limit, Unit

NAME_MAX = 60
TEXT_MAX = 500


class CategoryScheme(Base):
    """Category scheme (类别体系): several stand side by side (urban management, social governance)."""

    __tablename__ = "category_scheme"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(60))


class Category(Base):
    """Category (小类): a small class inside a big class (大类) of one scheme.

    code: kind letter, big class and small class, "E0406"; unique while in force. A row is one dated wording of the
    class: rows with the same code are the same class, whose conditions may hang on any of them.
    """

    __tablename__ = "category"
    __table_args__ = (
        CheckConstraint("kind in ('component', 'event')", name="kind"),
        Index("uq_category_scheme_id_code_valid_from", "scheme_id", "code", "valid_from", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("category_scheme.id"))
    kind: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    big_name: Mapped[str] = mapped_column(String(NAME_MAX))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    conditions: Mapped[list[FilingCondition]] = relationship(
        lazy="selectin", order_by="FilingCondition.ordinal", back_populates="category"
    )


class FilingCondition(Base):
    """Filing condition (立案条件): what must be true, its time limit (处置时限) and closing condition (结案条件).

    is_certain: meeting it needs no judgement, so a rule may file by itself. authority: who watches it (主管部门).
    """

    __tablename__ = "filing_condition"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"), index=True)
    ordinal: Mapped[int]
    text: Mapped[str] = mapped_column(String(TEXT_MAX))
    limit_value: Mapped[int]
    limit_unit: Mapped[str] = mapped_column(String(15))
    closing: Mapped[str] = mapped_column(String(TEXT_MAX))
    authority: Mapped[str] = mapped_column(String(NAME_MAX), default="")
    is_certain: Mapped[bool] = mapped_column(default=False)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    category: Mapped[Category] = relationship(back_populates="conditions")

    @property
    def limit(self) -> Limit:
        return Limit(self.limit_value, Unit(self.limit_unit))
