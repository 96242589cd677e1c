"""Mapping (类别对照): which classes of two schemes mean the same, or one a part of the other."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grid.db import Base, Coded, db
from grid.events import rulebook
from grid.events.category import CategoryScheme
from grid.events.rulebook import Class


class Likeness(StrEnum):
    """How two classes hang together (对照关系)."""

    SAME = "same"
    PART = "part"

    @property
    def label(self) -> str:
        """Words for people."""
        return "相同" if self is Likeness.SAME else "包含"


class CategoryMapping(Base):
    """Category mapping (类别对照): right is the same as left, or a part of it; by code, for classes are dated."""

    __tablename__ = "category_mapping"
    __table_args__ = (
        Index(
            "uq_category_mapping_left_right",
            "left_scheme_id",
            "left_code",
            "right_scheme_id",
            "right_code",
            unique=True,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    left_scheme_id: Mapped[int] = mapped_column(ForeignKey("category_scheme.id"))
    left_code: Mapped[str] = mapped_column(String(10))
    right_scheme_id: Mapped[int] = mapped_column(ForeignKey("category_scheme.id"))
    right_code: Mapped[str] = mapped_column(String(10))
    relation: Mapped[Likeness] = mapped_column(Coded(Likeness))

    left_scheme: Mapped[CategoryScheme] = relationship(foreign_keys=left_scheme_id, lazy="joined")
    right_scheme: Mapped[CategoryScheme] = relationship(foreign_keys=right_scheme_id, lazy="joined")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two classes in force and how they hang together."""

    left: Class
    right: Class
    relation: Likeness


def in_force() -> list[Pair]:
    """All mappings whose two classes are in force today."""
    known = {(c.scheme.code, c.code): c for c in rulebook.current().classes}
    rows = db.session.scalars(
        select(CategoryMapping).order_by(CategoryMapping.left_code, CategoryMapping.right_code)
    )
    found = (
        (known.get((row.left_scheme.code, row.left_code)), known.get((row.right_scheme.code, row.right_code)), row)
        for row in rows
    )
    return [Pair(left, right, row.relation) for left, right, row in found if left and right]
