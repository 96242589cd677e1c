"""Requests that wait (待审批), in a person's scope."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select
from sqlalchemy.orm import joinedload, selectinload

from grid.accounts import scope
from grid.accounts.permission import Permission
from grid.accounts.user import User
from grid.db import db
from grid.events import link
from grid.events.event import Assignment, Event
from grid.events.photo import EventPhoto
from grid.events.request import EventRequest, RequestDecision, RequestState
from grid.events.request_rule import RULES, RequestRule
from grid.events.scope import REACHES, visible


def pending(
    actor: User, after: UUID | None, limit: int, mine: bool = False
) -> tuple[list[tuple[Event, EventRequest]], UUID | None]:
    """A page of requests with their cases, newest first, and the key of the next.

    mine: only those on which the actor may say something now, or which are the actor's own.
    """
    found = (
        select(Event, EventRequest)
        .join(EventRequest, EventRequest.event_id == Event.id)
        .where(EventRequest.state == RequestState.PENDING, visible(actor))
        .options(
            joinedload(Event.reporter).lazyload("*"),
            selectinload(Event.photos).lazyload(EventPhoto.media),
            selectinload(Event.assignments),
            selectinload(Event.requests),
        )
        .order_by(EventRequest.id.desc())
        .limit(limit + 1)
    )
    if after is not None:
        found = found.where(EventRequest.id < after)
    if mine:
        found = found.where(or_(EventRequest.asker_id == actor.id, _turn_of(actor)))
    rows = [(row[0], row[1]) for row in db.session.execute(found)]
    return rows[:limit], rows[limit - 1][1].id if len(rows) > limit else None


def to_decide(permission: Permission) -> Select[UUID]:
    """The cases in which a request waits for this permission. Of the table's levels, the last are asked for."""
    turns = [turn for _, level, turn in _turns() if level is permission]
    return select(EventRequest.event_id).where(EventRequest.state == RequestState.PENDING, or_(false(), *turns))


def _turns() -> Iterator[tuple[RequestRule, Permission, ColumnElement[bool]]]:
    """Every level of every kind of request, and the requests that wait for it."""
    for rule in RULES.values():
        for n, level in enumerate(rule.levels):
            at = EventRequest.level - EventRequest.levels == n - len(rule.levels)
            yield rule, level, (EventRequest.kind == rule.kind) & at


def _turn_of(actor: User) -> ColumnElement[bool]:
    """The requests on which it is the actor's turn: ``requesting.may_decide`` as a predicate."""
    decided = exists().where(RequestDecision.request_id == EventRequest.id, RequestDecision.actor_id == actor.id)
    ours = exists().where(
        Assignment.id == EventRequest.assignment_id, Assignment.department_id == actor.department_id
    )
    parts = []
    for rule, level, turn in _turns():
        if not actor.has(level):
            continue
        own = [ours] if level is Permission.ASSIGNMENT_CONFIRM else []
        apart = [~decided] if rule.is_apart else []
        parts.append(and_(turn, scope.rows(actor, level, REACHES), *own, *apart))
    return and_(EventRequest.asker_id != actor.id, or_(false(), *parts))


def relations(actor: User, event: Event) -> list[tuple[str, Event]]:
    """Cases that hang together with one, as far as the actor may see them: how, and which."""
    linked = link.of(event.id)
    ids = [id_ for id_ in (event.merged_into_id, event.reopened_from_id, *linked) if id_ is not None]
    tied = Event.merged_into_id.in_([event.id]) | Event.reopened_from_id.in_([event.id]) | Event.id.in_(ids)
    found = db.session.scalars(select(Event).where(tied, visible(actor)).order_by(Event.id))
    return [(_how(event, other, linked), other) for other in found]


def _how(event: Event, other: Event, linked: dict[UUID, link.LinkKind]) -> str:
    if other.id == event.merged_into_id:
        return "merged_into"
    if other.merged_into_id == event.id:
        return "merged"
    if other.id in linked:
        return linked[other.id].value
    return "reopened_from" if other.id == event.reopened_from_id else "reopened_as"
