"""Lots (待办分类): why a case lies on a department's table, said twice: in SQL, and of a part in hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists

from grid.events.deadline import Deadline
from grid.events.deadline_kind import DeadlineKind
from grid.events.event import Assignment, Event
from grid.events.request import EventRequest, RequestState
from grid.events.state import AssignmentRole, AssignmentState

IN_HAND = (
    AssignmentState.PENDING_SIGN,
    AssignmentState.HANDLING,
    AssignmentState.HANDLED,
    AssignmentState.SUSPENDED,
)
AT_WORK = IN_HAND[:2]


class Lot(StrEnum):
    """Why a case lies on the department's table (待办分类); a case may be in several."""

    SIGN = "sign"
    HANDLE = "handle"
    CONFIRM = "confirm"
    BACK = "back"
    ASSIST = "assist"
    ASKED = "asked"
    SUSPENDED = "suspended"

    @property
    def label(self) -> str:
        return _LOTS[self].label

    @property
    def rows(self) -> ColumnElement[bool]:
        """Of the assignments in the department's hands, those in it."""
        return _LOTS[self].rows


@dataclass
class Part:
    """One case on the table. why: the words with which it came, or came back."""

    event: Event
    assignment: Assignment
    clocks: dict[DeadlineKind, Deadline] = field(default_factory=dict)
    requests: list[EventRequest] = field(default_factory=list)
    why: str = ""

    @property
    def lots(self) -> list[Lot]:
        """The lots it is in."""
        return [lot for lot in Lot if _LOTS[lot].holds(self)]


@dataclass(frozen=True, slots=True)
class _Said:
    """A lot, said twice: ``rows`` in SQL, ``holds`` of a part in hand."""

    label: str
    rows: ColumnElement[bool]
    holds: Callable[[Part], bool]


def _in_state(label: str, state: AssignmentState) -> _Said:
    return _Said(label, Assignment.state == state, lambda part: part.assignment.state is state)


_LOTS = {
    Lot.SIGN: _in_state("待签收", AssignmentState.PENDING_SIGN),
    Lot.HANDLE: _in_state("办理中", AssignmentState.HANDLING),
    Lot.CONFIRM: _in_state("待确认", AssignmentState.HANDLED),
    Lot.BACK: _Said(
        "退回来的",
        and_(Assignment.round > 1, Assignment.state.in_(AT_WORK)),
        lambda part: part.assignment.round > 1 and part.assignment.state in AT_WORK,
    ),
    Lot.ASSIST: _Said(
        "协办",
        and_(Assignment.role == AssignmentRole.ASSIST, Assignment.state.in_(IN_HAND[:3])),
        lambda part: part.assignment.role is AssignmentRole.ASSIST and part.assignment.state in IN_HAND[:3],
    ),
    Lot.ASKED: _Said(
        "申请待审批",
        exists().where(EventRequest.assignment_id == Assignment.id, EventRequest.state == RequestState.PENDING),
        lambda part: bool(part.requests),
    ),
    Lot.SUSPENDED: _in_state("挂账中", AssignmentState.SUSPENDED),
}
