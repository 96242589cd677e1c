"""Working calendar: known days, and the laws that after() and between() keep."""

import logging
import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grid.clock import LOCAL
from grid.errors import Invalid
from grid.worktime.calendar import DEFAULT_SLOTS, Slot, WorkCalendar, WorkdayMode, _warn_provisional
from grid.worktime.day import Day, DayKind, read_days, shipped_days

CALENDAR = WorkCalendar.of(shipped_days())
HOUR_S = 3600

moments = st.datetimes(datetime(2024, 12, 1), datetime(2027, 2, 1), timezones=st.sampled_from([LOCAL, UTC]))
work_s = st.integers(0, 300 * 8 * HOUR_S)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


def weekday_exceptions(year: int, kind: DayKind) -> list[str]:
    """Days on which the calendar differs from plain Monday to Friday, as month-day."""
    is_work = kind is DayKind.WORKDAY
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(365))
    return [
        f"{day:%m-%d}"
        for day in days
        if CALENDAR.is_workday(day) is is_work and (day.weekday() < 5) is not is_work
    ]


def test_2025_has_the_days_of_the_notice():
    assert (
        weekday_exceptions(2025, DayKind.HOLIDAY)
        == (
            "01-01 01-28 01-29 01-30 01-31 02-03 02-04 04-04 05-01 05-02 05-05 06-02 "
            "10-01 10-02 10-03 10-06 10-07 10-08"
        ).split()
    )
    assert weekday_exceptions(2025, DayKind.WORKDAY) == "01-26 02-08 04-27 09-28 10-11".split()


def test_2026_has_the_days_of_the_notice():
    assert (
        weekday_exceptions(2026, DayKind.HOLIDAY)
        == (
            "01-01 01-02 02-16 02-17 02-18 02-19 02-20 02-23 04-06 05-01 05-04 05-05 06-19 09-25 "
            "10-01 10-02 10-05 10-06 10-07"
        ).split()
    )
    assert weekday_exceptions(2026, DayKind.WORKDAY) == "01-04 02-14 02-28 05-09 09-20 10-10".split()


def test_2027_has_the_statutory_days_only_and_says_that_they_are_provisional():
    days = [day for day in shipped_days() if day.day.year == 2027]

    assert [f"{day.day:%m-%d}" for day in days] == (
        "01-01 02-05 02-06 02-07 02-08 04-05 05-01 05-02 06-09 09-15 10-01 10-02 10-03".split()
    )
    assert all(day.is_provisional and day.kind is DayKind.HOLIDAY for day in days)
    assert CALENDAR.known_years == {2025, 2026}


@pytest.mark.parametrize("year", [2025, 2026])
def test_a_shipped_year_names_its_source(year):
    first = (files("grid.worktime") / "holidays" / f"{year}.csv").read_text("utf-8").splitlines()[0]

    assert first == f"# source: 国务院办公厅关于{year}年部分节假日安排的通知"


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-01-30T10:00", 2, "2026-01-30T12:00"),  # a slot's end is its own, not the next one's start
        ("2026-01-30T12:00", 1, "2026-01-30T15:00"),
        ("2026-01-30T18:00", 1, "2026-02-02T09:00"),
        ("2026-01-31T09:30", 8, "2026-02-02T18:00"),
        ("2026-12-31T17:00", 2, "2027-01-04T09:00"),  # New Year's Day is a holiday before any notice says so
        ("2031-12-31T17:00", 2, "2032-01-01T09:00"),  # 2032 has no rows at all: Monday to Friday
        ("2025-12-31T17:00", 2, "2026-01-04T09:00"),  # 1 to 3 January off, Sunday the 4th works
        ("2026-01-31T03:00", 0, "2026-01-31T03:00"),
    ],
)
def test_working_hours_end_when(start, hours, end):
    assert CALENDAR.after(at(start), hours * HOUR_S) == at(end)


def test_the_answer_is_local_time_whatever_zone_is_asked_in():
    answer = CALENDAR.after(datetime(2026, 1, 30, 9, tzinfo=UTC), HOUR_S)

    assert answer.isoformat() == "2026-01-30T18:00:00+08:00"


@given(moments, work_s)
def test_between_undoes_after(start, seconds):
    assert CALENDAR.between(start, CALENDAR.after(start, seconds)) == seconds


@given(moments, st.integers(1, 10**10))
def test_after_is_the_earliest_such_instant(start, microseconds):
    end = CALENDAR.after(start, microseconds / 1e6)

    assert CALENDAR.between(start, end - timedelta(microseconds=1)) < CALENDAR.between(start, end)


@given(moments, work_s, work_s)
def test_two_steps_are_one(start, first, second):
    assert CALENDAR.after(CALENDAR.after(start, first), second) == CALENDAR.after(start, first + second)


@given(moments, moments, work_s)
def test_who_starts_later_is_due_no_earlier(one, other, seconds):
    early, late = sorted((one, other))

    assert CALENDAR.after(early, seconds) <= CALENDAR.after(late, seconds)


@given(moments, moments, moments)
def test_between_adds_up_and_turns_its_sign(a, b, c):
    assert CALENDAR.between(a, b) + CALENDAR.between(b, c) == pytest.approx(CALENDAR.between(a, c), abs=1e-5)
    assert CALENDAR.between(a, b) == -CALENDAR.between(b, a)


