"""Sweep (催办): the worker fires what clocks have to say by now, oldest first, each rung once.

What it reads is what is due, however many clocks are open: the next alarm stands on the clock, under an index. It
locks a clock together with its case (or matter) and passes by those somebody has in hand, so it waits for nobody
and takes the next ones; what it passed by is found again by the next sweep, still in front.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import contains_eager, selectinload

from grid import clock
from grid.calendars import almanac, policy
from grid.calendars.policy import Policy
from grid.db import db
from grid.errors import DomainError
from grid.events import deadline as deadlines
from grid.events.deadline import Deadline
from grid.events.event import Event
from grid.events.rung import Act, Moment, Rung
from grid.supervision import alarm as alarms
from grid.supervision import supervision
from grid.supervision.alarm import Alarm, AlarmKind
from grid.supervision.matter import Matter
from grid.sync import change
from grid.worktime.calendar import WorkCalendar

BATCH = 200
FRESH = {"populate_existing": True}
RETRY = timedelta(minutes=10)  # until a clock that could not be fired is tried again
BROKEN = (DomainError, IntegrityError, DataError, ArithmeticError, LookupError, TypeError, ValueError)

Held = tuple[Deadline, str, Event | None]  # a clock, where, its case; locked
log = logging.getLogger(__name__)


def sweep() -> int:
    """Fire a batch of what is due; how many clocks had something to say."""
    now = clock.now()
    held = [*_of_cases(now), *_of_matters(now)]
    batch = sorted(held, key=lambda one: one[0].next_alarm_at or now)[:BATCH]
    try:
        _fire(batch, now)
    except BROKEN:
        # One clock that cannot speak must not silence the others: each by itself, that one later again.
        for one in batch:
            _fire_alone(one, now)
    return len(batch)


def _fire_alone(one: Held, now: datetime) -> None:
    number = one[0].id
    try:
        _fire([one], now)
    except BROKEN as error:
        log.exception("clock failed", extra={"deadline": number, "error": type(error).__name__})
        one[0].next_alarm_at = now + RETRY


def _fire(batch: list[Held], now: datetime) -> None:
    """Say what they have to say, all of it or nothing."""
    with db.session.begin_nested():
        _say(batch, now)


def _say(batch: list[Held], now: datetime) -> None:
    said: list[tuple[Alarm, Deadline, Event | None]] = []
    calendars: dict[int | None, WorkCalendar] = {}
    for row, path, event in batch:
        if row.policy_id not in calendars:
            under = policy.by_number(row.policy_id) if row.policy_id else Policy()
            calendars[row.policy_id] = almanac.current().calendar(under)
        said += [(alarm, row, event) for alarm in _due(row, path, now, calendars[row.policy_id])]
    fresh = {alarm.key for alarm in alarms.fire([alarm for alarm, _, _ in said])}
    # Their lights have turned: who has them on the screen is told.
    change.touched_rows(event for alarm, _, event in said if event is not None and alarm.key in fresh)
    for alarm, row, event in said:
        if alarm.act is Act.SUPERVISE and event is not None and alarm.key in fresh:
            supervision.open_late(event, row, alarm.planned_at)


def _of_cases(now: datetime) -> list[Held]:
    found = (
        select(Deadline)
        .join(Deadline.event)
        .where(Deadline.next_alarm_at < now)
        .options(contains_eager(Deadline.event), selectinload(Deadline.pauses))
        .order_by(Deadline.next_alarm_at)
        .limit(BATCH)
        .with_for_update(of=[Deadline, Event], skip_locked=True)
    )
    rows = db.session.scalars(found, execution_options=FRESH)
    return [(row, row.event.area_path, row.event) for row in rows if row.event is not None]


def _of_matters(now: datetime) -> list[Held]:
    found = (
        select(Deadline, Matter.area_path)
        .join(Matter, Matter.id == Deadline.matter_id)
        .where(Deadline.next_alarm_at < now)
        .options(selectinload(Deadline.pauses))
        .order_by(Deadline.next_alarm_at)
        .limit(BATCH)
        .with_for_update(of=[Deadline, Matter], skip_locked=True)
    )
    return [(row, path, None) for row, path in db.session.execute(found, execution_options=FRESH)]


def _due(row: Deadline, area_path: str, now: datetime, calendar: WorkCalendar) -> list[Alarm]:
    """What a clock has to say by now, in order; it is planned on."""
    ladder = deadlines.ladder_of(row)
    by_bit = {1 << n: rung for n, rung in enumerate(ladder.rungs)}
    waiting = [(moment, bit) for bit, moment in row.rungs_of(ladder, calendar) if not row.rungs_done & bit]
    due = sorted((moment, bit) for moment, bit in waiting if moment < now)
    for _, bit in due:
        row.rungs_done |= bit
    row.look_ahead(ladder, calendar)
    return [_alarm(row, area_path, by_bit[bit], bit, moment) for moment, bit in due]


def _alarm(row: Deadline, area_path: str, rung: Rung, bit: int, moment: datetime) -> Alarm:
    return Alarm(
        key=f"clock:{row.id}:{bit}:{moment.timestamp():.6f}",
        kind=AlarmKind.CLOCK,
        act=rung.act,
        area_path=area_path,
        deadline_id=row.id,
        event_id=row.event_id,
        matter_id=row.matter_id,
        words=words(row, rung),
        whom=[whom.value for whom in rung.whom],
        planned_at=moment,
    )


def words(row: Deadline, rung: Rung) -> str:
    """What people read: which clock, and how it stands."""
    end = f"{clock.local(row.due_at):%m-%d %H:%M}"
    if rung.moment in (Moment.SHARE, Moment.BEFORE):
        return f"{row.kind.label} {end} 到期"
    late = "" if rung.limit is None else f" {rung.limit}"
    return f"{row.kind.label} {end} 到期，已超期{late}"


def lateness(now: datetime) -> timedelta:
    """How long the oldest alarm has been waiting to be fired; for `wangge doctor`."""
    oldest = db.session.scalar(
        select(Deadline.next_alarm_at)
        .where(Deadline.next_alarm_at.is_not(None))
        .order_by(Deadline.next_alarm_at)
        .limit(1)
    )
    return max(now - oldest, timedelta()) if oldest else timedelta()
