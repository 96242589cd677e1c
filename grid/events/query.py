"""Finding events (查询): filters over what the caller may see, pages of an order, and the caller's queues."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, literal, or_, select
from sqlalchemy.orm import joinedload, selectinload

from grid import clock
from grid.accounts import scope
from grid.accounts.user import User
from grid.areas import net
from grid.db import UTCDateTime, db
from grid.errors import Invalid
from grid.events import order, rulebook
from grid.events.event import Assignment, Event
from grid.events.order import Key, Marks, Sort, Span
from grid.events.photo import EventPhoto
from grid.events.practice import real
from grid.events.queue import QUEUES, Queue
from grid.events.scope import REACHES, visible
from grid.events.state import FINAL, Stage, State
from grid.row import newest
from grid.worktime.limit import Light


@dataclass(frozen=True, slots=True)
class Filters:
    """What to look for; None means any. area, department, category: codes. q: words, or a case number.

    ids: of these cases only. also: what packages above this one know how to ask.
    """

    queue: str | None = None
    state: str | None = None
    stage: str | None = None
    category: str | None = None
    area: str | None = None
    department: str | None = None
    open: bool | None = None
    overdue: bool | None = None
    light: str | None = None
    practice: bool | None = None
    q: str | None = None
    reported_from: datetime | None = None
    reported_to: datetime | None = None
    ids: tuple[UUID, ...] | None = None
    also: tuple[ColumnElement[bool], ...] = ()


def page(actor: User, filters: Filters, span: Span, limit: int) -> tuple[list[Event], Key | None]:
    """Events of a span the caller may see, ``limit`` at most, and the key of the next page."""
    return order.page(listed(actor, filters), span, limit, *SUMMARY)


def marks(actor: User, filters: Filters, sort: Sort) -> Marks:
    """How long the whole list is, and where its pages begin."""
    return order.marks(listed(actor, filters), sort)


def listed(actor: User, filters: Filters) -> list[ColumnElement[bool]]:
    """The predicates of a list in any order: what is looked for, among what the caller may see."""
    queue = next((one for one in QUEUES if one.code == filters.queue), None)
    has_one_state = filters.state is not None or (queue is not None and queue.is_of_one_state)
    return [visible(actor), *conditions(actor, filters), *(() if has_one_state else (order.ANY_STATE,))]


def by_ids(actor: User, ids: Collection[UUID]) -> dict[UUID, Event]:
    """Those of some cases that the caller may see, with what a list shows of them."""
    found = select(Event).where(Event.id.in_(ids), visible(actor)).options(*SUMMARY)
    return {event.id: event for event in db.session.scalars(found)}


def reported_by(actor: User, after: UUID | None, limit: int) -> tuple[list[Event], UUID | None]:
    """The caller's own reports, newest first."""
    return newest(select(Event).where(Event.reporter_id == actor.id).options(*SUMMARY), after, limit)


def queues(actor: User) -> list[tuple[Queue, int, int, int]]:
    """The caller's queues: how many wait, how many of those are overdue, and how many practice cases beside."""
    mine = [queue for queue in QUEUES if actor.has(queue.permission)]
    if not mine:
        return []
    is_overdue = overdue()
    counted = (
        column
        for rows in (_in_queue(actor, queue.code) for queue in mine)
        for column in (
            func.count().filter(rows, real()),
            func.count().filter(rows, real(), is_overdue),
            func.count().filter(rows, Event.is_practice),
        )
    )
    found = db.session.execute(select(*counted).where(Event.state.not_in(FINAL), visible(actor))).one()
    return [(queue, found[3 * n], found[3 * n + 1], found[3 * n + 2]) for n, queue in enumerate(mine)]


SUMMARY = (
    joinedload(Event.reporter).lazyload("*"),
    selectinload(Event.photos).lazyload(EventPhoto.media),
    selectinload(Event.assignments),
)


def conditions(actor: User, filters: Filters) -> list[ColumnElement[bool]]:
    """The predicates of what is looked for; the caller's scope is another."""
    makers: list[tuple[Any, Any]] = [
        (filters.queue, lambda code: _in_queue(actor, code)),
        (filters.state, lambda code: Event.state == State(code)),
        (filters.stage, lambda code: Event.state.in_([s for s in State if s.stage is Stage(code)])),
        (filters.category, lambda code: Event.category_id.in_(rulebook.current().find(code).ids)),
        (filters.area, lambda code: scope.within(Event.area_path, net.current().find(code).path)),
        (filters.department, _at_department),
        (filters.open, lambda wanted: Event.closed_at.is_(None) if wanted else Event.closed_at.is_not(None)),
        (filters.overdue, _is_overdue),
        (filters.light, lambda code: shining(Light(code))),
        (filters.practice, lambda wanted: Event.is_practice.is_(wanted)),
        (filters.q, _words),
        (filters.reported_from, lambda at: Event.reported_at >= at),
        (filters.reported_to, lambda at: Event.reported_at < at),
        (filters.ids, lambda ids: Event.id.in_(ids)),
    ]
    return [*(make(value) for value, make in makers if value is not None), *filters.also]


def _in_queue(actor: User, code: str) -> ColumnElement[bool]:
    queue = next((q for q in QUEUES if q.code == code), None)
    if queue is None:
        raise Invalid("没有这个待办队列。", field="queue")
    in_state, mine = queue.rows(actor), scope.rows(actor, queue.permission, REACHES)
    # Said twice, the same predicate spoils PostgreSQL's estimate: it would read every case of a department.
    return in_state if mine.compare(visible(actor)) else in_state & mine


def _at_department(code: str) -> ColumnElement[bool]:
    departments = Assignment.department.property.mapper.class_
    return exists().where(
        Assignment.event_id == Event.id,
        Assignment.department_id == departments.id,
        departments.code == code,
    )


def _is_overdue(wanted: bool) -> ColumnElement[bool]:
    late = overdue() & Event.state.not_in(FINAL)
    return late if wanted else ~late


def overdue() -> ColumnElement[bool]:
    """Past its deadline; before it has one, past that of the step it stands at. Never null."""
    return and_(Event.pressing_at.is_not(None), Event.pressing_at < clock.now())


def shining(wanted: Light) -> ColumnElement[bool]:
    """Events whose light is this one now, or was at their end; the same as ``Event.light``."""
    at = func.coalesce(Event.closed_at, literal(clock.now(), UTCDateTime()))
    yellow_at, due_at = func.coalesce(Event.yellow_at, Event.step_yellow_at), Event.pressing_at
    return {
        Light.NONE: due_at.is_(None) | yellow_at.is_(None),
        Light.GREEN: at < yellow_at,
        Light.YELLOW: and_(yellow_at <= at, at <= due_at),
        Light.RED: at > due_at,
    }[wanted]


def _words(words: str) -> ColumnElement[bool]:
    number = words.replace(" ", "")
    return or_(
        Event.description.contains(words, autoescape=True),
        Event.address.contains(words, autoescape=True),
        Event.case_no.startswith(number, autoescape=True),
    )
