"""Rung (催办级) of a ladder: when something is said of a clock, what it is, and whom it is said to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from grid.errors import Invalid
from grid.worktime.limit import Limit, Unit


class Moment(StrEnum):
    """When a rung is due (催办时点): at a share of the limit, before it ends, when it has ended, after."""

    SHARE = "share"
    BEFORE = "before"
    DUE = "due"
    AFTER = "after"

    @property
    def label(self) -> str:
        return {"share": "用去", "before": "到期前", "due": "到期", "after": "超期后"}[self]


class Act(StrEnum):
    """What a rung does (催办动作): remind, warn (yellow), say that it is overdue (red), open a supervision."""

    REMIND = "remind"
    WARN = "warn"
    OVERDUE = "overdue"
    SUPERVISE = "supervise"

    @property
    def label(self) -> str:
        return {"remind": "提醒", "warn": "预警", "overdue": "超期", "supervise": "督办"}[self]


class Whom(StrEnum):
    """Whom a rung tells (催办对象)."""

    HOLDER = "holder"
    HEAD = "head"
    DISPATCHER = "desk"
    LEADER = "above"

    @property
    def label(self) -> str:
        return {"holder": "经办", "head": "部门负责人", "desk": "派遣员", "above": "领导"}[self]


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung. share: per cent of the limit, of SHARE only; limit: of BEFORE and AFTER only."""

    moment: Moment
    act: Act
    whom: tuple[Whom, ...]
    share: int | None = None
    limit: Limit | None = None

    def __str__(self) -> str:
        what = {Moment.SHARE: f" {self.share}%", Moment.DUE: ""}.get(self.moment, f" {self.limit}")
        return f"{self.moment.label}{what}：{self.act.label}{'、'.join(whom.label for whom in self.whom)}"

    def told(self) -> dict[str, Any]:
        """As a row and the wire have it."""
        value = self.limit.value if self.limit else self.share
        return {
            "moment": self.moment.value,
            "value": value,
            "unit": self.limit.unit.value if self.limit else None,
            "act": self.act.value,
            "whom": [whom.value for whom in self.whom],
        }


def read(told: dict[str, Any]) -> Rung:
    """A rung as it was told: moment, value, unit, act, whom. Raises Invalid for one that makes no sense."""
    moment, value, unit = Moment(told["moment"]), told.get("value"), told.get("unit")
    act, whom = Act(told["act"]), tuple(dict.fromkeys(Whom(one) for one in told["whom"]))
    if not whom:
        raise Invalid(f"“{moment.label}{act.label}”没有说告诉谁。", field="rungs")
    if moment is Moment.DUE:
        _refuse(value is not None or unit is not None, f"“到期{act.label}”没有数值和单位，请去掉。")
        return Rung(moment, act, whom)
    if moment is Moment.SHARE:
        _refuse(unit is not None, f"“用去 {value}%{act.label}”是百分比，没有单位。")
        _refuse(value is None or not 1 <= value <= 99, f"“用去{act.label}”的百分比应在 1 到 99 之间。")
        return Rung(moment, act, whom, share=value)
    _refuse(value is None or not 1 <= value <= 1000, f"“{moment.label}{act.label}”应在 1 到 1000 之间。")
    _refuse(unit is None, f"“{moment.label} {value} {act.label}”是时限，要有单位。")
    return Rung(moment, act, whom, limit=Limit(value or 0, Unit(unit or "")))


def _refuse(is_wrong: bool, words: str) -> None:
    if is_wrong:
        raise Invalid(words, field="rungs")
