"""Urgency (紧急): which of the cases that changed call somebody to the screen.

Work that has come to them, what has just run late, what is newly supervised; not what they did themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import literal, null, select, union_all

from grid.accounts.user import User
from grid.db import db
from grid.events.event import Event, EventLog
from grid.events.notify import NEXT
from grid.events.queue import QUEUES, Queue
from grid.events.rung import Act
from grid.events.scope import may
from grid.supervision.alarm import Alarm

CALLING = (Act.OVERDUE, Act.SUPERVISE)
SUPERVISED = "supervise"


def urgent(actor: User, events: Sequence[Event], since: datetime) -> set[UUID]:
    """Those of ``events``, all in the person's sight, in which something calls that happened since a moment."""
    ids = [event.id for event in events]
    mine = [queue for queue in QUEUES if queue.state in NEXT and actor.has(queue.permission)]
    steps = select(EventLog.event_id, EventLog.action, EventLog.source, EventLog.target).where(
        EventLog.event_id.in_(ids), EventLog.at >= since, EventLog.actor_id != actor.id
    )
    said = select(Alarm.event_id, literal(SUPERVISED), null(), null()).where(
        Alarm.event_id.in_(ids), Alarm.fired_at >= since, Alarm.act.in_(CALLING)
    )
    called: set[UUID] = set()
    moved: set[UUID] = set()
    happened: Sequence[Any] = db.session.execute(union_all(steps, said)).all()
    for row in happened:
        if row.action == SUPERVISED:
            called.add(row.event_id)
        elif row.source != row.target:
            moved.add(row.event_id)
    waiting = (event.id for event in events if event.id in moved and any(_waits(actor, q, event) for q in mine))
    return called.union(waiting)


def _waits(actor: User, queue: Queue, event: Event) -> bool:
    """Does the case stand in this queue of theirs? The same as ``Queue.rows`` says of rows in SQL."""
    if queue.own is None:
        return event.state is queue.state and may(actor, queue.permission, event)
    parts = (part for part in event.assignments if part.department_id == actor.department_id)
    return any(part.state is queue.own for part in parts) and may(actor, queue.permission, event)
