"""Supervision (督办): somebody above, or the ladder by itself, presses a case. It moves no state; several a case.

The department replies, the office that issued it closes it. Each word of it is in the case's history.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grid import clock
from grid.accounts import scope
from grid.accounts.department import Department
from grid.accounts.permission import Permission
from grid.accounts.user import User
from grid.areas.area import Area
from grid.db import Base, Coded, PathText, UTCDateTime, Versioned, db, new_id
from grid.errors import Conflict, Forbidden, Invalid, RuleForbids
from grid.events import deadline as deadlines
from grid.events import history, locating, practice, rulebook
from grid.events.deadline import Deadline
from grid.events.deadline_kind import DeadlineKind, DeadlineState
from grid.events.event import Assignment, Event
from grid.events.procedure_rule import Rule
from grid.events.scope import may
from grid.job import job
from grid.trail import entry as trail

KIND = "supervision.moved"
REQUIREMENT = "请立即办理，并说明超时原因和办结时间。"


class SupervisionKind(StrEnum):
    """Why a case is supervised (督办种类)."""

    TIMEOUT = "timeout"
    LEADER = "superior"
    IMPORTANT = "important"

    @property
    def label(self) -> str:
        return {"timeout": "超时督办", "superior": "领导督办", "important": "重要督办"}[self]


class SupervisionLevel(StrEnum):
    """How hard (督办等级): the three colours of the notice (三色督办单)."""

    BLUE = "blue"
    YELLOW = "yellow"
    RED = "red"

    @property
    def label(self) -> str:
        return {"blue": "蓝色", "yellow": "黄色", "red": "红色"}[self]


class SupervisionState(StrEnum):
    """State of a supervision (督办状态)."""

    OPEN = "open"
    REPLIED = "replied"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return {"open": "督办中", "replied": "已回复", "closed": "已办结"}[self]


class Supervision(Versioned, Base):
    """Supervision (督办). department_id: who must reply, if somebody must; due_at: until when, as its clock says.

    office_path: the area of the office that issued it; nobody below closes it.
    """

    __tablename__ = "supervision"
    __table_args__ = (
        Index("ix_supervision_event_id", "event_id"),
        Index("ix_supervision_department_id_state", "department_id", "state"),
        Index("ix_supervision_state_id", "state", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    area_path: Mapped[str] = mapped_column(PathText)
    office_path: Mapped[str] = mapped_column(PathText)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    kind: Mapped[SupervisionKind] = mapped_column(Coded(SupervisionKind))
    level: Mapped[SupervisionLevel] = mapped_column(Coded(SupervisionLevel))
    reason: Mapped[str] = mapped_column(String(500))
    requirement: Mapped[str] = mapped_column(String(500), default="")
    need_reply: Mapped[bool]
    state: Mapped[SupervisionState] = mapped_column(Coded(SupervisionState))
    issuer_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    issued_at: Mapped[datetime] = mapped_column(UTCDateTime)
    yellow_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reply: Mapped[str] = mapped_column(String(1000), default="")
    replier_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    replied_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closing: Mapped[str] = mapped_column(String(500), default="")
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    event: Mapped[Event] = relationship(viewonly=True)
    area: Mapped[Area] = relationship(viewonly=True)
    department: Mapped[Department | None] = relationship(viewonly=True)
    issuer: Mapped[User] = relationship(foreign_keys=[issuer_id], viewonly=True)
    replier: Mapped[User | None] = relationship(foreign_keys=[replier_id], viewonly=True)


def _show(one: Deadline) -> None:
    """Its clock was computed again."""
    row = db.session.get_one(Supervision, one.supervision_id)
    row.due_at, row.yellow_at = one.due_at, one.yellow_at


deadlines.shown_by(DeadlineKind.REPLY, _show)
practice.hang("supervisions", Supervision, Supervision.event_id, before="requests")
locating.follows(Supervision)


@dataclass(frozen=True, slots=True)
class Order:
    """What a supervision says. department: code of who must reply; left out: whoever leads the case."""

    kind: SupervisionKind
    level: SupervisionLevel
    reason: str
    requirement: str = ""
    need_reply: bool = True
    department: str | None = None


def right_of(kind: SupervisionKind) -> Permission:
    """The right that issues and closes supervisions of a kind: a leader's are a leader's."""
    return Permission.SUPERVISION_LEAD if kind is SupervisionKind.LEADER else Permission.SUPERVISION_ISSUE


def issue(actor: User, event: Event, order: Order) -> Supervision:
    """Supervise a case the caller holds. Raises Forbidden, RuleForbids when it is over, Invalid."""
    if not may(actor, right_of(order.kind), event):
        raise Forbidden(f"你的岗位不能发“{order.kind.label}”。")
    if event.state.is_final:
        raise RuleForbids(f"案卷{event.state.label}，不用再督办。")
    office = scope.office(actor, right_of(order.kind), event.area_path)
    return _open(actor, event, order, _called(event, order), office)


def open_late(event: Event, late: Deadline, at: datetime) -> Supervision | None:
    """Supervise what is long overdue, by the rules' account: yellow at first, red when it was before."""
    actor = rulebook.current().actor
    if actor is None or event.state.is_final:
        return None
    part = next((a for a in event.assignments if a.id == late.assignment_id), None) or event.lead
    before = db.session.scalar(
        select(func.count())
        .select_from(Supervision)
        .where(Supervision.event_id == event.id, Supervision.kind == SupervisionKind.TIMEOUT)
    )
    order = Order(
        SupervisionKind.TIMEOUT,
        SupervisionLevel.RED if before else SupervisionLevel.YELLOW,
        f"{late.kind.label} {_short(late.due_at)} 到期，到 {_short(at)} 还没有办完",
        REQUIREMENT,
        need_reply=part is not None,
    )
    return _open(actor, event, order, part, event.area_path)


