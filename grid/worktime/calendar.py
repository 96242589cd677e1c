"""Working calendar (工作日历): which instants count as working time, and how much of it lies between two."""

from __future__ import annotations

import logging
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from grid.clock import LOCAL
from grid.worktime.day import Day, DayKind

logger = logging.getLogger(__name__)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SECOND_US = 1_000_000
SATURDAY = 5


class Slot(NamedTuple):
    """Part of a working day (作息时段), local time."""

    start: time
    end: time


DEFAULT_SLOTS = (Slot(time(8), time(12)), Slot(time(14), time(18)))


class _Year(NamedTuple):
    """Working time of one local year: each slot's begin and end, and what was worked before it, microseconds."""

    starts: list[int]
    ends: list[int]
    before: list[int]
    total: int

    def worked(self, instant: int) -> int:
        """Working time from the year's begin to ``instant``."""
        i = bisect_right(self.starts, instant) - 1
        return self.before[i] + min(instant, self.ends[i]) - self.starts[i] if i >= 0 else 0

    def instant(self, worked: int) -> int:
        """When ``worked``, more than 0, is first reached: a slot's end, not the next's start."""
        i = bisect_left(self.before, worked) - 1
        return self.starts[i] + worked - self.before[i]


@dataclass(frozen=True)
class WorkCalendar:
    """Working calendar (工作日历): Monday to Friday, corrected by rows; every working day has the same slots.

    ``known_years`` have rows; any other year is provisional: its notice is not out or not imported.
    """

    days: frozenset[Day] = frozenset()
    slots: tuple[Slot, ...] = DEFAULT_SLOTS
    zone: tzinfo = LOCAL
    known_years: frozenset[int] = field(init=False, repr=False, compare=False)
    _kinds: dict[date, DayKind] = field(init=False, repr=False, compare=False)
    _years: dict[int, _Year] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.slots or any(slot.start >= slot.end for slot in self.slots):
            raise ValueError("a working day needs slots, and a slot must end after it starts")
        if any(left.end > right.start for left, right in pairwise(self.slots)):
            raise ValueError("slots must be in order and not overlap")
        object.__setattr__(self, "_kinds", {day.day: day.kind for day in self.days})
        if len(self._kinds) < len(self.days):
            raise ValueError("a day can have one row only")
        object.__setattr__(self, "_years", {})
        object.__setattr__(self, "known_years", frozenset(day.day.year for day in self.days))

    @classmethod
    def of(cls, days: Iterable[Day], slots: Iterable[Slot] = DEFAULT_SLOTS) -> WorkCalendar:
        """The calendar made of these rows."""
        return cls(frozenset(days), tuple(slots))

    def is_provisional(self, moment: datetime) -> bool:
        """Whether ``moment`` lies in a year without rows, so that a deadline there may still move."""
        return self._local(moment).year not in self.known_years

    def is_workday(self, day: date) -> bool:
        """Whether people work on this local date."""
        kind = self._kinds.get(day)
        return day.weekday() < SATURDAY if kind is None else kind is DayKind.WORKDAY

    def after(self, start: datetime, seconds: float) -> datetime:
        """The earliest instant from ``start`` on by which ``seconds`` of working time have passed, local time.

        Time outside the slots does not count; 0 seconds are over at once, wherever ``start`` lies.
        """
        left = round(seconds * SECOND_US)
        if left < 0:
            raise ValueError("seconds must not be negative")
        local = self._local(start)
        if not left:
            return local
        number = local.year
        left += self._worked(local)
        while left > self._year(number).total:
            left -= self._year(number).total
            number += 1
        return (EPOCH + timedelta(microseconds=self._year(number).instant(left))).astimezone(self.zone)

    def between(self, start: datetime, end: datetime) -> float:
        """Seconds of working time from ``start`` to ``end``; negative when ``end`` comes first."""
        if end < start:
            return -self.between(end, start)
        first, last = self._local(start), self._local(end)
        whole_years = sum(self._year(number).total for number in range(first.year, last.year))
        return (whole_years + self._worked(last) - self._worked(first)) / SECOND_US

    def _worked(self, local: datetime) -> int:
        return self._year(local.year).worked(_microseconds(local))

    def _local(self, moment: datetime) -> datetime:
        if moment.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return moment.astimezone(self.zone)

    def _year(self, number: int) -> _Year:
        # Two threads may build the same year at once; both results are equal.
        if number not in self._years:
            if number not in self.known_years:
                _warn_provisional(number)
            self._years[number] = self._build(number)
        return self._years[number]

    def _build(self, number: int) -> _Year:
        first = date(number, 1, 1)
        length = (date(number + 1, 1, 1) - first).days
        workdays = [day for day in (first + timedelta(days=n) for n in range(length)) if self.is_workday(day)]
        slots = [(day, slot) for day in workdays for slot in self.slots]
        starts = [_microseconds(datetime.combine(day, slot.start, self.zone)) for day, slot in slots]
        ends = [_microseconds(datetime.combine(day, slot.end, self.zone)) for day, slot in slots]
        *before, total = accumulate((end - start for start, end in zip(starts, ends, strict=True)), initial=0)
        return _Year(starts, ends, before, total)


def _microseconds(moment: datetime) -> int:
    return (moment - EPOCH) // MICROSECOND


@cache
def _warn_provisional(year: int) -> None:
    logger.warning("no calendar rows for %s: Monday to Friday assumed; import the State Council notice", year)
