"""Collections (集合): which events, tasks, notices, records, checkpoints belong on a person's phone, and how they
are followed.

``rows`` is asked of the row itself whenever it is sent; the change log only says which rows to ask about.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, or_, select

from grid import clock
from grid.accounts import scope
from grid.accounts.permission import Permission, Relation
from grid.accounts.user import User
from grid.db import Base, db
from grid.events.event import Event
from grid.events.scope import visible
from grid.notices.notice import Notice
from grid.records import checkpoint as checkpoints
from grid.records import record as records
from grid.records.checkpoint import Checkpoint
from grid.records.record import Record
from grid.sync import change
from grid.sync.change import Audience, SyncChange
from grid.tasks import task as tasks
from grid.tasks.task import Task, TaskState

EVENTS_KEPT, TASKS_KEPT, NOTICES_KEPT = timedelta(days=90), timedelta(days=30), timedelta(days=90)
Predicate = Callable[[User], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Collection:
    """A body of rows a phone keeps. rev: grows whenever a row changes; homes: areas whose rows are wanted."""

    name: str
    model: Any
    rows: Predicate
    rev: Any
    homes: Callable[[User], list[str]] = lambda actor: []

    def concerns(self, actor: User) -> ColumnElement[bool]:
        """Changes of these rows that a person should look at."""
        reach = [SyncChange.user_id == actor.id]
        reach += [scope.within(SyncChange.area_path, path) for path in self.homes(actor)]
        return and_(SyncChange.collection == self.name, or_(*reach))

    def revs(self, actor: User, ids: Iterable[UUID] | None = None) -> dict[UUID, int]:
        """Everything of it that belongs on the person's phone, or what of ``ids`` does, with its revision."""
        found = select(self.model.id, self.rev).where(self.rows(actor))
        if ids is not None:
            found = found.where(self.model.id.in_(ids))
        return {row[0]: row[1] for row in db.session.execute(found)}


def digest(revs: dict[UUID, int]) -> str:
    """A fingerprint of what somebody holds: sha256 of "id:rev" lines in the order of the ids."""
    lines = sorted(f"{record_id}:{rev}\n" for record_id, rev in revs.items())
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _event_homes(actor: User) -> list[str]:
    return _homes(actor, Permission.EVENT_REPORT)


def _homes(actor: User, permission: Permission) -> list[str]:
    """Areas of the posts that give a permission there; the places a person works in, not all they may see."""
    return sorted({grant.path for grant in actor.grants(permission) if Relation.AREA in grant.relations})


def _since(kept: timedelta) -> datetime:
    """Whole days, so that what falls off does so once a day."""
    return clock.midnight(clock.today()) - kept


def _events(actor: User) -> ColumnElement[bool]:
    mine = [Event.reporter_id == actor.id]
    mine += [scope.within(Event.area_path, path) for path in _event_homes(actor)]
    return and_(visible(actor), or_(*mine), Event.reported_at >= _since(EVENTS_KEPT))


def _tasks(actor: User) -> ColumnElement[bool]:
    mine = scope.rows(actor, Permission.TASK_READ, tasks.REACHES)
    is_done = and_(Task.state == TaskState.DONE, Task.answered_at >= _since(TASKS_KEPT))
    return and_(mine, or_(Task.state == TaskState.OPEN, is_done))


def _notices(actor: User) -> ColumnElement[bool]:
    return and_(Notice.user_id == actor.id, Notice.at >= _since(NOTICES_KEPT))


EVENT = Collection("event", Event, _events, Event.version, _event_homes)
TASK = Collection("task", Task, _tasks, Task.version)
NOTICE = Collection("notice", Notice, _notices, case((Notice.read_at.is_(None), 1), else_=2))
RECORD = Collection(
    "record",
    Record,
    records.readable,
    Record.version,
    lambda actor: _homes(actor, Permission.RECORD_READ),
)
CHECKPOINT = Collection(
    "checkpoint",
    Checkpoint,
    checkpoints.walked,
    Checkpoint.version + Checkpoint.visits,
    checkpoints.homes,
)
COLLECTIONS = (TASK, EVENT, NOTICE, RECORD, CHECKPOINT)  # what waits for the worker comes first
BY_NAME = {collection.name: collection for collection in COLLECTIONS}

_FOLLOWED: tuple[tuple[type[Base], str, tuple[str, ...], Callable[[Any], Audience]], ...] = (
    (Event, "event", ("area_path", "reporter_id"), lambda row: Audience(row.area_path, row.reporter_id)),
    (Task, "task", ("assignee_id",), lambda row: Audience("", row.assignee_id)),
    (Notice, "notice", ("user_id",), lambda row: Audience("", row.user_id)),
    (Record, "record", ("area_path", "owner_id"), lambda row: Audience(row.area_path, row.owner_id)),
    (Checkpoint, "checkpoint", ("area_path",), lambda row: Audience(row.area_path)),
)
for _told in _FOLLOWED:
    change.follow(*_told)


def concerns(actor: User) -> ColumnElement[bool]:
    """All changes a person's phone should look at."""
    return or_(*(collection.concerns(actor) for collection in COLLECTIONS))


def stamp(actor: User) -> str:
    """A fingerprint of whom and where the collections are cut for: another one, and they are other collections."""
    permissions = (
        Permission.EVENT_READ,
        Permission.EVENT_REPORT,
        Permission.TASK_READ,
        Permission.RECORD_READ,
        Permission.TRACK_REPORT,
    )
    cut = sorted(
        f"{permission} {grant.path} {' '.join(sorted(grant.relations))}"
        for permission in permissions
        for grant in actor.grants(permission)
    )
    return hashlib.sha256("\n".join([str(actor.id), *cut]).encode()).hexdigest()[:16]
