"""Notice rule (通知规则): what leaves the house, by which channel and whose. Dated rows; without one nothing does.

The in-app notice is always made. Of the rows about one endpoint and one circle of people the one about this very
key beats the one about the whole cause, then the nearest area wins. Of the circles a person is in the narrowest
says whether and how they are told, of equally narrow ones the most urgent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, String, and_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grid import revision
from grid.accounts import post as posts
from grid.accounts import scope
from grid.accounts.department import Department
from grid.accounts.user import User
from grid.areas import dated
from grid.areas.net import Node
from grid.db import Base, Coded
from grid.errors import Invalid
from grid.notices import ruling
from grid.notices.cause import Cause
from grid.notices.endpoint import NoticeEndpoint
from grid.ruling import Ruled


class Way(StrEnum):
    """How it goes out (发送方式). urgent: in quiet hours too. off: not, though a wider row says so."""

    SEND = "send"
    URGENT = "urgent"
    OFF = "off"

    @property
    def label(self) -> str:
        """Words for people."""
        return {Way.SEND: "发送", Way.URGENT: "免打扰时段也发送", Way.OFF: "不发送"}[self]

    @property
    def urgency(self) -> int:
        """The more urgent, the greater."""
        return (Way.OFF, Way.SEND, Way.URGENT).index(self)


class NoticeRule(Ruled, Base):
    """Notice rule (通知规则). key: "" for the whole cause. post, department: of those told, only such."""

    __tablename__ = "notice_rule"
    body, deed = revision.NOTICE_RULES, "notice_rule"

    id: Mapped[int] = mapped_column(primary_key=True)
    cause: Mapped[Cause] = mapped_column(Coded(Cause))
    key: Mapped[str] = mapped_column(String(20), default="")
    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("notice_endpoint.id"), index=True)
    post: Mapped[str] = mapped_column(String(40), default="")
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    way: Mapped[Way] = mapped_column(Coded(Way))

    endpoint: Mapped[NoticeEndpoint] = relationship(lazy="joined")
    department: Mapped[Department | None] = relationship(lazy="joined")

    @property
    def about(self) -> str:
        """What it is about, in words."""
        return f"{self.cause.label}·{self.cause.keys.get(self.key, self.key)}" if self.key else self.cause.label

    @property
    def whom(self) -> str:
        """Whom of those who are told, in words."""
        parts = [self.department.name if self.department else "", posts.find(self.post).label if self.post else ""]
        return "".join(parts) or "全部"

    @property
    def saying(self) -> str:
        """The row in words."""
        where = f"{self.endpoint.name}（{self.endpoint.channel.label}，{self.whom}）"
        return f"{self.about} → {where}：{self.way.label}"

    def same(self) -> ColumnElement[bool]:
        """Whatever they say."""
        return and_(
            NoticeRule.area_id == self.area_id,
            NoticeRule.cause == self.cause,
            NoticeRule.key == self.key,
            NoticeRule.endpoint_id == self.endpoint_id,
            NoticeRule.post == self.post,
            NoticeRule.department_id.is_not_distinct_from(self.department_id),
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """A row somebody wants. replace: the row it follows on ends the day it begins."""

    cause: Cause
    endpoint: NoticeEndpoint
    way: Way = Way.SEND
    key: str = ""
    post: str = ""
    department: Department | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    replace: bool = False


def put(actor: User | None, area: Node, wanted: Wanted) -> NoticeRule:
    """Add a row. Raises Forbidden, Invalid; Contradiction where another row says something of the same."""
    if wanted.key and wanted.key not in wanted.cause.keys:
        raise Invalid(f"“{wanted.cause.label}”没有这一种。", field="key")
    if wanted.post:
        posts.find(wanted.post)
    if not scope.is_within(area.path, wanted.endpoint.area_path):
        raise Invalid("这个渠道不是本区域的，也不是上级的。", field="endpoint")
    row = NoticeRule(
        **dated.where_and_when(area, wanted.valid_from, wanted.valid_to),
        cause=wanted.cause,
        key=wanted.key,
        endpoint=wanted.endpoint,
        endpoint_id=wanted.endpoint.id,
        post=wanted.post,
        department=wanted.department,
        department_id=wanted.department.id if wanted.department else None,
        way=wanted.way,
    )
    return ruling.put(actor, row, replace=wanted.replace)
