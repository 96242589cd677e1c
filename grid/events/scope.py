"""Scope of events (事件数据范围): how an event relates to a person, in SQL and of a loaded row."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, false, select

from grid.accounts import scope
from grid.accounts.permission import Permission, Relation
from grid.accounts.user import Grant, User
from grid.db import db
from grid.events.event import Assignment, Event
from grid.tasks.task import Task


def _department_rows(actor: User, grant: Grant) -> ColumnElement[bool]:
    if actor.department_id is None:
        return false()
    mine = exists().where(Assignment.event_id == Event.id, Assignment.department_id == actor.department_id)
    return and_(mine, scope.within(Event.area_path, grant.path))


def _department_holds(actor: User, grant: Grant, event: Event) -> bool:
    ours = any(a.department_id == actor.department_id for a in event.assignments)
    return actor.department_id is not None and ours and scope.is_within(event.area_path, grant.path)


REACHES: scope.Reaches = {
    Relation.OWN: scope.Reach(
        rows=lambda actor, grant: Event.reporter_id == actor.id,
        holds=lambda actor, grant, event: event.reporter_id == actor.id,
    ),
    Relation.AREA: scope.Reach(
        rows=lambda actor, grant: scope.within(Event.area_path, grant.path),
        holds=lambda actor, grant, event: scope.is_within(event.area_path, grant.path),
    ),
    Relation.DEPARTMENT: scope.Reach(rows=_department_rows, holds=_department_holds),
    Relation.TASK: scope.Reach(
        rows=lambda actor, grant: exists().where(Task.subject_id == Event.id, Task.assignee_id == actor.id),
        holds=lambda actor, grant, event: (
            db.session.scalar(
                select(Task.id).where(Task.subject_id == event.id, Task.assignee_id == actor.id).limit(1)
            )
            is not None
        ),
    ),
}


def visible(actor: User) -> ColumnElement[bool]:
    """The predicate of every query over events."""
    return scope.rows(actor, Permission.EVENT_READ, REACHES)


def may(actor: User, permission: Permission, event: Event) -> bool:
    """May ``actor`` use a permission on this event?"""
    return scope.holds(actor, permission, REACHES, event)
