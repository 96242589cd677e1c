"""Time limit (时限) of a filing condition or a post, the moment it is due, and its light (红黄绿灯)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from grid.clock import local
from grid.errors import Invalid
from grid.worktime.calendar import WorkCalendar, WorkdayMode

YELLOW_SHARE = 0.8


class Unit(StrEnum):
    """Unit of a time limit (计时单位). Source: GB/T 30428.8. A working day (工作日) is 8 working hours, unless the
    calendar's mode counts whole days."""

    URGENT_MINUTE = "urgent_minute"
    URGENT_HOUR = "urgent_hour"
    WORK_HOUR = "work_hour"
    WORK_DAY = "work_day"
    NATURAL_DAY = "natural_day"

    @property
    def seconds(self) -> int:
        """Length of one, in seconds of the time it counts in."""
        return _UNITS[self][0]

    @property
    def is_working(self) -> bool:
        """Whether only working time counts; the others run day and night, on holidays too."""
        return self in {Unit.WORK_HOUR, Unit.WORK_DAY}

    @property
    def label(self) -> str:
        """The word people read after the number, unless their street says it otherwise."""
        return _UNITS[self][1]


_UNITS = {
    Unit.URGENT_MINUTE: (60, "分钟"),
    Unit.URGENT_HOUR: (3600, "紧急工作时"),
    Unit.WORK_HOUR: (3600, "小时"),
    Unit.WORK_DAY: (8 * 3600, "个工作日"),
    Unit.NATURAL_DAY: (24 * 3600, "紧急工作日"),
}


@dataclass(frozen=True)
class Limit:
    """Time limit (时限): a whole number of units. ``str()`` gives the words people read, e.g. 2个工作日."""

    value: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.value < 1:
            raise Invalid("时限要大于零,请重新填写。", field="limit")

    def __str__(self) -> str:
        return self.words({})

    def words(self, wording: Mapping[Unit, str]) -> str:
        """The words people read where units are called as in ``wording``."""
        return f"{self.value}{wording.get(self.unit, self.unit.label)}"

    @property
    def seconds(self) -> int:
        """The whole limit in seconds of the time it counts in."""
        return self.value * self.unit.seconds


class Light(StrEnum):
    """Light (红黄绿灯) of a running clock: green to 80 % of its limit, yellow to 100 %, red beyond."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    NONE = "none"

    @property
    def label(self) -> str:
        """Words for people."""
        return _LABELS[self]


_LABELS = {Light.GREEN: "正常", Light.YELLOW: "快到期", Light.RED: "超期", Light.NONE: "无时限"}


def due(start: datetime, limit: Limit, calendar: WorkCalendar) -> datetime:
    """The moment at which ``limit``, begun at ``start``, is used up; local time."""
    if limit.unit is Unit.WORK_DAY and calendar.mode is WorkdayMode.WHOLE_DAY_NEXT:
        return calendar.close_of(start, limit.value)
    return _later(start, limit.seconds, calendar if limit.unit.is_working else None)


def yellow_at(started: datetime, due_at: datetime, calendar: WorkCalendar | None = None) -> datetime:
    """The moment at which 80 % of the time from ``started`` to ``due_at`` is used up.

    calendar: given, only working time counts; None, every second does (urgent units).
    """
    return share_at(started, due_at, YELLOW_SHARE, calendar)


def share_at(started: datetime, due_at: datetime, share: float, calendar: WorkCalendar | None = None) -> datetime:
    """The moment at which a share of the time from ``started`` to ``due_at`` is used up; calendar as above."""
    return _later(started, share * max(_length(started, due_at, calendar), 0), calendar)


def before(started: datetime, due_at: datetime, limit: Limit, calendar: WorkCalendar) -> datetime | None:
    """The moment at which ``limit`` is left until ``due_at``; None if there never was as much."""
    under = calendar if limit.unit.is_working else None
    left = _length(started, due_at, under) - limit.seconds
    return _later(started, left, under) if left > 0 else None


def light(yellow_at: datetime | None, due_at: datetime | None, now: datetime) -> Light:
    """The light at ``now`` of a clock that turns yellow at ``yellow_at`` and is due at ``due_at``.

    The due moment itself is still yellow.
    """
    if yellow_at is None or due_at is None:
        return Light.NONE
    if now > due_at:
        return Light.RED
    return Light.YELLOW if now >= yellow_at else Light.GREEN


def _length(start: datetime, end: datetime, calendar: WorkCalendar | None) -> float:
    return calendar.between(start, end) if calendar else (end - start).total_seconds()


def _later(start: datetime, seconds: float, calendar: WorkCalendar | None) -> datetime:
    if calendar:
        return calendar.after(start, seconds)
    return local(start.astimezone(UTC) + timedelta(seconds=seconds))
