"""States (状态) of events and assignments, and the seven stages (七个环节) of GB/T 30428 derived from them."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """Stage (环节) of the standard, for display and statistics."""

    COLLECT = "collect"
    ESTABLISH = "establish"
    DISPATCH = "dispatch"
    HANDLE = "handle"
    FEEDBACK = "feedback"
    CHECK = "check"
    EVALUATE = "evaluate"

    @property
    def label(self) -> str:
        return _STAGES[self]


class State(StrEnum):
    """State (状态) of an event; the handling ones follow from its assignments."""

    SELF_DONE = "self_done"
    REPORTED = "reported"
    VERIFYING = "verifying"
    PENDING_FILING = "pending_filing"
    PENDING_DISPATCH = "pending_dispatch"
    ARBITRATION = "arbitration"
    PENDING_SIGN = "pending_sign"
    HANDLING = "handling"
    HANDLED = "handled"
    SUSPENDED = "suspended"
    FEEDBACK = "feedback"
    PENDING_CHECK = "pending_check"
    CHECKING = "checking"
    PENDING_CLOSE = "pending_close"
    CLOSED = "closed"
    REJECTED = "rejected"
    VOIDED = "voided"
    FORCE_CLOSED = "force_closed"
    MERGED = "merged"

    @property
    def label(self) -> str:
        return _STATES[self][0]

    @property
    def stage(self) -> Stage:
        return _STATES[self][1]

    @property
    def is_final(self) -> bool:
        return self in FINAL


class AssignmentState(StrEnum):
    """State (状态) of an assignment."""

    PENDING_SIGN = "pending_sign"
    HANDLING = "handling"
    HANDLED = "handled"
    SUSPENDED = "suspended"
    CONFIRMED = "confirmed"
    RETURNED = "returned"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return _ASSIGNMENT_STATES[self]


class AssignmentRole(StrEnum):
    """Role (主办、协办) of a department in a case."""

    LEAD = "lead"
    ASSIST = "assist"

    @property
    def label(self) -> str:
        return {"lead": "主办", "assist": "协办"}[self]


ON_THE_SPOT = frozenset({State.VERIFYING, State.CHECKING})  # somebody was sent there, and answers
FINAL = frozenset({State.CLOSED, State.REJECTED, State.VOIDED, State.FORCE_CLOSED, State.MERGED})
IN_DEPARTMENTS = frozenset({State.PENDING_SIGN, State.HANDLING, State.HANDLED, State.SUSPENDED})
# What follows from the assignments, and nothing else.
DERIVED = IN_DEPARTMENTS | {State.FEEDBACK}

_STAGES = {
    Stage.COLLECT: "信息收集",
    Stage.ESTABLISH: "案卷建立",
    Stage.DISPATCH: "任务派遣",
    Stage.HANDLE: "任务处理",
    Stage.FEEDBACK: "处理反馈",
    Stage.CHECK: "核查结案",
    Stage.EVALUATE: "综合评价",
}
_STATES = {
    State.SELF_DONE: ("自处置待审", Stage.CHECK),
    State.REPORTED: ("待受理", Stage.COLLECT),
    State.VERIFYING: ("核实中", Stage.COLLECT),
    State.PENDING_FILING: ("待立案", Stage.ESTABLISH),
    State.PENDING_DISPATCH: ("待派遣", Stage.DISPATCH),
    State.ARBITRATION: ("待裁决", Stage.DISPATCH),
    State.PENDING_SIGN: ("待签收", Stage.HANDLE),
    State.HANDLING: ("处置中", Stage.HANDLE),
    State.HANDLED: ("待部门确认", Stage.HANDLE),
    State.SUSPENDED: ("挂账中", Stage.HANDLE),
    State.FEEDBACK: ("待审核", Stage.FEEDBACK),
    State.PENDING_CHECK: ("待派核查", Stage.CHECK),
    State.CHECKING: ("核查中", Stage.CHECK),
    State.PENDING_CLOSE: ("待结案", Stage.CHECK),
    State.CLOSED: ("已结案", Stage.EVALUATE),
    State.REJECTED: ("不予受理", Stage.EVALUATE),
    State.VOIDED: ("作废", Stage.EVALUATE),
    State.FORCE_CLOSED: ("强制结案", Stage.EVALUATE),
    State.MERGED: ("已并案", Stage.EVALUATE),
}
_ASSIGNMENT_STATES = {
    AssignmentState.PENDING_SIGN: "待签收",
    AssignmentState.HANDLING: "处置中",
    AssignmentState.HANDLED: "待确认",
    AssignmentState.SUSPENDED: "挂账中",
    AssignmentState.CONFIRMED: "已确认",
    AssignmentState.RETURNED: "已退回",
    AssignmentState.CANCELLED: "已撤回",
}
