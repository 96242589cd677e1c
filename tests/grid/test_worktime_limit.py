"""Time limits: the field's own vectors, the words, and the light."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grid.clock import LOCAL
from grid.errors import Invalid
from grid.worktime.calendar import WorkCalendar
from grid.worktime.day import shipped_days
from grid.worktime.limit import Light, Limit, Unit, due, light, yellow_at

CALENDAR = WorkCalendar.of(shipped_days())

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

    assert light(started, due_at, at(now), CALENDAR) is expected


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(0, Light.GREEN), (11, Light.GREEN), (12, Light.YELLOW), (15, Light.YELLOW), (16, Light.RED)],
)
def test_the_light_of_an_urgent_limit(minutes, expected):
    started = at("2026-02-14T23:50")

    assert light(started, started + timedelta(minutes=15), started + timedelta(minutes=minutes)) is expected


def test_no_limit_no_light():
    assert light(at("2026-01-30"), None, at("2026-01-31")) is Light.NONE


@given(moments, limits, st.lists(moments, min_size=2, max_size=5))
def test_a_light_never_turns_back(start, limit, times):
    calendar = CALENDAR if limit.unit.is_working else None
    due_at = due(start, limit, CALENDAR)
    order = [Light.GREEN, Light.YELLOW, Light.RED]

    shown = [order.index(light(start, due_at, now, calendar)) for now in sorted(times)]

    assert shown == sorted(shown)
    assert start < yellow_at(start, due_at, calendar) <= due_at


def test_every_light_has_words():
    assert {one.label for one in Light} == {"正常", "即将超时", "已超时", "无时限"}
