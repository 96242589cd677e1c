"""Deadlines (时限): clocks as rows. The whole case has one from filing, each department one from dispatch."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from functools import cache
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grid.db import Base, BigId, Coded, UTCDateTime, db
from grid.events.event import Assignment, Event
from grid.worktime.calendar import WorkCalendar
from grid.worktime.day import shipped_days
from grid.worktime.limit import Light, Limit, Unit, due, light


class DeadlineKind(StrEnum):
    """What is timed (计时对象): the whole case, or one department's handling."""

    CASE = "case"
    HANDLE = "handle"


class DeadlineState(StrEnum):
    """State of a clock (计时状态)."""

    RUNNING = "running"
    MET = "met"
    MISSED = "missed"
    CANCELLED = "cancelled"


class Deadline(Base):
    """Deadline (时限): limit, unit, start and the moment it is due, as computed then."""

    __tablename__ = "deadline"
    __table_args__ = (
        Index("ix_deadline_event_id", "event_id"),
        Index("ix_deadline_state_due_at", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    assignment_id: Mapped[UUID | None] = mapped_column(ForeignKey("assignment.id"))
    kind: Mapped[DeadlineKind] = mapped_column(Coded(DeadlineKind))
    limit_value: Mapped[int]
    limit_unit: Mapped[str] = mapped_column(String(15))
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[DeadlineState] = mapped_column(Coded(DeadlineState))
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    # Never loaded: they tell the session to write the case and its assignments before their clocks.
    event: Mapped[Event] = relationship(lazy="raise")
    assignment: Mapped[Assignment | None] = relationship(lazy="raise")


@cache
def calendar() -> WorkCalendar:
    """The working calendar in force: the State Council's days as shipped."""
    return WorkCalendar.of(shipped_days())


def start(event_id: UUID, kind: DeadlineKind, limit: Limit, at: datetime, assignment_id: UUID | None) -> Deadline:
    """Start a clock; its due moment follows from the limit and the working calendar."""
    deadline = Deadline(
        event_id=event_id,
        assignment_id=assignment_id,
        kind=kind,
        limit_value=limit.value,
        limit_unit=limit.unit,
        started_at=at,
        due_at=due(at, limit, calendar()),
        state=DeadlineState.RUNNING,
    )
    db.session.add(deadline)
    return deadline


def finish(event_id: UUID, kind: DeadlineKind, at: datetime, assignment_id: UUID | None = None) -> None:
    """Stop the running clock of a case or an assignment: met or missed."""
    for deadline in _running(event_id, kind, assignment_id):
        deadline.state = DeadlineState.MET if at <= deadline.due_at else DeadlineState.MISSED
        deadline.finished_at = at


def cancel(event_id: UUID, kind: DeadlineKind, at: datetime, assignment_id: UUID | None = None) -> None:
    """Stop a clock that no longer counts (void, return, recall)."""
    for deadline in _running(event_id, kind, assignment_id):
        deadline.state, deadline.finished_at = DeadlineState.CANCELLED, at


def _running(event_id: UUID, kind: DeadlineKind, assignment_id: UUID | None) -> list[Deadline]:
    found = select(Deadline).where(
        Deadline.event_id == event_id, Deadline.kind == kind, Deadline.state == DeadlineState.RUNNING
    )
    if assignment_id is not None:
        found = found.where(Deadline.assignment_id == assignment_id)
    return list(db.session.scalars(found))


def light_of(started_at: datetime | None, due_at: datetime | None, unit: str | None, now: datetime) -> Light:
    """The light of a clock, counted in the time its limit counts in."""
    if started_at is None or due_at is None or unit is None:
        return Light.NONE
    return light(started_at, due_at, now, calendar() if Unit(unit).is_working else None)
