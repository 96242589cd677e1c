"""Shift (巡查班次): when somebody was on duty; they say so themselves, from the phone, perhaps hours later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grid import clock
from grid.accounts.permission import Permission
from grid.accounts.user import User
from grid.db import Base, UTCDateTime, Versioned, db
from grid.errors import Conflict, Forbidden, NotFound
from grid.trail import entry as trail

LONGEST = timedelta(hours=16)  # one that was never ended counts as over then


class Shift(Versioned, Base):
    """Shift (巡查班次). id: made on the phone; times by its clock, never ahead of ours; places as sent.

    is_forgotten: it was not signed off; another one began.
    """

    __tablename__ = "shift"
    __table_args__ = (
        Index("ix_shift_user_id_started_at", "user_id", "started_at"),
        Index("ix_shift_ended_at_started_at", "ended_at", "started_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    start_place: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    end_place: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    is_forgotten: Mapped[bool] = mapped_column(default=False)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    def until(self, now: datetime) -> datetime:
        """When it ended, or up to when it counts."""
        return self.ended_at or min(now, self.started_at + LONGEST)


def on(actor: User, shift_id: UUID, at: datetime, place: dict[str, Any] | None = None) -> Shift:
    """Sign on. One that was not signed off ends where the next begins, in whatever order they arrive.

    Raises Forbidden, Conflict when the id is somebody else's.
    """
    _check_may(actor)
    now = clock.now()
    at = min(at, now)
    found = db.session.get(Shift, shift_id)
    if found is not None:
        if found.user_id != actor.id:
            raise Conflict("这个班次编号已被使用，请重新上岗。")
        return found
    earlier, later = _neighbours(actor, at)
    shift = Shift(id=shift_id, user_id=actor.id, started_at=at, start_place=place, received_at=now, user=actor)
    if earlier is not None and (earlier.ended_at is None or earlier.ended_at > at):
        earlier.ended_at, earlier.is_forgotten = at, True
    if later is not None:
        shift.ended_at, shift.is_forgotten = later.started_at, True
    db.session.add(shift)
    trail.record(actor, "shift:on", "shift", shift_id, at=at.isoformat())
    return shift


def off(actor: User, shift_id: UUID, at: datetime, place: dict[str, Any] | None = None) -> Shift:
    """Sign off; again changes nothing. Raises Forbidden, NotFound."""
    _check_may(actor)
    shift = db.session.scalar(
        select(Shift).where(Shift.id == shift_id, Shift.user_id == actor.id).with_for_update(of=Shift)
    )
    if shift is None:
        raise NotFound("没有这次巡查，请先上岗。", field="entity_id")
    if shift.ended_at is not None and not shift.is_forgotten:
        return shift
    end = max(min(at, clock.now()), shift.started_at)
    shift.ended_at = min(end, shift.ended_at) if shift.ended_at else end
    shift.end_place, shift.is_forgotten = place, False
    trail.record(actor, "shift:off", "shift", shift_id, at=shift.ended_at.isoformat())
    return shift


def _check_may(actor: User) -> None:
    if not actor.has(Permission.TRACK_REPORT):
        raise Forbidden("你的岗位不用上岗登记。")


def _neighbours(actor: User, at: datetime) -> tuple[Shift | None, Shift | None]:
    """The shifts that begin before and after a moment."""
    mine = select(Shift).where(Shift.user_id == actor.id)
    earlier = mine.where(Shift.started_at <= at).order_by(Shift.started_at.desc()).limit(1)
    later = mine.where(Shift.started_at > at).order_by(Shift.started_at).limit(1)
    return db.session.scalar(earlier.with_for_update(of=Shift)), db.session.scalar(later)


def of_day(user_id: int, day: date) -> Sequence[Shift]:
    """A person's shifts that touch a local day, earliest first."""
    begin = clock.midnight(day)
    end = begin + timedelta(days=1)
    found = (
        select(Shift)
        .where(Shift.user_id == user_id, Shift.started_at < end, Shift.started_at > begin - LONGEST)
        .order_by(Shift.started_at)
    )
    now = clock.now()
    return [shift for shift in db.session.scalars(found) if shift.until(now) > begin]
