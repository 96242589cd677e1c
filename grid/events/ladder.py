"""Ladder (催办升级): what is said of a kind of clock, and when; dated rows per street, defaults of the product.

A clock keeps the ladder it was started under. A row is the whole ladder of one kind of clock, so that two ladders
for one clock are two rows of one kind for one day: refused, both named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ColumnElement, Index, and_, select
from sqlalchemy.orm import Mapped, mapped_column

from grid import clock, revision, ruling
from grid.accounts.user import User
from grid.areas import dated
from grid.areas.dated import Contradiction
from grid.areas.net import Node
from grid.db import Base, Coded, db
from grid.errors import Invalid, NotFound
from grid.events import rung as rungs_
from grid.events.deadline_kind import DeadlineKind
from grid.events.procedure_rule import RULING
from grid.events.rung import Act, Moment, Rung, Whom
from grid.ruling import Ruled
from grid.worktime.limit import Limit, Unit

MOST_RUNGS = 12
SUPERVISED = frozenset({DeadlineKind.CASE, DeadlineKind.SIGN, DeadlineKind.HANDLE})


class LadderRule(Ruled, Base):
    """Ladder (催办升级). rungs: as ``Rung.told`` has them; never changed, since clocks count on their order."""

    __tablename__ = "ladder_rule"
    __table_args__ = (
        Index("ix_ladder_rule_area_id_kind", "area_id", "kind"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="dates"),
    )
    body, deed = revision.RULES, "ladder"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[DeadlineKind] = mapped_column(Coded(DeadlineKind))
    rungs: Mapped[list[dict[str, Any]]] = mapped_column(JSON)

    @property
    def value(self) -> Ladder:
        return Ladder(self.id, tuple(rungs_.read(told) for told in self.rungs))

    @property
    def saying(self) -> str:
        return f"{self.kind.label} {self.value}"

    def same(self) -> ColumnElement[bool]:
        return and_(LadderRule.area_id == self.area_id, LadderRule.kind == self.kind)


@dataclass(frozen=True)
class Ladder:
    """The rungs of one kind of clock. number: its row, 0 for the product's own."""

    number: int
    rungs: tuple[Rung, ...]

    def __str__(self) -> str:
        return "；".join(map(str, self.rungs)) or "不催办"


def _rungs(*told: tuple[Moment, int | Limit | None, Act, tuple[Whom, ...]]) -> tuple[Rung, ...]:
    return tuple(
        Rung(
            moment,
            act,
            whom,
            share=value if isinstance(value, int) else None,
            limit=value if isinstance(value, Limit) else None,
        )
        for moment, value, act, whom in told
    )


_H, _D, _P, _L = Whom.HOLDER, Whom.HEAD, Whom.DISPATCHER, Whom.LEADER
# A post at the desk: told when it is due, the dispatcher an hour later.
_DESK = _rungs(
    (Moment.DUE, None, Act.OVERDUE, (_H,)),
    (Moment.AFTER, Limit(1, Unit.URGENT_HOUR), Act.OVERDUE, (_P,)),
)
# Somebody sent to the spot: told while there is time; the dispatcher, who may send another, when it is up.
_SPOT = _rungs(
    (Moment.SHARE, 80, Act.REMIND, (_H,)),
    (Moment.DUE, None, Act.OVERDUE, (_H, _P)),
)
_MATTER = _rungs(
    (Moment.SHARE, 80, Act.WARN, (_H,)),
    (Moment.DUE, None, Act.OVERDUE, (_H, _D)),
    (Moment.AFTER, Limit(1, Unit.WORK_DAY), Act.OVERDUE, (_D, _L)),
)
DEFAULTS: dict[DeadlineKind, tuple[Rung, ...]] = {
    DeadlineKind.CASE: _rungs(
        (Moment.SHARE, 80, Act.WARN, (_P,)),
        (Moment.DUE, None, Act.OVERDUE, (_P, _L)),
    ),
    DeadlineKind.SIGN: _rungs(
        (Moment.SHARE, 80, Act.REMIND, (_H,)),
        (Moment.DUE, None, Act.OVERDUE, (_H, _D, _P)),
    ),
    DeadlineKind.HANDLE: _rungs(
        (Moment.SHARE, 50, Act.REMIND, (_H,)),
        (Moment.SHARE, 80, Act.WARN, (_H, _D)),
        (Moment.DUE, None, Act.OVERDUE, (_H, _D, _P)),
        (Moment.AFTER, Limit(1, Unit.WORK_DAY), Act.SUPERVISE, (_D, _L)),
    ),
    DeadlineKind.LEVEL: _rungs(
        (Moment.SHARE, 80, Act.WARN, (_H,)),
        (Moment.DUE, None, Act.OVERDUE, (_H, _P)),
    ),
    DeadlineKind.ACCEPT: _DESK,
    DeadlineKind.FILE: _DESK,
    DeadlineKind.DISPATCH: _DESK,
    DeadlineKind.REVIEW: _DESK,
    DeadlineKind.SEND: _DESK,
    DeadlineKind.CLOSE: _DESK,
    DeadlineKind.VERIFY: _SPOT,
    DeadlineKind.CHECK: _SPOT,
    DeadlineKind.REPLY: _rungs(
        (Moment.SHARE, 80, Act.REMIND, (_H, _D)),
        (Moment.DUE, None, Act.OVERDUE, (_D, _P, _L)),
    ),
    DeadlineKind.MATTER_DEPLOY: _MATTER,
    DeadlineKind.MATTER_REPORT: _MATTER,
    DeadlineKind.MATTER_FINISH: _MATTER,
}


