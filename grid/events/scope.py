"""Scope of events (事件数据范围): how an event relates to a person, in SQL and of a loaded row."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, select

from grid.accounts import scope
from grid.accounts.permission import Permission, Relation
from grid.accounts.user import User
from grid.db import db
from grid.events.event import Assignment, Event
from grid.tasks.task import Task


def _of_a_part(ours: int) -> ColumnElement[bool]:
    """Events a department has a part of, or had; also in a query that reads assignments itself."""
    part = exists().where(Assignment.event_id == Event.id, Assignment.department_id == ours)
    return part.correlate(Event)


REACHES: scope.Reaches = {
    Relation.OWN: scope.of_owner(Event.reporter_id),
    Relation.AREA: scope.of_area(Event.area_path),
    Relation.DEPARTMENT: scope.of_department(
        Event.area_path,
        _of_a_part,
        lambda event: (part.department_id for part in event.assignments),
    ),
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
