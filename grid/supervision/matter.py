"""Matter (督办事项, 13710): what is handed down to departments and followed until it is reset to zero (销号).

Deployed within 1 day, reported on within 3, done within 7 or, where it is major, within a month; each has a clock,
with the alarms of any other. Departments write entries; only the office that handed it down strikes it off.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grid.accounts.department import Department
from grid.accounts.user import User
from grid.areas.area import Area
from grid.db import Base, BigId, Coded, PathText, UTCDateTime, Versioned, new_id
from grid.events.deadline import Deadline

KIND = "matter.moved"
MOST = 20


class MatterKind(StrEnum):
    """How weighty a matter is (事项等级)."""

    GENERAL = "general"
    MAJOR = "major"

    @property
    def label(self) -> str:
        return {"general": "一般事项", "major": "重大事项"}[self]


class MatterState(StrEnum):
    """State of a matter (事项状态)."""

    OPEN = "open"
    DONE = "done"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return {"open": "办理中", "done": "待销号", "closed": "已销号"}[self]


class EntryKind(StrEnum):
    """What an entry says (进展种类); the last two are the office's."""

    DEPLOY = "deploy"
    REPORT = "report"
    PROGRESS = "progress"
    DONE = "done"
    REFUSE = "refuse"
    CLOSE = "close"

    @property
    def label(self) -> str:
        return {
            "deploy": "研究部署",
            "report": "反馈情况",
            "progress": "进展",
            "done": "报请销号",
            "refuse": "退回再办",
            "close": "销号",
        }[self]


OFFICE = frozenset({EntryKind.REFUSE, EntryKind.CLOSE})
LEADS = frozenset({EntryKind.DEPLOY, EntryKind.REPORT, EntryKind.DONE})


class Matter(Versioned, Base):
    """Matter (督办事项). source: who wants it done. done_at: when its departments said that it is.

    office_path: the area of the office that handed it down; nobody below strikes it off.
    """

    __tablename__ = "matter"
    __table_args__ = (Index("ix_matter_state_id", "state", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    area_path: Mapped[str] = mapped_column(PathText)
    office_path: Mapped[str] = mapped_column(PathText)
    title: Mapped[str] = mapped_column(String(100))
    content: Mapped[str] = mapped_column(String(1000), default="")
    source: Mapped[str] = mapped_column(String(100), default="")
    kind: Mapped[MatterKind] = mapped_column(Coded(MatterKind))
    state: Mapped[MatterState] = mapped_column(Coded(MatterState))
    issuer_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    issued_at: Mapped[datetime] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    entry_count: Mapped[int] = mapped_column(default=0)

    area: Mapped[Area] = relationship(viewonly=True)
    issuer: Mapped[User] = relationship(viewonly=True)
    units: Mapped[list[MatterUnit]] = relationship(order_by="MatterUnit.id")
    entries: Mapped[list[MatterEntry]] = relationship(order_by="MatterEntry.id")
    clocks: Mapped[list[Deadline]] = relationship(
        primaryjoin=lambda: Matter.id == Deadline.matter_id,
        foreign_keys=lambda: Deadline.matter_id,
        viewonly=True,
        order_by=lambda: Deadline.id,
    )


class MatterUnit(Base):
    """Department of a matter (承办单位): one leads, others assist."""

    __tablename__ = "matter_unit"
    __table_args__ = (
        Index("uq_matter_unit_matter_id_department_id", "matter_id", "department_id", unique=True),
        Index("ix_matter_unit_department_id", "department_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    matter_id: Mapped[UUID] = mapped_column(ForeignKey("matter.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    is_lead: Mapped[bool]

    department: Mapped[Department] = relationship(lazy="joined", innerjoin=True)


class MatterEntry(Base):
    """Entry of a matter's ledger (台账记录): what was done, by whom, when."""

    __tablename__ = "matter_entry"
    __table_args__ = (Index("ix_matter_entry_matter_id", "matter_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    matter_id: Mapped[UUID] = mapped_column(ForeignKey("matter.id"))
    kind: Mapped[EntryKind] = mapped_column(Coded(EntryKind))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    words: Mapped[str] = mapped_column(String(1000))

    actor: Mapped[User] = relationship(viewonly=True, lazy="joined")
    department: Mapped[Department | None] = relationship(viewonly=True, lazy="joined")
