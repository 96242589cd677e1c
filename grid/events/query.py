"""Finding events (查询): filters over what the caller may see, keyset pages newest first, and their queues."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from grid import clock
from grid.accounts import scope
from grid.accounts.permission import Permission as P
from grid.accounts.user import User
from grid.areas import net
from grid.db import db
from grid.errors import Invalid
from grid.events import rulebook
from grid.events.event import Assignment, Event
from grid.events.scope import REACHES, visible
from grid.events.state import FINAL, Stage, State


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue (待办): events in a state whose next step a permission gives."""

    code: str
    state: State
    permission: P

    @property
    def label(self) -> str:
        return self.state.label


QUEUES = (
    Queue("accept", State.REPORTED, P.EVENT_ACCEPT),
    Queue("file", State.PENDING_FILING, P.EVENT_FILE),
    Queue("dispatch", State.PENDING_DISPATCH, P.EVENT_DISPATCH),
    Queue("sign", State.PENDING_SIGN, P.ASSIGNMENT_HANDLE),
    Queue("handle", State.HANDLING, P.ASSIGNMENT_HANDLE),
    Queue("confirm", State.HANDLED, P.ASSIGNMENT_CONFIRM),
    Queue("feedback", State.FEEDBACK, P.EVENT_REVIEW),
    Queue("send_check", State.PENDING_CHECK, P.EVENT_SEND_CHECK),
    Queue("checking", State.CHECKING, P.EVENT_SEND_CHECK),
    Queue("close", State.PENDING_CLOSE, P.EVENT_CLOSE),
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What to look for; None means any. area, department, category: codes. q: words, or a case number."""

    queue: str | None = None
    state: str | None = None
    stage: str | None = None
    category: str | None = None
    area: str | None = None
    department: str | None = None
    overdue: bool | None = None
    q: str | None = None
    reported_from: datetime | None = None
    reported_to: datetime | None = None


def page(actor: User, filters: Filters, after: UUID | None, limit: int) -> tuple[list[Event], UUID | None]:
    """Events the caller may see, newest first, ``limit`` at most, and the key of the next page."""
    return _page(select(Event).where(visible(actor), *_conditions(actor, filters)), after, limit)


def reported_by(actor: User, after: UUID | None, limit: int) -> tuple[list[Event], UUID | None]:
    """The caller's own reports, newest first."""
    return _page(select(Event).where(Event.reporter_id == actor.id), after, limit)


def _page(found: Select[Event], after: UUID | None, limit: int) -> tuple[list[Event], UUID | None]:
    if after is not None:
        found = found.where(Event.id < after)
    events = list(db.session.scalars(found.options(*SUMMARY).order_by(Event.id.desc()).limit(limit + 1)))
    return events[:limit], events[limit - 1].id if len(events) > limit else None


def queues(actor: User) -> list[tuple[Queue, int, int]]:
    """The caller's queues with how many wait and how many of those are overdue."""
    mine = [queue for queue in QUEUES if actor.has(queue.permission)]
    if not mine:
        return []
    is_overdue = Event.due_at < clock.now()
    counts = {
        row.state: (row.waiting, row.overdue)
        for row in db.session.execute(
            select(
                Event.state,
                func.count().label("waiting"),
                func.count().filter(is_overdue).label("overdue"),
            )
            .where(Event.state.in_([queue.state for queue in mine]), visible(actor))
            .group_by(Event.state)
        )
    }
    return [(queue, *counts.get(queue.state, (0, 0))) for queue in mine]


SUMMARY = (
    joinedload(Event.reporter).lazyload("*"),
    selectinload(Event.photos),
    selectinload(Event.assignments),
)


def _conditions(actor: User, filters: Filters) -> list[ColumnElement[bool]]:
    makers: list[tuple[Any, Any]] = [
        (filters.queue, lambda code: _in_queue(actor, code)),
        (filters.state, lambda code: Event.state == State(code)),
        (filters.stage, lambda code: Event.state.in_([s for s in State if s.stage is Stage(code)])),
        (filters.category, lambda code: Event.category_id == rulebook.current().find(code).id),
        (filters.area, lambda code: scope.within(Event.area_path, net.current().find(code).path)),
        (filters.department, _at_department),
        (filters.overdue, _overdue),
        (filters.q, _words),
        (filters.reported_from, lambda at: Event.reported_at >= at),
        (filters.reported_to, lambda at: Event.reported_at < at),
    ]
    return [make(value) for value, make in makers if value is not None]


def _in_queue(actor: User, code: str) -> ColumnElement[bool]:
    queue = next((q for q in QUEUES if q.code == code), None)
    if queue is None:
        raise Invalid("没有这个待办队列。", field="queue")
    return (Event.state == queue.state) & scope.rows(actor, queue.permission, REACHES)


def _at_department(code: str) -> ColumnElement[bool]:
    departments = Assignment.department.property.mapper.class_
    return exists().where(
        Assignment.event_id == Event.id,
        Assignment.department_id == departments.id,
        departments.code == code,
    )


def _overdue(wanted: bool) -> ColumnElement[bool]:
    late = (Event.due_at < clock.now()) & Event.state.not_in(FINAL)
    return late if wanted else ~late | Event.due_at.is_(None)


def _words(words: str) -> ColumnElement[bool]:
    number = words.replace(" ", "")
    return or_(
        Event.description.contains(words, autoescape=True),
        Event.address.contains(words, autoescape=True),
        Event.case_no.startswith(number, autoescape=True),
    )
