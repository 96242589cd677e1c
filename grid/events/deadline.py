"""Deadlines (时限): clocks as rows. The whole case has one from filing, each department two from dispatch, each
post one for its step (``stage``), a supervision one for its reply, a matter handed down three.

A clock runs until it is finished or cancelled. It may be extended by its own limit and may be paused; its due
moment always follows from the limit, the extensions and the pauses, so it can be computed again at any time. So do
its alarms, one for each rung of its ladder. The next one stands on the row, where the worker's sweep finds it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, or_, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grid import clock
from grid.calendars import almanac
from grid.calendars import policy as policies
from grid.calendars.almanac import Almanac
from grid.calendars.policy import Policy
from grid.db import Base, BigId, Coded, UTCDateTime, db
from grid.events import rulebook
from grid.events.deadline_kind import DeadlineKind, DeadlineState
from grid.events.event import Assignment, Event
from grid.events.ladder import Ladder
from grid.events.rung import Moment, Rung
from grid.events.step_clock import StepClock
from grid.worktime.calendar import WorkCalendar
from grid.worktime.limit import Light, Limit, Unit, before, due, light, share_at, yellow_at

OPEN = (DeadlineState.RUNNING, DeadlineState.PAUSED)


class Deadline(Base):
    """Deadline (时限): limit, unit, start, and the moments it turns yellow and is due, as computed then.

    policy_id: the street's policy it follows. is_provisional: it runs into a year whose notice is not in.
    extensions: how often its limit was added. is_exempt: missed, but an appeal let it count as met (申诉成立).
    It belongs to a case (event_id) or a matter handed down (matter_id). ladder_id: whose rungs it has, None: the
    product's own; rungs_done: a bit for each that is said; next_alarm_at: of the next, None: nothing to say.
    """

    __tablename__ = "deadline"
    __table_args__ = (
        Index("ix_deadline_event_id", "event_id"),
        Index("ix_deadline_state_due_at", "state", "due_at"),
        Index(
            "ix_deadline_next_alarm_at",
            "next_alarm_at",
            sqlite_where=text("next_alarm_at IS NOT NULL"),
            postgresql_where=text("next_alarm_at IS NOT NULL"),
        ),
        Index(
            "ix_deadline_matter_id",
            "matter_id",
            sqlite_where=text("matter_id IS NOT NULL"),
            postgresql_where=text("matter_id IS NOT NULL"),
        ),
        CheckConstraint("(event_id IS NULL) <> (matter_id IS NULL)", name="owner"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    event_id: Mapped[UUID | None] = mapped_column(ForeignKey("event.id"))
    matter_id: Mapped[UUID | None] = mapped_column(ForeignKey("matter.id"))
    assignment_id: Mapped[UUID | None] = mapped_column(ForeignKey("assignment.id"))
    supervision_id: Mapped[UUID | None] = mapped_column(ForeignKey("supervision.id"))
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
    ladder_id: Mapped[int | None] = mapped_column(ForeignKey("ladder_rule.id"))
    rungs_done: Mapped[int] = mapped_column(default=0)
    next_alarm_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    pauses: Mapped[list[DeadlinePause]] = relationship(order_by="DeadlinePause.id")
    # Never loaded: they tell the session to write the case and its assignments before their clocks.
    event: Mapped[Event | None] = relationship(lazy="raise")
    assignment: Mapped[Assignment | None] = relationship(lazy="raise")

    @property
    def limit(self) -> Limit:
        return Limit(self.limit_value, Unit(self.limit_unit))

    @property
    def light(self) -> Light:
        """Its light now, or as it was at its end; none while it stands still."""
        if self.state is DeadlineState.PAUSED:
            return Light.NONE
        return light(self.yellow_at, self.due_at, self.finished_at or clock.now())

    @property
    def of_step(self) -> StepClock:
        """What the case keeps of it, if it times a step."""
        return StepClock(self.kind, self.yellow_at, self.due_at)

    def compute(self, now: Almanac, under: Policy) -> None:
        """Set what follows from the limit, its extensions, the pauses that are over, the days and the policy."""
        calendar = now.calendar(under)
        end = self._unpaused(calendar)
        self.due_at = self._past_pauses(end, calendar)
        self.yellow_at = self._past_pauses(yellow_at(self.started_at, end, self._counting(calendar)), calendar)
        self.is_provisional = self.limit.unit.is_working and calendar.is_provisional(self.started_at, self.due_at)

    def moment_of(self, rung: Rung, calendar: WorkCalendar) -> datetime | None:
        """When a rung of its ladder is due; None: never, the limit is shorter than what should be left of it."""
        if rung.moment is Moment.DUE:
            return self.due_at
        if rung.moment is Moment.AFTER:
            return due(self.due_at, _given(rung.limit), calendar)
        end = self._unpaused(calendar)
        if rung.moment is Moment.SHARE:
            found: datetime | None = share_at(
                self.started_at, end, (rung.share or 0) / 100, self._counting(calendar)
            )
        else:
            found = before(self.started_at, end, _given(rung.limit), calendar)
        return self._past_pauses(found, calendar) if found else None

    def plan(self, at: datetime, ladder: Ladder, calendar: WorkCalendar) -> None:
        """Plan its alarms, at first or again. A rung whose moment lies ahead is to be said, even if it was said
        of another moment; one whose moment is past is said if it never was, and never twice.
        """
        for bit, moment in self.rungs_of(ladder, calendar):
            if moment > at:
                self.rungs_done &= ~bit
        self.look_ahead(ladder, calendar)

    def look_ahead(self, ladder: Ladder, calendar: WorkCalendar) -> None:
        """Set the moment of the next alarm: the earliest of what is not said; none while it stands still."""
        left = [moment for bit, moment in self.rungs_of(ladder, calendar) if not self.rungs_done & bit]
        self.next_alarm_at = min(left, default=None) if self.state is DeadlineState.RUNNING else None

    def rungs_of(self, ladder: Ladder, calendar: WorkCalendar) -> list[tuple[int, datetime]]:
        """Each rung's bit and moment, those that never come left out."""
        found = [(1 << n, self.moment_of(rung, calendar)) for n, rung in enumerate(ladder.rungs)]
        return [(bit, moment) for bit, moment in found if moment is not None]

    def settle(self, state: DeadlineState, at: datetime) -> None:
        """Let it end: nothing more is said of it."""
        self.state, self.finished_at, self.next_alarm_at = state, at, None

    def _counting(self, calendar: WorkCalendar) -> WorkCalendar | None:
        return calendar if self.limit.unit.is_working else None

    def _unpaused(self, calendar: WorkCalendar) -> datetime:
        """When it would be due without its pauses."""
        end = due(self.started_at, self.limit, calendar)
        for _ in range(self.extensions or 0):
            end = due(end, self.limit, calendar)
        return end

    def _past_pauses(self, moment: datetime, calendar: WorkCalendar) -> datetime:
        for pause in self.pauses:
            if pause.resumed_at is not None:
                moment = later(moment, pause.paused_at, pause.resumed_at, self._counting(calendar))
        return moment

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