def brute_force_s(start: datetime, end: datetime) -> int:
    """Working minutes counted one by one."""
    count = 0
    while start < end:
        inside = any(slot.start <= start.time() < slot.end for slot in DEFAULT_SLOTS)
        count += inside and CALENDAR.is_workday(start.date())
        start += timedelta(minutes=1)
    return count * 60


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-02-12T07:15", "2026-03-02T19:00"),
        ("2025-12-29T13:10", "2026-01-06T15:20"),
        ("2026-10-01", "2026-10-12"),
    ],
)
def test_between_counts_what_minutes_count(start, end):
    assert CALENDAR.between(at(start), at(end)) == brute_force_s(at(start), at(end))


def test_a_year_without_rows_is_provisional_and_warns_once(caplog):
    _warn_provisional.cache_clear()
    with caplog.at_level(logging.WARNING, "grid.worktime.calendar"):
        for _ in range(3):
            WorkCalendar.of(shipped_days()).after(at("2031-05-01T09:00"), HOUR_S)

    assert CALENDAR.is_provisional(at("2031-05-01")) and not CALENDAR.is_provisional(at("2026-05-01"))
    assert [record.args for record in caplog.records] == [(2031,)]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-11-02", "2026-12-31T18:00", False),
        ("2026-12-30", "2027-01-04", True),
        ("2027-03-01", "2027-03-02", True),
        ("2024-12-30", "2025-01-02", True),  # no rows before 2025
    ],
)
def test_a_stretch_of_time_is_provisional_when_any_of_its_years_is(start, end, expected):
    assert CALENDAR.is_provisional(at(start), at(end)) is expected


def test_the_year_is_the_local_one():
    assert CALENDAR.is_provisional(datetime(2026, 12, 31, 16, tzinfo=UTC))  # midnight in Shanghai


def test_equal_rows_make_equal_calendars():
    assert CALENDAR == WorkCalendar.of(reversed(shipped_days()))
    assert hash(CALENDAR) == hash(WorkCalendar.of(shipped_days()))


def test_other_slots_may_touch():
    round_day = WorkCalendar.of([], [Slot(clock_time(9), clock_time(12)), Slot(clock_time(12), clock_time(17))])

    assert round_day.after(at("2026-01-30T10:00"), 3 * HOUR_S) == at("2026-01-30T13:00")


@pytest.mark.parametrize("slots", [[], [(13, 12)], [(8, 12), (11, 18)], [(14, 18), (8, 12)], [(8, 8)]])
def test_impossible_slots_are_refused(slots):
    with pytest.raises(ValueError, match="slot"):
        WorkCalendar.of([], [Slot(clock_time(start), clock_time(end)) for start, end in slots])


def test_a_moment_without_zone_and_negative_time_are_refused():
    with pytest.raises(ValueError, match="time zone"):
        CALENDAR.after(datetime(2026, 1, 30), 1)
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.after(at("2026-01-30"), -1)


def test_a_day_has_one_row():
    twice = [Day(date(2026, 1, 1), kind, "") for kind in DayKind]

    with pytest.raises(ValueError, match="one row"):
        WorkCalendar.of(twice)


@pytest.mark.parametrize(
    "row", ["2026-02-30,holiday,x", "2026-02-03,feast,x", "2026-02-03", ",,", "2026-01-01,workday,again"]
)
def test_a_bad_row_is_named_by_its_number(row):
    with pytest.raises(Invalid, match="第 2 行"):
        read_days(["# source: test", "day,kind,name", "2026-01-01,holiday,元旦", row])


def test_a_deadline_over_a_year_with_holidays_costs_less_than_50_microseconds():
    start, rounds = at("2025-03-03T11:00"), 2000
    CALENDAR.after(start, 260 * 8 * HOUR_S)

    best_us = min(_time_us(start, rounds) for _ in range(5))

    assert best_us < 50


def _time_us(start: datetime, rounds: int) -> float:
    begin = time.thread_time()
    for _ in range(rounds):
        CALENDAR.after(start, 260 * 8 * HOUR_S)
    return (time.thread_time() - begin) / rounds * 1e6


def test_whole_days_cost_less_than_50_microseconds_too():
    calendar = WorkCalendar.of(shipped_days(), mode=WorkdayMode.WHOLE_DAY_NEXT)
    start, rounds = at("2025-03-03T11:00"), 2000
    calendar.close_of(start, 260)

    def once() -> float:
        begin = time.thread_time()
        for _ in range(rounds):
            calendar.close_of(start, 260)
        return (time.thread_time() - begin) / rounds * 1e6

    assert min(once() for _ in range(5)) < 50


@given(moments, st.integers(1, 300))
def test_the_nth_day_is_the_nth_working_day_counted_one_by_one(start, days):
    day = start.astimezone(LOCAL).date()
    for _ in range(days):
        day += timedelta(days=1)
        while not CALENDAR.is_workday(day):
            day += timedelta(days=1)

    assert CALENDAR.close_of(start, days) == datetime.combine(day, clock_time(18), LOCAL)


def test_no_days_are_refused():
    with pytest.raises(ValueError, match="one day"):
        CALENDAR.close_of(at("2026-01-30"), 0)
