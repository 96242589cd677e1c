"""Watch (漏巡漏传): what should have come and did not is an alarm by itself: a day's patrol, a report's photos.

For each street a row says up to when it was looked at. It moves on in the transaction that fires the alarms, under
a lock others pass by, so that each gap is told once, whatever number of workers looks and whenever one is killed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, exists, func, select
from sqlalchemy.orm import Mapped, mapped_column

from grid import clock
from grid.accounts import post as posts
from grid.accounts.delegation import Delegation
from grid.accounts.permission import Permission
from grid.accounts.scope import within
from grid.accounts.user import User, UserPost
from grid.areas import net
from grid.areas.area import Area, Level
from grid.areas.net import Node
from grid.calendars import almanac
from grid.db import Base, Coded, UTCDateTime, db, insert
from grid.events import rulebook
from grid.events.event import Event
from grid.events.photo import EventPhoto
from grid.events.procedure_rule import Rule
from grid.events.rung import Act
from grid.fieldwork.shift import LONGEST, Shift
from grid.media.media import MediaUpload
from grid.supervision import alarm as alarms
from grid.supervision.alarm import Alarm, AlarmKind

CATCH_UP = 3  # days that are looked at later, if no worker ran
PHOTO_EVERY = timedelta(minutes=1)
PHOTO_SPAN = timedelta(hours=6)  # of reports at a time


class WatchKind(StrEnum):
    """What is watched for (检查种类)."""

    PATROL = "patrol"
    PHOTO = "photo"


class Watch(Base):
    """Watch (缺漏检查). until: of patrols the end of the last day looked at; of photos the last report's time."""

    __tablename__ = "watch"
    __table_args__ = (Index("uq_watch_area_id_kind", "area_id", "kind", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    kind: Mapped[WatchKind] = mapped_column(Coded(WatchKind))
    until: Mapped[datetime] = mapped_column(UTCDateTime)


def sweep() -> int:
    """Look at every street that is due; how many alarms were fired."""
    fired = 0
    now = clock.now()
    begin = {WatchKind.PATROL: clock.midnight(clock.today()), WatchKind.PHOTO: now}
    known = {(row.area_id, row.kind): row for row in db.session.scalars(select(Watch))}
    for street in _streets():
        for kind, since in begin.items():
            seen = known.get((street.id, kind))
            if seen is None:
                _start(street, kind, since)
            elif _next(street, kind, seen.until) <= now and (held := _hold(seen.id)) is not None:
                fired += _LOOKS[kind](street, held, now)
    return fired


def _streets() -> list[Node]:
    return [node for node in net.current().by_id.values() if node.level is Level.STREET]


def _start(street: Node, kind: WatchKind, since: datetime) -> None:
    """From now on: what happened before anybody watched is nobody's fault."""
    row = insert(Watch).values(area_id=street.id, kind=kind, until=since)
    db.session.execute(row.on_conflict_do_nothing(index_elements=["area_id", "kind"]))


def _hold(number: int) -> Watch | None:
    found = select(Watch).where(Watch.id == number).with_for_update(skip_locked=True)
    return db.session.scalar(found, execution_options={"populate_existing": True})


def _next(street: Node, kind: WatchKind, until: datetime) -> datetime:
    """When there is something to look at again."""
    if kind is WatchKind.PATROL:
        return clock.local(until) + timedelta(hours=_hours(street, Rule.PATROL_HOUR))
    return until + timedelta(hours=_hours(street, Rule.PHOTO_WAIT)) + PHOTO_EVERY


def _hours(street: Node, rule: Rule) -> int:
    return rulebook.current().procedure.count(street.path, rule)


# -- patrols ------------------------------------------------------------------------------------------------------


def _look_at_patrols(street: Node, held: Watch, now: datetime) -> int:
    """The days since the last look, each when its hour has come."""
    fired = 0
    held.until = max(held.until, now - timedelta(days=CATCH_UP))
    while _next(street, WatchKind.PATROL, held.until) <= now:
        day = clock.local(held.until).date()
        held.until = clock.midnight(day + timedelta(days=1))
        calendar = almanac.current().calendar(almanac.current().policy(street.path))
        if calendar.is_workday(day):
            fired += len(alarms.fire(list(_missing(street, day, now))))
    return fired


def _missing(street: Node, day: date, now: datetime) -> Iterator[Alarm]:
    """Workers in post who did not sign on that day, and whom nobody stood in for."""
    begin = clock.midnight(day)
    end = min(begin + timedelta(days=1), now)
    walked = exists().where(
        Shift.user_id == User.id,
        Shift.started_at < end,
        Shift.started_at > begin - LONGEST,
        (Shift.started_at >= begin) | Shift.ended_at.is_(None) | (Shift.ended_at > begin),
    )
    away = exists().where(
        Delegation.from_user_id == User.id, Delegation.begins_at < end, Delegation.ends_at > begin
    )
    found = (
        select(User.id, func.min(Area.path))  # once a person, of however many grids
        .join(UserPost, UserPost.user_id == User.id)
        .join(Area, Area.id == UserPost.area_id)
        .where(
            UserPost.post.in_(posts.holding(Permission.TRACK_REPORT)),
            within(Area.path, street.path),
            User.is_active,
            User.created_at < begin,
            ~walked,
            ~away,
        )
        .group_by(User.id)
        .order_by(User.id)
    )
    for user_id, path in db.session.execute(found):
        yield Alarm(
            key=f"patrol:{user_id}:{day}",
            kind=AlarmKind.PATROL,
            act=Act.WARN,
            area_path=path,
            user_id=user_id,
            words=f"{day:%m-%d} 没有巡查",
            whom=[],
            planned_at=end,
        )


# -- photos -------------------------------------------------------------------------------------------------------


def _look_at_photos(street: Node, held: Watch, now: datetime) -> int:
    """Cases reported since the last look whose announced photos have not all come within the street's time."""
    since = held.until
    held.until = min(now - timedelta(hours=_hours(street, Rule.PHOTO_WAIT)), since + PHOTO_SPAN)
    came = exists().where(MediaUpload.sha256 == EventPhoto.sha256, MediaUpload.user_id == EventPhoto.uploader_id)
    found = select(Event.id, Event.area_path).where(
        Event.reported_at > since,
        Event.reported_at <= held.until,
        within(Event.area_path, street.path),
        exists().where(EventPhoto.event_id == Event.id, ~came),
    )
    waiting = [
        Alarm(
            key=f"photo:{event_id}",
            kind=AlarmKind.PHOTO,
            act=Act.WARN,
            area_path=path,
            event_id=event_id,
            words="说好的照片还没有送到",
            whom=[],
            planned_at=held.until,
        )
        for event_id, path in db.session.execute(found.order_by(Event.id))
    ]
    return len(alarms.fire(waiting))


_LOOKS = {WatchKind.PATROL: _look_at_patrols, WatchKind.PHOTO: _look_at_photos}