def make(kind: DeadlineKind, limit: Limit, at: datetime, area_path: str) -> Deadline:
    """A running clock of an area, due and planned by its calendar, policy and ladder; nobody's yet."""
    deadline = Deadline(
        kind=kind,
        limit_value=limit.value,
        limit_unit=limit.unit,
        started_at=at,
        state=DeadlineState.RUNNING,
        extensions=0,
        rungs_done=0,
        pauses=[],
    )
    deadline.ladder_id = rulebook.current().ladders.of(area_path, kind).number or None
    deadline.policy_id = _date(deadline, at, lambda now: now.policy(area_path)).number or None
    return deadline


def _date(deadline: Deadline, at: datetime, policy: Callable[[Almanac], Policy]) -> Policy:
    """Compute and plan a clock by the policy of the calendar it turns out to need."""
    now = almanac.current()
    deadline.compute(now, policy(now))
    if deadline.is_provisional:
        # The notice may be coming in at this moment: wait for it, or keep it waiting. An import passes by the
        # cases somebody has in hand, so it never waits for us.
        now = almanac.current(hold=True)
        deadline.compute(now, policy(now))
    under = policy(now)
    deadline.plan(at, ladder_of(deadline), now.calendar(under))
    return under


_COPIES: dict[DeadlineKind, Callable[[Deadline], None]] = {}


