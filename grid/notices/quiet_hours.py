"""Quiet hours (免打扰时段): when a street's channels wait; what is urgent breaks through, nothing is dropped."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ColumnElement
from sqlalchemy.orm import Mapped, mapped_column

from grid import clock, revision
from grid.accounts.user import User
from grid.areas import dated
from grid.areas.net import Node
from grid.db import Base
from grid.errors import Invalid
from grid.notices import ruling
from grid.ruling import Ruled


class QuietHours(Ruled, Base):
    """Quiet hours (免打扰时段). begins, ends: local time of day; past midnight when it ends before it begins."""

    __tablename__ = "quiet_hours"
    __table_args__ = (CheckConstraint("begins <> ends", name="hours"),)
    body, deed = revision.NOTICE_RULES, "quiet_hours"

    id: Mapped[int] = mapped_column(primary_key=True)
    begins: Mapped[time]
    ends: Mapped[time]

    @property
    def saying(self) -> str:
        """The row in words."""
        return f"免打扰 {self.begins:%H:%M}—{self.ends:%H:%M}"

    def same(self) -> ColumnElement[bool]:
        return QuietHours.area_id == self.area_id


def covers(begins: time, ends: time, moment: datetime) -> bool:
    """Does a moment lie in these hours?"""
    now = clock.local(moment).time()
    return begins <= now < ends if begins < ends else now >= begins or now < ends


def put(
    actor: User | None,
    area: Node,
    begins: time,
    ends: time,
    valid_from: date | None = None,
    *,
    replace: bool = False,
) -> QuietHours:
    """Add a row. Raises Forbidden, Invalid; Contradiction where there are quiet hours already."""
    if begins == ends:
        raise Invalid("开始和结束不能是同一时刻。", field="ends")
    row = QuietHours(
        **dated.where_and_when(area, valid_from),
        begins=begins,
        ends=ends,
    )
    return ruling.put(actor, row, replace=replace)
