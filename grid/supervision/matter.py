"""Matter (督办事项, 13710): what is handed down to departments and followed until it is reset to zero (销号).

Deployed within 1 day, reported on within 3, done within 7 or, where it is major, within a month; each has a clock,
with the alarms of any other. Departments write entries; only the office that handed it down strikes it off.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, String, and_, exists, false, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload

from grid import clock
from grid.accounts import department as departments
from grid.accounts import scope
from grid.accounts.department import Department
from grid.accounts.permission import Permission, Relation
from grid.accounts.user import Grant, User
from grid.areas import net
from grid.areas.area import Area
from grid.db import Base, BigId, Coded, PathText, UTCDateTime, Versioned, db, new_id
from grid.errors import Conflict, Forbidden, Invalid
from grid.events import deadline as deadlines
from grid.events import rulebook
from grid.events.deadline import Deadline
from grid.events.deadline_kind import DeadlineKind, DeadlineState
from grid.events.procedure_rule import Rule
from grid.job import job
from grid.row import get_row, hold_row, newest
from grid.trail import entry as trail

KIND = "matter.moved"
MOST = 20


class MatterKind(StrEnum):
    """How weighty a matter is (事项等级)."""

    GENERAL = "general"
    MAJOR = "major"

    @property
    def label(self) -> str:
        return {"general": "一般事项", "major": "重大事项"}[self]


class MatterState(StrEnum):
    """State of a matter (事项状态)."""

    OPEN = "open"
    DONE = "done"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return {"open": "办理中", "done": "待销号", "closed": "已销号"}[self]


class EntryKind(StrEnum):
    """What an entry says (进展种类); the last two are the office's."""

    DEPLOY = "deploy"
    REPORT = "report"
    PROGRESS = "progress"
    DONE = "done"
    REFUSE = "refuse"
    CLOSE = "close"

    @property
    def label(self) -> str:
        return {
            "deploy": "研究部署",
            "report": "反馈情况",
            "progress": "进展",
            "done": "报请销号",
            "refuse": "退回再办",
            "close": "销号",
        }[self]


OFFICE = frozenset({EntryKind.REFUSE, EntryKind.CLOSE})
LEADS = frozenset({EntryKind.DEPLOY, EntryKind.REPORT, EntryKind.DONE})


