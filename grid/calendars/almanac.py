"""Almanac (历): all days and policies in memory, and the working calendar of each street made of them.

Each process keeps one copy and rebuilds it when the calendar's revision moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from grid import clock, revision
from grid.calendars import calendar_day, policy
from grid.calendars.policy import Policy
from grid.worktime.calendar import Slot, WorkCalendar, WorkdayMode
from grid.worktime.day import Day

DEFAULT = Policy()


class Almanac:
    """A snapshot of days and policies at one revision."""

    def __init__(self, number: int, days: Iterable[Day], policies: Mapping[int, Policy]) -> None:
        self.number = number
        self.days = tuple(days)
        self.known_years = frozenset(day.day.year for day in self.days if not day.is_provisional)
        self._policies = policies
        self._calendars: dict[tuple[tuple[Slot, ...], WorkdayMode], WorkCalendar] = {}

    def of_year(self, year: int) -> list[Day]:
        """The rows of one year."""
        return [day for day in self.days if day.day.year == year]

    def policy(self, area_path: str) -> Policy:
        """The policy of the street an area lies in; the product's own where the street has none."""
        if not self._policies:
            return DEFAULT
        ids = map(int, area_path.strip("/").split("/"))
        return next((self._policies[part] for part in ids if part in self._policies), DEFAULT)

    def calendar(self, under: Policy) -> WorkCalendar:
        """The working calendar under a policy."""
        key = (under.slots, under.mode)
        if key not in self._calendars:
            self._calendars[key] = WorkCalendar.of(self.days, *key)
        return self._calendars[key]

    def gaps(self, today: date) -> list[int]:
        """This year and the coming one, as far as their notices are not in."""
        return [year for year in (today.year, today.year + 1) if year not in self.known_years]


_snapshot = revision.Snapshot[Almanac](revision.CALENDAR)
forget = _snapshot.forget


def current(*, hold: bool = False) -> Almanac:
    """The almanac as it is now. hold: nobody changes it before the caller's commit."""
    number = revision.lock(revision.CALENDAR, shared=True) if hold else revision.current(revision.CALENDAR)
    return _snapshot.get(number, lambda: _read(number))


def _read(number: int) -> Almanac:
    return Almanac(number, calendar_day.all_days(), policy.in_force())


def gaps() -> list[int]:
    """This year and the coming one, as far as their notices are not in."""
    return current().gaps(clock.today())
