"""Periods (统计时段) of reports: bounds in local time, half-open, and how far their data reach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from grid import clock
from grid.errors import Invalid

FIRST_DAY = date(2000, 1, 1)
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of local days. start, end: aware, UTC; ``end`` is not in it. as_of: the data's moment.

    until: first moment not counted; just after ``as_of`` while the period runs, so that what happened now counts.
    """

    first: date
    start: datetime
    end: datetime
    as_of: datetime

    @property
    def until(self) -> datetime:
        return self.end if self.as_of == self.end else self.as_of + timedelta(microseconds=1)

    @property
    def label(self) -> str:
        """The day or the month in words."""
        day = self.first
        if self.end - self.start > timedelta(days=2):
            return f"{day.year}年{day.month}月"
        return f"{day.year}年{day.month}月{day.day}日（星期{WEEKDAYS[day.weekday()]}）"

    def hours(self) -> list[datetime]:
        """The moments the local hours of the day begin, and the end of the last."""
        length = (self.end - self.start) // timedelta(hours=1)
        return [self.start + timedelta(hours=n) for n in range(length + 1)]


def day(on: date | None, now: datetime | None = None) -> Period:
    """A local day; today when none is named. Raises Invalid for one that has not begun, or before all data."""
    now = now or clock.now()
    today = clock.local(now).date()
    on = on or today
    if on > today:
        raise Invalid("这一天还没有到，请选今天或以前的日子。", field="day")
    if on < FIRST_DAY:
        raise Invalid("没有这么早的数据，请选 2000 年以后的日子。", field="day")
    start, end = (clock.midnight(d).astimezone(UTC) for d in (on, on + timedelta(days=1)))
    return Period(on, start, end, min(now, end))


def month(on: date | None, now: datetime | None = None) -> Period:
    """The local month a day lies in; this month when none is named. Raises Invalid for one that has not begun."""
    now = now or clock.now()
    today = clock.local(now).date()
    first_day = (on or today).replace(day=1)
    if first_day > today:
        raise Invalid("这个月还没有到，请选本月或以前的月份。", field="month")
    first = day(first_day, now)
    following = (first.first + timedelta(days=31)).replace(day=1)
    end = clock.midnight(following).astimezone(UTC)
    return Period(first.first, first.start, end, min(now, end))


def months(last: Period, count: int) -> list[Period]:
    """The months up to ``last``, the oldest first."""
    found = [last]
    while len(found) < count and found[0].first > FIRST_DAY:
        found.insert(0, month(found[0].first - timedelta(days=1)))
    return found