@dataclass(frozen=True)
class Ladders:
    """The ladders in force on one day, by area and kind; and every one there ever was, by its number."""

    by_place: Mapping[tuple[int, DeadlineKind], Ladder] = field(default_factory=dict)
    by_number: Mapping[int, Ladder] = field(default_factory=dict)

    def of(self, area_path: str, kind: DeadlineKind) -> Ladder:
        """What holds in an area: the nearest row above it, else the product's own."""
        for area_id in dated.nearest(area_path):
            if (area_id, kind) in self.by_place:
                return self.by_place[area_id, kind]
        return Ladder(0, DEFAULTS[kind])

    def numbered(self, number: int | None, kind: DeadlineKind) -> Ladder:
        """The ladder a clock was started under."""
        return self.by_number[number] if number else Ladder(0, DEFAULTS[kind])


def on(day: date) -> Ladders:
    """All ladders, read from the database."""
    all_ = list(db.session.scalars(select(LadderRule)))
    holding = {(row.area_id, row.kind): row.value for row in all_ if row.holds_on(day)}
    return Ladders(holding, {row.id: row.value for row in all_})


def rows(area_path: str) -> list[LadderRule]:
    """Every row, past and future, of an area and of those above it."""
    found = select(LadderRule).where(ruling.of_area(LadderRule, area_path))
    return list(db.session.scalars(found.order_by(LadderRule.kind, LadderRule.valid_from, LadderRule.id)))


def get(number: int) -> LadderRule:
    """One row. Raises NotFound."""
    row = db.session.get(LadderRule, number)
    if row is None:
        raise NotFound("没有这条催办规定。")
    return row


@dataclass(frozen=True, slots=True)
class Wanted:
    """A ladder somebody wants. rungs: moment, value, unit, act, whom each; none: nobody is told."""

    kind: DeadlineKind
    rungs: list[dict[str, Any]]
    valid_from: date | None = None
    valid_to: date | None = None
    replace: bool = False


def put(actor: User | None, area: Node, wanted: Wanted) -> LadderRule:
    """Add a ladder. Raises Invalid for one that makes no sense, Contradiction where two rows cannot both hold."""
    if area.level not in RULING:
        raise Invalid(f"{area.name}不能有自己的催办规定，请按街道或上级设置。", field="area")
    row = LadderRule(
        **dated.where_and_when(area, wanted.valid_from, wanted.valid_to),
        kind=wanted.kind,
        rungs=[rung.told() for rung in _read(area, wanted)],
    )
    return ruling.put(actor, row, replace=wanted.replace)


def _read(area: Node, wanted: Wanted) -> list[Rung]:
    if len(wanted.rungs) > MOST_RUNGS:
        raise Invalid(f"一个时限最多催办 {MOST_RUNGS} 次。", field="rungs")
    for told in wanted.rungs:
        _check_unit(area, wanted.kind, told)
    found = [rungs_.read(told) for told in wanted.rungs]
    for number, one in enumerate(found):
        _check_supervising(wanted.kind, one)
        for other in found[:number]:
            if (one.moment, one.share, one.limit) == (other.moment, other.share, other.limit):
                raise Contradiction(f"“{other}”与“{one}”在同一时刻，请合成一级。", rows=[str(other), str(one)])
    return found


def _check_supervising(kind: DeadlineKind, one: Rung) -> None:
    """A supervision is opened of a case that is late, nothing else."""
    if one.act is Act.SUPERVISE and kind not in SUPERVISED:
        raise Invalid(
            f"“{kind.label}”不能自动督办：只有案卷和部门的时限可以，请改成提醒、预警或超期。", field="rungs"
        )
    if one.act is Act.SUPERVISE and one.moment is not Moment.AFTER:
        raise Invalid(f"“{one}”：没有超期不能督办，请改成“超期后”。", field="rungs")


def _check_unit(area: Node, kind: DeadlineKind, told: dict[str, Any]) -> None:
    """A limit without a unit says nothing: refused, beside the ladder that stands."""
    moment = Moment(told["moment"])
    if moment in (Moment.BEFORE, Moment.AFTER) and told.get("unit") is None:
        wrong = f"{kind.label} {moment.label} {told.get('value') or ''}"
        standing = f"{kind.label} {on(clock.today()).of(area.path, kind)}"
        words = f"“{wrong}”是时限，要有单位。没有保存，现行的仍是“{standing}”。"
        raise Contradiction(words, rows=[wrong, standing])
