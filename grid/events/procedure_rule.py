"""Procedure rules (办理规定): how a street handles its cases. Dated typed rows; where there is none, one inherits.

A row for a street beats one for the area above it; without any, the product's own stands (DEFAULTS). No two rows
say something else for the same day: the second is refused, and both are named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ColumnElement, Index, String, and_, select
from sqlalchemy.orm import Mapped, mapped_column

from grid import revision, ruling
from grid.accounts.user import User
from grid.areas import dated, net
from grid.areas.area import Level
from grid.areas.net import Node
from grid.db import Base, Coded, db
from grid.errors import Invalid, NotFound
from grid.ruling import Ruled
from grid.worktime.limit import Limit, Unit


class Says(StrEnum):
    """What a rule says: a number, a time limit, or that something (its key) is so."""

    COUNT = "count"
    LIMIT = "limit"
    MARK = "mark"


class Rule(StrEnum):
    """The things a street may rule (规定事项)."""

    EXTENSION_LEVELS = "extension_levels"
    EXTENSION_MAX = "extension_max"
    SUSPENSION_TIMES = "suspension_times"
    SUSPENSION_MAX = "suspension_max"
    SIGN_URGENT = "sign_urgent"
    SIGN_WORK = "sign_work"
    BOUNCE_MAX = "bounce_max"
    APPEAL_WINDOW = "appeal_window"
    VERIFY_LIMIT = "verify_limit"
    CHECK_LIMIT = "check_limit"
    LEVEL_LIMIT = "level_limit"
    WHISTLE_LIMIT = "whistle_limit"
    SELF_CLASS = "self_class"
    STAGE_LIMIT = "stage_limit"
    REPLY_LIMIT = "reply_limit"
    MATTER_LIMIT = "matter_limit"
    PATROL_HOUR = "patrol_hour"
    PHOTO_WAIT = "photo_wait"

    @property
    def label(self) -> str:
        return _RULES[self][0]

    @property
    def says(self) -> Says:
        return _RULES[self][1]

    @property
    def range(self) -> range:
        """The numbers that make sense."""
        return _RULES[self][2]

    @property
    def keys(self) -> Mapping[str, str] | None:
        """What a row of it may be about, with words; None: about nothing in particular."""
        return _KEYS.get(self)


# Source of the numbers: the practice of published centres (延期两级审批、最多两次、加一个原时限；挂账不超过一年).
_RULES: dict[Rule, tuple[str, Says, range]] = {
    Rule.EXTENSION_LEVELS: ("延期审批级数", Says.COUNT, range(1, 3)),
    Rule.EXTENSION_MAX: ("延期最多次数", Says.COUNT, range(1, 10)),
    Rule.SUSPENSION_TIMES: ("挂账最多次数", Says.COUNT, range(1, 10)),
    Rule.SUSPENSION_MAX: ("挂账最长", Says.LIMIT, range(1, 366)),
    Rule.SIGN_URGENT: ("签收时限（紧急）", Says.LIMIT, range(1, 1000)),
    Rule.SIGN_WORK: ("签收时限（一般）", Says.LIMIT, range(1, 1000)),
    Rule.BOUNCE_MAX: ("退回几次后裁决", Says.COUNT, range(1, 10)),
    Rule.APPEAL_WINDOW: ("申诉期限", Says.LIMIT, range(1, 366)),
    Rule.VERIFY_LIMIT: ("核实时限", Says.LIMIT, range(1, 1000)),
    Rule.CHECK_LIMIT: ("核查时限", Says.LIMIT, range(1, 1000)),
    Rule.LEVEL_LIMIT: ("逐级办理时限", Says.LIMIT, range(1, 366)),
    Rule.WHISTLE_LIMIT: ("报到时限", Says.LIMIT, range(1, 1000)),
    Rule.SELF_CLASS: ("可自处置的类别", Says.MARK, range(0)),
    Rule.STAGE_LIMIT: ("环节时限", Says.LIMIT, range(1, 1000)),
    Rule.REPLY_LIMIT: ("督办回复时限", Says.LIMIT, range(1, 1000)),
    Rule.MATTER_LIMIT: ("督办事项时限", Says.LIMIT, range(1, 366)),
    Rule.PATROL_HOUR: ("几点查当天有没有巡查", Says.COUNT, range(0, 24)),
    Rule.PHOTO_WAIT: ("照片最晚几小时送到", Says.COUNT, range(1, 1000)),
}
_KEYS: dict[Rule, Mapping[str, str]] = {
    Rule.LEVEL_LIMIT: {
        Level.GRID.value: "网格",
        Level.COMMUNITY.value: "社区",
        Level.STREET.value: "街道",
        Level.COUNTY.value: "区县",
    },
    Rule.WHISTLE_LIMIT: {"daily": "日常", "urgent": "应急", "tough": "攻坚"},
    Rule.STAGE_LIMIT: {
        "accept": "受理",
        "file": "立案",
        "dispatch": "派遣",
        "review": "审核",
        "send": "派核查",
        "close": "结案",
    },
    Rule.MATTER_LIMIT: {"deploy": "部署", "report": "反馈", "general": "一般办结", "major": "重大办结"},
}
RULING = (Level.STREET, Level.COUNTY, Level.CITY, Level.PROVINCE)  # areas that have rules of their own
Saying = int | Limit | bool
DEFAULTS: dict[tuple[Rule, str], Saying] = {
    (Rule.EXTENSION_LEVELS, ""): 2,
    (Rule.EXTENSION_MAX, ""): 2,
    (Rule.SUSPENSION_TIMES, ""): 1,
    (Rule.SUSPENSION_MAX, ""): Limit(365, Unit.NATURAL_DAY),
    (Rule.SIGN_URGENT, ""): Limit(30, Unit.URGENT_MINUTE),
    (Rule.SIGN_WORK, ""): Limit(4, Unit.WORK_HOUR),
    (Rule.BOUNCE_MAX, ""): 2,
    (Rule.APPEAL_WINDOW, ""): Limit(7, Unit.NATURAL_DAY),
    (Rule.VERIFY_LIMIT, ""): Limit(30, Unit.URGENT_MINUTE),
    (Rule.CHECK_LIMIT, ""): Limit(30, Unit.URGENT_MINUTE),
    (Rule.LEVEL_LIMIT, "grid"): Limit(1, Unit.WORK_DAY),
    (Rule.LEVEL_LIMIT, "community"): Limit(2, Unit.WORK_DAY),
    (Rule.LEVEL_LIMIT, "street"): Limit(3, Unit.WORK_DAY),
    (Rule.LEVEL_LIMIT, "county"): Limit(5, Unit.WORK_DAY),
    (Rule.WHISTLE_LIMIT, "daily"): Limit(4, Unit.WORK_HOUR),
    (Rule.WHISTLE_LIMIT, "urgent"): Limit(30, Unit.URGENT_MINUTE),
    (Rule.WHISTLE_LIMIT, "tough"): Limit(1, Unit.WORK_DAY),
    # Stage limits run day and night (GB/T 30428 practice: 受理、立案、派遣 15 minutes each).
    (Rule.STAGE_LIMIT, "accept"): Limit(15, Unit.URGENT_MINUTE),
    (Rule.STAGE_LIMIT, "file"): Limit(15, Unit.URGENT_MINUTE),
    (Rule.STAGE_LIMIT, "dispatch"): Limit(15, Unit.URGENT_MINUTE),
    (Rule.STAGE_LIMIT, "review"): Limit(30, Unit.URGENT_MINUTE),
    (Rule.STAGE_LIMIT, "send"): Limit(30, Unit.URGENT_MINUTE),
    (Rule.STAGE_LIMIT, "close"): Limit(30, Unit.URGENT_MINUTE),
    (Rule.REPLY_LIMIT, ""): Limit(1, Unit.WORK_DAY),
    # 13710: deployed in a day, reported on in three, done in seven, or in a month where it is major.
    (Rule.MATTER_LIMIT, "deploy"): Limit(1, Unit.NATURAL_DAY),
    (Rule.MATTER_LIMIT, "report"): Limit(3, Unit.NATURAL_DAY),
    (Rule.MATTER_LIMIT, "general"): Limit(7, Unit.NATURAL_DAY),
    (Rule.MATTER_LIMIT, "major"): Limit(30, Unit.NATURAL_DAY),
    (Rule.PATROL_HOUR, ""): 17,
    (Rule.PHOTO_WAIT, ""): 24,
}


class ProcedureRule(Ruled, Base):
    """Procedure rule (办理规定). key: what it is about, if rules of its kind are."""

    __tablename__ = "procedure_rule"
    __table_args__ = (
        Index("ix_procedure_rule_area_id_rule", "area_id", "rule", "key"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="dates"),
    )
    body, deed = revision.RULES, "procedure"

    id: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[Rule] = mapped_column(Coded(Rule))
    key: Mapped[str] = mapped_column(String(20), default="")
    value: Mapped[int | None]
    unit: Mapped[str | None] = mapped_column(String(15))

    @property
    def said(self) -> Saying:
        if self.rule.says is Says.LIMIT:
            return Limit(self.value or 0, Unit(self.unit or ""))
        return self.value if self.value is not None else True

    @property
    def saying(self) -> str:
        about = f"·{key_words(self.rule, self.key)}" if self.key else ""
        return f"{self.rule.label}{about} {words(self.said)}"

    def same(self) -> ColumnElement[bool]:
        rows = ProcedureRule
        return and_(rows.area_id == self.area_id, rows.rule == self.rule, rows.key == self.key)


@dataclass(frozen=True)
class Procedure:
    """The rules in force on one day, for every area: (area id, rule, key) → what it says."""

    sayings: Mapping[tuple[int, Rule, str], Saying]

    def says(self, area_path: str, rule: Rule, key: str = "") -> Saying | None:
        """What holds in an area: the nearest row above it, else the product's own."""
        for area_id in dated.nearest(area_path):
            found = self.sayings.get((area_id, rule, key))
            if found is not None:
                return found
        return DEFAULTS.get((rule, key))

    def count(self, area_path: str, rule: Rule) -> int:
        """A number that holds in an area."""
        found = self.says(area_path, rule)
        return int(found) if isinstance(found, int) else 0

    def limit(self, area_path: str, rule: Rule, key: str = "") -> Limit:
        """A time limit that holds in an area."""
        found = self.says(area_path, rule, key)
        if not isinstance(found, Limit):
            raise NotFound(f"没有“{rule.label}”的规定。")
        return found

    def marks(self, area_path: str, rule: Rule, key: str) -> bool:
        """Is this so in an area?"""
        return self.says(area_path, rule, key) is not None


