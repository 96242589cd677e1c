"""Hints (动静): what the change log tells an open page of somebody: which cases of theirs to look at again.

A hint says that a case changed, never how: the page reads it again, under its own scope. What the log names is
asked of the rows by ``visible``; a case that left somebody's sight is named only to who had it in sight.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import load_only, selectinload

from grid import revision
from grid.accounts import scope
from grid.accounts.permission import Permission, Relation
from grid.accounts.user import User
from grid.db import db
from grid.events.event import Assignment, Event
from grid.events.scope import visible
from grid.handset import collection
from grid.handset.collection import EVENT, NOTICE
from grid.live import urgency
from grid.live.place import Place
from grid.sync import change
from grid.sync.change import Change, SyncChange
from grid.tasks.task import Task

MOST = 300  # changes; who missed more reads everything anew, which costs less
# A transaction's own times lie before the time its changes are numbered at.
LONGEST = timedelta(seconds=10)
NEEDED = load_only(Event.reported_at, Event.state, Event.area_path, Event.reporter_id)


class What(StrEnum):
    """What came of a case, for one person (动静种类)."""

    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Hint:
    """One case. urgent: it waits for this person now and did not before, is newly overdue, or is supervised."""

    id: UUID
    change: What
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class News:
    """What came up to ``place``. has_notices: the person's inbox changed. reset: why all must be read anew."""

    place: Place
    cases: tuple[Hint, ...] = ()
    has_notices: bool = False
    reset: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.cases or self.has_notices or self.reset)


def here(actor: User, head: int | None = None) -> Place:
    """Where somebody stands who has read everything from now on. head: of the log, when the caller has seen it."""
    return Place(
        revision.current(revision.EPOCH), collection.stamp(actor), change.head() if head is None else head
    )


def since(actor: User, place: Place, head: int | None = None) -> News:
    """What a page that stands at ``place`` has not been told."""
    now = here(actor, head)  # first: what is numbered meanwhile is told the next time
    if (place.epoch, place.stamp) != (now.epoch, now.stamp) or place.seq > now.seq:
        return News(now, reset="scope" if place.epoch == now.epoch else "epoch")
    log = change.since(place.seq, _concerns(actor), MOST + 1)
    # Asked after reading: what is pruned meanwhile is noticed.
    if place.seq < change.forgotten():
        return News(now, reset="expired")
    if len(log) > MOST:
        return News(now, reset="many")
    if log:
        now = now.at(max(now.seq, log[-1].seq))
    cases = {row.record_id: row for row in log if row.collection == EVENT.name}
    has_notices = any(row.collection == NOTICE.name for row in log)
    shown = _shown(actor, cases.keys(), min(row.at for row in log) - LONGEST) if cases else {}
    lost = [row for row in cases.values() if row.record_id not in shown and row.op is not Change.PUT]
    gone = _known(actor, lost)
    if any(row.op is Change.DEL and row.record_id not in gone and _by_department(actor, row) for row in lost):
        return News(now, reset="gone")  # nobody can tell any more whose it was
    return News(now, (*shown.values(), *(Hint(case_id, What.GONE) for case_id in gone)), has_notices)


def _concerns(actor: User) -> ColumnElement[bool]:
    """Changes that may be about cases the person can see, or could; and those of their inbox."""
    reach = [SyncChange.user_id == actor.id]
    for grant in actor.grants(Permission.EVENT_READ):
        if grant.relations & {Relation.AREA, Relation.DEPARTMENT}:
            reach.append(scope.within(SyncChange.area_path, grant.path))
        if Relation.TASK in grant.relations:
            mine = select(Task.subject_id).where(Task.assignee_id == actor.id)
            reach.append(SyncChange.record_id.in_(mine))
    cases = and_(SyncChange.collection == EVENT.name, or_(*reach))
    return or_(cases, and_(SyncChange.collection == NOTICE.name, SyncChange.user_id == actor.id))


def _shown(actor: User, ids: Collection[UUID], moment: datetime) -> dict[UUID, Hint]:
    """What of ``ids`` the person sees. moment: since when it is new, and urgent."""
    wanted = select(Event).where(Event.id.in_(ids), visible(actor)).order_by(Event.id).options(NEEDED)
    if actor.department_id is not None:
        wanted = wanted.options(selectinload(Event.assignments))
    events = list(db.session.scalars(wanted))
    urgent = urgency.urgent(actor, events, moment) if events else set()
    return {
        event.id: Hint(event.id, What.NEW if event.reported_at >= moment else What.CHANGED, event.id in urgent)
        for event in events
    }


def _known(actor: User, lost: Collection[SyncChange]) -> list[UUID]:
    """Which of these the person had in sight: by the place they had, as their own, or by their department."""
    if not lost:
        return []
    grants = list(actor.grants(Permission.EVENT_READ))
    areas = [grant.path for grant in grants if Relation.AREA in grant.relations]
    ours: set[UUID] = set()
    if actor.department_id is not None and any(Relation.DEPARTMENT in grant.relations for grant in grants):
        ids = [row.record_id for row in lost]
        parts = select(Assignment.event_id).where(
            Assignment.department_id == actor.department_id, Assignment.event_id.in_(ids)
        )
        ours = set(db.session.scalars(parts))
    return [
        row.record_id
        for row in lost
        if row.user_id == actor.id
        or row.record_id in ours
        or any(scope.is_within(row.area_path, path) for path in areas)
    ]


def _by_department(actor: User, row: SyncChange) -> bool:
    """May their department have had it?"""
    return any(
        Relation.DEPARTMENT in grant.relations and scope.is_within(row.area_path, grant.path)
        for grant in actor.grants(Permission.EVENT_READ)
    )
