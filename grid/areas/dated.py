"""Dated rows (有起止日期的规定): what a street rules from a day on. No two say something else for one day.

A row for a street beats one for the area above it; who asks says so (``nearest``).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, and_
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from grid import clock
from grid.areas.area import Area
from grid.areas.net import Node
from grid.db import Versioned, db
from grid.errors import Invalid


class Contradiction(Invalid):
    """Two rows that cannot both hold."""

    slug = "contradicting-rules"
    title = "与另一条规定矛盾"


class Dated(Versioned):
    """Columns of a dated row. valid_to: the first day on which it no longer holds; None: without end."""

    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    @declared_attr
    def area_id(self) -> Mapped[int]:
        return mapped_column(ForeignKey("area.id"), index=True)

    @declared_attr
    def area(self) -> Mapped[Area]:
        return relationship(lazy="joined")

    def holds_on(self, day: date) -> bool:
        """Does it hold on a day? The same as ``in_force``."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    @property
    def saying(self) -> str:
        """What the row says, for people."""
        raise NotImplementedError

    @property
    def label(self) -> str:
        """The whole row in words, so that a refusal can name it."""
        until = f"到 {self.valid_to}（不含）" if self.valid_to else "起"
        return f"{self.area.name} {self.saying}，{self.valid_from} {until}"


def where_and_when(area: Node, valid_from: date | None, valid_to: date | None = None) -> dict[str, Any]:
    """The columns of a new row: of an area, from a day on, today if left out."""
    return {
        "area_id": area.id,
        "area": db.session.get_one(Area, area.id),
        "valid_from": valid_from or clock.today(),
        "valid_to": valid_to,
    }


def in_force(model: type[Dated], day: date) -> ColumnElement[bool]:
    """The predicate: rows that hold on a day."""
    return and_(model.valid_from <= day, (model.valid_to.is_(None)) | (model.valid_to > day))


def settle(row: Dated, others: Iterable[Dated], *, replace: bool = False) -> None:
    """Fit a row among those about the same thing. Raises Contradiction, both rows named.

    replace: one without end that began before it ends the day it begins.
    """
    if row.valid_to is not None and row.valid_to <= row.valid_from:
        raise Invalid("终止日期要晚于生效日期。", field="valid_to")
    others = [other for other in others if other is not row]
    for other in others if replace else ():
        if other.valid_to is None and other.valid_from < row.valid_from:
            other.valid_to = row.valid_from
    for other in others:
        if _overlap(row, other):
            words = f"“{row.label}”与“{other.label}”在同一段时间里矛盾，没有保存。"
            raise Contradiction(words, rows=[row.label, other.label])


def end(row: Dated, others: Iterable[Dated], valid_to: date | None) -> None:
    """Let a row end on another day, or not at all. Raises Invalid, Contradiction; then it is as it was."""
    before, row.valid_to = row.valid_to, valid_to
    try:
        settle(row, others)
    except Invalid:
        row.valid_to = before
        raise


def _overlap(one: Dated, two: Dated) -> bool:
    ends_before = one.valid_to is not None and one.valid_to <= two.valid_from
    begins_after = two.valid_to is not None and two.valid_to <= one.valid_from
    return not ends_before and not begins_after


def nearest(area_path: str) -> list[int]:
    """Ids of the areas whose rows count somewhere, the nearest first."""
    return [int(part) for part in reversed(area_path.strip("/").split("/"))]
