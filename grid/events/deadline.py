"""Deadlines (时限): clocks as rows. The whole case has one from filing, each department two from dispatch.

A clock runs until it is finished or cancelled. It may be extended by its own limit and may be paused; its due
moment always follows from the limit, the extensions and the pauses, so it can be computed again at any time.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, String, or_, select
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grid.calendars import almanac
from grid.calendars import policy as policies
from grid.calendars.almanac import Almanac
from grid.calendars.policy import Policy
from grid.db import Base, BigId, Coded, UTCDateTime, db
from grid.errors import Conflict
from grid.events.event import Assignment, Event
from grid.worktime.calendar import WorkCalendar
from grid.worktime.limit import Limit, Unit, due, yellow_at


class DeadlineKind(StrEnum):
    """What is timed (计时对象): the whole case, one department's signing, its handling, or a level's turn."""

    CASE = "case"
    SIGN = "sign"
    HANDLE = "handle"
    LEVEL = "level"

    @property
    def label(self) -> str:
        return {"case": "全案时限", "sign": "签收时限", "handle": "部门时限", "level": "本级时限"}[self]


class DeadlineState(StrEnum):
    """State of a clock (计时状态)."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    MISSED = "missed"
    CANCELLED = "cancelled"


OPEN = (DeadlineState.RUNNING, DeadlineState.PAUSED)


class Deadline(Base):
    """Deadline (时限): limit, unit, start, and the moments it turns yellow and is due, as computed then.

    policy_id: the street's policy it follows. is_provisional: it runs into a year whose notice is not in.
    extensions: how often its limit was added. is_exempt: missed, but an appeal let it count as met (申诉成立).
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
    extensions: Mapped[int] = mapped_column(default=0)
    is_exempt: Mapped[bool] = mapped_column(default=False)

    pauses: Mapped[list[DeadlinePause]] = relationship(order_by="DeadlinePause.id")
    # Never loaded: they tell the session to write the case and its assignments before their clocks.
    event: Mapped[Event] = relationship(lazy="raise")
    assignment: Mapped[Assignment | None] = relationship(lazy="raise")

    @property
    def limit(self) -> Limit:
        return Limit(self.limit_value, Unit(self.limit_unit))

    def compute(self, now: Almanac, under: Policy) -> None:
        """Set what follows from the limit, its extensions, the pauses that are over, the days and the policy."""
        calendar = now.calendar(under)
        is_working = self.limit.unit.is_working
        counting = calendar if is_working else None
        end = due(self.started_at, self.limit, calendar)
        for _ in range(self.extensions or 0):
            end = due(end, self.limit, calendar)
        warning = yellow_at(self.started_at, end, counting)
        for pause in self.pauses:
            if pause.resumed_at is not None:
                end, warning = (
                    later(moment, pause.paused_at, pause.resumed_at, counting) for moment in (end, warning)
                )
        self.due_at, self.yellow_at = end, warning
        self.is_provisional = is_working and calendar.is_provisional(self.started_at, self.due_at)

    @hybrid_property
    def is_in_time(self) -> bool:
        """Met, or to be counted as met."""
        return self.state is DeadlineState.MET or self.is_exempt

    @is_in_time.inplace.expression
    @classmethod
    def _in_time(cls) -> ColumnElement[bool]:
        return or_(cls.state == DeadlineState.MET, cls.is_exempt)


class DeadlinePause(Base):
    """Deadline pause (时限暂停): from when to when a clock stood still, and why. resumed_at None: until now."""

    __tablename__ = "deadline_pause"
    __table_args__ = (Index("ix_deadline_pause_deadline_id", "deadline_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    deadline_id: Mapped[int] = mapped_column(ForeignKey("deadline.id"))
    paused_at: Mapped[datetime] = mapped_column(UTCDateTime)
    resumed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reason: Mapped[str] = mapped_column(String(200))


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
        extensions=0,
        pauses=[],
    )
    _compute(deadline, event, almanac.current())
    if deadline.is_provisional:
        # The notice may be coming in at this moment: wait for it, or keep it waiting. An import passes by the
        # cases somebody has in hand, so it never waits for us.
        _compute(deadline, event, almanac.current(hold=True))
    show(deadline, event, assignment)
    db.session.add(deadline)
    return deadline


def _compute(deadline: Deadline, event: Event, now: Almanac) -> None:
    policy = now.policy(event.area_path)
    deadline.policy_id = policy.number or None
    deadline.compute(now, policy)


def show(deadline: Deadline, event: Event, assignment: Assignment | None) -> None:
    """Let the case, or its department's assignment, say when it is due; nothing while the clock stands still."""
    is_paused = deadline.state is DeadlineState.PAUSED
    end = None if is_paused else deadline.due_at
    match deadline.kind:
        case DeadlineKind.CASE:
            event.due_at, event.yellow_at = end, None if is_paused else deadline.yellow_at
            event.is_due_provisional = deadline.is_provisional
        case DeadlineKind.HANDLE if assignment is not None:
            assignment.due_at = end
        case DeadlineKind.SIGN if assignment is not None:
            assignment.sign_due_at = end


