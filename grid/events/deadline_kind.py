"""What is timed (计时对象), and in which states a clock is (计时状态)."""

from __future__ import annotations

from enum import StrEnum


class DeadlineKind(StrEnum):
    """What is timed (计时对象): a case, a department's signing and handling, a level's turn, a post's step, the
    reply to a supervision, and the three of a matter handed down (13710).
    """

    CASE = "case"
    SIGN = "sign"
    HANDLE = "handle"
    LEVEL = "level"
    ACCEPT = "accept"
    VERIFY = "verify"
    FILE = "file"
    DISPATCH = "dispatch"
    REVIEW = "review"
    SEND = "send"
    CHECK = "check"
    CLOSE = "close"
    REPLY = "reply"
    MATTER_DEPLOY = "matter_deploy"
    MATTER_REPORT = "matter_report"
    MATTER_FINISH = "matter_finish"

    @property
    def label(self) -> str:
        return _KINDS[self]

    @property
    def is_step(self) -> bool:
        """Does it time somebody's next step: a post's, or the turn of the level that has the case?"""
        return self in _STEPS

    @property
    def deed(self) -> str:
        """What is to be done in that time, in a word."""
        return self.label.removesuffix("时限")


_STEPS = frozenset(
    {
        DeadlineKind.LEVEL,
        DeadlineKind.ACCEPT,
        DeadlineKind.VERIFY,
        DeadlineKind.FILE,
        DeadlineKind.DISPATCH,
        DeadlineKind.REVIEW,
        DeadlineKind.SEND,
        DeadlineKind.CHECK,
        DeadlineKind.CLOSE,
    }
)
_KINDS = {
    DeadlineKind.CASE: "全案时限",
    DeadlineKind.SIGN: "签收时限",
    DeadlineKind.HANDLE: "部门时限",
    DeadlineKind.LEVEL: "本级时限",
    DeadlineKind.ACCEPT: "受理时限",
    DeadlineKind.VERIFY: "核实时限",
    DeadlineKind.FILE: "立案时限",
    DeadlineKind.DISPATCH: "派遣时限",
    DeadlineKind.REVIEW: "审核时限",
    DeadlineKind.SEND: "派核查时限",
    DeadlineKind.CHECK: "核查时限",
    DeadlineKind.CLOSE: "结案时限",
    DeadlineKind.REPLY: "督办回复时限",
    DeadlineKind.MATTER_DEPLOY: "事项部署时限",
    DeadlineKind.MATTER_REPORT: "事项反馈时限",
    DeadlineKind.MATTER_FINISH: "事项办结时限",
}


class DeadlineState(StrEnum):
    """State of a clock (计时状态)."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    MISSED = "missed"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return {"running": "计时中", "paused": "暂停", "met": "按时", "missed": "超时", "cancelled": "不计"}[self]
