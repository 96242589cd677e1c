"""Whistle (街道吹哨、部门报到): the street calls departments; each reports in, in time, and is scored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, String, exists, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from grid import clock
from grid.accounts import department as departments
from grid.accounts import scope
from grid.accounts.department import Department
from grid.accounts.permission import Permission, Relation
from grid.accounts.user import User
from grid.areas import net
from grid.areas.area import Area
from grid.calendars import almanac
from grid.db import Base, BigId, Coded, PathText, UTCDateTime, Versioned, db, new_id
from grid.errors import Conflict, Forbidden, Invalid
from grid.events import handling, locating, rulebook
from grid.events.event import Event
from grid.events.procedure_rule import Rule
from grid.geo.crs import Datum, to_storage
from grid.job import job
from grid.row import get_row, hold_row, newest
from grid.trail import entry as trail
from grid.worktime.limit import due, yellow_at

KIND = "whistle.blown"
MOST = 20
SCORES = range(6)


class WhistleKind(StrEnum):
    """What a whistle is blown for (吹哨种类)."""

    DAILY = "daily"
    URGENT = "urgent"
    TOUGH = "tough"

    @property
    def label(self) -> str:
        return {"daily": "日常", "urgent": "应急", "tough": "攻坚"}[self]


class Whistle(Versioned, Base):
    """Whistle (吹哨). event_id: the case it is about, if it is about one. closed_at None: still open."""

    __tablename__ = "whistle"
    __table_args__ = (Index("ix_whistle_event_id", "event_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    event_id: Mapped[UUID | None] = mapped_column(ForeignKey("event.id"))
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    area_path: Mapped[str] = mapped_column(PathText)
    kind: Mapped[WhistleKind] = mapped_column(Coded(WhistleKind))
    words: Mapped[str] = mapped_column(String(500))
    blower_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    blown_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    arrived: Mapped[int] = mapped_column(default=0)  # how many departments have reported in

    area: Mapped[Area] = relationship(viewonly=True)
    blower: Mapped[User] = relationship(viewonly=True)
    place: Mapped[Event | None] = relationship(viewonly=True)
    calls: Mapped[list[WhistleCall]] = relationship(order_by="WhistleCall.id")


class WhistleCall(Base):
    """Call (报到单): one department a whistle names. lon, lat: CGCS2000 degrees, where it reported in.

    next_alarm_at: when it is reminded next; None: no more.
    """

    __tablename__ = "whistle_call"
    __table_args__ = (
        Index("uq_whistle_call_whistle_id_department_id", "whistle_id", "department_id", unique=True),
        Index("ix_whistle_call_department_id", "department_id"),
        Index(
            "ix_whistle_call_next_alarm_at",
            "next_alarm_at",
            sqlite_where=text("next_alarm_at IS NOT NULL"),
            postgresql_where=text("next_alarm_at IS NOT NULL"),
        ),
        CheckConstraint("score IS NULL OR (score >= 0 AND score <= 5)", name="score"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    whistle_id: Mapped[UUID] = mapped_column(ForeignKey("whistle.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    reported_in_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    score: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(200), default="")
    next_alarm_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    department: Mapped[Department] = relationship(lazy="joined", innerjoin=True)
    reporter: Mapped[User | None] = relationship(viewonly=True)

    @property
    def is_in_time(self) -> bool | None:
        """Did it report in in time? None: not yet, and it still may."""
        if self.reported_in_at is not None:
            return self.reported_in_at <= self.due_at
        return False if clock.now() > self.due_at else None


locating.follows(Whistle)
_WHOLE = (
    selectinload(Whistle.calls),
    selectinload(Whistle.place).load_only(Event.lon, Event.lat, Event.address),
)
MISSING = "没有这次吹哨，或不在你的范围里。"
REACHES: scope.Reaches = {
    Relation.AREA: scope.of_area(Whistle.area_path),
    Relation.DEPARTMENT: scope.of_department(
        Whistle.area_path,
        lambda ours: exists().where(WhistleCall.whistle_id == Whistle.id, WhistleCall.department_id == ours),
        lambda whistle: (call.department_id for call in whistle.calls),
    ),
}


@dataclass(frozen=True, slots=True)
class Score:
    """What the street says of a department at the end, 0 to 5."""

    department: str
    score: int
    note: str = ""


def blow(
    actor: User, kind: WhistleKind, words: str, codes: list[str], event_id: UUID | None, area: str | None
) -> Whistle:
    """Call departments to a case, or to an area. Raises NotFound, Forbidden, Invalid."""
    event = handling.hold(actor, event_id) if event_id else None  # or it is put elsewhere meanwhile
    if event is None and area is None:
        raise Invalid("请说明是哪件事，或哪个区域。", field="area")
    node = net.current().node(event.area_id) if event else net.current().find(area or "")
    at, now = clock.now(), almanac.current()
    limit = rulebook.current().procedure.limit(node.path, Rule.WHISTLE_LIMIT, kind.value)
    calendar = now.calendar(now.policy(node.path))
    end = due(at, limit, calendar)
    soon = yellow_at(at, end, calendar if limit.unit.is_working else None)
    called = [departments.find(code, node.path) for code in dict.fromkeys(codes)]
    whistle = Whistle(
        id=new_id(),
        event_id=event.id if event else None,
        area_id=node.id,
        area_path=node.path,
        kind=kind,
        words=words,
        blower_id=actor.id,
        blown_at=at,
        arrived=0,
        calls=[WhistleCall(department_id=d.id, department=d, due_at=end, next_alarm_at=soon) for d in called],
    )
    if not scope.holds(actor, Permission.WHISTLE_BLOW, REACHES, whistle):
        raise Forbidden("你的岗位不能在这里吹哨。")
    db.session.add(whistle)
    trail.record(actor, "whistle:blow", "whistle", whistle.id, node.path, kind=kind.value, called=codes)
    job.enqueue(KIND, f"{KIND}:{whistle.id}", {"whistle_id": str(whistle.id)})
    return whistle


def get(actor: User, whistle_id: UUID) -> Whistle:
    """A whistle in the caller's scope. Raises NotFound."""
    return get_row(_one(actor, whistle_id), MISSING)


