"""Working calendar (工作日历): which instants count as working time, and how much of it lies between two."""

from __future__ import annotations

import logging
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
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


class WorkdayMode(StrEnum):
    """How working days are counted (工作日计法): as 8 working hours each, or as whole days from the next on.

    Source of the second: the civil-law rule (start day excluded, due at the close of business of the last day).
    """

    HOURS8 = "hours8"
    WHOLE_DAY_NEXT = "whole_day_next"

    @property
    def label(self) -> str:
        """Words for people."""
        return {"hours8": "1 个工作日按 8 个工作小时计", "whole_day_next": "次日起按整日计，到期日下班为止"}[self]


DEFAULT_SLOTS = (Slot(time(8), time(12)), Slot(time(14), time(18)))


class _Year(NamedTuple):
    """Working time of one local year: each slot's begin and end, and what was worked before it, microseconds.

    days: its working days, as ordinals.
    """

    starts: list[int]
    ends: list[int]
    before: list[int]
    total: int
    days: list[int]

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

    ``known_years`` have rows of a notice; any other year is provisional: its notice is not out or not imported.
    mode: what a limit in working days means here.
    """

    days: frozenset[Day] = frozenset()
    slots: tuple[Slot, ...] = DEFAULT_SLOTS
    mode: WorkdayMode = WorkdayMode.HOURS8
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
        known = frozenset(day.day.year for day in self.days if not day.is_provisional)
        object.__setattr__(self, "known_years", known)

    @classmethod
    def of(
        cls, days: Iterable[Day], slots: Iterable[Slot] = DEFAULT_SLOTS, mode: WorkdayMode = WorkdayMode.HOURS8
    ) -> WorkCalendar:
        """The calendar made of these rows."""
        return cls(frozenset(days), tuple(slots), mode)

    def is_provisional(self, start: datetime, end: datetime | None = None) -> bool:
        """Whether ``start``, or any time from there to ``end``, lies in a year without a notice, so that what was
        computed with it may still move."""
        years = range(self._local(start).year, self._local(end or start).year + 1)
        return not self.known_years.issuperset(years)

    def is_workday(self, day: date) -> bool:
        """Whether people work on this local date."""
        kind = self._kinds.get(day)
        return day.weekday() < SATURDAY if kind is None else kind is DayKind.WORKDAY

    def workdays(self, year: int) -> int:
        """How many working days a year has."""
        return len(self._year(year).days)

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

    def close_of(self, start: datetime, days: int) -> datetime:
        """Close of business of the ``days``-th working day after the local date of ``start``, local time."""
        if days < 1:
            raise ValueError("at least one day is needed")
        local = self._local(start)
        number = local.year
        left = days - 1 + bisect_right(self._year(number).days, local.toordinal())
        while left >= len(self._year(number).days):
            left -= len(self._year(number).days)
            number += 1
        last = date.fromordinal(self._year(number).days[left])
        return datetime.combine(last, self.slots[-1].end, self.zone)

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
        return _Year(starts, ends, before, total, [day.toordinal() for day in workdays])


def _microseconds(moment: datetime) -> int:
    return (moment - EPOCH) // MICROSECOND


@cache
def _warn_provisional(year: int) -> None:
    logger.warning("no notice for %s: working days are a guess; import the State Council notice", year)
