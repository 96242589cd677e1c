"""Time limits: the field's own vectors, the words, and the light."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grid.clock import LOCAL
from grid.errors import Invalid
from grid.worktime.calendar import Slot, WorkCalendar, WorkdayMode
from grid.worktime.day import shipped_days
from grid.worktime.limit import Light, Limit, Unit, due, light, yellow_at

DAYS = shipped_days()
CALENDAR = WorkCalendar.of(DAYS)
WHOLE_DAYS = WorkCalendar.of(DAYS, mode=WorkdayMode.WHOLE_DAY_NEXT)

moments = st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 31), timezones=st.sampled_from([LOCAL, UTC]))
limits = st.builds(Limit, st.integers(1, 60), st.sampled_from(Unit))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("start", "limit", "end"),
    [
        ("2026-01-30T17:00", Limit(4, Unit.WORK_HOUR), "2026-02-02T11:00"),
        ("2026-01-30T17:00", Limit(2, Unit.WORK_DAY), "2026-02-03T17:00"),
        ("2026-01-30T12:30", Limit(2, Unit.WORK_HOUR), "2026-01-30T16:00"),
        ("2026-01-31T09:30", Limit(4, Unit.WORK_HOUR), "2026-02-02T12:00"),
        ("2026-02-13T17:00", Limit(2, Unit.WORK_DAY), "2026-02-24T17:00"),
        ("2026-01-30T23:00", Limit(2, Unit.URGENT_HOUR), "2026-01-31T01:00"),
        ("2026-02-14T23:50", Limit(15, Unit.URGENT_MINUTE), "2026-02-15T00:05"),
        ("2026-02-14T17:00", Limit(2, Unit.NATURAL_DAY), "2026-02-16T17:00"),
    ],
)
def test_a_limit_is_due(start, limit, end):
    assert due(at(start), limit, CALENDAR).isoformat() == at(end).isoformat()


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-01-30T17:00", 1, "2026-02-02T18:00"),  # Friday afternoon: the weekend between
        ("2026-01-30T07:00", 1, "2026-02-02T18:00"),  # before opening the start day does not count either
        ("2026-01-30T19:30", 2, "2026-02-03T18:00"),
        ("2026-01-31T09:30", 1, "2026-02-02T18:00"),  # Saturday
        ("2026-02-13T17:00", 1, "2026-02-14T18:00"),  # Saturday the 14th works
        ("2026-02-13T17:00", 2, "2026-02-24T18:00"),  # 15 to 23 off
        ("2026-02-16T10:00", 1, "2026-02-24T18:00"),  # in the middle of the holiday
        ("2026-09-30T10:00", 3, "2026-10-10T18:00"),  # 1 to 7 October off, Saturday the 10th works
        ("2025-12-31T10:00", 1, "2026-01-04T18:00"),  # over the year: Sunday the 4th works
        ("2026-12-31T10:00", 1, "2027-01-04T18:00"),
        ("2026-01-04T23:59:59", 5, "2026-01-09T18:00"),
    ],
)
def test_a_limit_in_whole_days_is_due_at_close_of_business(start, days, end):
    assert due(at(start), Limit(days, Unit.WORK_DAY), WHOLE_DAYS) == at(end)


def test_whole_days_change_no_other_unit():
    for unit in (Unit.WORK_HOUR, Unit.URGENT_HOUR, Unit.NATURAL_DAY, Unit.URGENT_MINUTE):
        assert due(at("2026-01-30T17:00"), Limit(4, unit), WHOLE_DAYS) == due(
            at("2026-01-30T17:00"), Limit(4, unit), CALENDAR
        )


@pytest.mark.parametrize(
    ("slots", "start", "limit", "end"),
    [
        ("09:00-12:00 14:30-17:30", "2026-01-30T17:00", Limit(4, Unit.WORK_HOUR), "2026-02-02T15:00"),
        ("09:00-17:00", "2026-01-30T17:00", Limit(1, Unit.WORK_DAY), "2026-02-02T17:00"),
        # Seven hours a day: eight hours are more than one.
        ("08:30-12:00 14:30-18:00", "2026-01-30T16:00", Limit(1, Unit.WORK_DAY), "2026-02-02T17:00"),
        ("08:00-12:00 13:00-17:00 18:00-22:00", "2026-01-30T17:30", Limit(4, Unit.WORK_HOUR), "2026-01-30T22:00"),
    ],
)
def test_each_street_has_its_own_hours(slots, start, limit, end):
    told = [slot.split("-") for slot in slots.split()]
    calendar = WorkCalendar.of(DAYS, [Slot(time.fromisoformat(a), time.fromisoformat(b)) for a, b in told])

    assert due(at(start), limit, calendar) == at(end)


@given(moments, st.integers(1, 60))
def test_whole_days_end_at_the_close_of_a_working_day_after_the_start_day(start, days):
    due_at = due(start, Limit(days, Unit.WORK_DAY), WHOLE_DAYS)

    assert WHOLE_DAYS.is_workday(due_at.date()) and due_at.time() == time(18)
    assert due_at.date() > start.astimezone(LOCAL).date()
    # The whole days between hold eight working hours each.
    midnight = datetime.combine(start.astimezone(LOCAL).date() + timedelta(days=1), time(), LOCAL)
    assert WHOLE_DAYS.between(midnight, due_at) == days * 8 * 3600


def test_a_street_may_call_its_units_otherwise():
    wording = {Unit.WORK_DAY: "天"}

    assert Limit(2, Unit.WORK_DAY).words(wording) == "2天"
    assert Limit(4, Unit.WORK_HOUR).words(wording) == "4小时"


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (Limit(15, Unit.URGENT_MINUTE), "15分钟"),
        (Limit(1, Unit.URGENT_HOUR), "1紧急工作时"),
        (Limit(4, Unit.WORK_HOUR), "4小时"),
        (Limit(2, Unit.WORK_DAY), "2个工作日"),
        (Limit(2, Unit.NATURAL_DAY), "2紧急工作日"),
    ],
)
def test_a_limit_in_words(limit, words):
    assert str(limit) == words


@pytest.mark.parametrize("value", [0, -1])
def test_a_limit_of_nothing_is_refused(value):
    with pytest.raises(Invalid) as error:
        Limit(value, Unit.WORK_DAY)

    assert error.value.field == "limit"


@given(moments, limits)
def test_the_time_to_the_due_moment_is_the_limit(start, limit):
    due_at = due(start, limit, CALENDAR)

    used_s = CALENDAR.between(start, due_at) if limit.unit.is_working else (due_at - start).total_seconds()
    assert used_s == limit.seconds


@given(moments, moments, limits)
def test_who_starts_later_is_due_no_earlier(one, other, limit):
    early, late = sorted((one, other))

    assert due(early, limit, CALENDAR) <= due(late, limit, CALENDAR)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-01-30T17:00", Light.GREEN),
        ("2026-02-02T08:00", Light.GREEN),  # the weekend used up nothing
        ("2026-02-02T10:11:59", Light.GREEN),
        ("2026-02-02T10:12", Light.YELLOW),  # 3 h 12 min of 4 h
        ("2026-02-02T11:00", Light.YELLOW),
        ("2026-02-02T11:00:01", Light.RED),
    ],
)
def test_the_light_of_a_working_limit(now, expected):
    started, due_at = at("2026-01-30T17:00"), at("2026-02-02T11:00")

    assert light(yellow_at(started, due_at, CALENDAR), due_at, at(now)) is expected


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(0, Light.GREEN), (11, Light.GREEN), (12, Light.YELLOW), (15, Light.YELLOW), (16, Light.RED)],
)
def test_the_light_of_an_urgent_limit(minutes, expected):
    started = at("2026-02-14T23:50")
    due_at = started + timedelta(minutes=15)

    assert light(yellow_at(started, due_at), due_at, started + timedelta(minutes=minutes)) is expected


def test_no_limit_no_light():
    assert light(None, None, at("2026-01-31")) is Light.NONE


@given(moments, limits, st.lists(moments, min_size=2, max_size=5))
def test_a_light_never_turns_back(start, limit, times):
    calendar = CALENDAR if limit.unit.is_working else None
    due_at = due(start, limit, CALENDAR)
    order = [Light.GREEN, Light.YELLOW, Light.RED]

    turns_at = yellow_at(start, due_at, calendar)

    shown = [order.index(light(turns_at, due_at, now)) for now in sorted(times)]

    assert shown == sorted(shown)
    assert start < turns_at <= due_at


def test_every_light_has_words():
    assert {one.label for one in Light} == {"正常", "快到期", "超期", "无时限"}
