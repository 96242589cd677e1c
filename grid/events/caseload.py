"""Caseload (部门手上的案卷): what a department has in hand, what is due first on top, each with its own clocks.

The desk's queues order by the clock of the whole case; a department is measured by its own: signing, handling.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, func, select

from grid import clock
from grid.accounts.user import User
from grid.db import db
from grid.events.deadline import OPEN, Deadline
from grid.events.deadline_kind import DeadlineKind
from grid.events.event import Assignment, Event, EventLog
from grid.events.lifecycle import REWORK
from grid.events.practice import real
from grid.events.query import SUMMARY
from grid.events.request import EventRequest, RequestState
from grid.events.scope import visible
from grid.events.state import AssignmentRole, AssignmentState

MOST = 200
IN_HAND = (
    AssignmentState.PENDING_SIGN,
    AssignmentState.HANDLING,
    AssignmentState.HANDLED,
    AssignmentState.SUSPENDED,
)
AT_WORK = IN_HAND[:2]
TOLD_WHY = (*sorted(REWORK), "redo", "dispatch", "arbitrate", "add_assist")


class Lot(StrEnum):
    """Why a case lies on the department's table (待办分类); a case may be in several."""

    SIGN = "sign"
    HANDLE = "handle"
    CONFIRM = "confirm"
    BACK = "back"
    ASSIST = "assist"
    ASKED = "asked"
    SUSPENDED = "suspended"

    @property
    def label(self) -> str:
        return _LOTS[self].label

    @property
    def rows(self) -> ColumnElement[bool]:
        """Of the assignments in the department's hands, those in it."""
        return _LOTS[self].rows


@dataclass
class Part:
    """One case on the table. why: the words with which it came, or came back."""

    event: Event
    assignment: Assignment
    clocks: dict[DeadlineKind, Deadline] = field(default_factory=dict)
    requests: list[EventRequest] = field(default_factory=list)
    why: str = ""

    @property
    def lots(self) -> list[Lot]:
        """The lots it is in."""
        return [lot for lot in Lot if _LOTS[lot].holds(self)]


@dataclass(frozen=True, slots=True)
class _Said:
    """A lot, said twice: ``rows`` in SQL, ``holds`` of a part in hand."""

    label: str
    rows: ColumnElement[bool]
    holds: Callable[[Part], bool]


def _in_state(label: str, state: AssignmentState) -> _Said:
    return _Said(label, Assignment.state == state, lambda part: part.assignment.state is state)


_LOTS = {
    Lot.SIGN: _in_state("待签收", AssignmentState.PENDING_SIGN),
    Lot.HANDLE: _in_state("办理中", AssignmentState.HANDLING),
    Lot.CONFIRM: _in_state("待确认", AssignmentState.HANDLED),
    Lot.BACK: _Said(
        "退回来的",
        and_(Assignment.round > 1, Assignment.state.in_(AT_WORK)),
        lambda part: part.assignment.round > 1 and part.assignment.state in AT_WORK,
    ),
    Lot.ASSIST: _Said(
        "协办",
        and_(Assignment.role == AssignmentRole.ASSIST, Assignment.state.in_(IN_HAND[:3])),
        lambda part: part.assignment.role is AssignmentRole.ASSIST and part.assignment.state in IN_HAND[:3],
    ),
    Lot.ASKED: _Said(
        "申请待审批",
        exists().where(EventRequest.assignment_id == Assignment.id, EventRequest.state == RequestState.PENDING),
        lambda part: bool(part.requests),
    ),
    Lot.SUSPENDED: _in_state("挂账中", AssignmentState.SUSPENDED),
}


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
