"""Whereabouts (行踪): where others are and were, for those who look after them; every look is written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, select

from grid import clock
from grid.accounts.permission import Permission, Relation
from grid.accounts.scope import of_people, rows
from grid.accounts.user import User
from grid.db import db
from grid.errors import Invalid, NotFound
from grid.events import sending
from grid.events.event import Event
from grid.fieldwork import shift as shifts
from grid.fieldwork import track as tracks
from grid.fieldwork.point import UNUSABLE, TrackPoint
from grid.fieldwork.shift import LONGEST, Shift
from grid.fieldwork.track import Track
from grid.geo.crs import distance_m
from grid.trail import entry as trail

RECENT = timedelta(minutes=15)
# The people of an area: those who hold a post in it.
REACHES = {
    Relation.AREA: of_people(User.id, lambda user: user),
}


@dataclass(frozen=True, slots=True)
class Sighting:
    """Somebody on duty, and the last place they are known to have been at; None when there is none."""

    shift: Shift
    point: TrackPoint | None


def find(actor: User, permission: Permission, username: str) -> User:
    """Somebody in the area in which the caller holds a permission. Raises NotFound."""
    person = db.session.scalar(select(User).where(User.username == username, rows(actor, permission, REACHES)))
    if person is None:
        raise NotFound("没有这个人，或不在你的范围里。")
    return person


def look(actor: User, username: str, day: date, purpose: str) -> tuple[User, Track]:
    """The walk of somebody in the caller's area, while on duty. Writes down who looked, and why.

    Raises NotFound, Invalid without a purpose.
    """
    if not purpose:
        raise Invalid("请写明为什么查看。", field="purpose")
    person = find(actor, Permission.TRACK_READ_OTHERS, username)
    trail.record(actor, "track:look", "user", person.id, day=day.isoformat(), purpose=purpose)
    now = clock.now()
    windows = [(shift.started_at, shift.until(now)) for shift in shifts.of_day(person.id, day)]
    return person, tracks.of_day(person.id, day, windows)


def on_duty(actor: User) -> list[Sighting]:
    """Who is on duty in the caller's area, and where they were last. Writes down whose place was shown."""
    sightings = _sightings(rows(actor, Permission.EVENT_DISPATCH, REACHES))
    shown = [sighting.shift.user_id for sighting in sightings if sighting.point]
    trail.record(actor, "position:look", "user", "on duty", people=shown)
    return sightings


def nearest(actor: User, event: Event, people: Sequence[User]) -> User | None:
    """Of some who may be sent to a case, the one on duty who was last nearest to it; an old place counts last.

    Nobody is shown where they are; that it was asked is written down all the same.
    """
    far = {sighting.shift.user_id: _away(event, sighting.point) for sighting in _among(people) if sighting.point}
    chosen = min((one for one in people if one.id in far), key=lambda one: far[one.id], default=None)
    trail.record(actor, "position:use", "event", event.id, event.area_path, people=sorted(far))
    return chosen


sending.nearest_by(nearest)


def _among(people: Sequence[User]) -> list[Sighting]:
    return _sightings(User.id.in_([one.id for one in people]))


def _away(event: Event, point: TrackPoint) -> tuple[bool, float]:
    is_old = point.t_ms < tracks.milliseconds(clock.now() - RECENT)
    return is_old, distance_m(event.lon, event.lat, point.lon, point.lat)


def _sightings(whose: ColumnElement[bool]) -> list[Sighting]:
    now = clock.now()
    open_ = and_(Shift.ended_at.is_(None), Shift.started_at > now - LONGEST)
    last_ms = (
        select(TrackPoint.t_ms)
        .where(
            TrackPoint.user_id == Shift.user_id,
            TrackPoint.t_ms >= tracks.milliseconds(now - LONGEST),
            TrackPoint.flags.op("&")(int(UNUSABLE)) == 0,
        )
        .order_by(TrackPoint.t_ms.desc())
        .limit(1)
        .correlate(Shift)
        .scalar_subquery()
    )
    found = (
        select(Shift, TrackPoint)
        .join(User, User.id == Shift.user_id)
        .outerjoin(TrackPoint, and_(TrackPoint.user_id == Shift.user_id, TrackPoint.t_ms == last_ms))
        .where(open_, whose)
        .order_by(User.username, TrackPoint.device_id)
    )
    return _one_each([(shift, point) for shift, point in db.session.execute(found)])


def _one_each(found: Sequence[tuple[Shift, TrackPoint | None]]) -> list[Sighting]:
    """One line a person, whatever number of phones; places from before the shift are not shown."""
    people: dict[int, Sighting] = {}
    for shift, point in found:
        is_of_shift = point is not None and point.t_ms >= tracks.milliseconds(shift.started_at)
        people.setdefault(shift.user_id, Sighting(shift, point if is_of_shift else None))
    return list(people.values())
