"""Timing (计时): the clocks of a case, of its departments and its steps started, stopped, paused, extended.

What one clock is, and when it is due, is ``deadline``'s.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from grid.db import db
from grid.errors import Conflict
from grid.events import deadline
from grid.events.deadline import OPEN, Deadline
from grid.events.deadline_kind import DeadlineKind, DeadlineState
from grid.events.event import Assignment, Event
from grid.worktime.limit import Limit


def start(
    event: Event, kind: DeadlineKind, limit: Limit, at: datetime, assignment: Assignment | None = None
) -> Deadline:
    """Start a clock; its due moment follows from the limit, the calendar and the policy of the event's street."""
    clock = deadline.make(kind, limit, at, event.area_path)
    clock.event_id, clock.assignment_id = event.id, assignment.id if assignment else None
    deadline.show(clock, event, assignment)
    db.session.add(clock)
    return clock


def finish(event_id: UUID, kind: DeadlineKind, at: datetime, assignment_id: UUID | None = None) -> int:
    """Stop the running clock of a case or an assignment: met or missed; how many there were."""
    found = open_clocks(event_id, kind, assignment_id)
    for clock in found:
        deadline.end(clock, at)
    return len(found)


def cancel(event_id: UUID, kind: DeadlineKind | None, at: datetime, assignment_id: UUID | None = None) -> None:
    """Stop a clock that no longer counts (void, recall), running or paused. kind None: each."""
    for clock in open_clocks(event_id, kind, assignment_id):
        deadline.drop(clock, at)


def pause(event: Event, at: datetime, reason: str, assignment: Assignment | None = None) -> None:
    """Let the running clocks of one department, or else the clock of the whole case, stand still."""
    for clock in _of(event, assignment):
        if clock.state is DeadlineState.RUNNING:
            deadline.stop(clock, at, reason)
            deadline.show(clock, event, assignment)


def resume(event: Event, at: datetime, assignment: Assignment | None = None) -> None:
    """Let them run on: what was left when they were paused is left from now on."""
    for clock in _of(event, assignment):
        if clock.state is DeadlineState.PAUSED:
            deadline.go_on(clock, at)
            deadline.show(clock, event, assignment)


def extend(event: Event, at: datetime, reason: str, assignment: Assignment) -> Deadline:
    """Add its own limit to a department's handling clock once. Raises Conflict when it does not run.

    The clock of the whole case follows where it would end before its department's.
    """
    clocks = open_clocks(event.id, DeadlineKind.HANDLE, assignment.id)
    if not clocks:
        raise Conflict("这张派遣单现在不计时，不能延期。")
    deadline.prolong(clocks[0], at, reason)
    deadline.show(clocks[0], event, assignment)
    for whole in open_clocks(event.id, DeadlineKind.CASE):
        if whole.due_at < clocks[0].due_at:
            deadline.prolong(whole, at, reason)
            deadline.show(whole, event, None)
    return clocks[0]


def exempt(event_id: UUID, assignment_id: UUID) -> None:
    """Let a department's missed clock count as met; that it was missed stays written."""
    missed = select(Deadline).where(
        Deadline.event_id == event_id,
        Deadline.assignment_id == assignment_id,
        Deadline.kind == DeadlineKind.HANDLE,
        Deadline.state == DeadlineState.MISSED,
    )
    for clock in db.session.scalars(missed):
        clock.is_exempt = True


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


def _of(event: Event, assignment: Assignment | None) -> list[Deadline]:
    if assignment is None:
        return open_clocks(event.id, DeadlineKind.CASE)
    return open_clocks(event.id, assignment_id=assignment.id)
