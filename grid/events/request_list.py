"""Requests that wait (待审批), in a person's scope."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, false, or_, select
from sqlalchemy.orm import joinedload, selectinload

from grid.accounts.permission import Permission
from grid.accounts.user import User
from grid.db import db
from grid.events.event import Event
from grid.events.photo import EventPhoto
from grid.events.request import EventRequest, RequestState
from grid.events.request_rule import RULES
from grid.events.scope import visible


def pending(actor: User, after: UUID | None, limit: int) -> tuple[list[tuple[Event, EventRequest]], UUID | None]:
    """A page of requests with their cases, newest first, and the key of the next."""
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
    rows = [(row[0], row[1]) for row in db.session.execute(found)]
    return rows[:limit], rows[limit - 1][1].id if len(rows) > limit else None


def to_decide(permission: Permission) -> Select[UUID]:
    """The cases in which a request waits for this permission. Of the table's levels, the last are asked for."""
    turns = [
        (EventRequest.kind == rule.kind) & (EventRequest.level - EventRequest.levels == n - len(rule.levels))
        for rule in RULES.values()
        for n, level in enumerate(rule.levels)
        if level is permission
    ]
    return select(EventRequest.event_id).where(EventRequest.state == RequestState.PENDING, or_(false(), *turns))


def relations(actor: User, event: Event) -> list[tuple[str, Event]]:
    """Cases that hang together with one, as far as the actor may see them: how, and which."""
    ids = [id_ for id_ in (event.merged_into_id, event.reopened_from_id) if id_ is not None]
    tied = Event.merged_into_id.in_([event.id]) | Event.reopened_from_id.in_([event.id]) | Event.id.in_(ids)
    found = db.session.scalars(select(Event).where(tied, visible(actor)).order_by(Event.id))
    return [(_how(event, other), other) for other in found]


def _how(event: Event, other: Event) -> str:
    if other.id == event.merged_into_id:
        return "merged_into"
    if other.merged_into_id == event.id:
        return "merged"
    return "reopened_from" if other.id == event.reopened_from_id else "reopened_as"