class Matter(Versioned, Base):
    """Matter (督办事项). source: who wants it done. done_at: when its departments said that it is.

    office_path: the area of the office that handed it down; nobody below strikes it off.
    """

    __tablename__ = "matter"
    __table_args__ = (Index("ix_matter_state_id", "state", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    area_path: Mapped[str] = mapped_column(PathText)
    office_path: Mapped[str] = mapped_column(PathText)
    title: Mapped[str] = mapped_column(String(100))
    content: Mapped[str] = mapped_column(String(1000), default="")
    source: Mapped[str] = mapped_column(String(100), default="")
    kind: Mapped[MatterKind] = mapped_column(Coded(MatterKind))
    state: Mapped[MatterState] = mapped_column(Coded(MatterState))
    issuer_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    issued_at: Mapped[datetime] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    entry_count: Mapped[int] = mapped_column(default=0)

    area: Mapped[Area] = relationship(viewonly=True)
    issuer: Mapped[User] = relationship(viewonly=True)
    units: Mapped[list[MatterUnit]] = relationship(order_by="MatterUnit.id")
    entries: Mapped[list[MatterEntry]] = relationship(order_by="MatterEntry.id")
    clocks: Mapped[list[Deadline]] = relationship(
        primaryjoin=lambda: Matter.id == Deadline.matter_id,
        foreign_keys=lambda: Deadline.matter_id,
        viewonly=True,
        order_by=lambda: Deadline.id,
    )


class MatterUnit(Base):
    """Department of a matter (承办单位): one leads, others assist."""

    __tablename__ = "matter_unit"
    __table_args__ = (
        Index("uq_matter_unit_matter_id_department_id", "matter_id", "department_id", unique=True),
        Index("ix_matter_unit_department_id", "department_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    matter_id: Mapped[UUID] = mapped_column(ForeignKey("matter.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    is_lead: Mapped[bool]

    department: Mapped[Department] = relationship(lazy="joined", innerjoin=True)


class MatterEntry(Base):
    """Entry of a matter's ledger (台账记录): what was done, by whom, when."""

    __tablename__ = "matter_entry"
    __table_args__ = (Index("ix_matter_entry_matter_id", "matter_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    matter_id: Mapped[UUID] = mapped_column(ForeignKey("matter.id"))
    kind: Mapped[EntryKind] = mapped_column(Coded(EntryKind))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    words: Mapped[str] = mapped_column(String(1000))

    actor: Mapped[User] = relationship(viewonly=True, lazy="joined")
    department: Mapped[Department | None] = relationship(viewonly=True, lazy="joined")


def _department_rows(actor: User, grant: Grant) -> ColumnElement[bool]:
    if actor.department_id is None:
        return false()
    ours = exists().where(MatterUnit.matter_id == Matter.id, MatterUnit.department_id == actor.department_id)
    return and_(ours, scope.within(Matter.area_path, grant.path))


def _department_holds(actor: User, grant: Grant, matter: Matter) -> bool:
    ours = any(unit.department_id == actor.department_id for unit in matter.units)
    return actor.department_id is not None and ours and scope.is_within(matter.area_path, grant.path)


REACHES: scope.Reaches = {
    Relation.AREA: scope.Reach(
        rows=lambda actor, grant: scope.within(Matter.area_path, grant.path),
        holds=lambda actor, grant, matter: scope.is_within(matter.area_path, grant.path),
    ),
    Relation.DEPARTMENT: scope.Reach(rows=_department_rows, holds=_department_holds),
}


@dataclass(frozen=True, slots=True)
class Order:
    """A matter as it is handed down. lead, assist: codes of departments. area: where."""

    title: str
    kind: MatterKind
    lead: str
    area: str
    content: str = ""
    source: str = ""
    assist: list[str] = field(default_factory=list)


def issue(actor: User, order: Order) -> Matter:
    """Hand a matter down; its three clocks begin. Raises Forbidden, Invalid, NotFound."""
    node = net.current().find(order.area)
    called = [departments.find(code, node.path) for code in dict.fromkeys([order.lead, *order.assist])]
    now = clock.now()
    matter = Matter(
        id=new_id(),
        area_id=node.id,
        area_path=node.path,
        office_path=scope.office(actor, Permission.MATTER_ISSUE, node.path),
        title=order.title,
        content=order.content,
        source=order.source,
        kind=order.kind,
        state=MatterState.OPEN,
        issuer_id=actor.id,
        issued_at=now,
        entry_count=0,
        units=[MatterUnit(department_id=d.id, department=d, is_lead=n == 0) for n, d in enumerate(called)],
        entries=[],
    )
    if not scope.holds(actor, Permission.MATTER_ISSUE, REACHES, matter):
        raise Forbidden("你的岗位不能在这里交办事项。")
    db.session.add(matter)
    # Its clocks refer to it.
    db.session.flush()
    rules = rulebook.current().procedure
    for kind, key in (
        (DeadlineKind.MATTER_DEPLOY, "deploy"),
        (DeadlineKind.MATTER_REPORT, "report"),
        (DeadlineKind.MATTER_FINISH, order.kind.value),
    ):
        one = deadlines.make(kind, rules.limit(node.path, Rule.MATTER_LIMIT, key), now, node.path)
        one.matter_id = matter.id
        db.session.add(one)
    trail.record(actor, "matter:issue", "matter", matter.id, node.path, kind=order.kind.value)
    job.enqueue(KIND, f"{KIND}:{matter.id}:0", {"matter_id": str(matter.id), "seq": 0, "kind": "issue"})
    return matter


def write(actor: User, matter: Matter, kind: EntryKind, words: str) -> Matter:
    """Add an entry to a matter the caller holds. Raises Forbidden, Conflict in the wrong state."""
    right = Permission.MATTER_ISSUE if kind in OFFICE else Permission.MATTER_WRITE
    if not scope.holds(actor, right, REACHES, matter) or (kind in OFFICE and not _is_office(actor, matter)):
        raise Forbidden("销号、退回由交办的一方来做。" if kind in OFFICE else "这件事不是你们部门承办的。")
    wanted = MatterState.DONE if kind in OFFICE else MatterState.OPEN
    if kind in LEADS and not _is_lead(actor, matter):
        raise Forbidden(f"“{kind.label}”由主办单位来写，协办单位写“{EntryKind.PROGRESS.label}”。")
    if matter.state is not wanted:
        raise Conflict(f"这件事现在是“{matter.state.label}”，不能{kind.label}。")
    if not words and kind is not EntryKind.CLOSE:
        raise Invalid("请写明情况。", field="words")
    now = clock.now()
    matter.entries.append(
        MatterEntry(kind=kind, at=now, actor_id=actor.id, department_id=actor.department_id, words=words)
    )
    matter.entry_count += 1
    _EFFECTS.get(kind, _nothing)(matter, now)
    trail.record(actor, f"matter:{kind.value}", "matter", matter.id, matter.area_path)
    told: dict[str, Any] = {"matter_id": str(matter.id), "seq": matter.entry_count, "kind": kind.value}
    job.enqueue(KIND, f"{KIND}:{matter.id}:{matter.entry_count}", told)
    return matter


def may_write(actor: User, matter: Matter, kind: EntryKind) -> bool:
    """May the actor write such an entry now?"""
    right = Permission.MATTER_ISSUE if kind in OFFICE else Permission.MATTER_WRITE
    state = MatterState.DONE if kind in OFFICE else MatterState.OPEN
    is_ones = _is_office(actor, matter) if kind in OFFICE else kind not in LEADS or _is_lead(actor, matter)
    return matter.state is state and is_ones and scope.holds(actor, right, REACHES, matter)


def _is_lead(actor: User, matter: Matter) -> bool:
    """Only the lead's word moves the clocks: they are everybody's."""
    return any(unit.is_lead and unit.department_id == actor.department_id for unit in matter.units)


def _is_office(actor: User, matter: Matter) -> bool:
    """Is the actor who handed it down, or of that office, or of one above?"""
    return actor.id == matter.issuer_id or scope.is_office(actor, Permission.MATTER_ISSUE, matter.office_path)


def _nothing(matter: Matter, now: datetime) -> None:
    """Only words."""


def _deploy(matter: Matter, now: datetime) -> None:
    _end(matter, now, DeadlineKind.MATTER_DEPLOY)


def _report(matter: Matter, now: datetime) -> None:
    _end(matter, now, DeadlineKind.MATTER_DEPLOY, DeadlineKind.MATTER_REPORT)


def _done(matter: Matter, now: datetime) -> None:
    """While the office looks at it, no time of the departments passes."""
    _report(matter, now)
    matter.state, matter.done_at = MatterState.DONE, now
    for one in _open_clocks(matter, DeadlineKind.MATTER_FINISH):
        deadlines.stop(one, now, "报请销号")


def _refuse(matter: Matter, now: datetime) -> None:
    matter.state, matter.done_at = MatterState.OPEN, None
    for one in _open_clocks(matter, DeadlineKind.MATTER_FINISH):
        deadlines.go_on(one, now)


def _close(matter: Matter, now: datetime) -> None:
    matter.state, matter.closed_at = MatterState.CLOSED, now
    for one in _open_clocks(matter, DeadlineKind.MATTER_FINISH):
        deadlines.end(one, matter.done_at or now)


_EFFECTS = {
    EntryKind.DEPLOY: _deploy,
    EntryKind.REPORT: _report,
    EntryKind.DONE: _done,
    EntryKind.REFUSE: _refuse,
    EntryKind.CLOSE: _close,
}


def _open_clocks(matter: Matter, *kinds: DeadlineKind) -> list[Deadline]:
    # Reached through their matter, which the caller holds.
    states = (DeadlineState.RUNNING, DeadlineState.PAUSED)
    found = select(Deadline).where(Deadline.matter_id == matter.id, Deadline.state.in_(states))
    return [one for one in db.session.scalars(found) if one.kind in kinds]


def _end(matter: Matter, now: datetime, *kinds: DeadlineKind) -> None:
    for one in _open_clocks(matter, *kinds):
        deadlines.end(one, now)


def get(actor: User, matter_id: UUID) -> Matter:
    """A matter in the caller's scope. Raises NotFound."""
    return get_row(_one(actor, matter_id), MISSING)


def hold(actor: User, matter_id: UUID) -> Matter:
    """The same, locked until the commit."""
    return hold_row(_one(actor, matter_id), MISSING)


def listed(
    actor: User, state: MatterState | None, after: UUID | None, limit: int
) -> tuple[list[Matter], UUID | None]:
    """Matters in the caller's scope, newest first. state None: those not struck off yet, and those that are."""
    found = select(Matter).where(_visible(actor)).options(*_LOADS)
    if state is not None:
        found = found.where(Matter.state == state)
    return newest(found, after, limit)


MISSING = "没有这件督办事项，或不在你的范围里。"
_LOADS = (
    joinedload(Matter.area, innerjoin=True),
    joinedload(Matter.issuer, innerjoin=True),
    selectinload(Matter.units),
    selectinload(Matter.entries),
    selectinload(Matter.clocks),
)


def _visible(actor: User) -> ColumnElement[bool]:
    return scope.rows(actor, Permission.MATTER_READ, REACHES)


def _one(actor: User, matter_id: UUID) -> Select[Matter]:
    return select(Matter).where(Matter.id == matter_id, _visible(actor)).options(*_LOADS)