def hold(actor: User, whistle_id: UUID) -> Whistle:
    """The same, locked until the commit."""
    return hold_row(_one(actor, whistle_id), MISSING)


def listed(
    actor: User, after: UUID | None, limit: int, event_id: UUID | None = None
) -> tuple[list[Whistle], UUID | None]:
    """Whistles in the caller's scope, or those of one case, newest first."""
    found = select(Whistle).where(_visible(actor)).options(*_WHOLE)
    if event_id is not None:
        found = found.where(Whistle.event_id == event_id)
    return newest(found, after, limit)


def report_in(
    actor: User, whistle: Whistle, lon: float, lat: float, datum: Datum, accuracy_m: float | None
) -> Whistle:
    """Say that the actor's department is there. Raises Conflict the second time, Forbidden if not called."""
    call = next((one for one in whistle.calls if one.department_id == actor.department_id), None)
    if call is None or not scope.holds(actor, Permission.WHISTLE_ANSWER, REACHES, whistle):
        raise Forbidden("这次吹哨没有叫你们部门，或你的岗位不能报到。")
    _check_open(whistle)
    if call.reported_in_at is not None:
        raise Conflict("你们部门已经报到了。")
    call.lon, call.lat = to_storage(lon, lat, datum)
    call.accuracy_m, call.reported_in_at, call.reporter_id = accuracy_m, clock.now(), actor.id
    call.next_alarm_at = None
    whistle.arrived += 1
    trail.record(actor, "whistle:report_in", "whistle", whistle.id, whistle.area_path, due=str(call.due_at))
    return whistle


def close(actor: User, whistle: Whistle, scores: list[Score]) -> Whistle:
    """End it, with a score for each department that was called. Raises Invalid when one is missing."""
    if not scope.holds(actor, Permission.WHISTLE_BLOW, REACHES, whistle):
        raise Forbidden("你的岗位不能结束吹哨。")
    _check_open(whistle)
    told = {one.department: one for one in scores}
    missing = [call.department.name for call in whistle.calls if call.department.code not in told]
    if missing or len(told) != len(whistle.calls):
        words = f"还没有给{'、'.join(missing)}评分。" if missing else "评分里有没被叫到的部门。"
        raise Invalid(words, field="scores")
    for call in whistle.calls:
        said = told[call.department.code]
        call.score, call.note, call.next_alarm_at = said.score, said.note, None
    whistle.closed_at = clock.now()
    trail.record(actor, "whistle:close", "whistle", whistle.id, whistle.area_path)
    return whistle


def _visible(actor: User) -> Any:
    return scope.rows(actor, Permission.WHISTLE_READ, REACHES)


def _one(actor: User, whistle_id: UUID) -> Select[Whistle]:
    return select(Whistle).where(Whistle.id == whistle_id, _visible(actor)).options(*_WHOLE)


def _check_open(whistle: Whistle) -> None:
    if whistle.closed_at is not None:
        raise Conflict("这次吹哨已经结束。")
