"""Task (任务): verify (核实, before filing) or check (核查, after handling), sent to one grid worker."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grid import clock
from grid.accounts.permission import Permission, Relation
from grid.accounts.scope import of_owner, rows
from grid.accounts.user import User
from grid.db import Base, Coded, PathText, UTCDateTime, Versioned, db, new_id
from grid.errors import Conflict
from grid.row import get_row, hold_row
from grid.worktime.calendar import WorkCalendar
from grid.worktime.limit import Limit, due


class TaskKind(StrEnum):
    """Kinds of task (任务种类)."""

    VERIFY = "verify"
    CHECK = "check"

    @property
    def label(self) -> str:
        return {"verify": "核实", "check": "核查"}[self]

    @property
    def results(self) -> tuple[TaskResult, ...]:
        """What an answer to it may be."""
        return _RESULTS[self]


class TaskState(StrEnum):
    """States of a task (任务状态)."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return {"open": "待办", "done": "已办", "cancelled": "已撤回"}[self]


class TaskResult(StrEnum):
    """Results of a task (任务结果): of a verification the first three, of a check the others."""

    GENUINE = "genuine"
    UNFOUNDED = "unfounded"
    NOT_FOUND = "not_found"
    PASS = "pass"  # noqa: S105  not a password
    FAIL = "fail"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    TaskResult.GENUINE: "属实",
    TaskResult.UNFOUNDED: "不属实",
    TaskResult.NOT_FOUND: "找不到",
    TaskResult.PASS: "通过",
    TaskResult.FAIL: "不通过",
}
_RESULTS = {
    TaskKind.VERIFY: (TaskResult.GENUINE, TaskResult.UNFOUNDED, TaskResult.NOT_FOUND),
    TaskKind.CHECK: (TaskResult.PASS, TaskResult.FAIL),
}


class Task(Versioned, Base):
    """Task (任务). subject_id: the event it is about; area_path: where; asked: what to look for, if anything."""

    __tablename__ = "task"
    __table_args__ = (
        Index("ix_task_assignee_id_state_id", "assignee_id", "state", "id"),
        Index("ix_task_subject_id", "subject_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[TaskKind] = mapped_column(Coded(TaskKind))
    subject_id: Mapped[UUID]
    area_path: Mapped[str] = mapped_column(PathText)
    assignee_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    state: Mapped[TaskState] = mapped_column(Coded(TaskState))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    result: Mapped[TaskResult | None] = mapped_column(Coded(TaskResult))
    asked: Mapped[str] = mapped_column(String(500), default="", server_default="")
    note: Mapped[str] = mapped_column(String(500), default="")
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    assignee: Mapped[User] = relationship(lazy="joined")


MISSING = "没有这个任务，或已不归你办。"
REACHES = {
    Relation.OWN: of_owner(Task.assignee_id),
}


def send(kind: TaskKind, subject_id: UUID, area_path: str, assignee: User, limit: Limit, asked: str = "") -> Task:
    """Ask one worker. limit: in units that run day and night; in working ones, by the usual week."""
    now = clock.now()
    task = Task(
        id=new_id(),
        kind=kind,
        subject_id=subject_id,
        area_path=area_path,
        assignee=assignee,
        state=TaskState.OPEN,
        created_at=now,
        due_at=due(now, limit, WorkCalendar()),
        asked=asked,
    )
    db.session.add(task)
    return task


def get(actor: User, task_id: UUID) -> Task:
    """A task of one's own. Raises NotFound."""
    return get_row(_one(actor, task_id), MISSING)


def hold(actor: User, task_id: UUID) -> Task:
    """The same, locked until the commit: of two answers, the second sees the first."""
    return hold_row(_one(actor, task_id), MISSING)


def _one(actor: User, task_id: UUID) -> Select[Task]:
    return select(Task).where(Task.id == task_id, rows(actor, Permission.TASK_READ, REACHES))


def listed(actor: User, state: TaskState) -> list[Task]:
    """One's own tasks in a state, at most 200: the oldest open first, the newest done first."""
    order = Task.id if state is TaskState.OPEN else Task.id.desc()
    found = select(Task).where(Task.state == state, rows(actor, Permission.TASK_READ, REACHES))
    return list(db.session.scalars(found.order_by(order).limit(200)))


def check_open(task: Task) -> None:
    """Raises Conflict when the task has been answered or taken back."""
    if task.state is TaskState.CANCELLED:
        raise Conflict("这个任务已被撤回，不用再办了。")
    if task.state is not TaskState.OPEN:
        raise Conflict("这个任务已经办过了。")


def cancel(subject_id: UUID, at: datetime) -> list[Task]:
    """Take back what still waits for an answer about a thing; the case that asked must be locked by the caller."""
    waiting = select(Task).where(Task.subject_id == subject_id, Task.state == TaskState.OPEN)
    found = list(db.session.scalars(waiting.with_for_update(of=Task)))
    for task in found:
        task.state, task.answered_at = TaskState.CANCELLED, at
    return found


def answer(task: Task, result: TaskResult, note: str) -> None:
    """Write the answer down. Raises Conflict when there already is one."""
    check_open(task)
    task.state, task.result, task.note, task.answered_at = TaskState.DONE, result, note, clock.now()
