"""Alarm (催办记录): what was said, once, of a clock's rung, of a patrol missed, of photos that never came.

The unique key is the cause: rung and planned moment of one clock, person and day, case. Whoever fires it first has
fired it; the job that tells people is written in the same transaction.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column

from grid import clock
from grid.db import Base, Coded, PathText, UTCDateTime, db, new_id
from grid.events import locating, practice
from grid.events.rung import Act
from grid.job import job

KIND = "alarm.fired"


class AlarmKind(StrEnum):
    """What an alarm is about (告警种类): a clock, a missed patrol, photos that never came."""

    CLOCK = "clock"
    PATROL = "patrol"
    PHOTO = "photo"

    @property
    def label(self) -> str:
        return {"clock": "时限", "patrol": "未巡查", "photo": "照片未到"}[self]


class Alarm(Base):
    """Alarm (催办记录). planned_at: when it was due to be said. whom: posts, as the rung had them.

    user_id: who did not patrol. words: what people read.
    """

    __tablename__ = "alarm"
    __table_args__ = (
        Index("ix_alarm_event_id", "event_id"),
        Index("ix_alarm_matter_id", "matter_id"),
        Index("ix_alarm_deadline_id", "deadline_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[AlarmKind] = mapped_column(Coded(AlarmKind))
    act: Mapped[Act] = mapped_column(Coded(Act))
    area_path: Mapped[str] = mapped_column(PathText)
    deadline_id: Mapped[int | None] = mapped_column(ForeignKey("deadline.id"))
    event_id: Mapped[UUID | None] = mapped_column(ForeignKey("event.id"))
    matter_id: Mapped[UUID | None] = mapped_column(ForeignKey("matter.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    words: Mapped[str] = mapped_column(String(100))
    whom: Mapped[list[Any]] = mapped_column(JSON, default=list)
    planned_at: Mapped[datetime] = mapped_column(UTCDateTime)
    fired_at: Mapped[datetime] = mapped_column(UTCDateTime)


practice.hang("alarms", Alarm, Alarm.event_id, before="deadlines")
locating.follows(Alarm)


def fire(alarms: list[Alarm]) -> list[Alarm]:
    """Write down those nobody has fired yet, with one job that tells of them all; which those are.

    Their causes must be locked by the caller: of two workers one finds the other's. One cause given twice is one.
    """
    keys = [alarm.key for alarm in alarms]
    known = set(db.session.scalars(select(Alarm.key).where(Alarm.key.in_(keys)))) if keys else set()
    fresh = list({alarm.key: alarm for alarm in alarms if alarm.key not in known}.values())
    if fresh:
        now = clock.now()
        for alarm in fresh:
            alarm.id, alarm.fired_at = new_id(), now
        db.session.add_all(fresh)
        job.enqueue(KIND, f"{KIND}:{fresh[0].id}", {"alarms": [str(alarm.id) for alarm in fresh]})
    return fresh
