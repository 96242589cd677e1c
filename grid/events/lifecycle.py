"""The lifecycle (流程) as two tables: one of the event, one of the assignment (one per department).

state × action → state, permission, what must and may be told. Nobody sets a state but ``handling`` and
``assigning``, which ask here. An event's handling states follow from its assignments (``derive``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from grid.accounts.permission import Permission as P
from grid.errors import IllegalTransition
from grid.events.state import FINAL
from grid.events.state import AssignmentState as A
from grid.events.state import State as S

AnyState = TypeVar("AnyState", S, A)


@dataclass(frozen=True, slots=True)
class Transition(Generic[AnyState]):
    """One row. permission None: only other steps of the case take it. needs: fields that must be told.

    target None: where it stood; of an event in departments' hands, where they stand.
    """

    action: str
    label: str
    sources: tuple[AnyState, ...]
    target: AnyState | None
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


# Before any department has it.
_EARLY = (S.REPORTED, S.PENDING_FILING, S.PENDING_DISPATCH)

EVENT: tuple[Transition[S], ...] = (
    Transition("accept", "受理", (S.REPORTED,), S.PENDING_FILING, P.EVENT_ACCEPT, takes=("category", "note")),
    Transition(
        "reject",
        "不予受理",
        (S.REPORTED, S.VERIFYING),
        S.REJECTED,
        P.EVENT_ACCEPT,
        ("note",),
        is_danger=True,
        is_primary=False,
    ),
    Transition(
        "send_verify",
        "派核实",
        (S.REPORTED,),
        S.VERIFYING,
        P.EVENT_SEND_VERIFY,
        takes=("assignee", "note"),
        is_primary=False,
    ),
    Transition(
        "recall_verify",
        "撤回核实",
        (S.VERIFYING,),
        S.REPORTED,
        P.EVENT_SEND_VERIFY,
        ("note",),
        is_primary=False,
    ),
    Transition("genuine", "核实属实", (S.VERIFYING,), S.REPORTED, P.EVENT_VERIFY, by_task=True),
    Transition("unfounded", "核实不属实", (S.VERIFYING,), S.REPORTED, P.EVENT_VERIFY, ("note",), by_task=True),
    Transition("not_found", "核实找不到", (S.VERIFYING,), S.REPORTED, P.EVENT_VERIFY, ("note",), by_task=True),
    Transition("file", "立案", (S.PENDING_FILING,), S.PENDING_DISPATCH, P.EVENT_FILE, ("condition",)),
    Transition(
        "send_back", "退回受理", (S.PENDING_FILING,), S.REPORTED, P.EVENT_FILE, ("note",), is_primary=False
    ),
    Transition("void", "作废", (S.PENDING_FILING, S.PENDING_DISPATCH), S.VOIDED, None, ("note",)),
    Transition(
        "dispatch",
        "派遣",
        (S.PENDING_DISPATCH,),
        S.PENDING_SIGN,
        P.EVENT_DISPATCH,
        ("department",),
        ("department", "assist", "note"),
    ),
    Transition(
        "escalate", "提请裁决", (S.PENDING_DISPATCH,), S.ARBITRATION, P.EVENT_DISPATCH, ("note",), is_primary=False
    ),
    Transition(
        "arbitrate", "裁决派遣", (S.ARBITRATION,), S.PENDING_SIGN, P.EVENT_ARBITRATE, ("department", "note")
    ),
    Transition(
        "add_assist",
        "加派协办",
        (S.PENDING_SIGN, S.HANDLING, S.HANDLED),
        None,
        P.EVENT_DISPATCH,
        ("assist",),
        ("assist", "limit", "note"),
        is_primary=False,
    ),
    Transition(
        "drop_assist",
        "撤回协办",
        (S.PENDING_SIGN, S.HANDLING, S.HANDLED),
        None,
        P.EVENT_DISPATCH,
        ("assistant", "note"),
        is_primary=False,
    ),
    Transition("suspend", "挂账", (S.PENDING_SIGN, S.HANDLING, S.HANDLED), None, None, ("note",)),
    Transition("resume", "恢复办理", (S.SUSPENDED,), None, P.EVENT_DISPATCH, ("note",)),
    Transition("hand_up", "上报上一级", _EARLY, None, P.EVENT_HAND, ("note",), is_primary=False),
    Transition("hand_down", "交下一级", _EARLY, None, P.EVENT_HAND, ("note",), is_primary=False),
    Transition(
        "merge",
        "并案",
        (*_EARLY, S.VERIFYING),
        S.MERGED,
        P.EVENT_MERGE,
        ("parent",),
        ("parent", "note"),
        is_primary=False,
    ),
    Transition("split", "拆出并案", (S.MERGED,), S.REPORTED, P.EVENT_MERGE, ("note",), is_primary=False),
    Transition(
        "locate",
        "定位置",
        (*_EARLY, S.PENDING_SIGN, S.HANDLING, S.HANDLED),
        None,
        P.EVENT_LOCATE,
        ("position",),
        ("position", "address", "note"),
        is_primary=False,
    ),
    Transition("accept_self", "自处置通过", (S.SELF_DONE,), S.CLOSED, P.EVENT_ACCEPT),
    Transition(
        "reject_self", "转为待受理", (S.SELF_DONE,), S.REPORTED, P.EVENT_ACCEPT, ("note",), is_primary=False
    ),
    Transition(
        "force_close",
        "强制结案",
        tuple(state for state in S if state not in FINAL),
        S.FORCE_CLOSED,
        P.EVENT_FORCE_CLOSE,
        ("note",),
        is_danger=True,
        is_primary=False,
    ),
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
    Transition(
        "recall_check",
        "撤回核查",
        (S.CHECKING,),
        S.PENDING_CHECK,
        P.EVENT_SEND_CHECK,
        ("note",),
        is_primary=False,
    ),
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
        (A.PENDING_SIGN,),
        A.RETURNED,
        P.ASSIGNMENT_HANDLE,
        ("note",),
        is_danger=True,
        is_primary=False,
    ),
    Transition("assign", "指派经办", (A.HANDLING,), None, P.ASSIGNMENT_HANDLE, ("handler",), is_primary=False),
    Transition("unassign", "撤销指派", (A.HANDLING,), None, P.ASSIGNMENT_HANDLE, is_primary=False),
    Transition("confirm", "确认反馈", (A.HANDLED,), A.CONFIRMED, P.ASSIGNMENT_CONFIRM),
    Transition("redo", "退回重办", (A.HANDLED,), A.HANDLING, P.ASSIGNMENT_CONFIRM, ("note",), is_primary=False),
    # Once signed, a department asks to give a case back (回退); the approval takes this step.
    Transition("hand_back", "回退", (A.HANDLING,), A.RETURNED, None, ("note",)),
    Transition("redispatch", "再次派遣", (A.RETURNED,), A.PENDING_SIGN, None),
    Transition("rework", "返工", (A.CONFIRMED,), A.PENDING_SIGN, None),
    Transition("suspend", "挂账", (A.PENDING_SIGN, A.HANDLING, A.HANDLED), A.SUSPENDED, None),
    Transition("resume", "恢复办理", (A.SUSPENDED,), None, None),
    Transition("cancel", "撤回", (A.PENDING_SIGN, A.HANDLING, A.HANDLED, A.SUSPENDED), A.CANCELLED, None),
)

REPORT = "report"
REDATE = "redate"  # a due moment that moved: no step, but told in the history
# What is told in the history without being a step of the table.
_ASIDE = {
    REPORT: "上报",
    REDATE: "时限重算",
    "ask": "提出申请",
    "approve": "同意申请",
    "refuse": "不同意申请",
    "withdraw": "撤回申请",
    "reopen": "重开",
    "link": "关联",
    "unlink": "取消关联",
    "join": "又有人反映",
    "absorb": "并入案卷",
    "release": "拆出案卷",
    "close_with": "随主案办结",
    "supervise": "督办",
    "answer": "回复督办",
    "unsupervise": "督办办结",
}
LABELS = _ASIDE | {row.action: row.label for row in EVENT}
ASSIGNMENT_LABELS = _ASIDE | {row.action: row.label for row in ASSIGNMENT}
VERIFIED = frozenset({"genuine", "unfounded", "not_found"})  # event steps that say if a report is true
REWORK = frozenset({"rework", "fail"})  # event steps that send the case back to its departments

# From the least to the most advanced: a case is as far as its slowest department.
_PROGRESS = {
    A.SUSPENDED: S.SUSPENDED,
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
    rows = [row for row in possible_from(table, state) if row.permission is not None]
    possible = [row.action for row in rows]
    words = "、".join(row.label for row in rows) or "没有下一步"
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
