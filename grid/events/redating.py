"""Redating (时限重算): clocks that ran into a year without its notice are computed again when the notice is in."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from grid import clock
from grid.accounts import user as users
from grid.accounts.user import User
from grid.calendars import almanac, notice_import, policy
from grid.calendars.notice_import import CalendarImport
from grid.db import db, table
from grid.events import deadline, handling, stage
from grid.events.deadline import Deadline
from grid.events.deadline_kind import DeadlineState
from grid.events.event import Event
from grid.events.lifecycle import REDATE
from grid.job import job
from grid.trail import entry as trail

KIND = "deadline.redate"
_PROVISIONAL = (Deadline.state == DeadlineState.RUNNING, Deadline.is_provisional)


def confirm(actor: User | None, found: CalendarImport) -> int:
    """Do an import that was previewed, and compute anew what waited for it; how many due moments moved.

    Cases somebody has in hand at this moment are left to the worker: their holder may be waiting for our calendar.
    """
    notice_import.apply(actor, found)
    reason = f"导入“{found.source}”"
    job.enqueue(KIND, f"{KIND}:{found.id}", {"actor": actor.id if actor else None, "reason": reason})
    return redate(actor, reason, skip_held=True)


def finish(payload: dict[str, Any]) -> None:
    """The worker's part of an import: the cases that were in somebody's hand; safe to repeat."""
    actor = db.session.get(User, payload["actor"]) if payload["actor"] else None
    redate(actor, payload["reason"])


def waiting() -> int:
    """How many running clocks wait for a notice."""
    return db.session.scalar(select(func.count()).select_from(Deadline).where(*_PROVISIONAL)) or 0


def redate(actor: User | None, reason: str, *, skip_held: bool = False) -> int:
    """Compute every running provisional clock again, each by the policy it was started under.

    skip_held: without the cases somebody else has locked. The old due moment is kept with the clock and in the
    history of the case, whose due moment follows.
    """
    now = almanac.current()
    events, matters = _locked(skip_held), _locked_matters(skip_held)
    found = select(Deadline).where(*_PROVISIONAL).options(selectinload(Deadline.pauses)).order_by(Deadline.id)
    rows = db.session.scalars(found.execution_options(populate_existing=True))
    held = [row for row in rows if row.event_id in events or row.matter_id in matters]
    clocks = [(row, events.get(row.event_id) if row.event_id else None) for row in held]
    policies = {number: policy.by_number(number) for number in {row.policy_id for row, _ in clocks}}
    moved = 0
    for row, event in clocks:
        old, under = row.due_at, policies[row.policy_id]
        row.compute(now, under)
        row.plan(clock.now(), deadline.ladder_of(row), now.calendar(under))
        if event is not None:
            assignment = next((a for a in event.assignments if a.id == row.assignment_id), None)
            deadline.show(row, event, assignment)
            if row.kind.is_step:
                stage.tell(event)
        if row.due_at != old:
            _keep(actor, row, event, old, reason)
            moved += 1
    trail.record(actor, "deadline:redate", "deadline", "running", reason=reason, clocks=len(clocks), moved=moved)
    return moved


def _locked(skip_held: bool) -> dict[UUID, Event]:
    """The cases whose clocks wait, locked against steps meanwhile."""
    cases = select(Deadline.event_id).where(*_PROVISIONAL)
    found = select(Event).where(Event.id.in_(cases)).options(selectinload(Event.assignments)).order_by(Event.id)
    locked = found.with_for_update(skip_locked=skip_held).execution_options(populate_existing=True)
    return {event.id: event for event in db.session.scalars(locked)}


def _locked_matters(skip_held: bool) -> set[UUID]:
    """The same of matters handed down. They are rows of a package above: their key is all that is known here."""
    key = next(iter(table(Deadline).c.matter_id.foreign_keys)).column
    waiting_ = select(Deadline.matter_id).where(*_PROVISIONAL)
    found = select(key).where(key.in_(waiting_)).order_by(key).with_for_update(skip_locked=skip_held)
    return set(db.session.scalars(found))


def _keep(actor: User | None, row: Deadline, event: Event | None, old: datetime, reason: str) -> None:
    """The old due moment, beside the clock and in the history of the case."""
    at = clock.now()
    deadline.keep(row, old, at, reason)
    if event is None:
        return
    data = {
        "clock": row.kind.label,
        "from": clock.local(old).isoformat(timespec="minutes"),
        "to": clock.local(row.due_at).isoformat(timespec="minutes"),
    }
    handling.log(actor or users.automaton(), event, REDATE, event.state, at, reason, data)
