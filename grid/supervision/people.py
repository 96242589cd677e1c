"""Whom a rung reaches (催办对象): the posts it names, as people, where the case or the matter is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import select

from grid.accounts import holder
from grid.accounts.permission import Permission as P
from grid.db import db
from grid.events import notify
from grid.events.deadline import Deadline
from grid.events.deadline_kind import DeadlineKind
from grid.events.event import Event
from grid.events.rung import Whom
from grid.supervision.matter import Matter
from grid.supervision.supervision import Supervision
from grid.tasks.task import Task, TaskState

_DESK = {
    DeadlineKind.ACCEPT: P.EVENT_ACCEPT,
    DeadlineKind.FILE: P.EVENT_FILE,
    DeadlineKind.DISPATCH: P.EVENT_DISPATCH,
    DeadlineKind.REVIEW: P.EVENT_REVIEW,
    DeadlineKind.SEND: P.EVENT_SEND_CHECK,
    DeadlineKind.CLOSE: P.EVENT_CLOSE,
    DeadlineKind.LEVEL: P.EVENT_HAND,
}
_ABOVE = {Whom.DISPATCHER: P.EVENT_DISPATCH, Whom.LEADER: P.EVENT_ARBITRATE}


At = Callable[..., list[int]]  # ``holder.at``, remembering what it was asked before: posts repeat


def of_case(event: Event, clock: Deadline, whom: Iterable[Any], at: At = holder.at) -> set[int]:
    """Ids of those a rung of a case's clock reaches."""
    found: set[int] = set()
    for one in map(Whom, whom):
        if one in _ABOVE:
            found.update(at(event.area_path, _ABOVE[one]))
        elif one is Whom.HEAD:
            found.update(at(event.area_path, P.ASSIGNMENT_CONFIRM, _departments(event, clock)))
        else:
            found.update(_holders(event, clock, at))
    return found


def of_matter(matter: Matter, whom: Iterable[Any], at: At = holder.at) -> set[int]:
    """Ids of those a rung of a matter's clock reaches."""
    ours = tuple(unit.department_id for unit in matter.units)
    found: set[int] = set()
    for one in map(Whom, whom):
        if one in _ABOVE:
            found.update([matter.issuer_id, *at(matter.area_path, _ABOVE[one])])
        else:
            right = P.ASSIGNMENT_CONFIRM if one is Whom.HEAD else P.MATTER_WRITE
            found.update(at(matter.area_path, right, ours))
    return found


def _holders(event: Event, clock: Deadline, at: At) -> list[int]:
    if clock.kind in (DeadlineKind.VERIFY, DeadlineKind.CHECK):
        waiting = select(Task.assignee_id).where(Task.subject_id == event.id, Task.state == TaskState.OPEN)
        return list(db.session.scalars(waiting))
    if clock.kind in _DESK:
        return at(event.area_path, _DESK[clock.kind])
    if clock.kind is DeadlineKind.CASE:
        return notify.holders(event, notify.NEXT[event.state]) if event.state in notify.NEXT else []
    part = next((a for a in event.assignments if a.id == clock.assignment_id), None)
    if part is not None and part.handler_id is not None:
        return [part.handler_id]
    return at(event.area_path, P.ASSIGNMENT_HANDLE, _departments(event, clock))


def _departments(event: Event, clock: Deadline) -> tuple[int, ...]:
    """The department a clock is of; of the whole case, all that have it."""
    if clock.supervision_id is not None:
        asked = db.session.get_one(Supervision, clock.supervision_id).department_id
        return (asked,) if asked is not None else ()
    mine = tuple(a.department_id for a in event.assignments if a.id == clock.assignment_id)
    return mine or tuple(a.department_id for a in event.assignments if a.is_open)
