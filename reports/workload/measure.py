"""Measures (指标口径): what each figure of a department counts, as one question; number and list both ask it.

A question selects ``event_id`` and ``at``, the moment it is counted by.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import aliased

from grid.events.deadline import Deadline
from grid.events.deadline_kind import DeadlineKind
from grid.events.event import Assignment, Event, EventLog
from grid.events.lifecycle import REWORK
from grid.events.request import EventRequest, RequestKind, RequestState
from reports import lateness
from reports.view import View

SENT_BACK = ("return", "hand_back")
Question = Select[UUID, Any]


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure. at: what the moment in its list is called. is_bad: more of it is worse."""

    code: str
    label: str
    definition: str
    at: str
    rows: Callable[[View, int], Question]
    is_bad: bool = False


def _received(view: View, department_id: int) -> Question:
    return (
        select(Event.id.label("event_id"), Assignment.dispatched_at.label("at"))
        .join(Assignment, Assignment.event_id == Event.id)
        .where(_ours(department_id), lateness.dispatched(view), view.rows)
    )


def _clocks(*names: str) -> Callable[[View, int], Question]:
    """Handling clocks of the department of any of these measures."""

    def rows(view: View, department_id: int) -> Question:
        said = lateness.measures(view)
        return ended(view, department_id).where(or_(*(said[name] for name in names)))

    return rows


def ended(view: View, department_id: int) -> Question:
    """The department's handling clocks that count, with what their list is ordered by."""
    return (
        select(Event.id.label("event_id"), Deadline.due_at.label("at"))
        .join(Deadline, Deadline.event_id == Event.id)
        .join(Assignment, Assignment.id == Deadline.assignment_id)
        .where(_ours(department_id), *lateness.counted(view, DeadlineKind.HANDLE))
    )


def _sent_back(view: View, department_id: int) -> Question:
    return (
        select(Event.id.label("event_id"), EventLog.at.label("at"))
        .join(EventLog, EventLog.event_id == Event.id)
        .join(Assignment, Assignment.id == EventLog.assignment_id)
        .where(_ours(department_id), EventLog.action.in_(SENT_BACK), view.during(EventLog.at), view.rows)
    )


def _reworked(view: View, department_id: int) -> Question:
    """Sent back to all who had confirmed; who gave the case back meanwhile was not among them."""
    confirm, gone = aliased(EventLog), aliased(EventLog)
    gave_back = (
        exists()
        .where(
            gone.assignment_id == Assignment.id,
            gone.action.in_(SENT_BACK),
            gone.seq > confirm.seq,
            gone.seq < EventLog.seq,
        )
        .correlate(Assignment, EventLog, confirm)
    )
    had_confirmed = (
        exists()
        .where(
            confirm.assignment_id == Assignment.id,
            confirm.action == "confirm",
            confirm.seq < EventLog.seq,
            ~gave_back,
        )
        .correlate(Assignment, EventLog)
    )
    return (
        select(Event.id.label("event_id"), EventLog.at.label("at"))
        .join(EventLog, EventLog.event_id == Event.id)
        .join(Assignment, Assignment.event_id == Event.id)
        .where(
            _ours(department_id),
            EventLog.action.in_(sorted(REWORK)),
            view.during(EventLog.at),
            had_confirmed,
            view.rows,
        )
    )


def _extended(view: View, department_id: int) -> Question:
    said = and_(EventRequest.kind == RequestKind.EXTENSION, EventRequest.state == RequestState.APPROVED)
    return (
        select(Event.id.label("event_id"), EventRequest.settled_at.label("at"))
        .join(EventRequest, EventRequest.event_id == Event.id)
        .join(Assignment, Assignment.id == EventRequest.assignment_id)
        .where(_ours(department_id), said, view.during(EventRequest.settled_at), view.rows)
    )


def _ours(department_id: int) -> ColumnElement[bool]:
    return Assignment.department_id == department_id


MEASURES = (
    Measure("received", "派来", "当月派给本部门的派遣单，主办和协办都算。", "派遣", _received),
    Measure("done", "办完", "当月部门确认反馈的派遣单。", "应办完", _clocks("on_time", "late")),
    Measure("on_time", "按时办完", "确认反馈不晚于部门时限；申诉成立的算按时。", "应办完", _clocks("on_time")),
    Measure("late", "超期办完", "确认反馈晚于部门时限的。", "应办完", _clocks("late"), True),
    Measure(
        "missed",
        "到期未按时",
        "部门时限当月到期、到期时没有办完的，含后来超期办完的。",
        "应办完",
        _clocks("due"),
        True,
    ),
    Measure("open", "在手上", "截至数据时间还没有确认反馈的派遣单，挂账的不算。", "应办完", _clocks("open")),
    Measure("overdue", "超期未办", "在手上的派遣单里部门时限已过的。", "应办完", _clocks("overdue"), True),
    Measure("sent_back", "退回派遣", "当月本部门退回、或申请回退获准的次数。", "退回", _sent_back),
    Measure(
        "reworked", "返工", "当月本部门办完后又被退回重办的次数（返工、核查不通过）。", "返工", _reworked, True
    ),
    Measure("extended", "延期", "当月获准的延期申请。", "获准", _extended),
)
BY_CODE = {measure.code: measure for measure in MEASURES}
