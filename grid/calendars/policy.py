"""Work policy (作息规定): each street's working hours, what a working day means there, and how it calls the units.

A change makes a new row and ends the old one: clocks that run keep the rule they were started under.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, select, text
from sqlalchemy.orm import Mapped, mapped_column

from grid import clock, revision
from grid.accounts.user import User
from grid.areas.area import Level
from grid.areas.net import Net, Node
from grid.db import Base, Coded, UTCDateTime, db
from grid.errors import Invalid
from grid.trail import entry as trail
from grid.worktime.calendar import DEFAULT_SLOTS, Slot, WorkCalendar, WorkdayMode
from grid.worktime.limit import Limit, Unit

MOST_SLOTS = 4
WORD_MAX = 12


@dataclass(frozen=True)
class Policy:
    """A street's working policy as the rest of the house needs it. number: its row, 0 for the product's own."""

    number: int = 0
    slots: tuple[Slot, ...] = DEFAULT_SLOTS
    mode: WorkdayMode = WorkdayMode.HOURS8
    wording: Mapping[Unit, str] = field(default_factory=dict, compare=False)
    valid_from: datetime | None = None

    def words(self, limit: Limit) -> str:
        """A limit in the street's own words."""
        return limit.words(self.wording)


class WorkPolicy(Base):
    """Work policy (作息规定). slots: [["08:00", "12:00"], …], local time. wording: unit → word."""

    __tablename__ = "work_policy"
    __table_args__ = (
        Index(
            "uq_work_policy_area_id",
            "area_id",
            unique=True,
            sqlite_where=text("valid_to IS NULL"),
            postgresql_where=text("valid_to IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    slots: Mapped[list[list[str]]] = mapped_column(JSON)
    workday_mode: Mapped[WorkdayMode] = mapped_column(Coded(WorkdayMode))
    wording: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    valid_from: Mapped[datetime] = mapped_column(UTCDateTime)
    valid_to: Mapped[datetime | None] = mapped_column(UTCDateTime)

    @property
    def value(self) -> Policy:
        slots = tuple(Slot(time.fromisoformat(start), time.fromisoformat(end)) for start, end in self.slots)
        wording = {Unit(unit): word for unit, word in self.wording.items()}
        return Policy(self.id, slots, self.workday_mode, wording, self.valid_from)


def put(
    actor: User | None, street: Node, slots: tuple[Slot, ...], mode: WorkdayMode, wording: Mapping[Unit, str]
) -> Policy:
    """Give a street another policy, for clocks that start from now on.

    Raises Invalid: no street, impossible slots, a word that is none.
    """
    _check(street, slots, wording)
    now = clock.now()
    before = _in_force(street)
    if before:
        before.valid_to = now
        # The old row must have ended before the new one begins: one row in force a street.
        db.session.flush()
    row = WorkPolicy(
        area_id=street.id,
        slots=[[f"{slot.start:%H:%M}", f"{slot.end:%H:%M}"] for slot in slots],
        workday_mode=mode,
        wording={unit.value: word for unit, word in wording.items()},
        valid_from=now,
    )
    db.session.add(row)
    # The trail names the row, whose number the database gives.
    db.session.flush()
    revision.bump(revision.CALENDAR)
    told = {"slots": row.slots, "workday_mode": mode.value, "wording": row.wording}
    trail.record(actor, "work_policy:put", "work_policy", row.id, street.path, **told)
    return row.value


def in_force() -> dict[int, Policy]:
    """The policies in force by street."""
    return {
        row.area_id: row.value
        for row in db.session.scalars(select(WorkPolicy).where(WorkPolicy.valid_to.is_(None)))
    }


def by_number(number: int | None) -> Policy:
    """A policy that is or was in force; the product's own for none."""
    return db.session.get_one(WorkPolicy, number).value if number else Policy()


def street_of(snapshot: Net, area_path: str) -> Node | None:
    """The street an area lies in, or is; None above streets."""
    nodes = (snapshot.by_id.get(int(part)) for part in area_path.strip("/").split("/"))
    return next((node for node in nodes if node is not None and node.level is Level.STREET), None)


def _in_force(street: Node) -> WorkPolicy | None:
    return db.session.scalar(
        select(WorkPolicy).where(WorkPolicy.area_id == street.id, WorkPolicy.valid_to.is_(None))
    )


def _check(street: Node, slots: tuple[Slot, ...], wording: Mapping[Unit, str]) -> None:
    if street.level is not Level.STREET:
        raise Invalid(f"{street.name}不是街道，作息规定按街道设置。", field="area")
    if len(slots) > MOST_SLOTS:
        raise Invalid(f"一天最多 {MOST_SLOTS} 段工作时间。", field="slots")
    try:
        WorkCalendar.of((), slots)
    except ValueError as error:
        raise Invalid("工作时间至少一段，每段开始早于结束，按先后排列，不能重叠。", field="slots") from error
    if any(not word.strip() or len(word) > WORD_MAX for word in wording.values()):
        raise Invalid(f"计时单位的叫法要 1 到 {WORD_MAX} 个字。", field="wording")