def words(saying: Saying) -> str:
    """What a rule says, for people."""
    if saying is True:
        return "是"
    return str(saying)


def key_words(rule: Rule, key: str) -> str:
    """What a row is about, for people."""
    return (rule.keys or {}).get(key, key)


def in_force(day: date) -> Procedure:
    """All rules in force on a day, read from the database."""
    found = select(ProcedureRule).where(dated.in_force(ProcedureRule, day))
    return Procedure({(row.area_id, row.rule, row.key): row.said for row in db.session.scalars(found)})


def rows(area_path: str) -> list[ProcedureRule]:
    """Every row, past and future, of an area and of those above it."""
    found = select(ProcedureRule).where(ruling.of_area(ProcedureRule, area_path))
    order = (ProcedureRule.rule, ProcedureRule.key, ProcedureRule.valid_from, ProcedureRule.id)
    return list(db.session.scalars(found.order_by(*order)))


def get(rule_id: int) -> ProcedureRule:
    """One row. Raises NotFound."""
    row = db.session.get(ProcedureRule, rule_id)
    if row is None:
        raise NotFound("没有这条规定。")
    return row


@dataclass(frozen=True, slots=True)
class Wanted:
    """A row somebody wants. replace: the row it follows on ends the day it begins."""

    rule: Rule
    key: str = ""
    value: int | None = None
    unit: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    replace: bool = False


