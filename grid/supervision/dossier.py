"""Dossier (督办案情): what is timed of a case, what was said of it, and who presses it, for one reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from grid import clock
from grid.accounts.department import Department
from grid.accounts.user import User
from grid.calendars import almanac
from grid.db import db
from grid.events.deadline import Deadline
from grid.events.deadline_kind import DeadlineKind, DeadlineState
from grid.events.event import Event
from grid.events.scope import may
from grid.supervision import supervision_list
from grid.supervision.alarm import Alarm
from grid.supervision.supervision import Supervision, SupervisionKind, right_of
from grid.worktime.limit import Light, light


@dataclass(frozen=True, slots=True)
class ClockLine:
    """A clock as a reader sees it."""

    kind: DeadlineKind
    department: str | None
    limit: str
    state: DeadlineState
    started_at: datetime
    due_at: datetime
    finished_at: datetime | None
    light: Light


@dataclass(frozen=True)
class Dossier:
    """All of it. kinds: of supervision the reader may issue now; departments: who may be asked to reply."""

    clocks: list[ClockLine]
    alarms: Sequence[Alarm]
    supervisions: list[Supervision]
    kinds: list[SupervisionKind]
    departments: list[Department]


def of(actor: User, event: Event) -> Dossier:
    """The dossier of a case the reader has reached."""
    clocks = db.session.scalars(select(Deadline).where(Deadline.event_id == event.id).order_by(Deadline.id))
    alarms = select(Alarm).where(Alarm.event_id == event.id).order_by(Alarm.fired_at, Alarm.id)
    kinds = [] if event.state.is_final else [kind for kind in SupervisionKind if may(actor, right_of(kind), event)]
    return Dossier(
        [_line(event, row) for row in clocks],
        db.session.scalars(alarms).all(),
        supervision_list.of_case(actor, event.id),
        kinds,
        [a.department for a in event.assignments if a.is_open],
    )


def _line(event: Event, row: Deadline) -> ClockLine:
    part = next((a for a in event.assignments if a.id == row.assignment_id), None)
    at = row.finished_at or clock.now()
    is_off = row.state in (DeadlineState.PAUSED, DeadlineState.CANCELLED)
    return ClockLine(
        row.kind,
        part.department.name if part else None,
        almanac.current().policy(event.area_path).words(row.limit),
        row.state,
        row.started_at,
        row.due_at,
        row.finished_at,
        Light.NONE if is_off else light(row.yellow_at, row.due_at, at),
    )