def shown_by(kind: DeadlineKind, show_: Callable[[Deadline], None]) -> None:
    """A package above keeps the moments of its clocks too: what to call when they were computed again."""
    _COPIES[kind] = show_


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
        case kind if kind.is_step:
            before = event.step_clock
            if before is None or before.kind is kind or deadline.due_at < before.due_at:
                event.step_clock = deadline.of_step
        case kind if kind in _COPIES:
            _COPIES[kind](deadline)


def end(deadline: Deadline, at: datetime) -> None:
    """Stop one clock: met or missed."""
    _end_pause(deadline, at)
    deadline.settle(DeadlineState.MET if at <= deadline.due_at else DeadlineState.MISSED, at)


def drop(deadline: Deadline, at: datetime) -> None:
    """Stop one clock that no longer counts, running or paused."""
    _end_pause(deadline, at)
    deadline.settle(DeadlineState.CANCELLED, at)


def prolong(deadline: Deadline, at: datetime, reason: str) -> None:
    """Add its own limit to one clock once; the old due moment is kept."""
    old = deadline.due_at
    deadline.extensions += 1
    _recompute(deadline, at)
    keep(deadline, old, at, reason)


def keep(deadline: Deadline, old_due_at: datetime, at: datetime, reason: str) -> None:
    """Keep what the due moment was before it was computed again."""
    moments = {"at": at, "old_due_at": old_due_at, "new_due_at": deadline.due_at}
    db.session.add(DeadlineChange(deadline_id=deadline.id, reason=reason[:200], **moments))


def stop(deadline: Deadline, at: datetime, reason: str) -> None:
    """Let one clock stand still."""
    deadline.state, deadline.next_alarm_at = DeadlineState.PAUSED, None
    deadline.pauses.append(DeadlinePause(paused_at=at, reason=reason[:200]))


def go_on(deadline: Deadline, at: datetime) -> None:
    """Let it run on."""
    _end_pause(deadline, at)
    deadline.state = DeadlineState.RUNNING
    _recompute(deadline, at)


def later(moment: datetime, paused_at: datetime, resumed_at: datetime, counting: WorkCalendar | None) -> datetime:
    """A moment ahead of a pause, moved by it: as much counted time lies between resumption and it as did before.

    counting: only working time counts; None: all does. What had passed before the pause stays where it was.
    """
    if moment <= paused_at:
        return moment
    if counting is None:
        return moment + (resumed_at - paused_at)
    return counting.after(resumed_at, counting.between(paused_at, moment))


def _end_pause(deadline: Deadline, at: datetime) -> None:
    if deadline.state is DeadlineState.PAUSED:
        deadline.pauses[-1].resumed_at = at


def _recompute(deadline: Deadline, at: datetime) -> None:
    """By the policy and the ladder it was started under."""
    under = policies.by_number(deadline.policy_id)
    _date(deadline, at, lambda now: under)


def ladder_of(deadline: Deadline) -> Ladder:
    """The ladder a clock was started under."""
    return rulebook.current().ladders.numbered(deadline.ladder_id, deadline.kind)


def _given(limit: Limit | None) -> Limit:
    if limit is None:
        raise ValueError("a rung before or after has a limit")
    return limit
