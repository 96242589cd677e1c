"""Event (事件): the row a case is, its append-only history, and the photos that belong to it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ColumnElement, ForeignKey, Index, String, func, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grid import clock
from grid.accounts.department import Department
from grid.accounts.user import User
from grid.areas.area import Area, Level
from grid.db import Base, BigId, Coded, PathText, UTCDateTime, Versioned, new_id
from grid.events.deadline_kind import DeadlineKind
from grid.events.photo import EventPhoto
from grid.events.request import EventRequest
from grid.events.state import AssignmentRole, AssignmentState, State
from grid.events.step_clock import StepClock, columns
from grid.tasks.task import Task
from grid.trail.digest import digest
from grid.worktime.limit import Light, light


class Source(StrEnum):
    """Report channel (上报来源)."""

    WORKER = "worker"
    DESK = "desk"
    REOPENED = "reopened"
    CALL = "call"
    VISIT = "visit"
    HOTLINE = "hotline"

    @property
    def label(self) -> str:
        return _SOURCES[self]


_SOURCES = {
    Source.WORKER: "网格员上报",
    Source.DESK: "中心补录",
    Source.REOPENED: "重开",
    Source.CALL: "来电",
    Source.VISIT: "来访",
    Source.HOTLINE: "12345 工单",
}
TAKEN_IN = frozenset({Source.CALL, Source.VISIT, Source.HOTLINE})  # told to the desk by somebody else


class Flag(StrEnum):
    """What a person should know of a report before trusting it (提示)."""

    NO_GRID = "no_grid"
    OUTSIDE_NET = "outside_net"
    OUTSIDE_MINE = "outside_mine"
    LOW_ACCURACY = "low_accuracy"
    CLOCK_SKEW = "clock_skew"
    NO_PHOTO = "no_photo"
    VAGUE_PLACE = "vague_place"

    @property
    def label(self) -> str:
        return _FLAGS[self]


_FLAGS = {
    Flag.NO_GRID: "所在村还没划网格",
    Flag.OUTSIDE_NET: "位置在网格外",
    Flag.OUTSIDE_MINE: "不在上报人的网格里",
    Flag.LOW_ACCURACY: "定位不准",
    Flag.CLOCK_SKEW: "手机时间不准",
    Flag.NO_PHOTO: "没有照片",
    Flag.VAGUE_PLACE: "只知道大概位置",
}


H3_RESOLUTION = 9  # about 0.1 km²


class Event(Versioned, Base):
    """Event (事件). lon, lat: CGCS2000 degrees; raw_lon, raw_lat: as sent, in ``datum``. area: its leaf."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_state_id", "state", "id"),
        Index("ix_event_area_id_id", "area_id", "id"),
        Index("ix_event_reporter_id_id", "reporter_id", "id"),
        Index("ix_event_category_id_id", "category_id", "id"),
        Index("ix_event_h3", "h3", "reported_at"),
        Index(
            "ix_event_suspended_until",
            "suspended_until",
            sqlite_where=text("suspended_until IS NOT NULL"),
            postgresql_where=text("suspended_until IS NOT NULL"),
        ),
        Index(
            "ix_event_merged_into_id",
            "merged_into_id",
            sqlite_where=text("merged_into_id IS NOT NULL"),
            postgresql_where=text("merged_into_id IS NOT NULL"),
        ),
        Index(
            "ix_event_reopened_from_id",
            "reopened_from_id",
            sqlite_where=text("reopened_from_id IS NOT NULL"),
            postgresql_where=text("reopened_from_id IS NOT NULL"),
        ),
        Index("ix_event_reported_at", "reported_at"),
        # What is open, by what is due first: in one state, and in all. The path spares a look at each row.
        Index(
            "ix_event_open_state_due",
            *("state", "due_at", "id", "area_path"),
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        # Every version is above 0; only who says so gets this index. PostgreSQL would take it for one state too,
        # and read past all others. For the same reason there is no index of due_at alone.
        Index(
            "ix_event_open_due",
            *("due_at", "id", "area_path"),
            sqlite_where=text("closed_at IS NULL AND version > 0"),
            postgresql_where=text("closed_at IS NULL AND version > 0"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    client_id: Mapped[UUID] = mapped_column(unique=True)
    case_no: Mapped[str | None] = mapped_column(String(30), unique=True)
    source: Mapped[Source] = mapped_column(Coded(Source))
    is_practice: Mapped[bool] = mapped_column(default=False)  # the database never lets it change
    state: Mapped[State] = mapped_column(Coded(State))
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    condition_id: Mapped[UUID | None] = mapped_column(ForeignKey("filing_condition.id"))
    description: Mapped[str] = mapped_column(String(500), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    lon: Mapped[float]
    lat: Mapped[float]
    raw_lon: Mapped[float]
    raw_lat: Mapped[float]
    datum: Mapped[str] = mapped_column(String(10))
    accuracy_m: Mapped[float | None]
    provider: Mapped[str] = mapped_column(String(20), default="")
    fixed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    h3: Mapped[str] = mapped_column(String(16))
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    area_path: Mapped[str] = mapped_column(PathText)
    flags: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    reporter_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    occurred_at: Mapped[datetime] = mapped_column(UTCDateTime)  # what the phone claims
    reported_at: Mapped[datetime] = mapped_column(UTCDateTime)  # when it reached us
    filed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    yellow_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    is_due_provisional: Mapped[bool] = mapped_column(default=False)  # runs into a year whose notice is not in
    step_kind: Mapped[DeadlineKind | None] = mapped_column(Coded(DeadlineKind))  # these three: see ``step_clock``
    step_yellow_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    step_due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    rework_no: Mapped[int] = mapped_column(default=0)
    bounces: Mapped[int] = mapped_column(default=0)  # how often departments said: not ours
    level: Mapped[Level] = mapped_column(Coded(Level), default=Level.STREET)  # who has it: 网格, 社区, 街道, 区县
    suspended_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    pending_requests: Mapped[int] = mapped_column(default=0)
    is_self_handled: Mapped[bool] = mapped_column(default=False)  # by its reporter: no department's figure
    is_retrospective: Mapped[bool] = mapped_column(default=False)  # entered after an outage: not late by it
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("event.id"))
    reopened_from_id: Mapped[UUID | None] = mapped_column(ForeignKey("event.id"))
    history_seq: Mapped[int] = mapped_column(default=0)

    area: Mapped[Area] = relationship(viewonly=True)
    reporter: Mapped[User] = relationship(viewonly=True)
    photos: Mapped[list[EventPhoto]] = relationship(order_by="EventPhoto.ordinal")
    assignments: Mapped[list[Assignment]] = relationship(order_by="Assignment.id")
    history: Mapped[list[EventLog]] = relationship(order_by="EventLog.seq")
    requests: Mapped[list[EventRequest]] = relationship(order_by="EventRequest.id")
    tasks: Mapped[list[Task]] = relationship(
        primaryjoin=lambda: Event.id == Task.subject_id,
        foreign_keys=lambda: Task.subject_id,
        viewonly=True,
        order_by="Task.id",
    )

    @property
    def step_clock(self) -> StepClock | None:
        """Of the step it stands at; of two (a level's turn, a post's step within it) the one that is due first."""
        if self.step_kind is None or self.step_yellow_at is None or self.step_due_at is None:
            return None
        return StepClock(self.step_kind, self.step_yellow_at, self.step_due_at)

    @step_clock.setter
    def step_clock(self, told: StepClock | None) -> None:
        for name, value in columns(told).items():
            setattr(self, name, value)

    @hybrid_property
    def pressing_at(self) -> datetime | None:
        """When it is due; while it has no deadline yet, when its step is."""
        return self.due_at or self.step_due_at

    @pressing_at.inplace.expression
    @classmethod
    def _pressing_at(cls) -> ColumnElement[datetime | None]:
        return func.coalesce(cls.due_at, cls.step_due_at)

    @property
    def light(self) -> Light:
        """The light of the whole case now, or as it was at its end; while it has no deadline yet, of its step."""
        return light(self.yellow_at or self.step_yellow_at, self.pressing_at, self.closed_at or clock.now())

    @property
    def lead(self) -> Assignment | None:
        """The lead department's open assignment."""
        return next((a for a in reversed(self.assignments) if a.is_open and a.role is AssignmentRole.LEAD), None)


class Assignment(Versioned, Base):
    """Assignment (派遣单): a case in one department's hands; lead (主办) or assisting (协办).

    bounces: how often it came back. handler: whom the department gave it. is_forced: by arbitration, no way back.
    result: what was done, in the department's words.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        Index("ix_assignment_event_id", "event_id"),
        Index("ix_assignment_department_id_state", "department_id", "state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    role: Mapped[AssignmentRole] = mapped_column(Coded(AssignmentRole))
    state: Mapped[AssignmentState] = mapped_column(Coded(AssignmentState))
    round: Mapped[int] = mapped_column(default=1)
    dispatched_at: Mapped[datetime] = mapped_column(UTCDateTime)
    signed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    handled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sign_due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    limit_value: Mapped[int | None]  # its own limit, where it is not that of the case
    limit_unit: Mapped[str | None] = mapped_column(String(15))
    bounces: Mapped[int] = mapped_column(default=0)
    is_forced: Mapped[bool] = mapped_column(default=False)
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    result: Mapped[str] = mapped_column(String(500), default="")

    department: Mapped[Department] = relationship(lazy="joined", innerjoin=True)
    handler: Mapped[User | None] = relationship(viewonly=True)

    @property
    def is_open(self) -> bool:
        """Still in the department's hands, or confirmed by it; not returned or recalled."""
        return self.state not in (AssignmentState.RETURNED, AssignmentState.CANCELLED)


class EventLog(Base):
    """History entry (流转记录): one step of a case, append only; ``hash`` covers its content.

    source, target: states of the event before and after. assignment_id: set when a department's step moved it.
    """

    __tablename__ = "event_log"
    __table_args__ = (
        Index("uq_event_log_event_id_seq", "event_id", "seq", unique=True),
        Index("ix_event_log_action_at", "action", "at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    seq: Mapped[int]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    action: Mapped[str] = mapped_column(String(20))
    source: Mapped[State | None] = mapped_column(Coded(State))
    target: Mapped[State] = mapped_column(Coded(State))
    assignment_id: Mapped[UUID | None] = mapped_column(ForeignKey("assignment.id"))
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    actor_name: Mapped[str] = mapped_column(String(50))
    actor_post: Mapped[str] = mapped_column(String(100))
    actor_department: Mapped[str] = mapped_column(String(60), default="")
    note: Mapped[str] = mapped_column(String(500), default="")
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    hash: Mapped[str] = mapped_column(String(64))

    def content(self) -> dict[str, Any]:
        """What the hash covers: everything but the row number."""
        names = (
            "event_id seq at action source target assignment_id actor_id actor_name actor_post actor_department"
            " note data"
        )
        return {name: getattr(self, name) for name in names.split()}

    def seal(self) -> None:
        self.hash = digest("wangge/event-log/1", self.content())

    def is_intact(self) -> bool:
        return self.hash == digest("wangge/event-log/1", self.content())
