"""Requests (申请): what somebody asks to be allowed beside the lifecycle, and how each level decided.

They are rows of their own and never edit the past: what an approval changes is a step in the history.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grid.accounts.user import User
from grid.db import Base, BigId, Coded, UTCDateTime, Versioned, new_id


class RequestKind(StrEnum):
    """What is asked for (申请种类)."""

    EXTENSION = "extension"
    SUSPENSION = "suspension"
    DEFERRAL = "deferral"
    RETURN = "return"
    VOID = "void"
    APPEAL = "appeal"

    @property
    def label(self) -> str:
        return _KINDS[self]


class RequestState(StrEnum):
    """What became of it (申请状态). lapsed: the case moved on, so that nobody has to decide any more."""

    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"

    @property
    def label(self) -> str:
        return _STATES[self]


class Verdict(StrEnum):
    """What one level says (审批意见)."""

    APPROVE = "approve"
    REFUSE = "refuse"

    @property
    def label(self) -> str:
        return {"approve": "同意", "refuse": "不同意"}[self]


_KINDS = {
    RequestKind.EXTENSION: "延期",
    RequestKind.SUSPENSION: "挂账",
    RequestKind.DEFERRAL: "缓办",
    RequestKind.RETURN: "回退",
    RequestKind.VOID: "作废",
    RequestKind.APPEAL: "申诉",
}
_STATES = {
    RequestState.PENDING: "待审批",
    RequestState.APPROVED: "已同意",
    RequestState.REFUSED: "不同意",
    RequestState.WITHDRAWN: "已撤回",
    RequestState.LAPSED: "已失效",
}


class EventRequest(Versioned, Base):
    """Request (申请) about a case, or about one department's part of it.

    level: how many levels have approved; levels: how many must. until: of a suspension.
    """

    __tablename__ = "event_request"
    __table_args__ = (
        Index("ix_event_request_event_id", "event_id"),
        Index("ix_event_request_state_id", "state", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    assignment_id: Mapped[UUID | None] = mapped_column(ForeignKey("assignment.id"))
    kind: Mapped[RequestKind] = mapped_column(Coded(RequestKind))
    state: Mapped[RequestState] = mapped_column(Coded(RequestState))
    level: Mapped[int] = mapped_column(default=0)
    levels: Mapped[int]
    reason: Mapped[str] = mapped_column(String(500))
    until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    asker_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    asker: Mapped[User] = relationship(lazy="joined", innerjoin=True, viewonly=True)
    decisions: Mapped[list[RequestDecision]] = relationship(lazy="selectin", order_by="RequestDecision.id")

    @property
    def is_pending(self) -> bool:
        return self.state is RequestState.PENDING

    def settle(self, state: RequestState, at: datetime) -> None:
        self.state, self.settled_at = state, at


class RequestDecision(Base):
    """Decision (审批意见): what one level said about a request; append only."""

    __tablename__ = "request_decision"
    __table_args__ = (Index("ix_request_decision_request_id", "request_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("event_request.id"))
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    level: Mapped[int]
    verdict: Mapped[Verdict] = mapped_column(Coded(Verdict))
    note: Mapped[str] = mapped_column(String(500), default="")
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    actor_name: Mapped[str] = mapped_column(String(50))
    actor_post: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