def reply(actor: User, row: Supervision, words: str) -> Supervision:
    """The department's answer; again until it is closed. Raises Conflict."""
    _check_open(row)
    now = clock.now()
    row.state, row.reply, row.replier_id, row.replied_at = SupervisionState.REPLIED, words, actor.id, now
    for one in _clocks(row):
        deadlines.end(one, now)
    _tell(actor, row, row.event, "answer", words)
    return row


def close(actor: User, row: Supervision, words: str) -> Supervision:
    """The office that issued it has done with it. Raises Forbidden, Conflict, Invalid: unanswered, and no why."""
    if not is_office(actor, row):
        raise Forbidden(f"“{row.kind.label}”由发出的一方办结。")
    _check_open(row)
    if row.need_reply and row.state is SupervisionState.OPEN and not words:
        raise Invalid("部门还没有回复，办结要写明原因。", field="note")
    now = clock.now()
    row.state, row.closing, row.closed_at = SupervisionState.CLOSED, words, now
    for one in _clocks(row):
        one.settle(DeadlineState.CANCELLED, now)
    _tell(actor, row, row.event, "unsupervise", words)
    return row


def is_office(actor: User, row: Supervision) -> bool:
    """Is the actor who issued it, or of that office, or of one above?"""
    right = right_of(row.kind)
    is_it = actor.id == row.issuer_id or scope.is_office(actor, right, row.office_path)
    return is_it and may(actor, right, row.event)


def _called(event: Event, order: Order) -> Assignment | None:
    """Whose reply is asked for."""
    wanted = order.department
    found = [a for a in event.assignments if a.is_open and (wanted is None or a.department.code == wanted)]
    part = event.lead if wanted is None else next(iter(found), None)
    if wanted is not None and part is None:
        raise Invalid("这个部门没有在办这件事，请从名单里选。", field="department")
    if part is None and order.need_reply:
        raise Invalid("还没有部门在办，没有人可以回复。", field="need_reply")
    return part


def _open(actor: User, event: Event, order: Order, part: Assignment | None, office: str) -> Supervision:
    now = clock.now()
    row = Supervision(
        id=new_id(),
        event_id=event.id,
        area_id=event.area_id,
        area_path=event.area_path,
        office_path=office,
        department_id=part.department_id if part else None,
        kind=order.kind,
        level=order.level,
        reason=order.reason,
        requirement=order.requirement,
        need_reply=order.need_reply,
        state=SupervisionState.OPEN,
        issuer_id=actor.id,
        issued_at=now,
        reply="",
        closing="",
    )
    db.session.add(row)
    if order.need_reply:
        # The clock refers to the supervision, whose row must be there first.
        db.session.flush()
        limit = rulebook.current().procedure.limit(event.area_path, Rule.REPLY_LIMIT)
        one = deadlines.make(DeadlineKind.REPLY, limit, now, event.area_path)
        one.event_id, one.supervision_id = event.id, row.id
        row.due_at, row.yellow_at = one.due_at, one.yellow_at
        db.session.add(one)
    _tell(actor, row, event, "supervise", order.reason, level=order.level.label, kind=order.kind.label)
    return row


def _tell(actor: User, row: Supervision, event: Event, action: str, words: str, **data: str) -> None:
    """History, audit and outbox of one word of it."""
    history.log(actor, event, action, event.state, clock.now(), words[:500], data | {"supervision": str(row.id)})
    trail.record(actor, f"supervision:{action}", "supervision", row.id, row.area_path, event=str(event.id))
    told = {"supervision_id": str(row.id), "action": action, "seq": event.history_seq}
    job.enqueue(KIND, f"{KIND}:{row.id}:{event.history_seq}", told)


def _clocks(row: Supervision) -> list[Deadline]:
    found = select(Deadline).where(Deadline.supervision_id == row.id, Deadline.state.in_(deadlines.OPEN))
    return list(db.session.scalars(found))


def _short(moment: datetime) -> str:
    return f"{clock.local(moment):%m-%d %H:%M}"


def _check_open(row: Supervision) -> None:
    if row.state is SupervisionState.CLOSED:
        raise Conflict("这次督办已经办结。")