def finish(event_id: UUID, kind: DeadlineKind, at: datetime, assignment_id: UUID | None = None) -> None:
    """Stop the running clock of a case or an assignment: met or missed."""
    for deadline in open_clocks(event_id, kind, assignment_id):
        deadline.state = DeadlineState.MET if at <= deadline.due_at else DeadlineState.MISSED
        deadline.finished_at = at


def cancel(event_id: UUID, kind: DeadlineKind | None, at: datetime, assignment_id: UUID | None = None) -> None:
    """Stop a clock that no longer counts (void, recall), running or paused. kind None: each."""
    for deadline in open_clocks(event_id, kind, assignment_id):
        _end_pause(deadline, at)
        deadline.state, deadline.finished_at = DeadlineState.CANCELLED, at


def pause(event: Event, at: datetime, reason: str, assignment: Assignment | None = None) -> None:
    """Let the running clocks of one department, or else the clock of the whole case, stand still."""
    for deadline in _of(event, assignment):
        if deadline.state is DeadlineState.RUNNING:
            deadline.state = DeadlineState.PAUSED
            deadline.pauses.append(DeadlinePause(paused_at=at, reason=reason[:200]))
            show(deadline, event, assignment)


def resume(event: Event, at: datetime, assignment: Assignment | None = None) -> None:
    """Let them run on: what was left when they were paused is left from now on."""
    for deadline in _of(event, assignment):
        if deadline.state is DeadlineState.PAUSED:
            _end_pause(deadline, at)
            deadline.state = DeadlineState.RUNNING
            _recompute(deadline)
            show(deadline, event, assignment)


def extend(event: Event, at: datetime, reason: str, assignment: Assignment) -> Deadline:
    """Add its own limit to a department's handling clock once; the old due moment is kept.

    The clock of the whole case follows where it would end before its department's.
    """
    clocks = open_clocks(event.id, DeadlineKind.HANDLE, assignment.id)
    if not clocks:
        raise Conflict("这张派遣单现在不计时，不能延期。")
    _extend(clocks[0], event, at, reason, assignment)
    for whole in open_clocks(event.id, DeadlineKind.CASE):
        if whole.due_at < clocks[0].due_at:
            _extend(whole, event, at, reason, None)
    return clocks[0]


def exempt(event_id: UUID, assignment_id: UUID) -> None:
    """Let a department's missed clock count as met; that it was missed stays written."""
    missed = select(Deadline).where(
        Deadline.event_id == event_id,
        Deadline.assignment_id == assignment_id,
        Deadline.kind == DeadlineKind.HANDLE,
        Deadline.state == DeadlineState.MISSED,
    )
    for deadline in db.session.scalars(missed):
        deadline.is_exempt = True


def open_clocks(
    event_id: UUID, kind: DeadlineKind | None = None, assignment_id: UUID | None = None
) -> list[Deadline]:
    """The clocks of a case that run or stand still; all its departments' too, where none is named."""
    found = select(Deadline).where(Deadline.event_id == event_id, Deadline.state.in_(OPEN))
    if kind is not None:
        found = found.where(Deadline.kind == kind)
    if assignment_id is not None:
        found = found.where(Deadline.assignment_id == assignment_id)
    return list(db.session.scalars(found.order_by(Deadline.id)))


def later(moment: datetime, paused_at: datetime, resumed_at: datetime, counting: WorkCalendar | None) -> datetime:
    """A moment ahead of a pause, moved by it: as much counted time lies between resumption and it as did before.

    counting: only working time counts; None: all does. What had passed before the pause stays where it was.
    """
    if moment <= paused_at:
        return moment
    if counting is None:
        return moment + (resumed_at - paused_at)
    return counting.after(resumed_at, counting.between(paused_at, moment))


def _of(event: Event, assignment: Assignment | None) -> list[Deadline]:
    if assignment is None:
        return open_clocks(event.id, DeadlineKind.CASE)
    return open_clocks(event.id, assignment_id=assignment.id)


def _end_pause(deadline: Deadline, at: datetime) -> None:
    if deadline.state is DeadlineState.PAUSED:
        deadline.pauses[-1].resumed_at = at


def _recompute(deadline: Deadline) -> None:
    """By the policy it was started under."""
    under = policies.by_number(deadline.policy_id)
    deadline.compute(almanac.current(), under)
    if deadline.is_provisional:
        deadline.compute(almanac.current(hold=True), under)


def _extend(deadline: Deadline, event: Event, at: datetime, reason: str, assignment: Assignment | None) -> None:
    old = deadline.due_at
    deadline.extensions += 1
    _recompute(deadline)
    show(deadline, event, assignment)
    db.session.add(
        DeadlineChange(
            deadline_id=deadline.id, at=at, old_due_at=old, new_due_at=deadline.due_at, reason=reason[:200]
        )
    )
