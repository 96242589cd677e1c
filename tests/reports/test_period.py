"""Local days: their bounds, and which moments count."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from grid.clock import LOCAL
from grid.errors import Invalid
from reports import period

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=LOCAL)


def test_a_day_runs_from_local_midnight_to_local_midnight() -> None:
    day = period.day(date(2026, 11, 22), NOON)

    assert day.start == datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
    assert day.end == datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
    assert day.as_of == day.until == day.end


def test_a_running_day_reaches_to_now_and_includes_it() -> None:
    day = period.day(None, NOON)

    assert day.first == date(2026, 11, 23)
    assert day.as_of == NOON
    assert NOON < day.until < NOON + timedelta(seconds=1)


def test_just_after_local_midnight_today_is_the_new_day_though_utc_is_still_in_the_old() -> None:
    day = period.day(None, datetime(2026, 11, 23, 0, 0, 1, tzinfo=LOCAL))

    assert day.first == date(2026, 11, 23)


def test_a_day_has_twenty_four_hours_that_meet() -> None:
    bounds = period.day(date(2026, 11, 22), NOON).hours()

    assert len(bounds) == 25
    assert {b - a for a, b in zip(bounds, bounds[1:], strict=False)} == {timedelta(hours=1)}


@pytest.mark.parametrize("day", [date(2026, 11, 24), date.max, date.min, date(1999, 12, 31)])
def test_days_that_have_not_begun_or_lie_before_all_data_are_refused(day: date) -> None:
    with pytest.raises(Invalid):
        period.day(day, NOON)
