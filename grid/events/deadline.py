"""Deadlines (时限): clocks as rows. The whole case has one from filing, each department one from dispatch."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grid.calendars import almanac
from grid.calendars.almanac import Almanac
from grid.calendars.policy import Policy
from grid.db import Base, BigId, Coded, UTCDateTime, db
from grid.events.event import Assignment, Event
from grid.worktime.limit import Limit, Unit, due, yellow_at


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
    """Deadline (时限): limit, unit, start, and the moments it turns yellow and is due, as computed then.

    policy_id: the street's policy it follows. is_provisional: it runs into a year whose notice is not in.
    """

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
    yellow_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    is_provisional: Mapped[bool]
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("work_policy.id"))
    state: Mapped[DeadlineState] = mapped_column(Coded(DeadlineState))
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    # Never loaded: they tell the session to write the case and its assignments before their clocks.
    event: Mapped[Event] = relationship(lazy="raise")
    assignment: Mapped[Assignment | None] = relationship(lazy="raise")

    @property
    def limit(self) -> Limit:
        return Limit(self.limit_value, Unit(self.limit_unit))

    def compute(self, now: Almanac, under: Policy) -> None:
        """Set what follows from the limit, the days and the street's policy."""
        calendar = now.calendar(under)
        self.due_at = due(self.started_at, self.limit, calendar)
        is_working = self.limit.unit.is_working
        self.yellow_at = yellow_at(self.started_at, self.due_at, calendar if is_working else None)
        self.is_provisional = is_working and calendar.is_provisional(self.started_at, self.due_at)


class DeadlineChange(Base):
    """Deadline change (时限变更): what a clock's due moment was before it was computed again, and why."""

    __tablename__ = "deadline_change"
    __table_args__ = (Index("ix_deadline_change_deadline_id", "deadline_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    deadline_id: Mapped[int] = mapped_column(ForeignKey("deadline.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    old_due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    new_due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    reason: Mapped[str] = mapped_column(String(200))


def start(
    event: Event, kind: DeadlineKind, limit: Limit, at: datetime, assignment: Assignment | None = None
) -> Deadline:
    """Start a clock; its due moment follows from the limit, the calendar and the policy of the event's street."""
    deadline = Deadline(
        event_id=event.id,
        assignment_id=assignment.id if assignment else None,
        kind=kind,
        limit_value=limit.value,
        limit_unit=limit.unit,
        started_at=at,
        state=DeadlineState.RUNNING,
    )
    _compute(deadline, event, almanac.current())
    if deadline.is_provisional:
        # The notice may be coming in at this moment: wait for it, or keep it waiting. Nothing is written before:
        # an import locks the calendar, then the cases, so nobody may wait for it with a case in hand.
        with db.session.no_autoflush:
            _compute(deadline, event, almanac.current(hold=True))
    show(deadline, event, assignment)
    db.session.add(deadline)
    return deadline


def _compute(deadline: Deadline, event: Event, now: Almanac) -> None:
    policy = now.policy(event.area_path)
    deadline.policy_id = policy.number or None
    deadline.compute(now, policy)


def show(deadline: Deadline, event: Event, assignment: Assignment | None) -> None:
    """Let the case, or its department's assignment, say when it is due."""
    if assignment is not None:
        assignment.due_at = deadline.due_at
        return
    event.due_at, event.yellow_at = deadline.due_at, deadline.yellow_at
    event.is_due_provisional = deadline.is_provisional


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
