"""Arbitration (裁决): departments each said "not ours"; the leader decides, and the decision becomes a proposal.

A proposal (权责建议) is for whoever keeps the responsibility list: it changes no rule by itself.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grid.accounts.department import Department
from grid.db import Base, Coded, UTCDateTime, Versioned, db
from grid.events import assigning
from grid.events.step import Step


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

    department: Mapped[Department] = relationship(viewonly=True)


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