def put(actor: User | None, area: Node, wanted: Wanted) -> ProcedureRule:
    """Add a row. Raises Invalid for one that makes no sense, Contradiction where another says something else."""
    _check(area, wanted)
    row = ProcedureRule(
        **dated.where_and_when(area, wanted.valid_from, wanted.valid_to),
        rule=wanted.rule,
        key=wanted.key,
        value=wanted.value,
        unit=wanted.unit,
    )
    return ruling.put(actor, row, replace=wanted.replace)


def _check(area: Node, wanted: Wanted) -> None:
    rule = wanted.rule
    if area.level not in RULING:
        raise Invalid(f"{area.name}不能有自己的办理规定，请按街道或上级设置。", field="area")
    if rule.keys is not None and wanted.key not in rule.keys:
        raise Invalid(f"“{rule.label}”要说明是哪一种：{'、'.join(rule.keys.values())}。", field="key")
    if rule.keys is None and bool(wanted.key) != (rule.says is Says.MARK):
        raise Invalid("要填类别代码。" if not wanted.key else "这一项不分种类，请去掉。", field="key")
    _check_value(wanted)


def _check_value(wanted: Wanted) -> None:
    rule = wanted.rule
    if rule.says is Says.MARK:
        if wanted.value is not None or wanted.unit is not None:
            raise Invalid("这一项没有数值，请去掉。", field="value")
        return
    if wanted.value is None or wanted.value not in rule.range:
        raise Invalid(f"“{rule.label}”应在 {rule.range[0]} 到 {rule.range[-1]} 之间。", field="value")
    if rule.says is Says.LIMIT and wanted.unit is None:
        raise Invalid(f"“{rule.label}”是时限，要有单位。", field="unit")
    if rule.says is Says.COUNT and wanted.unit is not None:
        raise Invalid(f"“{rule.label}”是次数，没有单位。", field="unit")


def home(area_path: str) -> Node:
    """The street (or area above it) whose rules hold in an area."""
    snapshot = net.current()
    nodes = [snapshot.node(int(part)) for part in area_path.strip("/").split("/")]
    high = [node for node in nodes if node.level in RULING]
    return high[-1]
