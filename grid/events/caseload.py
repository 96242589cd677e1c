"""Caseload (部门手上的案卷): what a department has in hand, what is due first on top, each with its own clocks.

The desk's queues order by the clock of the whole case; a department is measured by its own: signing, handling.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select

from grid import clock
from grid.accounts.user import User
from grid.db import db
from grid.events.deadline import OPEN, Deadline
from grid.events.event import Assignment, Event, EventLog
from grid.events.lifecycle import REWORK
from grid.events.lot import IN_HAND, Lot, Part
from grid.events.practice import real
from grid.events.query import SUMMARY
from grid.events.request import EventRequest, RequestState
from grid.events.scope import visible
from grid.events.state import AssignmentState

MOST = 200
TOLD_WHY = (*sorted(REWORK), "redo", "dispatch", "arbitrate", "add_assist")


@dataclass(frozen=True, slots=True)
class Count:
    """How much lies in a lot, how much of it is late, and how many practice cases beside."""

    lot: Lot | None
    count: int
    overdue: int
    practice: int


# What is due next of a part: to be signed, then to be handled.
_DUE = case(
    (
        Assignment.state == AssignmentState.PENDING_SIGN,
        func.coalesce(Assignment.sign_due_at, Assignment.due_at),
    ),
    else_=Assignment.due_at,
)


def parts(actor: User, lot: Lot | None = None) -> tuple[list[Part], bool]:
    """What the actor's department has in hand, what is due first on top; and whether there is more."""
    found = (
        select(Event)
        .join(Event.assignments)
        .where(*_in_hand(actor), *([lot.rows] if lot else []))
        .order_by(_DUE.is_(None), _DUE, Event.id)
        .limit(MOST + 1)
        .options(*SUMMARY)
    )
    events = list(db.session.scalars(found).unique())
    owned = ((event, _own(actor, event)) for event in events[:MOST])
    shown = [Part(event, own) for event, own in owned if own is not None]
    _fill(shown)
    return shown, len(events) > MOST


def counts(actor: User) -> list[Count]:
    """How much lies in each lot, and in all (lot None), in one statement."""
    lots: list[Lot | None] = [None, *Lot]
    is_late = _DUE < clock.now()
    columns = [
        func.count().filter(*said)
        for lot in lots
        for rows in ([lot.rows] if lot else [],)
        for said in ((*rows, real()), (*rows, real(), is_late), (*rows, Event.is_practice))
    ]
    told = select(*columns).select_from(Event).join(Event.assignments).where(*_in_hand(actor))
    row = db.session.execute(told).one()
    return [Count(lot, *row[3 * n : 3 * n + 3]) for n, lot in enumerate(lots)]


def _in_hand(actor: User) -> tuple[ColumnElement[bool], ...]:
    return visible(actor), Assignment.department_id == actor.department_id, Assignment.state.in_(IN_HAND)


def _own(actor: User, event: Event) -> Assignment | None:
    """None: it left their hands between the two statements that read it."""
    mine = (a for a in event.assignments if a.department_id == actor.department_id and a.state in IN_HAND)
    return next(mine, None)


def _fill(shown: list[Part]) -> None:
    """Clocks, requests and reasons of all of them, a statement each."""
    by_part = {part.assignment.id: part for part in shown}
    by_event = {part.event.id: part for part in shown}
    running = select(Deadline).where(Deadline.assignment_id.in_(by_part), Deadline.state.in_(OPEN))
    for one in db.session.scalars(running):
        if one.assignment_id is not None:
            by_part[one.assignment_id].clocks[one.kind] = one
    asked: dict[UUID | None, list[EventRequest]] = defaultdict(list)
    waiting = select(EventRequest).where(
        EventRequest.event_id.in_(by_event), EventRequest.state == RequestState.PENDING
    )
    for request in db.session.scalars(waiting):
        asked[request.assignment_id].append(request)
    told: Any = select(EventLog.event_id, EventLog.note).where(
        EventLog.event_id.in_(by_event), EventLog.action.in_(TOLD_WHY), EventLog.note != ""
    )
    for event_id, note in db.session.execute(told.order_by(EventLog.seq)):
        by_event[event_id].why = note
    for part in shown:
        part.requests = asked[part.assignment.id]
