"""The lifecycle (流程) as two tables: one of the event, one of the assignment (one per department).

state × action → state, permission, what must and may be told. Nobody sets a state but ``handling``, which asks
here. An event's handling states follow from its assignments (``derive``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from grid.accounts.permission import Permission as P
from grid.errors import IllegalTransition
from grid.events.state import AssignmentState as A
from grid.events.state import State as S

AnyState = TypeVar("AnyState", S, A)


@dataclass(frozen=True, slots=True)
class Transition(Generic[AnyState]):
    """One row. permission None: only other steps of the case take it. needs: fields that must be told."""

    action: str
    label: str
    sources: tuple[AnyState, ...]
    target: AnyState
    permission: P | None
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ("note",)
    is_danger: bool = False
    is_primary: bool = True
    by_task: bool = False  # taken by answering a task, never straight

    @property
    def fields(self) -> tuple[str, ...]:
        """All fields this step knows, needed first."""
        return self.needs + tuple(name for name in self.takes if name not in self.needs)


EVENT: tuple[Transition[S], ...] = (
    Transition("accept", "受理", (S.REPORTED,), S.PENDING_FILING, P.EVENT_ACCEPT, takes=("category", "note")),
    Transition(
        "reject",
        "不予受理",
        (S.REPORTED,),
        S.REJECTED,
        P.EVENT_ACCEPT,
        ("note",),
        is_danger=True,
        is_primary=False,
    ),
    Transition("file", "立案", (S.PENDING_FILING,), S.PENDING_DISPATCH, P.EVENT_FILE, ("condition",)),
    Transition(
        "send_back", "退回受理", (S.PENDING_FILING,), S.REPORTED, P.EVENT_FILE, ("note",), is_primary=False
    ),
    Transition(
        "void",
        "作废",
        (S.PENDING_FILING, S.PENDING_DISPATCH),
        S.VOIDED,
        P.EVENT_FILE,
        ("note",),
        is_danger=True,
        is_primary=False,
    ),
    Transition("dispatch", "派遣", (S.PENDING_DISPATCH,), S.PENDING_SIGN, P.EVENT_DISPATCH, ("department",)),
    Transition(
        "refer_back",
        "退回立案",
        (S.PENDING_DISPATCH,),
        S.PENDING_FILING,
        P.EVENT_DISPATCH,
        ("note",),
        is_primary=False,
    ),
    Transition(
        "recall", "撤回派遣", (S.PENDING_SIGN,), S.PENDING_DISPATCH, P.EVENT_DISPATCH, ("note",), is_primary=False
    ),
    Transition("forward", "通过审核", (S.FEEDBACK,), S.PENDING_CHECK, P.EVENT_REVIEW),
    Transition("rework", "返工", (S.FEEDBACK,), S.PENDING_SIGN, P.EVENT_REVIEW, ("note",), is_primary=False),
    Transition("send_check", "派核查", (S.PENDING_CHECK,), S.CHECKING, P.EVENT_SEND_CHECK, ("assignee",)),
    Transition("pass", "核查通过", (S.CHECKING,), S.PENDING_CLOSE, P.EVENT_CHECK, by_task=True),
    Transition("fail", "核查不通过", (S.CHECKING,), S.PENDING_SIGN, P.EVENT_CHECK, ("note",), by_task=True),
    Transition("close", "结案", (S.PENDING_CLOSE,), S.CLOSED, P.EVENT_CLOSE),
    Transition("rework", "返工", (S.PENDING_CLOSE,), S.PENDING_SIGN, P.EVENT_CLOSE, ("note",), is_primary=False),
)

ASSIGNMENT: tuple[Transition[A], ...] = (
    Transition("sign", "签收", (A.PENDING_SIGN,), A.HANDLING, P.ASSIGNMENT_HANDLE),
    Transition("submit", "处置完成", (A.HANDLING,), A.HANDLED, P.ASSIGNMENT_HANDLE, ("note",), ("note", "photos")),
    Transition(
        "return",
        "退回派遣",
        (A.PENDING_SIGN, A.HANDLING),
        A.RETURNED,
        P.ASSIGNMENT_HANDLE,
        ("note",),
        is_danger=True,
        is_primary=False,
    ),
    Transition("confirm", "确认反馈", (A.HANDLED,), A.CONFIRMED, P.ASSIGNMENT_CONFIRM),
    Transition("redo", "退回重办", (A.HANDLED,), A.HANDLING, P.ASSIGNMENT_CONFIRM, ("note",), is_primary=False),
    Transition("rework", "返工", (A.CONFIRMED,), A.PENDING_SIGN, None),
    Transition("cancel", "撤回", (A.PENDING_SIGN,), A.CANCELLED, None),
)

REPORT = "report"
REDATE = "redate"  # a due moment that moved: no step, but told in the history
LABELS = {REPORT: "上报", REDATE: "时限重算"} | {row.action: row.label for row in EVENT}
ASSIGNMENT_LABELS = {row.action: row.label for row in ASSIGNMENT}
REWORK = frozenset({"rework", "fail"})  # event steps that send the case back to its departments

# From the least to the most advanced: a case is as far as its slowest department.
_PROGRESS = {
    A.PENDING_SIGN: S.PENDING_SIGN,
    A.HANDLING: S.HANDLING,
    A.HANDLED: S.HANDLED,
    A.CONFIRMED: S.FEEDBACK,
}


def step(table: tuple[Transition[AnyState], ...], state: AnyState, action: str) -> Transition[AnyState]:
    """The row for this action from this state. Raises IllegalTransition, naming what is possible."""
    for row in table:
        if row.action == action and state in row.sources:
            return row
    possible = [row.action for row in possible_from(table, state)]
    words = "、".join(row.label for row in possible_from(table, state)) or "没有下一步"
    raise IllegalTransition(f"现在是“{state.label}”，不能做这一步。可以做的：{words}。", allowed=possible)


def possible_from(table: tuple[Transition[AnyState], ...], state: AnyState) -> list[Transition[AnyState]]:
    """The rows that lead out of a state."""
    return [row for row in table if state in row.sources]


def derive(lead: A | None, open_states: Iterable[A]) -> S:
    """The event's state from its assignments: without a lead back to dispatch, else as far as the slowest.

    lead: state of the lead's assignment, None when it was returned or recalled.
    """
    if lead is None:
        return S.PENDING_DISPATCH
    states = {lead, *open_states}
    return next(event_state for state, event_state in _PROGRESS.items() if state in states)
