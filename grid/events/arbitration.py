"""Arbitration (裁决): departments each said "not ours"; the leader decides, and the decision becomes a proposal.

A proposal (权责建议) is for whoever keeps the responsibility list: it changes no rule by itself.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grid import clock
from grid.accounts.department import Department
from grid.accounts.user import User
from grid.areas.area import Area
from grid.db import Base, Coded, UTCDateTime, Versioned, db
from grid.errors import Conflict, Invalid, NotFound
from grid.events import assigning
from grid.events.step import Step
from grid.trail import entry as trail


class ProposalState(StrEnum):
    """What became of a proposal (建议状态)."""

    OPEN = "open"
    TAKEN = "taken"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        return {"open": "待处理", "taken": "已采纳", "refused": "未采纳"}[self]


class ResponsibilityProposal(Versioned, Base):
    """Proposal for the responsibility list (权责建议), made by an arbitration."""

    __tablename__ = "responsibility_proposal"
    __table_args__ = (Index("ix_responsibility_proposal_event_id", "event_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    condition_id: Mapped[UUID | None] = mapped_column(ForeignKey("filing_condition.id"))
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    reason: Mapped[str] = mapped_column(String(500))
    state: Mapped[ProposalState] = mapped_column(Coded(ProposalState))
    maker_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    settler_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    note: Mapped[str] = mapped_column(String(500), default="")

    department: Mapped[Department] = relationship(viewonly=True, lazy="joined", innerjoin=True)
    area: Mapped[Area] = relationship(viewonly=True, lazy="joined", innerjoin=True)
    maker: Mapped[User] = relationship(viewonly=True, foreign_keys=[maker_id])
    settler: Mapped[User | None] = relationship(viewonly=True, foreign_keys=[settler_id])


def proposals(state: ProposalState | None, after: int | None, limit: int) -> tuple[list[Any], int | None]:
    """Proposals for whoever keeps the list, newest first, and the key of the next page."""
    found = select(ResponsibilityProposal).order_by(ResponsibilityProposal.id.desc()).limit(limit + 1)
    if state is not None:
        found = found.where(ResponsibilityProposal.state == state)
    if after is not None:
        found = found.where(ResponsibilityProposal.id < after)
    rows = list(db.session.scalars(found))
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else None


def proposal(proposal_id: int) -> ResponsibilityProposal:
    """One proposal. Raises NotFound."""
    found = db.session.get(ResponsibilityProposal, proposal_id)
    if found is None:
        raise NotFound("没有这条权责建议。")
    return found


def settle(actor: User, row: ResponsibilityProposal, state: ProposalState, note: str) -> None:
    """Take a proposal into the next version of the list, or not. Raises Conflict, Invalid."""
    if row.state is not ProposalState.OPEN:
        raise Conflict(f"这条建议已经处理过：{row.state.label}。")
    if state is ProposalState.REFUSED and not note:
        raise Invalid("不采纳要写明理由。", field="note")
    row.state, row.settler_id, row.settled_at, row.note = state, actor.id, clock.now(), note
    trail.record(actor, "proposal:settle", "responsibility_proposal", row.id, row.area.path, state=state.value)


def decide(step: Step) -> dict[str, Any]:
    """Dispatch by the leader's word: no way back for the department, and a proposal for the list."""
    event = step.event
    data = assigning.arbitrate(step)
    lead = event.lead
    if lead is not None:
        db.session.add(
            ResponsibilityProposal(
                event_id=event.id,
                category_id=event.category_id,
                condition_id=event.condition_id,
                area_id=event.area_id,
                department_id=lead.department_id,
                reason=step.told["note"],
                state=ProposalState.OPEN,
                maker_id=step.actor.id,
                made_at=step.at,
            )
        )
    return data
